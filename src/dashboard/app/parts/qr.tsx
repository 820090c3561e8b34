/** An address as a QR code, to be scanned from the page or taken along as a file. */
import type { JSX } from 'react';
import { renderSVG } from 'uqr';
import { t } from '../strings/strings.ts';

export function Qr({ text, name }: { text: string; name: string }): JSX.Element {
  const source = `data:image/svg+xml,${encodeURIComponent(renderSVG(text))}`;
  return (
    <figure className="code">
      <img className="qr" alt={t.link.qr_of(text)} src={source} />
      <figcaption>
        <a href={source} download={`${name}.svg`}>
          {t.link.download}
        </a>
      </figcaption>
    </figure>
  );
}
