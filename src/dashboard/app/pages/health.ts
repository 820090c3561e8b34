/**
 * The health of the installation: how far reports lag, the backlog, and for the operator every check with what to do. The
 * API answers it from what it last found, so it can be read while Redis or ClickHouse is away.
 */
import { h, type JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { AnswerOf } from '../api.ts';
import { count } from '../format.ts';
import { type Card, Cards } from '../parts/cards.ts';
import { Answered } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
import { useAnswer } from '../use-answer.ts';

const ASK_EVERY_MS = 3_000;
const GONE_AFTER_MS = 10_000;

type Health = AnswerOf<'/v2/health'>;
type Process = NonNullable<Health['admin']>['processes'][number];
type Check = NonNullable<Health['checks']>[number];

const STATE_WORDS: Record<Check['state'], string> = {
  ok: 'ok',
  degraded: '⚠ degraded',
  failing: '✖ failing',
};

const CHECK_COLUMNS: Column<Check>[] = [
  { name: '', title: 'Check', show: ({ name }) => name },
  { name: '', title: 'State', show: ({ state }) => STATE_WORDS[state] },
  { name: '', title: 'Found', show: ({ found }) => found },
  { name: '', title: 'What to do', show: (check) => check.do },
];

const PROCESS_COLUMNS: Column<Process>[] = [
  { name: '', title: 'Process', show: ({ name }) => name },
  {
    name: '',
    title: 'Last sign of life',
    show: ({ seen_ms_ago }) =>
      seen_ms_ago < GONE_AFTER_MS ? 'now' : `${count(Math.round(seen_ms_ago / 1_000))} s ago`,
  },
];

export function HealthPage(): JSX.Element {
  const answer = useAnswer('/v2/health', {});
  const { again } = answer;
  useEffect(() => {
    const timer = setInterval(again, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [again]);
  return h('div', {}, h('h1', {}, 'Health'), h(Answered<Health>, { answer, show }));
}

function ledgerCards(ledger: NonNullable<NonNullable<Health['admin']>['ledger']>): Card[] {
  return [
    {
      name: 'Ledger drift',
      value: count(ledger.drift_rows),
      note: ledger.drift_rows === 0 ? 'nothing is missing' : 'see the runbook: TracklyDrift',
    },
    { name: 'Answered', value: count(ledger.answered), note: `in ${ledger.minutes} minutes` },
    {
      name: 'In the reports',
      value: count(ledger.inserted),
      note: `${ledger.balanced} minutes balanced, ${ledger.open} open`,
    },
  ];
}

function show({ behind_ms, logs, admin, state, checks = [] }: Health): JSX.Element {
  const cards: Card[] = [
    {
      name: 'Reports are behind by',
      value: `${(behind_ms / 1_000).toFixed(1)} s`,
      note: 'age of the oldest click not yet in the reports',
    },
    ...logs.map(({ log, entries }) => ({ name: `Waiting: ${log}`, value: count(entries), note: 'entries' })),
  ];
  if (admin !== null) {
    const { ledger } = admin;
    if (ledger !== null) cards.push(...ledgerCards(ledger));
    cards.push({
      name: 'Dead letters',
      value: count(admin.dead_letters),
      note: admin.dead_letters === 0 ? 'none waits' : 'npm run dead-letters',
    });
  }
  return h(
    'div',
    {},
    state === undefined
      ? null
      : h('p', { role: 'status' }, `State of the installation: ${STATE_WORDS[state]}`),
    checks.length === 0
      ? null
      : h(Table<Check>, {
          caption: 'Checks',
          columns: CHECK_COLUMNS,
          rows: checks.toSorted((a, b) => Number(a.state === 'ok') - Number(b.state === 'ok')),
          stacked: true,
        }),
    h(Cards, { label: 'State of the installation', cards }),
    admin === null
      ? h(
          'p',
          { class: 'muted' },
          'Sign in with the admin key to see the click ledger, dead letters and processes.',
        )
      : h(Table<Process>, {
          caption: 'Processes',
          columns: PROCESS_COLUMNS,
          rows: admin.processes,
        }),
  );
}
