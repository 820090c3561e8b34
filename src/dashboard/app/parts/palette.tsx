/**
 * Search over names and ids, by Ctrl-K or ⌘K: pages, what the account has by name, guides, and whatever an id belongs to;
 * for the operator accounts, domains and the runbook. The arrows go through what was found, Enter opens, Escape closes;
 * Base UI's dialog keeps the focus.
 */
import { Dialog } from '@base-ui/react/dialog';
import { type JSX, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { addressOf, get, type Known } from '../api.ts';
import { go } from '../location.ts';
import { idOf, titleOf } from '../pages/kinds.ts';
import { hrefOf, type View } from '../saved-views.ts';
import { t } from '../strings/strings.ts';
import { queries } from '../use-answer.ts';

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
const ACCOUNTS_LOOKED_AT_MAX = 500;
/** As long as a pause in typing. */
const PAUSE_MS = 150;

export function Palette({
  pages,
  who,
  closed,
}: {
  pages: readonly PageLink[];
  who: Known;
  closed: () => void;
}): JSX.Element {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const found = useFound(text.trim(), pages, who);
  const open = (href: string): void => {
    closed();
    // The guides are pages of their own, without the console.
    if (href.startsWith('/guides')) location.assign(href);
    else go(href);
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

/** Pages at once; names of the account, members, domains and guides after a pause in typing; an id at last. */
function useFound(text: string, pages: readonly PageLink[], who: Known): Found[] {
  const [named, setNamed] = useState<Found[]>([]);
  const [guides, setGuides] = useState<Found[]>([]);
  useEffect(() => {
    setNamed([]);
    setGuides([]);
    if (text === '') return;
    const giving_up = new AbortController();
    const timer = setTimeout(() => {
      const take = (set: (found: Found[]) => void) => (found: Found[]) => {
        if (!giving_up.signal.aborted) set(found);
      };
      // Given up, or not to be had: what is found without the API stays.
      findNamed(text, who, giving_up.signal).then(take(setNamed), () => {});
      findGuides(text).then(take(setGuides), () => {});
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      giving_up.abort();
    };
  }, [text, who]);
  const of_pages = pages
    .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    .map(({ path, name }) => ({ href: path, name, kind: t.palette.page }));
  // A sender's own ids may be any text.
  const by_id =
    text === '' || who.kind === 'operator'
      ? []
      : [{ href: `/trace?id=${encodeURIComponent(text)}`, name: text, kind: t.pages.trace }];
  return [...named, ...of_pages, ...guides, ...by_id];
}

const includes = (name: string, text: string): boolean => name.toLowerCase().includes(text.toLowerCase());
/** Asked for once while the palette is open; what is not for the reader is not there. */
const list = <T,>(address: string): Promise<T | undefined> =>
  queries
    .fetchQuery({ queryKey: [address], queryFn: ({ signal }) => get<T>(address, signal) })
    .catch(() => undefined);

function findNamed(text: string, who: Known, signal: AbortSignal): Promise<Found[]> {
  const finders =
    who.kind === 'operator'
      ? [findAccounts(text), findAllDomains(text)]
      : [
          ...KINDS.map((kind) => findOfKind(kind, text, signal)),
          findDomains(text),
          findViews(text),
          ...(who.kind === 'member' && who.role === 'owner' ? [findMembers(text)] : []),
        ];
  return Promise.all(finders).then((found) => found.flat());
}

async function findOfKind(kind: (typeof KINDS)[number], text: string, signal: AbortSignal): Promise<Found[]> {
  const path = addressOf(`/v2/${kind}`, { q: text, per_page: FOUND_OF_KIND_MAX });
  const rows = (await get<Record<string, Record<string, string>[]>>(path, signal))[kind] ?? [];
  return rows.map((row) => ({
    href: `/${kind}/${encodeURIComponent(row[idOf(kind)] ?? '')}`,
    name: row['name'] ?? '',
    kind: titleOf(kind),
  }));
}

async function findDomains(text: string): Promise<Found[]> {
  const answer = await list<{ domains: { domain: string }[] }>('/v2/domains');
  return (answer?.domains ?? [])
    .filter(({ domain }) => includes(domain, text))
    .slice(0, FOUND_OF_KIND_MAX)
    .map(({ domain }) => ({ href: `/domains/${domain}`, name: domain, kind: t.domains.domain }));
}

async function findMembers(text: string): Promise<Found[]> {
  const answer = await list<{ members: { email: string }[] }>('/v2/members');
  return (answer?.members ?? [])
    .filter(({ email }) => includes(email, text))
    .slice(0, FOUND_OF_KIND_MAX)
    .map(({ email }) => ({ href: '/members', name: email, kind: t.palette.member }));
}

async function findAccounts(text: string): Promise<Found[]> {
  const answer = await list<{ accounts: { account_id: string; name: string }[] }>(
    `/v2/accounts?per_page=${ACCOUNTS_LOOKED_AT_MAX}`,
  );
  return (answer?.accounts ?? [])
    .filter(({ account_id, name }) => includes(name, text) || account_id === text)
    .slice(0, FOUND_OF_KIND_MAX)
    .map(({ account_id, name }) => ({
      href: addressOf('/accounts', { account_id }),
      ...{ name, kind: t.palette.account },
    }));
}

async function findAllDomains(text: string): Promise<Found[]> {
  const answer = await list<{ domains: { domain: string }[] }>(
    addressOf('/v2/operations/domains', { q: text, per_page: FOUND_OF_KIND_MAX }),
  );
  return (answer?.domains ?? []).map(({ domain }) => ({
    href: `/certificates?q=${encodeURIComponent(domain)}`,
    ...{ name: domain, kind: t.domains.domain },
  }));
}

interface Heading {
  href: string;
  text: string;
}

/** Titles go before headings. */
async function findGuides(text: string): Promise<Found[]> {
  const answer = await list<{ guides: { href: string; title: string; headings: Heading[] }[] }>(
    '/guides/contents.json',
  );
  const guides = answer?.guides ?? [];
  const titles = guides.map(({ href, title }) => ({ href, name: title, kind: t.palette.guide }));
  const headings = guides.flatMap((guide) =>
    guide.headings.map(({ href, text: name }) => ({ href, name, kind: guide.title })),
  );
  return [...titles, ...headings].filter(({ name }) => includes(name, text)).slice(0, FOUND_OF_KIND_MAX);
}

async function findViews(text: string): Promise<Found[]> {
  const answer = await list<{ views: View[] }>('/v2/views');
  return (answer?.views ?? [])
    .filter(({ name }) => includes(name, text))
    .slice(0, FOUND_OF_KIND_MAX)
    .map((view) => ({ href: hrefOf(view), name: view.name, kind: t.views.title }));
}
