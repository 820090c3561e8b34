/** The rows of a report as a file. */
import type { JSX } from 'react';
import { addressOf } from '../api.ts';
import { t } from '../strings/strings.ts';

export function DownloadCsv({
  path,
  asked,
  name,
  inline,
}: {
  path: string;
  asked: object;
  /** Of the file, without its ending. */
  name: string;
  /** In a sentence. */
  inline?: boolean;
}): JSX.Element {
  return (
    <a
      className={inline ? undefined : 'button'}
      href={addressOf(path, { ...asked, format: 'csv' })}
      download={`${name}.csv`}
    >
      {t.shared.download_csv}
    </a>
  );
}
