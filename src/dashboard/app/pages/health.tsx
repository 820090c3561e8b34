/**
 * The health of the installation: how far reports lag, the backlog, and for the operator every check with what to do. The
 * API answers it from what it last found, so it can be read while Redis or ClickHouse is away.
 */
import { type JSX, useMemo } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, span, tenth } from '../format.ts';
import { type Card, Cards } from '../parts/cards.tsx';
import { Chart } from '../parts/chart.tsx';
import { Help, State, type Tone } from '../parts/operate.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

const ASK_EVERY_MS = 3_000;
/** A process that has not been seen for this long is not running, as far as this page knows. */
const GONE_AFTER_MS = 10_000;
type Health = AnswerOf<'/v2/health'>;
type Process = NonNullable<Health['admin']>['processes'][number];
type Check = NonNullable<Health['checks']>[number];
const STATE_WORDS: Record<Check['state'], string> = {
  ok: t.health.ok,
  degraded: t.health.degraded,
  failing: t.health.failing,
};

const TONES: Record<Check['state'], Tone> = { ok: 'good', degraded: 'warn', failing: 'bad' };

const CHECK_COLUMNS: Column<Check>[] = [
  { name: '', title: t.health.check, show: ({ name }) => name },
  {
    name: '',
    title: t.health.state,
    show: ({ state }) => <State tone={TONES[state]} text={STATE_WORDS[state]} />,
  },
  { name: '', title: t.health.found, show: ({ found }) => found },
  { name: '', title: t.health.todo, show: (check) => check.do },
  { name: '', title: t.operate.runbook, show: ({ help, name }) => <Help href={help} of={name} /> },
];

const PROCESS_COLUMNS: Column<Process>[] = [
  { name: '', title: t.health.process, show: ({ name }) => name },
  {
    name: '',
    title: t.health.seen,
    show: ({ seen_ms_ago }) =>
      seen_ms_ago < GONE_AFTER_MS
        ? t.health.now
        : t.health.seconds_ago(count(Math.round(seen_ms_ago / 1_000))),
  },
];

export function HealthPage(): JSX.Element {
  const answer = useAnswer('/v2/health', {}, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.pages.health} />
      <Answered answer={answer} show={show} />
    </div>
  );
}

function ledgerCards(ledger: NonNullable<NonNullable<Health['admin']>['ledger']>): Card[] {
  return [
    {
      name: t.health.drift,
      value: count(ledger.drift_rows),
      note: ledger.drift_rows === 0 ? t.health.nothing_missing : t.health.see_ledger,
    },
    { name: t.health.answered, value: count(ledger.answered), note: t.health.in_minutes(ledger.minutes) },
    {
      name: t.health.in_reports,
      value: count(ledger.inserted),
      note: t.health.balanced(ledger.balanced, ledger.open),
    },
  ];
}

/** Steps, so that the sentence, which is read aloud when it changes, does not follow each answer. */
const WITHIN_S = [2, 5, 10, 20] as const;
const LATE_STEP_MS = 10_000;

/** What is to be done is not for an account. */
function saidToAccount(state: Check['state'], behind_ms: number): string {
  if (state === 'failing') return t.health.not_counted;
  if (state === 'degraded')
    return t.health.late(span(Math.max(1, Math.ceil(behind_ms / LATE_STEP_MS)) * LATE_STEP_MS));
  return t.health.well(
    count(WITHIN_S.find((seconds) => behind_ms <= seconds * 1_000) ?? WITHIN_S.at(-1) ?? 0),
  );
}

function saidToOperator(state: Check['state'], checks: readonly Check[]): string {
  const found = checks.filter((check) => check.state === state).map(({ name }) => name);
  return state === 'ok' ? t.health.all_works : t.health.found_in[state](found.join(', '));
}

function show({ behind_ms, logs, admin, state, checks = [] }: Health): JSX.Element {
  const cards: Card[] = [
    {
      name: t.health.behind,
      value: t.health.seconds(tenth(behind_ms / 1_000)),
      note: t.health.behind_note,
    },
    ...logs.map(({ log, entries }) => ({
      name: t.health.waiting(log),
      value: count(entries),
      note: t.health.entries,
    })),
  ];
  if (admin !== null) {
    const { ledger } = admin;
    if (ledger !== null) cards.push(...ledgerCards(ledger));
    cards.push({
      name: t.health.dead_letters,
      value: count(admin.dead_letters),
      note: admin.dead_letters === 0 ? t.health.none_waits : t.operate.pages['dead-letters'],
    });
  }
  return (
    <div>
      <p role="status" className={`notice ${TONES[state]}`}>
        <State tone={TONES[state]} text={STATE_WORDS[state]} />{' '}
        {admin === null ? saidToAccount(state, behind_ms) : saidToOperator(state, checks)}
      </p>
      {checks.length === 0 ? null : (
        <Table
          file="checks"
          caption={t.health.checks}
          columns={CHECK_COLUMNS}
          rows={checks.toSorted((a, b) => Number(a.state === 'ok') - Number(b.state === 'ok'))}
          stacked
        />
      )}
      <Cards label={t.health.installation} cards={cards} />
      {admin !== null && <Lag lag={admin.lag} />}
      {admin === null ? (
        <p className="muted">{t.health.admin_only}</p>
      ) : (
        <Table
          caption={t.health.processes}
          columns={PROCESS_COLUMNS}
          rows={admin.processes}
          file="processes"
        />
      )}
    </div>
  );
}

type Lag = NonNullable<Health['admin']>['lag'];

/** Nothing is drawn of the time in which Redis was away, nor with less than two points. */
function Lag({ lag }: { lag: Lag }): JSX.Element | null {
  const last = lag.at(-1)?.at;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page asks more often than there is a new point
  const { times_ms, lines } = useMemo(() => {
    const known = lag.filter(({ behind_ms }) => behind_ms !== null);
    const values = known.map(({ behind_ms }) => (behind_ms ?? 0) / 1_000);
    return {
      times_ms: known.map(({ at }) => Date.parse(at)),
      lines: [{ name: t.operate.behind, values, color: '--c1' }],
    };
  }, [last]);
  if (times_ms.length < 2) return null;
  return (
    <Chart
      label={t.operate.lag}
      range={t.operate.last_hour}
      times_ms={times_ms}
      partial={[]}
      lines={lines}
      file="behind"
    />
  );
}
