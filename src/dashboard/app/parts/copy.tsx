/** Puts a text on the clipboard, and says so. */
import { type JSX, useState } from 'react';
import { t } from '../strings/strings.ts';

export function Copy({
  text,
  what,
}: {
  text: string /** For who can't see the text. */;
  what?: string;
}): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <button type="button" onClick={copy}>
      <span aria-live="polite">{copied ? t.shared.copied : t.shared.copy}</span>
      {what !== undefined && <span className="hidden">{what}</span>}
    </button>
  );
}
