/** What accounts were refused lately, by which limit, and how much each asks for now. */
import type { JSX } from 'react';
import type { AnswerOf } from '../../api.ts';
import { count } from '../../format.ts';
import { Cards } from '../../parts/cards.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

const ASK_EVERY_MS = 5_000;
type Limits = AnswerOf<'/v2/operations/limits'>;
type Account = Limits['accounts'][number];
const WORDS = t.operate.limit;

export function LimitsPage(): JSX.Element {
  const answer = useAnswer('/v2/operations/limits', {}, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.operate.pages.limits} />
      <Answered
        answer={answer}
        show={({ hours, window_s, limits, accounts }) => (
          <>
            {limits.length > 0 && (
              <>
                <h2>{WORDS.refused_in(hours)}</h2>
                <Cards
                  label={WORDS.refused_in(hours)}
                  cards={limits.map(({ limit, refused }) => ({ name: limit, value: count(refused) }))}
                />
              </>
            )}
            <h2>{WORDS.accounts}</h2>
            {accounts.length === 0 ? (
              <Empty>{WORDS.none}</Empty>
            ) : (
              <Table
                caption={WORDS.accounts}
                columns={columnsOf(window_s)}
                rows={accounts}
                file="limits"
                stacked
              />
            )}
          </>
        )}
      />
    </div>
  );
}

const columnsOf = (window_s: number): Column<Account>[] => [
  { name: '', title: t.operate.name, show: ({ name }) => name },
  { name: '', title: t.operate.certificate.account, show: ({ account_id }) => <code>{account_id}</code> },
  {
    ...{ name: '', title: WORDS.requests(window_s), number: true },
    show: ({ requests, requests_max }) => WORDS.of(count(requests), count(requests_max)),
  },
  { name: '', title: WORDS.refused, number: true, show: ({ refused }) => count(refused) },
  {
    name: '',
    title: WORDS.by,
    show: ({ refused_by }) => refused_by.map((one) => `${one.limit} ${count(one.count)}`).join(', ') || '–',
  },
];
