/** The entry of the page: reads the session, and shows the page that the URL names. */
import { h, type JSX, render } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { askSession, onSignedOut, type Session } from './api.ts';
import { setTimeZone } from './format.ts';
import { followLinks, usePlace } from './location.ts';
import { AuditPage } from './pages/audit.ts';
import { ChooseAccount } from './pages/choose-account.ts';
import { EntityPage } from './pages/entity.ts';
import { FinancePage } from './pages/finance.ts';
import { HealthPage } from './pages/health.ts';
import { InvitationPage } from './pages/invitation.ts';
import { isEntityKind } from './pages/kinds.ts';
import { ListPage } from './pages/list.ts';
import { LivePage } from './pages/live.ts';
import { MembersPage } from './pages/members.ts';
import { Overview } from './pages/overview.ts';
import { SecurityPage } from './pages/security.ts';
import { SignIn } from './pages/sign-in.ts';
import { TracePage } from './pages/trace.ts';
import { Frame } from './parts/frame.ts';
import { Failed, Loading } from './parts/states.ts';

type Known = Exclude<Session, { kind: 'nobody' }>;
type Who = Session | { kind: 'asking' } | { kind: 'failed'; error: Error };

function App(): JSX.Element {
  const place = usePlace();
  const [who, setWho] = useState<Who>({ kind: 'asking' });
  const askWho = useCallback(() => {
    askSession().then(
      (answer) => {
        if ('account' in answer && answer.account !== null) setTimeZone(answer.account.time_zone);
        setWho(answer);
      },
      (error: Error) => setWho({ kind: 'failed', error }),
    );
  }, []);
  useEffect(() => {
    onSignedOut(askWho);
    askWho();
  }, [askWho]);

  if (who.kind === 'asking') return h(Loading, {});
  if (who.kind === 'failed')
    return h('main', { class: 'alone' }, h(Failed, { error: who.error, again: askWho }));
  if (place.path === '/invitation') return h(InvitationPage, { signedIn: askWho });
  if (who.kind === 'nobody') return h(SignIn, { oidc: who.oidc, signedIn: askWho });
  if (who.kind === 'member' && who.account === null) return h(ChooseAccount, { me: who, changed: askWho });
  return h(
    Frame,
    { who, changed: askWho },
    h(Page, { who, path: place.path, changed: askWho, key: keyOf(who) }),
  );
}

/** A page starts anew in another account. */
const keyOf = (who: Known): string => ('account' in who ? (who.account?.account_id ?? '') : who.kind);

function Page({ who, path, changed }: { who: Known; path: string; changed: () => void }): JSX.Element {
  const [, first = '', id = ''] = path.split('/');
  if (who.kind === 'operator' && first === 'audit') return h(AuditPage, { admin: true });
  if (who.kind === 'operator' || first === 'health') return h(HealthPage, {});
  if (first === '') return h(Overview, {});
  if (first === 'finance') return h(FinancePage, {});
  if (first === 'live') return h(LivePage, {});
  if (first === 'trace') return h(TracePage, {});
  if (first === 'audit') return h(AuditPage, { admin: false });
  if (first === 'members') return h(MembersPage, {});
  if (first === 'security' && who.kind === 'member') return h(SecurityPage, { me: who, changed });
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
