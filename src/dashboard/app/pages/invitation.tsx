/** An invitation: its secret is in the fragment of the address, which no server and no other site sees. */
import { type JSX, useEffect, useState } from 'react';
import { ApiFailure, type Role, send } from '../api.ts';
import { go } from '../location.ts';
import { CodeField, Field, Form } from '../parts/form.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';

interface Invitation {
  email: string;
  role: Role;
  account_name: string;
  /** Whether the person has a password already. */
  password: boolean;
  oidc: boolean;
}

const ROLES: Record<Role, string> = {
  owner: t.roles.owner_may,
  member: t.roles.member_may,
  viewer: t.roles.viewer_may,
};

export function InvitationPage({ signedIn }: { signedIn: () => void }): JSX.Element {
  const token = location.hash.slice(1);
  const [invitation, setInvitation] = useState<Invitation>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    send<Invitation>('POST', '/session/invitation', { token }).then(setInvitation, setError);
  }, [token]);
  if (error !== undefined)
    return (
      <main className="alone">
        <Title text={t.pages.invitation} />
        <Failed error={error} />
        <a href="/">{t.shared.sign_in}</a>
      </main>
    );
  if (invitation === undefined)
    return (
      <main className="alone">
        <Loading />
      </main>
    );
  const { email, role, account_name, oidc } = invitation;
  return (
    <main className="alone">
      <Title text={t.invitation.join(account_name)} />
      <p>
        <Words text={t.invitation.invited(role)} email={<strong>{email}</strong>} may={ROLES[role]} />
      </p>
      {oidc && (
        <a className="button main wide" href="/session/oidc">
          {t.invitation.with_organisation}
        </a>
      )}
      {oidc && <p className="or">{t.shared.or}</p>}
      <AcceptForm
        invitation={invitation}
        token={token}
        done={() => {
          go('/', true);
          signedIn();
        }}
      />
    </main>
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
  return (
    <Form
      button={password ? t.invitation.join_button : t.invitation.set_and_join}
      submit={async (values) => {
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
      }}
    >
      {/* For password managers. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field
        name="password"
        label={password ? t.invitation.your_password : t.invitation.choose_password}
        type="password"
        autocomplete={password ? 'current-password' : 'new-password'}
        help={password ? t.invitation.have_one : t.invitation.rules}
      />
      {asks_code && <CodeField autofocus />}
    </Form>
  );
}
