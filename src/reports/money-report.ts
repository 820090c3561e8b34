/**
 * The reports for finance: money by network, by channel, by offer and network, and by day of click against day of
 * conversion. They read the money ledger in ClickHouse, within one account, so their sums are those of single
 * conversions; payouts for clicks (cpc) are not in them. Names in SQL come only from this file. Errors: see
 * ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { formatDecimal, parseDecimal } from '../platform/decimal.ts';
import { askRows } from './ask-clickhouse.ts';
import { matches, matchParams } from './filter-values.ts';
import type { MoneyTime } from './measures.ts';
import { periodExpression, periodParams } from './period.ts';
import { ONE_ACCOUNT } from './read-conversions.ts';
import { type Query, within } from './report-query.ts';
import { formatInZone, InvalidReportError, type Range } from './report-range.ts';
import { trimMoney } from './totals.ts';

/** Rows of a report: a year of clicks, each with conversions over three months, in three currencies. More are refused. */
export const MONEY_ROWS_MAX = 100_000;

export const MONEY_FILTERS = [
  'network',
  'channel',
  'offer_id',
  'campaign_id',
  'creative_id',
  'variant_id',
  'domain',
  'event',
  'currency',
] as const;
export type MoneyFilter = (typeof MONEY_FILTERS)[number];

export const MONEY_REPORTS = {
  networks: ['network'],
  channels: ['channel'],
  payouts: ['offer_id', 'network'],
  'conversion-days': ['click_day', 'conversion_day'],
} as const;
export type MoneyReportName = keyof typeof MONEY_REPORTS;
export const MONEY_REPORT_NAMES = Object.keys(MONEY_REPORTS) as MoneyReportName[];

const MONEYS = ['revenue', 'payout', 'sales', 'refunds'] as const;
const COUNTS = ['reports', 'attributed', 'problems', 'conversions'] as const;
const SUMS: Record<(typeof MONEYS)[number] | (typeof COUNTS)[number], string> = {
  reports: 'sum(toInt64(ledger.sign))',
  attributed: "sumIf(toInt64(ledger.sign), ledger.status = 'attributed')",
  problems: "sumIf(toInt64(ledger.sign), ledger.status = 'unattributed' OR ledger.problem != '')",
  conversions: 'sum(toInt64(ledger.sign) * ledger.conversions)',
  revenue: 'sum(ledger.sign * (ledger.sales - ledger.refunds))',
  payout: 'sum(ledger.sign * ledger.payout)',
  sales: 'sum(ledger.sign * ledger.sales)',
  refunds: 'sum(ledger.sign * ledger.refunds)',
};

const isByDays = (name: MoneyReportName): boolean => name === 'conversion-days';

/** A row has one currency. `money` columns are decimal strings. */
export type MoneyRow = Record<(typeof MONEYS)[number] | 'currency', string> &
  Record<'conversions', number> &
  Record<string, string | number>;

/** Columns of a row, in order. */
export function moneyColumns(name: MoneyReportName): string[] {
  if (isByDays(name)) return [...MONEY_REPORTS[name], 'days', 'currency', 'conversions', ...MONEYS];
  const [id, ...ids] = MONEY_REPORTS[name];
  return [
    // The offer's, which the caller fills in from the catalog.
    ...(id === 'offer_id' ? [id, 'name', ...ids] : [id]),
    ...['currency', 'reports', 'attributed', 'problems', 'problem_share', 'conversions'],
    ...MONEYS,
  ];
}

/** Columns by which a report can be sorted: all that ClickHouse computes. */
export const moneySorts = (name: MoneyReportName): string[] =>
  moneyColumns(name).filter((column) => !['days', 'name', 'problem_share'].includes(column));

export interface MoneyQuestion {
  name: MoneyReportName;
  account_id: string;
  range: Range;
  /** The time that is in the range: of the click that earned it, or of the conversion. */
  money_by: MoneyTime;
  filters: Partial<Record<MoneyFilter, string>>;
  /** Ties are ordered by ids and currency. */
  sort: { column: string; descending: boolean };
}

export interface MoneySum {
  currency: string;
  conversions: number;
  revenue: string;
  payout: string;
  sales: string;
  refunds: string;
}

/** All rows, sorted, with the sums of each currency. Throws InvalidReportError if there are too many. */
export async function readMoneyReport(
  client: ClickHouseClient,
  question: MoneyQuestion,
  now_ms: number,
): Promise<{ rows: MoneyRow[]; totals: MoneySum[] }> {
  const rows = await askRows<MoneyRow>(client, moneyQuery(question, now_ms));
  if (rows.length > MONEY_ROWS_MAX) {
    throw new InvalidReportError(
      `This report has more than ${MONEY_ROWS_MAX} rows: ask for a shorter range, or filter.`,
    );
  }
  return { rows: rows.map((row) => shaped(question, row)), totals: totalsOf(rows) };
}

function moneyQuery(question: MoneyQuestion, now_ms: number): Query {
  const { name, account_id, range, money_by, filters, sort } = question;
  const ids: readonly string[] = MONEY_REPORTS[name];
  const given = MONEY_FILTERS.filter((filter) => filters[filter] !== undefined);
  const sums = [...COUNTS, ...MONEYS].map((column) => `${SUMS[column]} AS ${column}`);
  const order = [
    `${sort.column} ${sort.descending ? 'DESC' : 'ASC'}`,
    ...[...ids, 'currency'].filter((column) => column !== sort.column),
  ];
  return {
    query: [
      `SELECT ${ids.map((id) => `${idExpression(id)} AS ${id}`).join(', ')}, ledger.currency AS currency,`,
      sums.join(', '),
      'FROM trackly.conversions AS ledger',
      `WHERE ${[
        ONE_ACCOUNT,
        within(timeOf(money_by)),
        "ledger.reason != 'test'",
        ...(isByDays(name) ? ["ledger.status = 'attributed'"] : []),
        ...given.map((filter) => matches(`ledger.${filter}`, filter, filters[filter] ?? '')),
      ].join(' AND ')}`,
      `GROUP BY ${ids.join(', ')}, currency`,
      // Lines that were booked and reversed leave nothing.
      'HAVING reports != 0 OR conversions != 0 OR revenue != 0 OR payout != 0 OR sales != 0',
      `ORDER BY ${order.join(', ')} LIMIT {limit:UInt32}`,
    ].join('\n'),
    query_params: {
      account_id,
      from_s: range.from_ms / 1_000,
      to_s: range.to_ms / 1_000,
      limit: MONEY_ROWS_MAX + 1,
      ...(isByDays(name) ? periodParams('day', everyDay(range, now_ms)) : {}),
      ...matchParams(filters, given),
    },
  };
}

/** What is credited to nothing has no click. */
const timeOf = (money_by: MoneyTime): string =>
  money_by === 'click'
    ? "if(ledger.status = 'attributed', ledger.credited_at, ledger.converted_at)"
    : 'ledger.converted_at';

function idExpression(id: string): string {
  if (id === 'click_day') return periodExpression('toStartOfFifteenMinutes(ledger.credited_at)');
  if (id === 'conversion_day') return periodExpression('toStartOfFifteenMinutes(ledger.converted_at)');
  return `ledger.${id}`;
}

/** No conversion is of before 2000 or of later than tomorrow; a conversion may be years after its click. */
const everyDay = ({ to_ms, tz }: Range, now_ms: number): Range => ({
  from_ms: Date.UTC(2000, 0, 2),
  to_ms: Math.max(to_ms, Math.ceil(now_ms / DAY_MS + 2) * DAY_MS),
  tz,
});
const DAY_MS = 24 * 3_600_000;

function shaped({ name, range }: MoneyQuestion, row: MoneyRow): MoneyRow {
  const shown: MoneyRow = { ...row };
  for (const money of MONEYS) shown[money] = trimMoney(row[money]);
  if (isByDays(name)) {
    const [click_day, conversion_day] = [row['click_day'], row['conversion_day']].map((start_s) =>
      formatInZone(Number(start_s) * 1_000, range.tz).slice(0, 10),
    ) as [string, string];
    shown['click_day'] = click_day;
    shown['conversion_day'] = conversion_day;
    shown['days'] = Math.round((Date.parse(conversion_day) - Date.parse(click_day)) / DAY_MS);
  } else {
    const reports = Number(row['reports']);
    shown['problem_share'] = reports === 0 ? 0 : Number((Number(row['problems']) / reports).toFixed(6));
  }
  return Object.fromEntries(moneyColumns(name).map((column) => [column, shown[column] ?? ''])) as MoneyRow;
}

function totalsOf(rows: readonly MoneyRow[]): MoneySum[] {
  const earning = rows.filter(
    (row) => row.conversions !== 0 || MONEYS.some((name) => Number(row[name]) !== 0),
  );
  const groups = [...Map.groupBy(earning, ({ currency }) => currency)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([currency, group]) => {
    const sum = (name: (typeof MONEYS)[number]): string =>
      formatDecimal(group.reduce((total, row) => total + (parseDecimal(row[name]) ?? 0n), 0n));
    return {
      currency,
      conversions: group.reduce((total, row) => total + row.conversions, 0),
      ...{ revenue: sum('revenue'), payout: sum('payout'), sales: sum('sales'), refunds: sum('refunds') },
    };
  });
}
