/** The entry of the page: reads the session, and shows the page that the URL names. */
import { h, type JSX, render } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { askSession, onSignedOut, type Session, signOut } from './api.ts';
import { setTimeZone } from './format.ts';
import { followLinks, usePlace } from './location.ts';
import { AuditPage } from './pages/audit.ts';
import { EntityPage } from './pages/entity.ts';
import { HealthPage } from './pages/health.ts';
import { isEntityKind } from './pages/kinds.ts';
import { ListPage } from './pages/list.ts';
import { LivePage } from './pages/live.ts';
import { Overview } from './pages/overview.ts';
import { SignIn } from './pages/sign-in.ts';
import { TracePage } from './pages/trace.ts';
import { Failed, Loading } from './parts/states.ts';

const NAV: [path: string, name: string][] = [
  ['/', 'Overview'],
  ['/campaigns', 'Campaigns'],
  ['/offers', 'Offers'],
  ['/creatives', 'Creatives'],
  ['/messages', 'Messages'],
  ['/links', 'Links'],
  ['/live', 'Live'],
  ['/trace', 'Trace'],
  ['/audit', 'Audit'],
  ['/health', 'Health'],
];
const ADMIN_NAV = NAV.filter(([path]) => path === '/health' || path === '/audit');

type Who = Session | { kind: 'asking' } | { kind: 'failed'; error: Error };

function App(): JSX.Element {
  const place = usePlace();
  const [who, setWho] = useState<Who>({ kind: 'asking' });
  const askWho = useCallback(() => {
    askSession().then(
      (answer) => {
        if (answer.kind === 'account') setTimeZone(answer.account.time_zone);
        setWho(answer);
      },
      (error: Error) => setWho({ kind: 'failed', error }),
    );
  }, []);
  useEffect(() => {
    onSignedOut(() => setWho({ kind: 'nobody' }));
    askWho();
  }, [askWho]);

  if (who.kind === 'asking') return h(Loading, {});
  if (who.kind === 'failed')
    return h('main', { class: 'alone' }, h(Failed, { error: who.error, again: askWho }));
  if (who.kind === 'nobody') return h(SignIn, { signedIn: askWho });
  const account = who.kind === 'account' ? who.account : undefined;
  const admin = account === undefined;
  return h(
    'div',
    { class: 'frame' },
    h('a', { class: 'skip', href: '#content' }, 'Skip to content'),
    h(
      'header',
      { class: 'top' },
      h('a', { class: 'brand', href: admin ? '/health' : '/' }, 'Trackly Links'),
      h('span', { class: 'who' }, account?.name ?? 'Administrator'),
      h('a', { href: '/guides' }, 'Guides'),
      h('a', { href: '/docs' }, 'API'),
      h('button', { type: 'button', class: 'quiet', onClick: () => void signOut() }, 'Sign out'),
    ),
    h(
      'nav',
      { class: 'nav', 'aria-label': 'Pages' },
      (admin ? ADMIN_NAV : NAV).map(([path, name]) =>
        h('a', { href: path, 'aria-current': isCurrent(place.path, path) ? 'page' : undefined }, name),
      ),
    ),
    h('main', { id: 'content', tabIndex: -1 }, admin ? adminPageOf(place.path) : pageOf(place.path)),
  );
}

const isCurrent = (at: string, path: string): boolean => (path === '/' ? at === '/' : at.startsWith(path));

const adminPageOf = (path: string): JSX.Element =>
  path === '/audit' ? h(AuditPage, { admin: true }) : h(HealthPage, {});

function pageOf(path: string): JSX.Element {
  const [, first = '', id = ''] = path.split('/');
  if (first === '') return h(Overview, {});
  if (first === 'live') return h(LivePage, {});
  if (first === 'trace') return h(TracePage, {});
  if (first === 'audit') return h(AuditPage, { admin: false });
  if (first === 'health') return h(HealthPage, {});
  if (isEntityKind(first)) {
    return id === ''
      ? h(ListPage, { kind: first, key: first })
      : h(EntityPage, { kind: first, id: decodeURIComponent(id), key: path });
  }
  return h('p', {}, 'There is no such page.');
}

followLinks();
const root = document.getElementById('app');
if (root !== null) {
  root.replaceChildren();
  render(h(App, {}), root);
}
