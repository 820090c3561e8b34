/** The second factor: turned on with a QR code and a first code, turned off, and its recovery codes. */
import { type JSX, useState } from 'react';
import { type MemberSession, send } from '../api.ts';
import { t } from '../strings/strings.ts';
import { CodeField, Field, Form } from './form.tsx';
import { Words } from './words.tsx';

interface Offer {
  secret: string;
  /** An SVG. */
  qr: string;
}

interface Props {
  me: MemberSession;
  changed: () => void;
}

const PASSWORD = {
  name: 'password',
  label: t.factor.your_password,
  type: 'password',
  autocomplete: 'current-password',
} as const;

export function SecondFactor({ me, changed }: Props): JSX.Element {
  const [codes, setCodes] = useState<string[]>();
  const show = (fresh: string[]): void => {
    setCodes(fresh);
    changed();
  };
  return (
    <section aria-labelledby="factor-title">
      <h2 id="factor-title">{t.factor.title}</h2>
      {codes !== undefined && <RecoveryCodes codes={codes} />}
      {me.recovery_codes === null ? (
        <TurnOn show={show} />
      ) : (
        <Manage left={me.recovery_codes} changed={changed} show={show} />
      )}
    </section>
  );
}

function RecoveryCodes({ codes }: { codes: string[] }): JSX.Element {
  return (
    <div className="notice" role="status">
      <p>
        <Words text={t.factor.codes_once} title={<strong>{t.factor.codes}</strong>} />
      </p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code} className="secret">
            {code}
          </li>
        ))}
      </ul>
    </div>
  );
}

function TurnOn({ show }: { show: (codes: string[]) => void }): JSX.Element {
  const [offer, setOffer] = useState<Offer>();
  if (offer === undefined)
    return (
      <div>
        <p>{t.factor.off}</p>
        <Form
          key="offer"
          button={t.factor.turn_on}
          quiet
          submit={async ({ password }) => setOffer(await send<Offer>('POST', '/session/totp', { password }))}
        >
          <Field {...PASSWORD} name="password" />
        </Form>
      </div>
    );
  return (
    <div>
      <p>{t.factor.scan}</p>
      <img className="qr" alt={t.factor.qr} src={`data:image/svg+xml,${encodeURIComponent(offer.qr)}`} />
      <p>
        <Words text={t.factor.type_in} secret={<span className="secret">{offer.secret}</span>} />
      </p>
      <Form
        key="confirm"
        button={t.factor.confirm}
        submit={async ({ code }) =>
          show(
            (await send<{ recovery_codes: string[] }>('POST', '/session/totp/confirm', { code }))
              .recovery_codes,
          )
        }
      >
        <Field name="code" label={t.factor.code} autocomplete="one-time-code" inputmode="numeric" autofocus />
      </Form>
    </div>
  );
}

function Manage({
  left,
  changed,
  show,
}: {
  left: number;
  changed: () => void;
  show: (codes: string[]) => void;
}): JSX.Element {
  const fields = (what: string): JSX.Element[] => [
    <Field {...PASSWORD} key="password" name={`${what}-password`} />,
    <CodeField key="code" name={`${what}-code`} />,
  ];
  const proofOf = (what: string, values: Record<string, string>) => ({
    password: values[`${what}-password`],
    code: values[`${what}-code`],
  });
  return (
    <div>
      <p>{t.factor.on(left)}</p>
      <details>
        <summary>{t.factor.new_codes}</summary>
        <Form
          button={t.factor.make_codes}
          quiet
          submit={async (values) => {
            const answer = await send<{ recovery_codes: string[] }>(
              'POST',
              '/session/totp/recovery-codes',
              proofOf('renew', values),
            );
            show(answer.recovery_codes);
          }}
        >
          {fields('renew')}
        </Form>
      </details>
      <details>
        <summary>{t.factor.turn_off}</summary>
        <Form
          button={t.factor.turn_off}
          quiet
          submit={async (values) => {
            await send('POST', '/session/totp/remove', proofOf('remove', values));
            changed();
          }}
        >
          {fields('remove')}
        </Form>
      </details>
    </div>
  );
}
