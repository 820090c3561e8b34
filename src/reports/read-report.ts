/**
 * Answers a report: a page with totals, or a stream of all rows. Reads the rollups in ClickHouse and names in Redis.
 * Rejects when either is down (see ask-clickhouse.ts); nothing is cached.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { BatchedReader } from '../platform/record-cache.ts';
import type { RedisClient } from '../platform/redis.ts';
import { askRows, streamRows } from './ask-clickhouse.ts';
import { besideOf, LISTED_TIMES, type ReportRow } from './definitions.ts';
import { readNames } from './entity-names.ts';
import { listPage } from './list-page.ts';
import { isWhole, thingsQuery, wholeMoneyQuery, wholeTotalsQuery } from './list-query.ts';
import { MEASURE_NAMES, MEASURES } from './measures.ts';
import { endOfPeriod } from './period.ts';
import { moneyTotalsQuery, type ReportQuestion, rowsQuery, totalsQuery } from './report-query.ts';
import { formatInZone, InvalidReportError } from './report-range.ts';
import { type Counts, type MoneySums, type Totals, totalsOf, totalsOfRows, trimMoney } from './totals.ts';
import { unfinishedAt } from './unfinished.ts';
import { isShort, rowsOf, type Sums, sumsQuery } from './whole-report.ts';

/** Maximum rows of a CSV; more are refused, never silently cut off. */
export const CSV_ROWS_MAX = 1_000_000;
/** A report with at most this many rows is read as a whole by one query, and its order and totals are made here. */
const WHOLE_ROWS_MAX = 1_000;
/** An item has sums of its counts, and of each currency in which it earned. */
const WHOLE_SUMS_MAX = 4 * WHOLE_ROWS_MAX;
/** Rows of a list are counted up to this number; `more_rows` says that there are more. */
export const LISTED_ROWS_MAX = 10_000;

export interface ReportSources {
  clickhouse: ClickHouseClient;
  redis: RedisClient;
  /** Reads records from Redis, and those that have left Redis from ClickHouse. */
  reader: Pick<BatchedReader, 'read' | 'readElsewhere'>;
}

export interface ReportPage {
  rows: ReportRow[];
  totals: Totals;
  total_rows: number;
  /** True if a list has more rows than `total_rows`, because they are counted only up to a bound. */
  more_rows: boolean;
}

/** Columns of a row, in order. */
export function reportColumns({ report, ripeness }: ReportQuestion): string[] {
  return [
    ...report.ids,
    ...(report.named ? ['name'] : []),
    ...besideOf(report),
    ...(ripeness && report.ids[0] === 'hour' ? ['unfinished'] : []),
    ...MEASURE_NAMES,
  ];
}

/** One page of the rows, counted from 1, and the totals over all rows. */
export async function readReport(
  sources: ReportSources,
  question: ReportQuestion,
  page: number,
  per_page: number,
  listed_rows_max = LISTED_ROWS_MAX,
): Promise<ReportPage> {
  const offset = (page - 1) * per_page;
  const all = await readWhole(sources, question);
  if (all !== undefined) {
    return {
      rows: await shape(sources, question, all.slice(offset, offset + per_page)),
      totals: totalsOfRows(all, question.report.ids, question),
      total_rows: all.length,
      more_rows: false,
    };
  }
  const [rows, totals] = await Promise.all([
    readPage(sources, question, offset, per_page),
    readTotals(sources, question, question.report.listed ? listed_rows_max : Number.POSITIVE_INFINITY),
  ]);
  return { rows, ...totals };
}

/** One page of the rows, counted from 1, without the totals. */
export async function readRows(
  sources: ReportSources,
  question: ReportQuestion,
  page: number,
  per_page: number,
): Promise<ReportRow[]> {
  const offset = (page - 1) * per_page;
  const all = await readWhole(sources, question);
  return all === undefined
    ? readPage(sources, question, offset, per_page)
    : shape(sources, question, all.slice(offset, offset + per_page));
}

/** All rows in their order, unless there are or may be too many. */
async function readWhole(
  { clickhouse }: ReportSources,
  question: ReportQuestion,
): Promise<ReportRow[] | undefined> {
  if (!isShort(question)) return undefined;
  const sums = await askRows<Sums>(clickhouse, sumsQuery(question, WHOLE_SUMS_MAX + 1));
  if (sums.length > WHOLE_SUMS_MAX) return undefined;
  const rows = rowsOf(question, sums);
  return rows.length > WHOLE_ROWS_MAX ? undefined : rows;
}

async function readPage(
  sources: ReportSources,
  question: ReportQuestion,
  offset: number,
  per_page: number,
): Promise<ReportRow[]> {
  const among = await listPage(sources.clickhouse, question, offset + per_page);
  const rows = await askRows<ReportRow>(sources.clickhouse, rowsQuery(question, per_page, offset, among));
  return shape(sources, question, rows);
}

/**
 * All rows, in groups, with constant memory. Throws InvalidReportError before the first row if there are more than
 * `rows_max`.
 */
export async function streamReport(
  sources: ReportSources,
  question: ReportQuestion,
  rows_max = CSV_ROWS_MAX,
): Promise<AsyncGenerator<ReportRow[]>> {
  const { total_rows, more_rows } = await readTotals(sources, question, rows_max);
  if (more_rows || total_rows > rows_max) {
    throw new InvalidReportError(
      `This report has more than ${rows_max} rows and a file holds no more: ask for a shorter range, or filter.`,
    );
  }
  return shapeAll(sources, question, rows_max);
}

async function* shapeAll(
  sources: ReportSources,
  question: ReportQuestion,
  rows_max: number,
): AsyncGenerator<ReportRow[]> {
  for await (const rows of streamRows<ReportRow>(sources.clickhouse, rowsQuery(question, rows_max, 0))) {
    yield await shape(sources, question, rows);
  }
}

/** The number of rows; for a list counted up to `rows_max`. */
async function readTotals(
  { clickhouse }: ReportSources,
  question: ReportQuestion,
  rows_max: number,
): Promise<{ totals: Totals; total_rows: number; more_rows: boolean }> {
  const { listed } = question.report;
  const totals = askRows<Counts & { things?: number }>(
    clickhouse,
    isWhole(question) ? wholeTotalsQuery(question) : totalsQuery(question),
  );
  const listing = listed && askRows<{ things: number }>(clickhouse, thingsQuery(question, rows_max + 1));
  const counted = async (): Promise<{ things: number; sums: MoneyRow[] }> => {
    const things = (await (listing ?? totals))[0]?.things ?? 0;
    const query = things > rows_max ? wholeMoneyQuery(question) : moneyTotalsQuery(question);
    return { things, sums: await askRows<MoneyRow>(clickhouse, query) };
  };
  const [[row], { things, sums }] = await Promise.all([totals, counted()]);
  if (row === undefined) throw new Error('the query of totals returned no row');
  const moneys = sums.filter(({ every_currency }) => every_currency !== 1);
  const result = { totals: totalsOf(row, moneys, question) };
  if (things > rows_max) return { ...result, total_rows: rows_max, more_rows: true };
  const all = sums.find(({ every_currency }) => every_currency === 1);
  // An item has one row, and one more for each further currency.
  const rows_earning = moneys.reduce((sum, money) => sum + (money.earning ?? 0), 0);
  return { ...result, total_rows: things + rows_earning - (all?.earning ?? 0), more_rows: false };
}

type MoneyRow = MoneySums & { every_currency?: number; earning?: number };

async function shape(
  { redis }: ReportSources,
  { report, account_id, range, period = 'hour', ripeness }: ReportQuestion,
  rows: ReportRow[],
): Promise<ReportRow[]> {
  const [id] = report.ids as [string];
  const { named } = report;
  const names = named
    ? await readNames(
        redis,
        named,
        account_id,
        rows.map((row) => String(row[id])),
      )
    : [];
  const ripe = await ripeness;
  return rows.map((row, i) => {
    const shaped = withMoney(row);
    if (id === 'hour') {
      const start_ms = Number(row['hour']) * 1_000;
      shaped['hour'] = formatInZone(start_ms, range.tz);
      if (ripe) shaped['unfinished'] = unfinishedAt(ripe, endOfPeriod(period, start_ms, range.tz));
    }
    for (const time of report.listed ? LISTED_TIMES : []) {
      shaped[time] = formatInZone(Number(row[time]) * 1_000, range.tz);
    }
    if (named) shaped['name'] = names[i] ?? null;
    return shaped;
  });
}

function withMoney(row: ReportRow): ReportRow {
  const amounts = MEASURE_NAMES.filter((name) => MEASURES[name] === 'money' && row[name] !== null);
  return { ...row, ...Object.fromEntries(amounts.map((name) => [name, trimMoney(String(row[name]))])) };
}
