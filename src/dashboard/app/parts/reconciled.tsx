/** One comparison: both sums, what was found, and each difference, which somebody decides. */
import { type JSX, useState } from 'react';
import { type AnswerOf, addressOf, ask } from '../api.ts';
import { count, money, time } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { change } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { DownloadCsv } from './download.tsx';
import { Answered, Empty } from './states.tsx';
import { type Column, Pages, Table } from './table.tsx';

type Comparison = AnswerOf<'/v2/conversions/reconciliations/{reconciliation_id}'>;
type Line = Comparison['lines'][number];
type State = Line['state'];

const PER_PAGE = 50;
/** Of one request, and of requests: a comparison keeps at most 2,000. */
const LINES_READ_MAX = 1_000;
const PAGES_READ_MAX = 2;
const STATES: State[] = ['open', 'settled', 'accepted_here', 'accepted_there'];
const COUNTS = ['matched', 'missing_here', 'missing_there', 'different', 'repeated', 'left_out'] as const;

export function Reconciled({ id, may_change }: { id: string; may_change: boolean }): JSX.Element {
  const place = usePlace();
  const state = STATES.find((one) => one === place.query['state']);
  const path = '/v2/conversions/reconciliations/{reconciliation_id}';
  const asked = { reconciliation_id: id, state };
  const answer = useAnswer(path, { ...asked, page: place.query['page'], per_page: PER_PAGE });
  return (
    <Answered
      answer={answer}
      show={(found) => (
        <>
          <p className="muted">
            {t.reconcile.of(
              found.file_name || found.network || id,
              time(found.range.from, 'short'),
              time(found.range.to, 'short'),
            )}
          </p>
          <dl className="cards">
            {COUNTS.map((name) => (
              <div className="card" key={name}>
                <dt>{t.reconcile.found[name]}</dt>
                <dd>{count(found.counts[name] ?? 0)}</dd>
              </div>
            ))}
          </dl>
          {found.sums.length > 0 && <Table caption={t.reconcile.sums} columns={SUMS} rows={found.sums} />}
          <div className="tools">
            <label htmlFor="state">{t.postbacks.show}</label>
            <select
              id="state"
              value={state ?? ''}
              onChange={({ target }) => go(withQuery(place, { state: target.value }))}
            >
              <option value="">{t.reconcile.all}</option>
              {STATES.map((one) => (
                <option key={one} value={one}>
                  {t.reconcile.states[one]}
                </option>
              ))}
            </select>
            <DownloadCsv path={path} asked={asked} name={id} />
          </div>
          {found.total === 0 ? (
            <Empty>{state === undefined ? t.reconcile.no_differences : t.reconcile.none_of_state}</Empty>
          ) : (
            <div>
              <Table
                caption={t.reconcile.differences}
                columns={columnsOf(id, may_change)}
                rows={found.lines}
                id={({ line_id }) => line_id}
                stacked
              />
              <Pages place={place} page={found.page} per_page={found.per_page} total={found.total} />
            </div>
          )}
        </>
      )}
    />
  );
}

const SUMS: Column<Comparison['sums'][number]>[] = [
  { name: '', title: t.finance.currency, show: ({ currency }) => currency || '–' },
  {
    name: '',
    title: t.reconcile.theirs,
    number: true,
    show: ({ network, currency }) => money(network, currency),
  },
  { name: '', title: t.reconcile.ours, number: true, show: ({ here, currency }) => money(here, currency) },
];

const columnsOf = (id: string, may_change: boolean): Column<Line>[] => [
  {
    name: '',
    title: t.entity.transaction,
    show: ({ txn_id, here }) =>
      here === null ? (
        txn_id || '–'
      ) : (
        <a href={addressOf('/trace', { id: here.conversion_id })}>{txn_id || here.conversion_id}</a>
      ),
  },
  { name: '', title: t.reconcile.difference, show: ({ difference }) => t.reconcile.found[difference] },
  { name: '', title: t.entity.time, show: ({ at }) => time(at, 'short') },
  {
    name: '',
    title: t.reconcile.theirs,
    number: true,
    show: ({ network }) => (network === null ? '–' : money(network.amount, network.currency)),
  },
  {
    name: '',
    title: t.reconcile.ours,
    number: true,
    show: ({ here }) => (here === null ? '–' : money(here.amount, here.currency)),
  },
  {
    name: '',
    title: t.reconcile.decision,
    show: (line) =>
      may_change ? (
        <Decision id={id} line={line} />
      ) : (
        [t.reconcile.states[line.state], line.note].filter(Boolean).join(': ')
      ),
  },
];

type Decided = Partial<Pick<Line, 'state' | 'note'>>;

/** What is decided of a line now, whichever page of the differences it is on. */
async function decided(reconciliation_id: string, line_id: string): Promise<Decided> {
  for (let page = 1; page <= PAGES_READ_MAX; page++) {
    const asked = { reconciliation_id, page: String(page), per_page: LINES_READ_MAX };
    const { lines } = await ask('/v2/conversions/reconciliations/{reconciliation_id}', asked);
    const line = lines.find((one) => one.line_id === line_id);
    if (line !== undefined) return line;
    if (lines.length < LINES_READ_MAX) break;
  }
  return {};
}

function Decision({ id, line }: { id: string; line: Line }): JSX.Element {
  /** undefined while it is the stored one. */
  const [typed, setTyped] = useState<string>();
  const [error, setError] = useState('');
  const address = `/v2/conversions/reconciliations/${id}/lines/${line.line_id}`;
  if (typed === line.note) setTyped(undefined);
  const note = typed ?? line.note;
  const { state } = line;
  const save = async (wanted: Decided): Promise<void> => {
    setError('');
    await change<Decided>(address, { state, note: line.note }, wanted, t.edit.saved, () =>
      decided(id, line.line_id),
    ).catch(({ message }: Error) => setError(message));
  };
  const name = line.txn_id || line.line_id;
  return (
    <form
      className="decision"
      onSubmit={(event) => {
        event.preventDefault();
        void save({ note });
      }}
    >
      <select
        aria-label={t.reconcile.decision_of(name)}
        value={line.state}
        onChange={({ target }) => void save({ state: target.value as State })}
      >
        {STATES.map((one) => (
          <option key={one} value={one}>
            {t.reconcile.states[one]}
          </option>
        ))}
      </select>
      <input
        className="said-why"
        aria-label={t.reconcile.note_of(name)}
        placeholder={t.reconcile.note}
        maxLength={1_000}
        value={note}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {note !== line.note && <button type="submit">{t.edit.save}</button>}
      {error !== '' && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
