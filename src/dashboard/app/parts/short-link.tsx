/** A short link: to open, to copy, as a QR code. */
import { type JSX, lazy, Suspense, useState } from 'react';
import { t } from '../strings/strings.ts';
import { Copy } from './copy.tsx';
import { Loading } from './states.tsx';

const Qr = lazy(async () => ({ default: (await import('./qr.tsx')).Qr }));

export function ShortLink({ short_url, link_id }: { short_url: string; link_id: string }): JSX.Element {
  const [coded, setCoded] = useState(false);
  return (
    <div>
      <p className="actions">
        <a className="button" href={short_url} target="_blank" rel="noreferrer">
          {short_url}
        </a>
        <Copy text={short_url} />
        <button type="button" aria-expanded={coded} onClick={() => setCoded(!coded)}>
          {t.link.qr}
        </button>
      </p>
      {coded && (
        <Suspense fallback={<Loading />}>
          <Qr text={short_url} name={link_id} />
        </Suspense>
      )}
    </div>
  );
}
