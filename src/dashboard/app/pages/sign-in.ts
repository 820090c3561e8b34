/** Signing in: as a member with a password or the provider of OpenID Connect, or with an API key to look. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiFailure, send } from '../api.ts';
import { go, usePlace } from '../location.ts';
import { Field, Form } from '../parts/form.ts';

/** Why the provider's answer signed nobody in, by the word in the address. */
const FAILURES: Record<string, string> = {
  provider: 'Signing in with your organisation failed: try again, or ask the operator.',
  unverified: 'Your organisation has not verified your email address.',
  unknown: 'No account is open to your email address: ask an owner to invite you.',
};

export function SignIn({ oidc, signedIn }: { oidc: boolean; signedIn: () => void }): JSX.Element {
  const { path, query } = usePlace();
  const failure = FAILURES[query['sign_in'] ?? ''];
  const enter = (): void => {
    if (failure !== undefined) go(path, true);
    signedIn();
  };
  return h(
    'main',
    { class: 'alone' },
    h('h1', {}, 'Trackly Links'),
    failure !== undefined && h('p', { class: 'notice bad', role: 'alert' }, failure),
    oidc && h('a', { class: 'button main wide', href: '/session/oidc' }, 'Sign in with your organisation'),
    oidc && h('p', { class: 'or' }, 'or'),
    h(PasswordForm, { enter }),
    h(
      'details',
      { class: 'other-way' },
      h('summary', {}, 'Use an API key to look'),
      h(
        Form,
        {
          button: 'Look',
          quiet: true,
          submit: async ({ api_key = '' }) => {
            await send('POST', '/session', { api_key: api_key.trim() });
            enter();
          },
        },
        h(Field, {
          name: 'api_key',
          label: 'API key',
          type: 'password',
          placeholder: 'trk_…',
          help: 'Of your account, or an admin key. What you do with it here changes nothing; the key is not kept in this browser.',
        }),
      ),
    ),
  );
}

/** Asks for the code only after the password was right. */
function PasswordForm({ enter }: { enter: () => void }): JSX.Element {
  const [given, setGiven] = useState<{ email: string; password: string }>();
  if (given !== undefined)
    return h(
      Form,
      {
        button: 'Sign in',
        submit: async ({ code = '' }) => {
          await send('POST', '/session', { ...given, code });
          enter();
        },
      },
      h(CodeField, { autofocus: true }),
      h('div', {}, h('button', { type: 'button', onClick: () => setGiven(undefined) }, 'Back')),
    );
  return h(
    Form,
    {
      button: 'Sign in',
      submit: async ({ email = '', password = '' }) => {
        try {
          await send('POST', '/session', { email, password });
          enter();
        } catch (error) {
          if (!(error instanceof ApiFailure) || error.code !== 'second_factor_required') throw error;
          setGiven({ email, password });
        }
      },
    },
    h(Field, {
      name: 'email',
      label: 'Email address',
      type: 'email',
      autocomplete: 'username',
      autofocus: true,
    }),
    h(Field, { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' }),
  );
}

export function CodeField({ autofocus }: { autofocus: boolean }): JSX.Element {
  return h(Field, {
    name: 'code',
    label: 'Code',
    autocomplete: 'one-time-code',
    help: 'Six digits of your authenticator app, or a recovery code.',
    autofocus,
  });
}
