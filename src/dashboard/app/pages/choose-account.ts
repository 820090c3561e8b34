/** The accounts of a member of several, after signing in. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type MemberSession, signOut } from '../api.ts';
import { chooseAccount } from '../parts/frame.ts';
import { Failed } from '../parts/states.ts';

export function ChooseAccount({ me, changed }: { me: MemberSession; changed: () => void }): JSX.Element {
  const [error, setError] = useState<Error>();
  return h(
    'main',
    { class: 'alone' },
    h('h1', {}, 'Choose an account'),
    h('p', { class: 'muted' }, me.email),
    error !== undefined && h(Failed, { error }),
    me.accounts.length === 0 && h('p', { class: 'notice' }, 'No account is open to you any more.'),
    h(
      'ul',
      { class: 'choices' },
      me.accounts.map(({ account_id, name, role }) =>
        h(
          'li',
          { key: account_id },
          h(
            'button',
            {
              type: 'button',
              class: 'wide',
              onClick: () => void chooseAccount(account_id).then(changed, setError),
            },
            h('strong', {}, name),
            h('span', { class: 'muted' }, ` ${role}`),
          ),
        ),
      ),
    ),
    h('button', { type: 'button', class: 'quiet', onClick: () => void signOut() }, 'Sign out'),
  );
}
