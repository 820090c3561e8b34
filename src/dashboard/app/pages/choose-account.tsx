/** The accounts of a member of several, after signing in. */
import { type JSX, useState } from 'react';
import type { MemberSession } from '../api.ts';
import { chooseAccount, leave } from '../parts/frame.tsx';
import { Failed } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';

export function ChooseAccount({ me, changed }: { me: MemberSession; changed: () => void }): JSX.Element {
  const [error, setError] = useState<Error>();
  return (
    <main className="alone">
      <Title text={t.choose.title} />
      <p className="muted">{me.email}</p>
      {error !== undefined && <Failed error={error} />}
      {me.accounts.length === 0 && <p className="notice">{t.choose.none}</p>}
      <ul className="choices">
        {me.accounts.map(({ account_id, name, role }) => (
          <li key={account_id}>
            <button
              type="button"
              className="wide"
              onClick={() => void chooseAccount(account_id).then(changed, setError)}
            >
              <strong>{name}</strong>
              <span className="muted">{` ${role}`}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="quiet" onClick={leave}>
        {t.shared.sign_out}
      </button>
    </main>
  );
}
