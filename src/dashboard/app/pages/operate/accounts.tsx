/** The accounts of the installation: how much each has, and a new one. */
import { type JSX, useState } from 'react';
import { heldKey } from '../../admin-key.ts';
import type { AnswerOf } from '../../api.ts';
import { count, time } from '../../format.ts';
import { usePlace } from '../../location.ts';
import { Chip } from '../../parts/chip.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Field, Form } from '../../parts/form.tsx';
import { State, type Tone } from '../../parts/operate.tsx';
import { KeyField, needsKey, withKey } from '../../parts/operator-act.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Pages, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

type Account = AnswerOf<'/v2/operations/accounts'>['accounts'][number];
interface Made {
  name: string;
  api_key: string;
}
const WORDS = t.operate.account;
const TONES: Record<Account['status'], Tone> = { active: 'good', archived: '', suspended: 'bad' };

export function AccountsPage(): JSX.Element {
  const place = usePlace();
  const { account_id, page } = place.query;
  const answer = useAnswer('/v2/operations/accounts', { account_id, page });
  const name = answer.value?.accounts.find((one) => one.account_id === account_id)?.name;
  const [made, setMade] = useState<Made>();
  return (
    <div>
      <Title text={t.operate.pages.accounts} />
      {made !== undefined && (
        <div className="notice" role="status">
          <p>{WORDS.made(made.name)}</p>
          <p className="secret">{made.api_key}</p>
          <Copy text={made.api_key} />
        </div>
      )}
      {account_id && (
        <div className="tools">
          <Chip
            place={place}
            name="account_id"
            text={`${t.operate.certificate.account}: ${name ?? account_id}`}
          />
        </div>
      )}
      <Answered
        answer={answer}
        show={({ accounts, recent_days, ...paging }) =>
          accounts.length === 0 ? (
            <Empty>{t.shared.none}</Empty>
          ) : (
            <>
              <Table
                file="accounts"
                caption={t.operate.pages.accounts}
                columns={columnsOf(recent_days)}
                rows={accounts}
                stacked
              />
              <Pages place={place} {...paging} />
            </>
          )
        }
      />
      <h2>{WORDS.create}</h2>
      <Form
        button={WORDS.create}
        submit={async ({ key, name = '', tracking_domain = '', time_zone = '' }) => {
          const wanted = { name: name.trim(), tracking_domain, time_zone };
          const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
          setMade(await withKey(key ?? heldKey(), (send) => send<Made>('POST', '/v2/accounts', given)));
          answer.again();
        }}
      >
        <Field name="name" label={t.operate.name} />
        <Field name="tracking_domain" label={WORDS.domain} help={WORDS.domain_help} optional />
        <Field name="time_zone" label={WORDS.zone} help={WORDS.zone_help} optional />
        {needsKey() && <KeyField />}
      </Form>
    </div>
  );
}

const number = (title: string, column: keyof Account): Column<Account> => ({
  ...{ name: '', title, number: true },
  show: (row) => count(Number(row[column])),
});

const columnsOf = (days: number): Column<Account>[] => [
  { name: '', title: t.operate.name, show: ({ name }) => name },
  { name: '', title: t.operate.certificate.account, show: ({ account_id }) => <code>{account_id}</code> },
  {
    name: '',
    title: t.operate.state,
    show: ({ status }) => <State tone={TONES[status]} text={WORDS.states[status]} />,
  },
  number(WORDS.messages, 'messages'),
  number(WORDS.recent(WORDS.messages, days), 'messages_recent'),
  number(WORDS.clicks, 'clicks'),
  number(WORDS.recent(WORDS.clicks, days), 'clicks_recent'),
  number(WORDS.conversions, 'conversions'),
  { name: '', title: WORDS.created, show: ({ created_at }) => time(created_at, 'short') },
];
