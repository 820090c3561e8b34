/** One campaign, offer, creative, message or link: its figures, time line, bots by reason, conversions, A/B test. */
import { h, type JSX } from 'preact';
import type { Conversion } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, money, time } from '../format.ts';
import { usePlace } from '../location.ts';
import { Alerts } from '../parts/alerts.ts';
import { Cards, cardsOf } from '../parts/cards.ts';
import { ExperimentTable } from '../parts/experiment.ts';
import { grainOf, type Range, RangePicker, rangeOf } from '../parts/range.ts';
import { Answered, Empty } from '../parts/states.ts';
import { type Column, Table } from '../parts/table.ts';
import { Timeline } from '../parts/timeline.ts';
import { useAnswer } from '../use-answer.ts';
import { type EntityKind, idOf, isDefined, titleOf } from './kinds.ts';
import { StoryOf } from './story.ts';

const PER_PAGE = 1_000;
const CONVERSIONS_SHOWN = 50;

type Hours = AnswerOf<'/v2/reports/hours'>;
type Variants = AnswerOf<'/v2/reports/variants'>;
type Bots = AnswerOf<'/v2/reports/bots'>;

export function EntityPage({ kind, id }: { kind: EntityKind; id: string }): JSX.Element {
  const place = usePlace();
  const range = rangeOf(place);
  const defined = useAnswer(isDefined(kind) ? `/v2/${kind}/{id}` : undefined, { id });
  const name = defined.value?.name;
  return h(
    'div',
    {},
    h('p', { class: 'crumbs' }, h('a', { href: `/${kind}` }, titleOf(kind)), ' / ', h('span', {}, id)),
    h('h1', {}, name || id),
    isDefined(kind)
      ? h(
          'div',
          {},
          kind === 'offers' && h(Alerts, { offer_id: id }),
          h(RangePicker, { place }),
          h(Figures, { kind, id, range }),
          kind === 'campaigns' && h(AbTest, { id, range }),
          h(BotShare, { kind, id, range }),
          h(Conversions, { kind, id, range }),
          h(Inside, { kind, id, range }),
        )
      : h(StoryOf, { kind: kind === 'messages' ? 'message' : 'link', id }),
  );
}

interface Part {
  kind: EntityKind;
  id: string;
  range: Range;
}

function Figures({ kind, id, range }: Part): JSX.Element {
  const answer = useAnswer('/v2/reports/hours', {
    ...range,
    [idOf(kind)]: id,
    by: grainOf(range),
    per_page: PER_PAGE,
    sort: 'hour',
  });
  return h(Answered<Hours>, {
    answer,
    show: (report) =>
      h(
        'div',
        {},
        h(Cards, { label: 'In this range', cards: cardsOf(report.totals) }),
        report.rows.length > 0 && h(Timeline, { rows: report.rows, range }),
      ),
  });
}

function AbTest({ id, range }: { id: string; range: Range }): JSX.Element {
  const answer = useAnswer('/v2/reports/variants', {
    ...range,
    campaign_id: id,
  });
  return h(
    'section',
    { 'aria-labelledby': 'ab' },
    h('h2', { id: 'ab' }, 'A/B test'),
    h(Answered<Variants>, {
      answer,
      show: ({ experiment }) =>
        experiment && experiment.variants.length > 1
          ? h(ExperimentTable, { experiment })
          : h(Empty, {}, 'This campaign has one variant: there is nothing to compare.'),
    }),
  );
}

function BotShare({ kind, id, range }: Part): JSX.Element {
  const answer = useAnswer('/v2/reports/bots', { ...range, by: 'reason', [idOf(kind)]: id });
  const columns: Column<Bots['rows'][number]>[] = [
    { name: '', title: 'Reason', show: (row) => row.reason ?? '' },
    { name: '', title: 'Bot clicks', number: true, show: (row) => count(row.clicks_bot) },
  ];
  return h(
    'section',
    { 'aria-labelledby': 'bots' },
    h('h2', { id: 'bots' }, 'Bots by reason'),
    h(Answered<Bots>, {
      answer,
      show: ({ rows }) =>
        rows.length === 0
          ? h(Empty, {}, 'No bot clicks in this range.')
          : h(Table<Bots['rows'][number]>, { caption: 'Bot clicks by reason', columns, rows }),
    }),
  );
}

function Conversions({ kind, id, range }: Part): JSX.Element {
  const filter = { ...range, [idOf(kind)]: id };
  const answer = useAnswer('/v2/conversions', {
    ...filter,
    per_page: CONVERSIONS_SHOWN,
  });
  return h(
    'section',
    { 'aria-labelledby': 'conversions' },
    h('h2', { id: 'conversions' }, 'Conversions'),
    h(Answered<AnswerOf<'/v2/conversions'>>, {
      answer,
      show: ({ rows, total_rows }) =>
        rows.length === 0
          ? h(Empty, {}, 'No conversions in this range.')
          : h(
              'div',
              {},
              h(Table<Conversion>, { caption: 'Conversions', columns: CONVERSION_COLUMNS, rows }),
              h(
                'p',
                {},
                `${count(total_rows)} in all. `,
                h(
                  'a',
                  {
                    href: addressOf('/v2/conversions', { ...filter, format: 'csv' }),
                    download: 'conversions.csv',
                  },
                  'Download CSV',
                ),
              ),
            ),
    }),
  );
}

const CONVERSION_COLUMNS: Column<Conversion>[] = [
  { name: '', title: 'Time', show: (row) => time(row.converted_at, 'short') },
  { name: '', title: 'Event', show: (row) => row.event },
  {
    name: '',
    title: 'Transaction',
    show: (row) =>
      h('a', { href: `/trace?id=${encodeURIComponent(row.conversion_id)}` }, row.txn_id || row.conversion_id),
  },
  { name: '', title: 'Status', show: (row) => [row.status, row.reason].filter(Boolean).join(': ') },
  { name: '', title: 'Revenue', number: true, show: (row) => money(row.revenue, row.currency) },
];

/** Links to the lists of related items, filtered by this one. */
function Inside({ kind, id, range }: Part): JSX.Element {
  const lists = (['campaigns', 'offers', 'creatives', 'messages', 'links'] as const).filter(
    (other) => other !== kind,
  );
  return h(
    'nav',
    { class: 'inside', 'aria-label': 'Lists filtered by this' },
    lists.map((other) =>
      h(
        'a',
        {
          key: other,
          class: 'button',
          href: addressOf(`/${other}`, { [idOf(kind)]: id, from: range.from, to: range.to }),
        },
        `Its ${other}`,
      ),
    ),
  );
}
