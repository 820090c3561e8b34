/** Money by network, by channel, and by day of click against day of conversion, with sorting, pages and a file. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, money, percent } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { DownloadCsv } from '../parts/download.tsx';
import { MoneyTabs } from '../parts/money-tabs.tsx';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Pages, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Kind = 'networks' | 'channels' | 'payouts' | 'conversion-days';
type RowOf<K extends Kind> = AnswerOf<`/v2/reports/${K}`>['rows'][number];
type Moneys = Pick<
  RowOf<'networks'>,
  'currency' | 'conversions' | 'revenue' | 'payout' | 'sales' | 'refunds'
>;
type Row = Moneys &
  Partial<RowOf<'networks'> & RowOf<'channels'> & RowOf<'payouts'> & RowOf<'conversion-days'>>;
const PER_PAGE = 100;
const TITLES: Record<Kind, string> = {
  networks: t.finance.networks,
  channels: t.finance.channels,
  payouts: t.finance.payouts,
  'conversion-days': t.finance.days,
};

const amount = (name: 'revenue' | 'payout' | 'sales' | 'refunds', title: string): Column<Row> => ({
  name,
  title,
  number: true,
  show: (row) => money(row[name], row.currency),
});

const MONEYS: Column<Row>[] = [
  { name: 'currency', title: t.finance.currency, show: (row) => row.currency || '–' },
  { name: 'conversions', title: t.shared.conversions, number: true, show: (row) => count(row.conversions) },
  amount('revenue', t.shared.revenue),
  amount('payout', t.finance.payout),
  amount('sales', t.finance.sales),
  amount('refunds', t.finance.refunds),
];

const REPORTS: Column<Row>[] = [
  { name: 'reports', title: t.finance.reports, number: true, show: (row) => count(row.reports ?? 0) },
  { name: '', title: t.finance.problems, number: true, show: (row) => percent(row.problem_share ?? 0) },
];

const COLUMNS: Record<Kind, Column<Row>[]> = {
  networks: [
    { name: 'network', title: t.finance.network, show: (row) => row.network || t.finance.not_named },
    ...MONEYS,
    ...REPORTS,
  ],
  channels: [
    { name: 'channel', title: t.finance.channel, show: (row) => row.channel },
    ...MONEYS,
    ...REPORTS,
  ],
  payouts: [
    {
      name: 'offer_id',
      title: t.kinds.offers,
      show: ({ offer_id = '', name }) =>
        offer_id === '' ? (
          t.money.no_offer
        ) : (
          <a href={`/offers/${encodeURIComponent(offer_id)}`} title={offer_id}>
            {name || offer_id}
          </a>
        ),
    },
    { name: 'network', title: t.finance.network, show: (row) => row.network || t.finance.not_named },
    ...MONEYS,
    ...REPORTS,
  ],
  'conversion-days': [
    { name: 'click_day', title: t.finance.click, show: (row) => row.click_day },
    { name: 'conversion_day', title: t.finance.conversion, show: (row) => row.conversion_day },
    { name: '', title: t.finance.days_between, number: true, show: (row) => count(row.days ?? 0) },
    ...MONEYS,
  ],
};

const SORTS: Record<Kind, string> = {
  networks: '-revenue',
  channels: '-revenue',
  payouts: '-payout',
  'conversion-days': 'click_day',
};

const isKind = (text: string | undefined): text is Kind => text !== undefined && Object.hasOwn(TITLES, text);

export function FinancePage(): JSX.Element {
  const place = usePlace();
  const { report: asked_kind, sort: asked_sort, page } = place.query;
  const kind = isKind(asked_kind) ? asked_kind : 'networks';
  const sort = asked_sort ?? SORTS[kind];
  const asked = { ...rangeOf(place), sort };
  const answer = useAnswer(`/v2/reports/${kind}`, { ...asked, page, per_page: PER_PAGE });
  return (
    <div>
      <Title text={t.pages.finance} />
      <MoneyTabs />
      <RangePicker place={place} />
      <div className="tools">
        {(Object.keys(TITLES) as Kind[]).map((each) => (
          <button
            key={each}
            type="button"
            className="quiet"
            aria-pressed={each === kind}
            onClick={() => go(withQuery(place, { report: each, sort: '' }))}
          >
            {TITLES[each]}
          </button>
        ))}
        <DownloadCsv path={`/v2/reports/${kind}`} asked={asked} name={kind} />
      </div>
      <Answered
        answer={answer}
        show={(report) =>
          report.rows.length === 0 ? (
            <Empty>{t.shared.no_conversions}</Empty>
          ) : (
            <div>
              <Table
                caption={TITLES[kind]}
                columns={COLUMNS[kind]}
                rows={report.rows as Row[]}
                place={place}
                sort={sort}
              />
              <Pages place={place} page={report.page} per_page={report.per_page} total={report.total_rows} />
              <Totals totals={report.totals} />
              {kind === 'payouts' && <p className="muted">{t.finance.no_click_payouts}</p>}
            </div>
          )
        }
      />
    </div>
  );
}

/** Of the whole report, by currency. */
const Totals = ({ totals }: { totals: readonly Moneys[] }): JSX.Element => (
  <>
    <h2>{t.finance.totals}</h2>
    <Table caption={t.finance.totals} columns={MONEYS as Column<Moneys>[]} rows={totals} />
  </>
);
