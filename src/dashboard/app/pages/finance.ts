/** Money by network, by channel, and by day of click against day of conversion, with sorting, pages and a file. */
import { h, type JSX } from 'preact';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, money, percent } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { RangePicker, rangeOf } from '../parts/range.ts';
import { Answered, Empty } from '../parts/states.ts';
import { type Column, Pages, Table } from '../parts/table.ts';
import { useAnswer } from '../use-answer.ts';

type Kind = 'networks' | 'channels' | 'conversion-days';
type RowOf<K extends Kind> = AnswerOf<`/v2/reports/${K}`>['rows'][number];
type Moneys = Pick<
  RowOf<'networks'>,
  'currency' | 'conversions' | 'revenue' | 'payout' | 'sales' | 'refunds'
>;
type Row = Moneys & Partial<RowOf<'networks'> & RowOf<'channels'> & RowOf<'conversion-days'>>;

const PER_PAGE = 100;
const TITLES: Record<Kind, string> = {
  networks: 'By network',
  channels: 'By channel',
  'conversion-days': 'By day of click and day of conversion',
};

const amount = (name: 'revenue' | 'payout' | 'sales' | 'refunds', title: string): Column<Row> => ({
  name,
  title,
  number: true,
  show: (row) => money(row[name], row.currency),
});
const MONEYS: Column<Row>[] = [
  { name: 'currency', title: 'Currency', show: (row) => row.currency || '–' },
  { name: 'conversions', title: 'Conversions', number: true, show: (row) => count(row.conversions) },
  amount('revenue', 'Revenue'),
  amount('payout', 'Payout'),
  amount('sales', 'Sales'),
  amount('refunds', 'Refunds'),
];
const REPORTS: Column<Row>[] = [
  { name: 'reports', title: 'Reports', number: true, show: (row) => count(row.reports ?? 0) },
  { name: '', title: 'With problems', number: true, show: (row) => percent(row.problem_share ?? 0) },
];
const COLUMNS: Record<Kind, Column<Row>[]> = {
  networks: [
    { name: 'network', title: 'Network', show: (row) => row.network || '(not named)' },
    ...MONEYS,
    ...REPORTS,
  ],
  channels: [{ name: 'channel', title: 'Channel', show: (row) => row.channel }, ...MONEYS, ...REPORTS],
  'conversion-days': [
    { name: 'click_day', title: 'Click', show: (row) => row.click_day },
    { name: 'conversion_day', title: 'Conversion', show: (row) => row.conversion_day },
    { name: '', title: 'Days', number: true, show: (row) => count(row.days ?? 0) },
    ...MONEYS,
  ],
};

const isKind = (text: string | undefined): text is Kind => text !== undefined && Object.hasOwn(TITLES, text);

export function FinancePage(): JSX.Element {
  const place = usePlace();
  const { report: asked_kind, sort: asked_sort, page } = place.query;
  const kind = isKind(asked_kind) ? asked_kind : 'networks';
  const sort = asked_sort ?? (kind === 'conversion-days' ? 'click_day' : '-revenue');
  const asked = { ...rangeOf(place), sort };
  const answer = useAnswer(`/v2/reports/${kind}`, { ...asked, page, per_page: PER_PAGE });
  return h(
    'div',
    {},
    h('h1', {}, 'Finance'),
    h(RangePicker, { place }),
    h(
      'div',
      { class: 'tools' },
      (Object.keys(TITLES) as Kind[]).map((each) =>
        h(
          'button',
          {
            key: each,
            type: 'button',
            class: 'quiet',
            'aria-pressed': each === kind,
            onClick: () => go(withQuery(place, { report: each, sort: '' })),
          },
          TITLES[each],
        ),
      ),
      h(
        'a',
        {
          class: 'button',
          href: addressOf(`/v2/reports/${kind}`, { ...asked, format: 'csv' }),
          download: `${kind}.csv`,
        },
        'Download CSV',
      ),
    ),
    h(Answered<AnswerOf<`/v2/reports/${Kind}`>>, {
      answer,
      show: (report) =>
        report.rows.length === 0
          ? h(Empty, {}, 'No conversions in this range.')
          : h(
              'div',
              {},
              h(Table<Row>, {
                caption: TITLES[kind],
                columns: COLUMNS[kind],
                rows: report.rows as Row[],
                place,
                sort,
              }),
              h(Pages, { place, page: report.page, per_page: report.per_page, total: report.total_rows }),
            ),
    }),
  );
}
