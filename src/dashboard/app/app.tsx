/** Reads the session, and shows the page that the address names to who is signed in. */
import { QueryClientProvider } from '@tanstack/react-query';
import { type JSX, lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { dropKeyOfPerson } from './admin-key.ts';
import { askSession, onSignedOut, type Session, showAccount } from './api.ts';
import { claimDrafts } from './drafts.ts';
import { setTimeZone } from './format.ts';
import { accountIdOf, identityOf, personOf } from './identity.ts';
import { followLinks, usePlace } from './location.ts';
import { Boundary } from './parts/boundary.tsx';
import { Frame } from './parts/frame.tsx';
import { closeNotices } from './parts/notify.ts';
import { Failed, Loading } from './parts/states.tsx';
import { fetchAhead, Page } from './routes.tsx';
import { queries } from './use-answer.ts';

const SignIn = lazy(async () => ({ default: (await import('./pages/sign-in.tsx')).SignIn }));
const InvitationPage = lazy(async () => ({
  default: (await import('./pages/invitation.tsx')).InvitationPage,
}));
const SharedPage = lazy(async () => ({ default: (await import('./pages/shared.tsx')).SharedPage }));
const SubscriptionPage = lazy(async () => ({
  default: (await import('./pages/subscription.tsx')).SubscriptionPage,
}));
const ChooseAccount = lazy(async () => ({
  default: (await import('./pages/choose-account.tsx')).ChooseAccount,
}));

type Who = Session | { kind: 'asking' } | { kind: 'failed'; error: Error };

function App(): JSX.Element {
  const place = usePlace();
  const [who, setWho] = useState<Who>({ kind: 'asking' });
  const identity = useRef('');
  const askWho = useCallback(() => {
    askSession().then(
      (answer) => {
        if ('account' in answer && answer.account !== null) setTimeZone(answer.account.time_zone);
        if (identity.current !== identityOf(answer)) begin(answer);
        identity.current = identityOf(answer);
        setWho(answer);
      },
      (error: Error) => setWho({ kind: 'failed', error }),
    );
  }, []);
  useEffect(() => {
    onSignedOut(askWho);
    askWho();
  }, [askWho]);

  if (who.kind === 'asking') return <Loading />;
  if (who.kind === 'failed')
    return (
      <main className="alone">
        <Failed error={who.error} again={askWho} />
      </main>
    );
  return (
    <Suspense fallback={<Loading />}>
      <View who={who} path={place.path} changed={askWho} />
    </Suspense>
  );
}

/** Nothing of one account or person is shown to another, or changed by another. */
function begin(who: Session): void {
  queries.clear();
  closeNotices();
  dropKeyOfPerson();
  showAccount(accountIdOf(who));
  if (who.kind !== 'nobody') claimDrafts(sessionStorage, personOf(who));
}

/** What somebody sees whose session is known. */
function View({ who, path, changed }: { who: Session; path: string; changed: () => void }): JSX.Element {
  if (path.startsWith('/shared/')) return <SharedPage path={path} />;
  if (/^\/subscription(?:\/|$)/.test(path)) return <SubscriptionPage path={path} />;
  if (path === '/invitation') return <InvitationPage signedIn={changed} />;
  if (who.kind === 'nobody') return <SignIn oidc={who.oidc} signedIn={changed} />;
  if (who.kind === 'member' && who.account === null) return <ChooseAccount me={who} changed={changed} />;
  return (
    <Frame who={who} changed={changed}>
      <Boundary key={path}>
        <Suspense fallback={<Loading />}>
          {/* A page starts anew in another account. */}
          <Page who={who} path={path} changed={changed} key={identityOf(who)} />
        </Suspense>
      </Boundary>
    </Frame>
  );
}

/** Shows the console in an element of the document, in place of what is there. */
export function show(root: HTMLElement | null): void {
  if (root === null) return;
  // Most who open it are signed in already: the page's own part comes beside the answer that says so.
  fetchAhead(location.pathname);
  followLinks(fetchAhead);
  root.replaceChildren();
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>,
  );
}
