/** What the page asked the API for, as commands: whoever sees a figure can have it in a script. */
import { type JSX, useState } from 'react';
import { curlOf } from '../curl.ts';
import { t } from '../strings/strings.ts';
import { queries } from '../use-answer.ts';
import { Copy } from './copy.tsx';
import { Words } from './words.tsx';

/** Addresses that something on the page shows the answer of. What is asked by a POST has its body in its key. */
const shown = (): string[] =>
  queries
    .getQueryCache()
    .findAll({ type: 'active' })
    .flatMap(({ queryKey: [address, ...more] }) => (more.length === 0 ? [String(address)] : []))
    .filter((address) => address.startsWith('/v2/'))
    .toSorted();

export function Requests(): JSX.Element {
  const [addresses, setAddresses] = useState<string[]>([]);
  return (
    <details className="requests" onToggle={(event) => setAddresses(event.currentTarget.open ? shown() : [])}>
      <summary>{t.requests.title}</summary>
      <p className="muted">
        <Words
          text={t.requests.about}
          key_page={<a href="/keys">{t.pages.keys}</a>}
          docs={<a href="/docs">{t.frame.api}</a>}
        />
      </p>
      <ul>
        {addresses.map((address) => {
          const curl = curlOf(location.origin + address);
          return (
            <li key={address}>
              <code>{curl}</code> <Copy text={curl} what={address} />
            </li>
          );
        })}
      </ul>
    </details>
  );
}
