/** What surrounds every page of somebody who is signed in: the account, the pages that they may open, signing out. */
import { type ComponentChildren, h, type JSX } from 'preact';
import { type Session, send, signOut } from '../api.ts';
import { usePlace } from '../location.ts';

type Known = Exclude<Session, { kind: 'nobody' }>;

const PAGES: [path: string, name: string][] = [
  ['/', 'Overview'],
  ['/campaigns', 'Campaigns'],
  ['/offers', 'Offers'],
  ['/creatives', 'Creatives'],
  ['/messages', 'Messages'],
  ['/links', 'Links'],
  ['/finance', 'Finance'],
  ['/live', 'Live'],
  ['/trace', 'Trace'],
  ['/audit', 'Audit'],
  ['/health', 'Health'],
];

function pagesFor(who: Known): [path: string, name: string][] {
  if (who.kind === 'operator') return PAGES.filter(([path]) => path === '/health' || path === '/audit');
  const without_audit = PAGES.filter(([path]) => path !== '/audit');
  if (who.kind === 'key') return without_audit;
  if (who.role === 'owner') return [...PAGES, ['/members', 'Members'], ['/security', 'My security']];
  return [...without_audit, ['/security', 'My security']];
}

export function Frame({
  who,
  changed,
  children,
}: {
  who: Known;
  /** The session is another one now. */
  changed: () => void;
  children?: ComponentChildren;
}): JSX.Element {
  const place = usePlace();
  const pages = pagesFor(who);
  return h(
    'div',
    { class: 'frame' },
    h('a', { class: 'skip', href: '#content' }, 'Skip to content'),
    h(
      'header',
      { class: 'top' },
      h('a', { class: 'brand', href: pages[0]?.[0] ?? '/' }, 'Trackly Links'),
      h('span', { class: 'who' }, h(Account, { who, changed })),
      h('a', { href: '/guides' }, 'Guides'),
      h('a', { href: '/docs' }, 'API'),
      h('button', { type: 'button', class: 'quiet', onClick: () => void signOut() }, 'Sign out'),
    ),
    h(
      'nav',
      { class: 'nav', 'aria-label': 'Pages' },
      pages.map(([path, name]) =>
        h(
          'a',
          { key: path, href: path, 'aria-current': isCurrent(place.path, path) ? 'page' : undefined },
          name,
        ),
      ),
    ),
    h('main', { id: 'content', tabIndex: -1 }, children),
  );
}

const isCurrent = (at: string, path: string): boolean => (path === '/' ? at === '/' : at.startsWith(path));

export const chooseAccount = (account_id: string): Promise<void> =>
  send('POST', '/session/account', { account_id });

/** The account's name; a choice for a member of several. */
function Account({ who, changed }: { who: Known; changed: () => void }): JSX.Element {
  if (who.kind === 'operator') return h('span', {}, 'Operator');
  if (who.kind === 'key') return h('span', {}, `${who.account.name} (looking with a key)`);
  const chosen = who.account?.account_id ?? '';
  if (who.accounts.length < 2) return h('span', {}, who.account?.name ?? '');
  return h(
    'select',
    {
      'aria-label': 'Account',
      value: chosen,
      onChange: (event: Event) =>
        void chooseAccount((event.target as HTMLSelectElement).value).then(changed, changed),
    },
    who.accounts.map(({ account_id, name }) => h('option', { key: account_id, value: account_id }, name)),
  );
}
