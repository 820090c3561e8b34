/** What surrounds every page of somebody who is signed in: the account, the pages that they may open, signing out. */
import { type JSX, lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { type Known, type Session, send, signOut } from '../api.ts';
import { timeZone } from '../format.ts';
import { usePlace } from '../location.ts';
import { t } from '../strings/strings.ts';
import { Display } from './display.tsx';
import { MenuIcon, SearchIcon } from './icons.tsx';
import { notify } from './notify.ts';
import { SavedViews } from './saved-views.tsx';
import { type Tab, tabsFor } from './settings.tsx';

type Link = Tab;

/** Pages that belong together, under a word. */
interface Group {
  title: string;
  pages: Link[];
}

const GROUPS: Group[] = [
  {
    title: '',
    pages: [
      ['/', t.pages.overview],
      ['/live', t.pages.live],
    ],
  },
  {
    title: t.frame.groups.send,
    pages: [
      ['/campaigns', t.pages.campaigns],
      ['/creatives', t.pages.creatives],
      ['/messages', t.pages.messages],
      ['/links', t.pages.links],
      ['/audiences', t.pages.audiences],
    ],
  },
  {
    title: t.frame.groups.earn,
    pages: [
      ['/offers', t.pages.offers],
      ['/finance', t.pages.finance],
    ],
  },
  {
    title: t.frame.groups.analyse,
    pages: [
      ['/explore', t.pages.explore],
      ['/send-times', t.pages.send_times],
      ['/cohorts', t.pages.cohorts],
      ['/annotations', t.pages.annotations],
      ['/bots', t.pages.bots],
      ['/trace', t.pages.trace],
    ],
  },
];

const HEALTH: Link = ['/health', t.pages.health];

const OF_OPERATORS: Group[] = [
  {
    title: '',
    pages: [
      HEALTH,
      ...Object.entries(t.operate.pages).map(([path, name]): Link => [`/${path}`, name]),
      ['/audit', t.pages.audit],
    ],
  },
];

/** The settings are one page of the last group, and open with the first that the reader may see. */
function groupsFor(who: Known): Group[] {
  if (who.kind === 'operator') return OF_OPERATORS;
  const [first] = tabsFor(who);
  const settings: Link[] = first === undefined ? [] : [[first[0], t.pages.settings]];
  return [...GROUPS, { title: t.frame.groups.other, pages: [HEALTH, ...settings] }];
}

export function Frame({
  who,
  changed,
  children,
}: {
  who: Known;
  /** The session is another one now. */
  changed: () => void;
  children?: ReactNode;
}): JSX.Element {
  const groups = groupsFor(who);
  const pages = groups.flatMap((group) => group.pages);
  const place = usePlace();
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {t.frame.skip}
      </a>
      <header className="top">
        <a className="brand" href={pages[0]?.[0] ?? '/'}>
          {t.shared.product}
        </a>
        <span className="who">
          <Account who={who} changed={changed} />
        </span>
        <a href={who.kind === 'operator' ? '/guides/runbook' : '/guides'}>
          {who.kind === 'operator' ? t.operate.runbook : t.frame.guides}
        </a>
        <a href="/docs">{t.frame.api}</a>
        <Search
          pages={who.kind === 'operator' ? pages : [...pages.slice(0, -1), ...tabsFor(who)]}
          who={who}
        />
        {who.kind !== 'operator' && (
          <SavedViews
            may_save={who.kind === 'member' && who.role !== 'viewer'}
            is_member={who.kind === 'member'}
          />
        )}
        <Display />
        <button type="button" className="quiet" onClick={leave}>
          {t.shared.sign_out}
        </button>
      </header>
      <Pages groups={groups} settings={tabsFor(who)} />
      <main id="content" tabIndex={-1}>
        {who.kind !== 'operator' && who.account?.demo && (
          <p className="notice warn">{t.frame.demo('npm run demo -- remove')}</p>
        )}
        {children}
        <Suspense fallback={null}>
          <Requests key={place.path} />
          <Shortcuts />
        </Suspense>
        <p className="zone">{t.frame.zone(timeZone())}</p>
      </main>
    </div>
  );
}

const Requests = lazy(async () => ({ default: (await import('./requests.tsx')).Requests }));
const Shortcuts = lazy(async () => ({ default: (await import('./shortcuts.tsx')).Shortcuts }));
const loadPalette = () => import('./palette.tsx');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));

/** The button, and Ctrl-K or ⌘K; the palette itself is fetched when it is first opened. */
function Search({ pages, who }: { pages: readonly Link[]; who: Known }): JSX.Element {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      // Likely the first key of two: what is typed right after them is not to be lost.
      if (event.key === 'Control' || event.key === 'Meta') loadPalette().catch(() => {});
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  return (
    <>
      <button
        type="button"
        className="quiet icon"
        aria-label={t.palette.open}
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpen(true)}
      >
        <SearchIcon />
      </button>
      {open && (
        <Suspense fallback={null}>
          <Palette
            pages={pages.map(([path, name]) => ({ path, name }))}
            who={who}
            closed={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}

function Pages({ groups, settings }: { groups: readonly Group[]; settings: readonly Link[] }): JSX.Element {
  const { path: at } = usePlace();
  const list = useRef<HTMLElement>(null);
  // On a phone: whether all pages are shown, not only those that are used most.
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (at !== '') setOpen(false);
  }, [at]);
  const all = groups.flatMap(({ pages }) => pages.map(([path]) => path));
  const often = OFTEN.every((path) => all.includes(path)) ? OFTEN : all.slice(0, OFTEN.length);
  // On a phone the row of pages is longer than the screen.
  useEffect(() => {
    if (at !== '') list.current?.querySelector('[aria-current]')?.scrollIntoView(CENTRED);
  }, [at]);
  const in_settings = settings.some(([path]) => path === at);
  return (
    <nav
      className={open ? 'nav open' : 'nav'}
      id="pages"
      aria-label={t.frame.pages}
      ref={list}
      onKeyDown={({ key }) => {
        if (key === 'Escape') setOpen(false);
      }}
    >
      <button
        type="button"
        className="quiet menu"
        aria-expanded={open}
        aria-controls="pages"
        onClick={() => setOpen(!open)}
      >
        <MenuIcon />
        {t.frame.menu}
      </button>
      {groups.map(({ title, pages }) => (
        <div key={title}>
          {title !== '' && <span className="group-title">{title}</span>}
          {pages.map(([path, name]) => (
            <a
              key={path}
              href={path}
              className={often.includes(path) ? 'often' : undefined}
              aria-current={
                isCurrent(at, path) || (in_settings && path === settings[0]?.[0]) ? 'page' : undefined
              }
            >
              {name}
            </a>
          ))}
        </div>
      ))}
    </nav>
  );
}

/** Pages that a phone has at hand. */
const OFTEN: readonly string[] = ['/', '/live', '/campaigns', '/offers'];

const CENTRED = { block: 'nearest', inline: 'center' } as const;

const isCurrent = (at: string, path: string): boolean => (path === '/' ? at === '/' : at.startsWith(path));

export const chooseAccount = (account_id: string): Promise<void> =>
  send('POST', '/session/account', { account_id });

/** Signs out, or says why it did not work. */
export const leave = (): void => {
  signOut().catch(({ message }: Error) => notify({ text: message }));
};

/** The account's name; a choice for a member of several. */
function Account({
  who,
  changed,
}: {
  who: Exclude<Session, { kind: 'nobody' }>;
  changed: () => void;
}): JSX.Element {
  if (who.kind === 'operator') return <span>{t.frame.operator}</span>;
  if (who.kind === 'key') return <span>{t.frame.looking(who.account.name)}</span>;
  if (who.accounts.length < 2) return <span>{who.account?.name ?? ''}</span>;
  return (
    <select
      aria-label={t.frame.account}
      value={who.account?.account_id ?? ''}
      onChange={(event) => void chooseAccount(event.target.value).then(changed, changed)}
    >
      {who.accounts.map(({ account_id, name }) => (
        <option key={account_id} value={account_id}>
          {name}
        </option>
      ))}
    </select>
  );
}
