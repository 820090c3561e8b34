/** The account's API keys, for its owners: made with scopes and an end, shown once, revoked. */
import { type JSX, useState } from 'react';
import { type AnswerOf, send } from '../api.ts';
import { time } from '../format.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { Choice, Field, Form } from '../parts/form.tsx';
import { notify } from '../parts/notify.ts';
import { Answered, Empty, Failed } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { focusHeading, Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { yesOrNo } from '../parts/yes-or-no.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Key = AnswerOf<'/v2/keys'>['keys'][number];
type Scope = Key['scopes'][number];
interface Made {
  name: string;
  api_key: string;
}

const SCOPES: Scope[] = ['read', 'send', 'receipts', 'conversions', 'catalog', 'erase', 'admin'];
/** What a sending system needs. */
const USUAL: Scope[] = ['read', 'send'];
const DAY_MS = 24 * 3_600_000;
const ENDS = ['', '30', '90', '365'] as const;

export function KeysPage(): JSX.Element {
  const answer = useAnswer('/v2/keys', {});
  const [made, setMade] = useState<Made>();
  const [error, setError] = useState<Error>();
  const revoke = ({ key_id, name }: Key): void => {
    setError(undefined);
    send('DELETE', `/v2/keys/${key_id}`).then(() => {
      notify({ text: t.keys.revoked(name) });
      focusHeading();
      answer.again();
    }, setError);
  };
  return (
    <div>
      <Title text={t.pages.keys} />
      {made !== undefined && <KeyNotice {...made} />}
      {error !== undefined && <Failed error={error} />}
      <Answered
        answer={answer}
        show={({ keys }) =>
          keys.length === 0 ? (
            <Empty>{t.keys.none}</Empty>
          ) : (
            <Table caption={t.pages.keys} stacked columns={columnsOf(revoke)} rows={keys} />
          )
        }
      />
      <h2>{t.keys.new}</h2>
      <Form
        button={t.keys.make}
        submit={async (values) => {
          setMade(await send<Made>('POST', '/v2/keys', keyOf(values)));
          answer.again();
        }}
      >
        <Field name="name" label={t.make.name} placeholder={t.keys.name_hint} />
        <Scopes />
        <Choice
          name="days"
          label={t.keys.expires}
          choices={ENDS.map((days) => [days, days === '' ? t.keys.never : t.keys.in_days(Number(days))])}
          initial=""
        />
        <Choice name="test" label={t.keys.test} help={t.keys.test_help} choices={yesOrNo} initial="false" />
      </Form>
    </div>
  );
}

function keyOf({ name = '', days = '', test, ...given }: Record<string, string>): object {
  return {
    name: name.trim(),
    scopes: SCOPES.filter((scope) => given[`scope.${scope}`] !== undefined),
    expires_at: days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString(),
    test: test === 'true',
  };
}

/** What the key may do: the API refuses more than its maker may. */
function Scopes(): JSX.Element {
  return (
    <fieldset>
      <legend>{t.keys.scopes}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} className="check">
          <input
            type="checkbox"
            className="tick"
            name={`scope.${scope}`}
            defaultChecked={USUAL.includes(scope)}
          />
          <span>
            <strong>{scope}</strong>
            {`: ${t.keys.may[scope]}`}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Shown once: neither this page nor the API can show the key again. */
function KeyNotice({ name, api_key }: Made): JSX.Element {
  return (
    <div className="notice" role="status">
      <p>
        <Words text={t.keys.once} which={<strong>{t.keys.key_of(name)}</strong>} />
      </p>
      <p className="secret">{api_key}</p>
      <Copy text={api_key} what={t.keys.copy_of(name)} />
    </div>
  );
}

const columnsOf = (revoke: (key: Key) => void): Column<Key>[] => [
  { name: '', title: t.make.name, show: ({ name }) => name },
  { name: '', title: t.keys.begins, show: ({ prefix }) => <code>{prefix}…</code> },
  {
    name: '',
    title: t.keys.scopes,
    show: ({ scopes, test }) => [...scopes, ...(test ? [t.keys.only_tests] : [])].join(', '),
  },
  {
    name: '',
    title: t.keys.expires,
    show: ({ expires_at }) => (expires_at === null ? t.keys.never : time(expires_at, 'short')),
  },
  { name: '', title: t.keys.last_used, show: ({ last_used_at }) => time(last_used_at, 'short') },
  {
    name: '',
    title: t.members.actions,
    show: (key) => (
      <Confirm
        button={t.keys.revoke}
        label={t.keys.revoke_of(key.name)}
        question={t.keys.revoke_ask(key.name)}
        confirmed={() => revoke(key)}
      />
    ),
  },
];
