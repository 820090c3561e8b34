/** The account's API keys, for its owners: made with scopes and an end, shown once, revoked. */
import { type JSX, useEffect, useRef, useState } from 'react';
import { type AnswerOf, ask, send } from '../api.ts';
import { time } from '../format.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { Choice, Field, Form, Initial } from '../parts/form.tsx';
import { notify } from '../parts/notify.ts';
import { Answered, Empty, Failed } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { focusHeading, Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { yesOrNo } from '../parts/yes-or-no.ts';
import { change } from '../save.ts';
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
  const [changing, setChanging] = useState<Key>();
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
            <Table
              caption={t.pages.keys}
              stacked
              columns={columnsOf(revoke, setChanging)}
              rows={keys}
              id={({ key_id }) => key_id}
            />
          )
        }
      />
      {changing !== undefined && (
        <ChangeKey
          key={changing.key_id}
          of={changing}
          done={() => {
            setChanging(undefined);
            focusHeading();
            answer.again();
          }}
        />
      )}
      <h2>{t.keys.new}</h2>
      <Form
        button={t.keys.make}
        submit={async (values) => {
          setMade(await send<Made>('POST', '/v2/keys', keyOf(values)));
          answer.again();
        }}
      >
        <Field name="name" label={t.make.name} placeholder={t.keys.name_hint} />
        <Scopes given={USUAL} />
        <Choice name="days" label={t.keys.expires} choices={END_CHOICES} initial="" />
        <Choice name="test" label={t.keys.test} help={t.keys.test_help} choices={yesOrNo} initial="false" />
      </Form>
    </div>
  );
}

const END_CHOICES = ENDS.map(
  (days) => [days, days === '' ? t.keys.never : t.keys.in_days(Number(days))] as const,
);
/** In place of a number of days: it ends when it ended before. */
const SAME_END = 'same';

const scopesIn = (values: Record<string, string>): Scope[] =>
  SCOPES.filter((scope) => values[`scope.${scope}`] !== undefined);
const endOf = (days: string): string | null =>
  days === '' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();

function keyOf({ name = '', days = '', test, ...given }: Record<string, string>): object {
  return { name: name.trim(), scopes: scopesIn(given), expires_at: endOf(days), test: test === 'true' };
}

type Changeable = Pick<Key, 'name' | 'scopes' | 'expires_at'>;

const inOrder = (scopes: readonly Scope[]): Scope[] => SCOPES.filter((scope) => scopes.includes(scope));
const changeableOf = ({ name, scopes, expires_at }: Key): Changeable => ({
  name,
  scopes: inOrder(scopes),
  expires_at,
});

/** As it is now; it may have been revoked. */
async function stored(key_id: string): Promise<Partial<Changeable>> {
  const key = (await ask('/v2/keys', {})).keys.find((one) => one.key_id === key_id);
  return key === undefined ? {} : changeableOf(key);
}

/** Another name, other scopes, another end; the key itself stays. */
function ChangeKey({ of: key, done }: { of: Key; done: () => void }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const save = async ({ name = '', days = '', ...given }: Record<string, string>): Promise<void> => {
    const before = changeableOf(key);
    const wanted = {
      name: name.trim(),
      scopes: scopesIn(given),
      ...(days !== SAME_END && { expires_at: endOf(days) }),
    };
    await change<Partial<Changeable>>(`/v2/keys/${key.key_id}`, before, wanted, t.edit.saved, () =>
      stored(key.key_id),
    );
    done();
  };
  return (
    <section aria-labelledby="change-key">
      <h2 id="change-key" ref={heading} tabIndex={-1}>
        {t.keys.change_of(key.name)}
      </h2>
      <Initial.Provider value={{ name: key.name, days: SAME_END }}>
        <Form button={t.edit.save} submit={save}>
          <Field name="name" label={t.make.name} />
          <Scopes given={key.scopes} />
          <Choice
            name="days"
            label={t.keys.expires}
            choices={[
              [
                SAME_END,
                t.keys.same_end(key.expires_at === null ? t.keys.never : time(key.expires_at, 'short')),
              ],
              ...END_CHOICES,
            ]}
          />
        </Form>
      </Initial.Provider>
      <p className="actions">
        <button type="button" onClick={done}>
          {t.shared.cancel}
        </button>
      </p>
    </section>
  );
}

/** What the key may do: the API refuses more than its maker may. */
function Scopes({ given }: { given: readonly Scope[] }): JSX.Element {
  return (
    <fieldset>
      <legend>{t.keys.scopes}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} className="check">
          <input
            type="checkbox"
            className="tick"
            name={`scope.${scope}`}
            defaultChecked={given.includes(scope)}
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

const columnsOf = (revoke: (key: Key) => void, change: (key: Key) => void): Column<Key>[] => [
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
      <span className="actions">
        <button type="button" aria-label={t.keys.change_of(key.name)} onClick={() => change(key)}>
          {t.keys.change}
        </button>
        <Confirm
          button={t.keys.revoke}
          label={t.keys.revoke_of(key.name)}
          question={t.keys.revoke_ask(key.name)}
          confirmed={() => revoke(key)}
        />
      </span>
    ),
  },
];
