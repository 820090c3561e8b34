/**
 * What a link in a mail of a scheduled report leads to: wanting the report, or ending it, by a button, because programs
 * open the links of mails by themselves. The token is in the fragment, or, from a mail program, in the path.
 */
import { type JSX, useCallback, useEffect, useState } from 'react';
import { send } from '../api.ts';
import { type Condition, conditionText } from '../parts/condition-text.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';

interface Subscription {
  email: string;
  title: string;
  every: keyof typeof t.views.everys;
  only_if: Condition | null;
  account_name: string;
  state: 'member' | 'waiting' | 'asked' | 'confirmed' | 'ended';
}

export function SubscriptionPage({ path }: { path: string }): JSX.Element {
  const token = location.hash.slice(1) || decodeURIComponent(path.split('/')[2] ?? '');
  const [found, setFound] = useState<Subscription>();
  const [error, setError] = useState<Error>();
  const [said, setSaid] = useState('');
  const read = useCallback(
    () => send<Subscription>('POST', '/session/subscription', { token }).then(setFound, setError),
    [token],
  );
  useEffect(() => void read(), [read]);
  const decide = (wish: 'confirm' | 'end', done: string): void => {
    setError(undefined);
    send('POST', `/session/subscription/${wish}`, { token }).then(() => {
      setSaid(done);
      void read();
    }, setError);
  };
  return (
    <main className="alone">
      <Title text={t.views.subscription} />
      {error !== undefined && <Failed error={error} />}
      {found === undefined && error === undefined && <Loading />}
      <p role="status">{said}</p>
      {found !== undefined && <Choice found={found} decide={decide} />}
    </main>
  );
}

function Choice({
  found: { email, title, every, only_if, account_name, state },
  decide,
}: {
  found: Subscription;
  decide: (wish: 'confirm' | 'end', done: string) => void;
}): JSX.Element {
  const only = only_if === null ? [] : [t.conditions.only(conditionText(only_if))];
  const often = [t.views.everys[every], ...only].join(', ');
  const gets = state === 'member' || state === 'confirmed';
  const text = gets
    ? t.views.subscription_has(account_name, title, often)
    : state === 'ended'
      ? t.views.subscription_ended(title)
      : t.views.subscription_asks(account_name, title, often);
  return (
    <>
      <p>
        <Words text={text} email={<strong>{email}</strong>} />
      </p>
      <div className="actions">
        {!gets && (
          <button type="button" className="main" onClick={() => decide('confirm', t.views.confirmed)}>
            {state === 'ended' ? t.views.want_again : t.views.confirm}
          </button>
        )}
        {state !== 'ended' && (
          <button type="button" onClick={() => decide('end', t.views.stopped)}>
            {t.views.stop}
          </button>
        )}
      </div>
    </>
  );
}
