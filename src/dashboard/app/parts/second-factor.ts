/** The second factor: turned on with a QR code and a first code, turned off, and its recovery codes. */
import { h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type MemberSession, send } from '../api.ts';
import { Field, Form } from './form.ts';

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
  label: 'Your password',
  type: 'password',
  autocomplete: 'current-password',
} as const;

export function SecondFactor({ me, changed }: Props): JSX.Element {
  const [codes, setCodes] = useState<string[]>();
  const show = (fresh: string[]): void => {
    setCodes(fresh);
    changed();
  };
  return h(
    'section',
    { 'aria-labelledby': 'factor-title' },
    h('h2', { id: 'factor-title' }, 'Second factor'),
    codes !== undefined && h(RecoveryCodes, { codes }),
    me.recovery_codes === null ? h(TurnOn, { show }) : h(Manage, { left: me.recovery_codes, changed, show }),
  );
}

function RecoveryCodes({ codes }: { codes: string[] }): JSX.Element {
  return h(
    'div',
    { class: 'notice', role: 'status' },
    h(
      'p',
      {},
      h('strong', {}, 'Recovery codes'),
      ', shown this once. Each replaces your phone one time: keep them safe.',
    ),
    h(
      'ul',
      { class: 'codes' },
      codes.map((code) => h('li', { key: code, class: 'secret' }, code)),
    ),
  );
}

function TurnOn({ show }: { show: (codes: string[]) => void }): JSX.Element {
  const [offer, setOffer] = useState<Offer>();
  if (offer === undefined)
    return h(
      'div',
      {},
      h('p', {}, 'Off. With it, signing in asks for a code of an authenticator app as well.'),
      h(
        Form,
        {
          key: 'offer',
          button: 'Turn on',
          quiet: true,
          submit: async ({ password }) => setOffer(await send<Offer>('POST', '/session/totp', { password })),
        },
        h(Field, { ...PASSWORD, name: 'password' }),
      ),
    );
  return h(
    'div',
    {},
    h('p', {}, 'Scan this with your authenticator app, then enter the code that it shows.'),
    h('img', {
      class: 'qr',
      alt: 'QR code of the secret',
      src: `data:image/svg+xml,${encodeURIComponent(offer.qr)}`,
    }),
    h('p', {}, 'Or type the secret in: ', h('span', { class: 'secret' }, offer.secret)),
    h(
      Form,
      {
        key: 'confirm',
        button: 'Confirm',
        submit: async ({ code }) =>
          show(
            (await send<{ recovery_codes: string[] }>('POST', '/session/totp/confirm', { code }))
              .recovery_codes,
          ),
      },
      h(Field, {
        name: 'code',
        label: 'Code',
        autocomplete: 'one-time-code',
        inputmode: 'numeric',
        autofocus: true,
      }),
    ),
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
    h(Field, { ...PASSWORD, key: 'password', name: `${what}-password` }),
    h(Field, {
      key: 'code',
      name: `${what}-code`,
      label: 'Code',
      autocomplete: 'one-time-code',
      help: 'Six digits of your authenticator app, or a recovery code.',
    }),
  ];
  const proofOf = (what: string, values: Record<string, string>) => ({
    password: values[`${what}-password`],
    code: values[`${what}-code`],
  });
  return h(
    'div',
    {},
    h('p', {}, `On. ${left} recovery ${left === 1 ? 'code is' : 'codes are'} left.`),
    h(
      'details',
      {},
      h('summary', {}, 'New recovery codes'),
      h(
        Form,
        {
          button: 'Make new codes',
          quiet: true,
          submit: async (values) => {
            const answer = await send<{ recovery_codes: string[] }>(
              'POST',
              '/session/totp/recovery-codes',
              proofOf('renew', values),
            );
            show(answer.recovery_codes);
          },
        },
        fields('renew'),
      ),
    ),
    h(
      'details',
      {},
      h('summary', {}, 'Turn off'),
      h(
        Form,
        {
          button: 'Turn off',
          quiet: true,
          submit: async (values) => {
            await send('POST', '/session/totp/remove', proofOf('remove', values));
            changed();
          },
        },
        fields('remove'),
      ),
    ),
  );
}
