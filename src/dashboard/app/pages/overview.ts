/** An overview of the account: the figures of a range, compared with the range before, over time, and live. */
import { h, type JSX } from 'preact';
import type { Totals } from '../../../client/openapi.ts';
import type { AnswerOf } from '../api.ts';
import { count, money, percent } from '../format.ts';
import { usePlace } from '../location.ts';
import { Alerts } from '../parts/alerts.ts';
import { Cards, cardsOf } from '../parts/cards.ts';
import { grainOf, periodBefore, RangePicker, rangeOf } from '../parts/range.ts';
import { Answered, Empty } from '../parts/states.ts';
import { Timeline } from '../parts/timeline.ts';
import { useAnswer } from '../use-answer.ts';
import { useLive } from '../use-live.ts';

const PER_PAGE = 1_000;

export function Overview(): JSX.Element {
  const place = usePlace();
  const range = rangeOf(place);
  const now = useAnswer('/v2/reports/hours', {
    ...range,
    by: grainOf(range),
    per_page: PER_PAGE,
    sort: 'hour',
  });
  const before = useAnswer('/v2/reports/hours', { ...periodBefore(range), per_page: 1 });
  return h(
    'div',
    {},
    h('h1', {}, 'Overview'),
    h(Alerts, { offer_id: undefined }),
    h(Today, {}),
    h(RangePicker, { place }),
    h(Answered<AnswerOf<'/v2/reports/hours'>>, {
      answer: now,
      show: (report) =>
        report.totals.sent === 0 && report.totals.clicks_total === 0
          ? h(
              Empty,
              {},
              h('p', {}, 'Nothing was sent or clicked in this range. '),
              h('p', {}, 'Messages are made through the API: ', h('a', { href: '/docs' }, 'see how'), '.'),
            )
          : h(
              'div',
              {},
              h(Cards, {
                label: 'This range, against the one before',
                cards: cardsOf(report.totals, before.value?.totals),
              }),
              h(Timeline, { rows: report.rows, range }),
            ),
    }),
  );
}

/** Today's counters, updated as clicks arrive. */
function Today(): JSX.Element {
  const { counters, connected } = useLive();
  return h(
    'section',
    { class: 'today', 'aria-labelledby': 'today' },
    h(
      'h2',
      { id: 'today' },
      'Today',
      h('span', {
        class: connected ? 'live on' : 'live',
        title: connected ? 'live' : 'waiting for the connection',
      }),
    ),
    counters === undefined
      ? h('p', { class: 'muted' }, 'Waiting for the first numbers …')
      : h('p', { class: 'counters' }, figuresOf(counters)),
  );
}

function figuresOf(totals: Totals): JSX.Element[] {
  const figure = (name: string, value: string): JSX.Element =>
    h('span', { key: name, class: 'figure' }, h('strong', { 'data-counter': name }, value), ` ${name}`);
  return [
    figure('sent', count(totals.sent)),
    figure('unique clicks', count(totals.clicks_unique)),
    figure('clicks', count(totals.clicks_total)),
    figure('bots', count(totals.clicks_bot)),
    figure('click rate', percent(totals.click_rate)),
    figure('conversions', count(totals.conversions)),
    ...totals.currencies.map(({ currency, revenue }) =>
      figure(`revenue ${currency}`, money(revenue, currency)),
    ),
  ];
}
