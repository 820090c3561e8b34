/**
 * Search over names and ids, by Ctrl-K or ⌘K: pages, campaigns, offers and creatives, and whatever an id belongs to. The
 * arrows go through what was found, Enter opens, Escape closes; Base UI's dialog keeps the focus.
 */
import { Dialog } from '@base-ui/react/dialog';
import { type JSX, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { addressOf, get } from '../api.ts';
import { go } from '../location.ts';
import { idOf, titleOf } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';

export interface PageLink {
  path: string;
  name: string;
}

interface Found {
  href: string;
  name: string;
  /** What it is. */
  kind: string;
}

const KINDS = ['campaigns', 'offers', 'creatives'] as const;
const FOUND_OF_KIND_MAX = 5;
/** As long as a pause in typing. */
const PAUSE_MS = 150;

export function Palette({ pages, closed }: { pages: readonly PageLink[]; closed: () => void }): JSX.Element {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const found = useFound(text.trim(), pages);
  const open = (href: string): void => {
    closed();
    go(href);
  };
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const places = [input.current, ...(list.current?.querySelectorAll('a') ?? [])];
    const at = places.indexOf(document.activeElement as HTMLInputElement);
    places[(at + step + places.length) % places.length]?.focus();
  };
  return (
    <Dialog.Root open onOpenChange={(is_open) => !is_open && closed()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog palette" initialFocus={input} onKeyDown={move}>
          <Dialog.Title className="hidden">{t.palette.title}</Dialog.Title>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const [first] = found;
              if (first !== undefined) open(first.href);
            }}
          >
            <input
              ref={input}
              type="search"
              value={text}
              onChange={(event) => setText(event.target.value)}
              aria-label={t.palette.title}
              placeholder={t.palette.hint}
              autoComplete="off"
              spellCheck={false}
            />
          </form>
          <p className="hidden" role="status">
            {t.palette.found(found.length)}
          </p>
          <ul ref={list}>
            {found.map(({ href, name, kind }) => (
              <li key={href}>
                <a
                  href={href}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                    event.preventDefault();
                    open(href);
                  }}
                >
                  <span>{name}</span> <span className="note">{kind}</span>
                </a>
              </li>
            ))}
          </ul>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Pages at once; names of the account after a pause in typing; an id at last. */
function useFound(text: string, pages: readonly PageLink[]): Found[] {
  const [named, setNamed] = useState<Found[]>([]);
  useEffect(() => {
    setNamed([]);
    if (text === '') return;
    const giving_up = new AbortController();
    const timer = setTimeout(() => {
      findNamed(text, giving_up.signal).then(setNamed, () => {
        // Given up, or not to be had: what is found without the API stays.
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      giving_up.abort();
    };
  }, [text]);
  const of_pages = pages
    .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    .map(({ path, name }) => ({ href: path, name, kind: t.palette.page }));
  // A sender's own ids may be any text.
  const by_id =
    text === '' ? [] : [{ href: `/trace?id=${encodeURIComponent(text)}`, name: text, kind: t.pages.trace }];
  return [...named, ...of_pages, ...by_id];
}

async function findNamed(text: string, signal: AbortSignal): Promise<Found[]> {
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const path = addressOf(`/v2/${kind}`, { q: text, per_page: FOUND_OF_KIND_MAX });
      const rows = (await get<Record<string, Record<string, string>[]>>(path, signal))[kind] ?? [];
      return rows.map((row) => ({
        href: `/${kind}/${encodeURIComponent(row[idOf(kind)] ?? '')}`,
        name: row['name'] ?? '',
        kind: titleOf(kind),
      }));
    }),
  );
  return lists.flat();
}
