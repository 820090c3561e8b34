/** Signing in: as a member with a password or the provider of OpenID Connect, or with an API key to look. */
import { type JSX, useState } from 'react';
import { ApiFailure, send } from '../api.ts';
import { go, usePlace } from '../location.ts';
import { CodeField, Field, Form } from '../parts/form.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';

/** Why the provider's answer signed nobody in, by the word in the address. */
const FAILURES: Record<string, string> = {
  provider: t.signin.provider,
  unverified: t.signin.unverified,
  unknown: t.signin.unknown,
};

export function SignIn({ oidc, signedIn }: { oidc: boolean; signedIn: () => void }): JSX.Element {
  const { path, query } = usePlace();
  const failure = FAILURES[query['sign_in'] ?? ''];
  const enter = (): void => {
    if (failure !== undefined) go(path, true);
    signedIn();
  };
  return (
    <main className="alone">
      <Title text={t.shared.product} />
      {failure !== undefined && (
        <p className="notice bad" role="alert">
          {failure}
        </p>
      )}
      {oidc && (
        <a className="button main wide" href="/session/oidc">
          {t.signin.with_organisation}
        </a>
      )}
      {oidc && <p className="or">{t.shared.or}</p>}
      <PasswordForm enter={enter} />
      <details className="other-way">
        <summary>{t.signin.with_key}</summary>
        <Form
          button={t.signin.look}
          quiet
          submit={async ({ api_key = '' }) => {
            await send('POST', '/session', { api_key: api_key.trim() });
            enter();
          }}
        >
          <Field
            name="api_key"
            label={t.signin.api_key}
            type="password"
            placeholder="trk_…"
            help={t.signin.api_key_help}
          />
        </Form>
      </details>
    </main>
  );
}

/** Asks for the code only after the password was right. */
function PasswordForm({ enter }: { enter: () => void }): JSX.Element {
  const [given, setGiven] = useState<{ email: string; password: string }>();
  if (given !== undefined)
    return (
      <Form
        key="code"
        button={t.shared.sign_in}
        submit={async ({ code = '' }) => {
          await send('POST', '/session', { ...given, code });
          enter();
        }}
      >
        <CodeField autofocus />
        <div>
          <button type="button" onClick={() => setGiven(undefined)}>
            {t.signin.back}
          </button>
        </div>
      </Form>
    );
  return (
    <Form
      key="password"
      button={t.shared.sign_in}
      submit={async ({ email = '', password = '' }) => {
        try {
          await send('POST', '/session', { email, password });
          enter();
        } catch (error) {
          if (!(error instanceof ApiFailure) || error.code !== 'second_factor_required') throw error;
          setGiven({ email, password });
        }
      }}
    >
      <Field name="email" label={t.shared.email} type="email" autocomplete="username" autofocus />
      <Field name="password" label={t.signin.password} type="password" autocomplete="current-password" />
    </Form>
  );
}
