/** An invitation: its secret is in the fragment of the address, which no server and no other site sees. */
import { h, type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiFailure, type Role, send } from '../api.ts';
import { go } from '../location.ts';
import { Field, Form } from '../parts/form.ts';
import { Failed, Loading } from '../parts/states.ts';
import { CodeField } from './sign-in.ts';

interface Invitation {
  email: string;
  role: Role;
  account_name: string;
  /** Whether the person has a password already. */
  password: boolean;
  oidc: boolean;
}

const ROLES: Record<Role, string> = {
  owner: 'You may do everything in the account, and invite others.',
  member: 'You may look, send, and change the catalog.',
  viewer: 'You may look at everything.',
};

export function InvitationPage({ signedIn }: { signedIn: () => void }): JSX.Element {
  const token = location.hash.slice(1);
  const [invitation, setInvitation] = useState<Invitation>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    send<Invitation>('POST', '/session/invitation', { token }).then(setInvitation, setError);
  }, [token]);
  if (error !== undefined)
    return h(
      'main',
      { class: 'alone' },
      h('h1', {}, 'Invitation'),
      h(Failed, { error }),
      h('a', { href: '/' }, 'Sign in'),
    );
  if (invitation === undefined) return h('main', { class: 'alone' }, h(Loading, {}));
  const { email, role, account_name, oidc } = invitation;
  return h(
    'main',
    { class: 'alone' },
    h('h1', {}, `Join ${account_name}`),
    h('p', {}, `You are invited as ${role}: `, h('strong', {}, email), '. ', ROLES[role]),
    oidc && h('a', { class: 'button main wide', href: '/session/oidc' }, 'Join with your organisation'),
    oidc && h('p', { class: 'or' }, 'or'),
    h(AcceptForm, {
      invitation,
      token,
      done: () => {
        go('/', true);
        signedIn();
      },
    }),
  );
}

function AcceptForm({
  invitation: { email, password },
  token,
  done,
}: {
  invitation: Invitation;
  token: string;
  done: () => void;
}): JSX.Element {
  const [asks_code, setAsksCode] = useState(false);
  return h(
    Form,
    {
      button: password ? 'Join' : 'Set password and join',
      submit: async (values) => {
        try {
          await send('POST', '/session/invitation/accept', {
            token,
            password: values['password'],
            ...(values['code'] && { code: values['code'] }),
          });
          done();
          return undefined;
        } catch (error) {
          if (!(error instanceof ApiFailure) || error.code !== 'second_factor_required') throw error;
          setAsksCode(true);
          return 'keep';
        }
      },
    },
    // For password managers.
    h('input', { type: 'hidden', name: 'username', autocomplete: 'username', value: email }),
    h(Field, {
      name: 'password',
      label: password ? 'Your password' : 'Choose a password',
      type: 'password',
      autocomplete: password ? 'current-password' : 'new-password',
      help: password
        ? 'You have one already, from another account.'
        : 'At least 12 characters: a few words that only you put together are good.',
    }),
    asks_code && h(CodeField, { autofocus: true }),
  );
}
