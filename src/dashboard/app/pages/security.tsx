/** A member's own password, second factor and sessions. */
import { type JSX, useState } from 'react';
import { type MemberSession, send } from '../api.ts';
import { time } from '../format.ts';
import { CodeField, Field, Form } from '../parts/form.tsx';
import { SecondFactor } from '../parts/second-factor.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAddress } from '../use-answer.ts';

export function SecurityPage({ me, changed }: { me: MemberSession; changed: () => void }): JSX.Element {
  return (
    <div>
      <Title text={t.pages.security} />
      <p className="muted">{me.email}</p>
      {me.password ? (
        <div>
          <Password me={me} />
          <SecondFactor me={me} changed={changed} />
        </div>
      ) : (
        <p className="notice">{t.security.organisation}</p>
      )}
      <Sessions />
    </div>
  );
}

function Password({ me }: { me: MemberSession }): JSX.Element {
  const [done, setDone] = useState(false);
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">{t.security.password}</h2>
      {done && (
        <p className="notice" role="status">
          {t.security.changed}
        </p>
      )}
      <Form
        button={t.security.change}
        quiet
        submit={async ({ old_password, new_password, code }) => {
          setDone(false);
          await send('POST', '/session/password', { old_password, new_password, ...(code && { code }) });
          setDone(true);
        }}
      >
        <input type="hidden" name="username" autoComplete="username" value={me.email} />
        <Field
          name="old_password"
          label={t.security.current}
          type="password"
          autocomplete="current-password"
        />
        <Field
          name="new_password"
          label={t.security.new}
          type="password"
          autocomplete="new-password"
          help={t.security.length}
        />
        {me.recovery_codes !== null && <CodeField autofocus={false} />}
      </Form>
    </section>
  );
}

interface Session {
  session_id: string;
  current: boolean;
  proof: 'password' | 'oidc';
  agent: string;
  address: string;
  created_at: string;
  seen_at: string;
}

function Sessions(): JSX.Element {
  const answer = useAddress<{ sessions: Session[] }>('/sessions');
  const end = (address: string): void => void send('DELETE', address).then(answer.again, answer.again);
  const columns: Column<Session>[] = [
    {
      name: '',
      title: t.security.browser,
      show: ({ agent }) => <span title={agent}>{browserOf(agent)}</span>,
    },
    { name: '', title: t.security.address, show: ({ address }) => address },
    { name: '', title: t.security.signed_in, show: ({ created_at }) => time(created_at, 'short') },
    {
      name: '',
      title: t.security.last_seen,
      show: ({ current, seen_at }) => (current ? t.security.this_one : time(seen_at, 'short')),
    },
    {
      name: '',
      title: t.security.action,
      show: ({ current, session_id, agent }) =>
        !current && (
          <button
            type="button"
            aria-label={t.security.sign_out_of(browserOf(agent))}
            onClick={() => end(`/sessions/${session_id}`)}
          >
            {t.shared.sign_out}
          </button>
        ),
    },
  ];
  return (
    <section>
      <h2>{t.security.sessions}</h2>
      <Answered
        answer={answer}
        show={({ sessions }) => (
          <div>
            <Table
              caption={t.security.sessions}
              stacked
              columns={columns}
              rows={sessions}
              id={({ session_id }) => session_id}
            />
            {sessions.length > 1 && (
              <p>
                <button type="button" onClick={() => end('/sessions')}>
                  {t.security.everywhere}
                </button>
              </p>
            )}
          </div>
        )}
      />
    </section>
  );
}

/** `Chrome on Android`; what cannot be told is left out. */
function browserOf(agent: string): string {
  const find = (names: [pattern: RegExp, name: string][]): string =>
    names.find(([pattern]) => pattern.test(agent))?.[1] ?? '';
  const browser = find([
    [/Edg\//, 'Edge'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser || t.security.a_browser, system].filter(Boolean).join(t.security.on);
}
