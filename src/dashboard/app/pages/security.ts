/** A member's own password, second factor and sessions. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type MemberSession, send } from '../api.ts';
import { time } from '../format.ts';
import { Field, Form } from '../parts/form.ts';
import { SecondFactor } from '../parts/second-factor.ts';
import { Answered } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
import { useAddress } from '../use-answer.ts';
import { CodeField } from './sign-in.ts';

export function SecurityPage({ me, changed }: { me: MemberSession; changed: () => void }): JSX.Element {
  return h(
    'div',
    {},
    h('h1', {}, 'My security'),
    h('p', { class: 'muted' }, me.email),
    me.password
      ? h('div', {}, h(Password, { me }), h(SecondFactor, { me, changed }))
      : h(
          'p',
          { class: 'notice' },
          'You sign in with your organisation: it has your password and your second factor.',
        ),
    h(Sessions, {}),
  );
}

function Password({ me }: { me: MemberSession }): JSX.Element {
  const [done, setDone] = useState(false);
  return h(
    'section',
    { 'aria-labelledby': 'password-title' },
    h('h2', { id: 'password-title' }, 'Password'),
    done &&
      h('p', { class: 'notice', role: 'status' }, 'The password is changed; other sessions have ended.'),
    h(
      Form,
      {
        button: 'Change password',
        quiet: true,
        submit: async ({ old_password, new_password, code }) => {
          setDone(false);
          await send('POST', '/session/password', { old_password, new_password, ...(code && { code }) });
          setDone(true);
        },
      },
      h('input', { type: 'hidden', name: 'username', autocomplete: 'username', value: me.email }),
      h(Field, {
        name: 'old_password',
        label: 'Current password',
        type: 'password',
        autocomplete: 'current-password',
      }),
      h(Field, {
        name: 'new_password',
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        help: 'At least 12 characters.',
      }),
      me.recovery_codes !== null && h(CodeField, { autofocus: false }),
    ),
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
    { name: '', title: 'Browser', show: ({ agent }) => h('span', { title: agent }, browserOf(agent)) },
    { name: '', title: 'Address', show: ({ address }) => address },
    { name: '', title: 'Signed in', show: ({ created_at }) => time(created_at, 'short') },
    {
      name: '',
      title: 'Last seen',
      show: ({ current, seen_at }) => (current ? 'this one' : time(seen_at, 'short')),
    },
    {
      name: '',
      title: 'Action',
      show: ({ current, session_id, agent }) =>
        !current &&
        h(
          'button',
          {
            type: 'button',
            'aria-label': `Sign out ${browserOf(agent)}`,
            onClick: () => end(`/sessions/${session_id}`),
          },
          'Sign out',
        ),
    },
  ];
  return h(
    'section',
    { 'aria-labelledby': 'sessions-title' },
    h('h2', { id: 'sessions-title' }, 'Sessions'),
    h(Answered<{ sessions: Session[] }>, {
      answer,
      show: ({ sessions }) =>
        h(
          'div',
          {},
          h(Table<Session>, { caption: 'Sessions', stacked: true, columns, rows: sessions }),
          sessions.length > 1 &&
            h(
              'p',
              {},
              h('button', { type: 'button', onClick: () => end('/sessions') }, 'Sign out everywhere else'),
            ),
        ),
    }),
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
  return [browser || 'A browser', system].filter(Boolean).join(' on ');
}
