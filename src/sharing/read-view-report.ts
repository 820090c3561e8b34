/**
 * Reads the report of a saved view for readers outside the console, with the chosen columns only: whatever was not
 * chosen is dropped here, before a page, a mail or a chat gets it. Ids are not shown, names are. Rejects when Redis or
 * ClickHouse is down (see reports/ask-clickhouse.ts); safe to repeat.
 */
import { REPORTS, type ReportRow } from '../reports/definitions.ts';
import { findByName } from '../reports/entity-names.ts';
import { grainForDays } from '../reports/grains.ts';
import { MEASURES, type Measure } from '../reports/measures.ts';
import { endOfPeriod, type Period } from '../reports/period.ts';
import { type ReportSources, readReport } from '../reports/read-report.ts';
import { readRipeness } from '../reports/read-ripeness.ts';
import type { ReportQuestion } from '../reports/report-query.ts';
import { formatInZone, type Range } from '../reports/report-range.ts';
import type { Totals } from '../reports/totals.ts';
import { type Ripeness, type Unfinished, unfinishedAt } from '../reports/unfinished.ts';
import type { ViewReport } from './view-report.ts';

/** Rows of a list, and points of a line over time. */
export const LISTED_MAX = 100;
const POINTS_MAX = 1_000;
const DAY_MS = 24 * 3_600_000;

export type Cell = string | number | null;
/** By the names of the chosen columns. */
export type Cells = Partial<Record<Measure, Cell>>;

export interface ReadReport {
  range: { from: string; to: string; tz: string; range_by: 'sent' | 'event'; unfinished: Unfinished };
  columns: Measure[];
  totals: Cells;
  /** The money of each currency, where money was chosen. */
  currencies: Cells[];
  /** Of a list: its rows. */
  rows: (Cells & { name: string })[];
  /** Rows that there are; more than in `rows` where the list is longer. */
  total_rows: number;
  /** Of figures: what was in each period. */
  points: (Cells & { at: string; unfinished: Unfinished })[];
  period: Period | null;
}

const isMoney = (column: Measure): boolean => MEASURES[column] === 'money';
/** Measures that a total has once for each currency. */
const BY_CURRENCY: readonly Measure[] = ['conversions', 'view_conversions'];

export interface WhatToRead {
  account_id: string;
  report: ViewReport;
  range: Range;
  columns: readonly Measure[];
}

/** Throws InvalidReportError. */
export async function readViewReport(
  sources: ReportSources,
  { account_id, report, range, columns }: WhatToRead,
  now_ms: number,
): Promise<ReadReport> {
  const isOverTime = report.name === 'hours';
  const question: ReportQuestion = {
    report: REPORTS[report.name],
    account_id,
    range,
    filters: report.filters,
    range_by: report.range_by,
    money_by: 'click',
    sort: report.sort,
    ...(isOverTime && { period: periodOf(range) }),
  };
  const { named } = question.report;
  if (report.search !== undefined) {
    const ids = named ? await findByName(sources.redis, named, account_id, report.search) : [];
    question.search = { text: report.search, named: ids };
  }
  const ripeness = await readRipeness(sources.clickhouse, question, now_ms);
  const answer = await readReport(sources, question, 1, isOverTime ? POINTS_MAX : LISTED_MAX);
  const chosen = withCurrency(columns);
  const [id = ''] = question.report.ids;
  const nameOf = (row: ReportRow): string => String((named && row['name']) || row[id] || '');
  return {
    range: {
      from: formatInZone(range.from_ms, range.tz),
      to: formatInZone(range.to_ms, range.tz),
      tz: range.tz,
      range_by: report.range_by,
      unfinished: unfinishedAt(ripeness, range.to_ms),
    },
    columns: [...columns],
    totals: pick(answer.totals, columns),
    currencies: currenciesOf(answer.totals, chosen),
    rows: isOverTime ? [] : answer.rows.map((row) => ({ name: nameOf(row), ...pick(row, chosen) })),
    total_rows: isOverTime ? 0 : answer.total_rows,
    points: question.period
      ? pointsOf(answer.rows, { period: question.period, range, ripeness, chosen })
      : [],
    period: question.period ?? null,
  };
}

interface Points {
  period: Period;
  range: Range;
  ripeness: Ripeness;
  chosen: readonly Measure[];
}

/** One for each period that has begun, also where nothing happened; with several currencies one for each of them. */
function pointsOf(
  rows: readonly ReportRow[],
  { period, range, ripeness, chosen }: Points,
): ReadReport['points'] {
  const { tz, from_ms } = range;
  const by_start = Map.groupBy(rows, (row) => Date.parse(String(row['hour'])));
  const points: ReadReport['points'] = [];
  const until_ms = Math.min(range.to_ms, ripeness.now_ms);
  for (let start_ms = from_ms; start_ms < until_ms && points.length < POINTS_MAX; ) {
    const end_ms = endOfPeriod(period, start_ms, tz);
    // The first week of a range begins before it.
    const known = [...by_start.keys()].find((at) => at < end_ms && endOfPeriod(period, at, tz) === end_ms);
    const at = formatInZone(known ?? start_ms, tz);
    const unfinished = unfinishedAt(ripeness, end_ms);
    const found = known === undefined ? [NOTHING] : (by_start.get(known) ?? []);
    points.push(...found.map((row) => ({ at, unfinished, ...pick(row, chosen) })));
    start_ms = end_ms;
  }
  return points;
}

/** Of a period without a row: counts are 0, and what they would divide is unknown. */
const NOTHING: Cells = Object.fromEntries(
  Object.entries(MEASURES).map(([column, kind]) => [column, kind === 'count' ? 0 : null]),
);

/** As in the console; days are not all of the same length. */
const periodOf = ({ from_ms, to_ms }: Range): Period => grainForDays(Math.round((to_ms - from_ms) / DAY_MS));

/** An amount says nothing without its currency. */
export const withCurrency = (columns: readonly Measure[]): Measure[] =>
  columns.some(isMoney) && !columns.includes('currency') ? [...columns, 'currency'] : [...columns];

function currenciesOf({ currencies }: Totals, chosen: readonly Measure[]): Cells[] {
  if (!chosen.some(isMoney)) return [];
  const of_money = chosen.filter(
    (column) => isMoney(column) || column === 'currency' || BY_CURRENCY.includes(column),
  );
  return currencies.map((one) => pick(one, of_money));
}

const pick = (of: object, columns: readonly Measure[]): Cells =>
  Object.fromEntries(columns.map((column) => [column, (of as Cells)[column] ?? null]));
