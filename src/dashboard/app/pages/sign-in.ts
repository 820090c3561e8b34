/** Signing in with an API key, an account's or the admin key. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { signIn } from '../api.ts';
import { go } from '../location.ts';

export function SignIn({ signedIn }: { signedIn: () => void }): JSX.Element {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const key = new FormData(event.target as HTMLFormElement).get('api_key');
    setBusy(true);
    try {
      const { admin } = await signIn(String(key).trim());
      if (admin) go('/health', true);
      signedIn();
    } catch (failed) {
      setError((failed as Error).message);
      setBusy(false);
    }
  };
  return h(
    'main',
    { class: 'alone' },
    h('h1', {}, 'Trackly Links'),
    h(
      'form',
      { class: 'sign-in', onSubmit: submit },
      h('label', { for: 'api_key' }, 'API key'),
      h('input', {
        id: 'api_key',
        name: 'api_key',
        type: 'password',
        autocomplete: 'current-password',
        placeholder: 'trk_…',
        required: true,
        autofocus: true,
        'aria-describedby': 'key-help',
        'aria-invalid': error !== '',
      }),
      h(
        'p',
        { id: 'key-help', class: 'muted' },
        'The key of your account, as its creation answered it. It is kept in this browser, where no script can read it.',
      ),
      error !== '' && h('p', { class: 'notice bad', role: 'alert' }, error),
      h('button', { type: 'submit', class: 'main', disabled: busy }, busy ? 'Signing in …' : 'Sign in'),
    ),
  );
}
