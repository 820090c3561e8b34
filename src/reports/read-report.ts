/**
 * Answers a report: a page with totals, or all rows as they come. Reads the rollups in ClickHouse and
 * names in Redis; each being down is an error of its own (see ask-clickhouse.ts), nothing is cached.
 */
import type { ClickHouseClient } from '@clickhouse/client';
import type { BatchedReader } from '../platform/record-cache.ts';
import type { RedisClient } from '../platform/redis.ts';
import { askRows, streamRows } from './ask-clickhouse.ts';
import { MEASURE_NAMES, MEASURES, type ReportRow } from './definitions.ts';
import { readNames } from './entity-names.ts';
import { periodStart } from './period.ts';
import { moneyTotalsQuery, type ReportQuestion, rowsQuery, totalsQuery } from './report-query.ts';
import { formatInZone, InvalidReportError } from './report-range.ts';
import { type Counts, type MoneySums, type Totals, totalsOf, trimMoney } from './totals.ts';

/** Rows of one CSV; more are refused rather than cut off without a word. */
export const CSV_ROWS_MAX = 1_000_000;

export interface ReportSources {
  clickhouse: ClickHouseClient;
  redis: RedisClient;
  /** Reads records from Redis, and what has left it from ClickHouse. */
  reader: Pick<BatchedReader, 'read' | 'readElsewhere'>;
}

export interface ReportPage {
  rows: ReportRow[];
  totals: Totals;
  total_rows: number;
}

/** Columns of a row, in order. */
export function reportColumns({ report }: ReportQuestion): string[] {
  return [...report.ids, ...(report.named ? ['name'] : []), ...report.beside, ...MEASURE_NAMES];
}

/** One page of the rows, from 1, and the totals over all of them. */
export async function readReport(
  sources: ReportSources,
  question: ReportQuestion,
  page: number,
  per_page: number,
): Promise<ReportPage> {
  const [rows, totals] = await Promise.all([
    askRows<ReportRow>(sources.clickhouse, rowsQuery(question, per_page, (page - 1) * per_page)),
    readTotals(sources, question),
  ]);
  return { rows: await shape(sources, question, rows), ...totals };
}

/**
 * All rows, in groups, with flat memory. Throws InvalidReportError before the first when there are more
 * than `rows_max`.
 */
export async function streamReport(
  sources: ReportSources,
  question: ReportQuestion,
  rows_max = CSV_ROWS_MAX,
): Promise<AsyncGenerator<ReportRow[]>> {
  const { total_rows } = await readTotals(sources, question);
  if (total_rows > rows_max) {
    throw new InvalidReportError(
      `This report has ${total_rows} rows and a file holds ${rows_max}: ask for a shorter range, or filter.`,
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

async function readTotals(
  sources: ReportSources,
  question: ReportQuestion,
): Promise<{ totals: Totals; total_rows: number }> {
  type Money = MoneySums & { every_currency: number; earning: number };
  const [[row], sums] = await Promise.all([
    askRows<Counts & { things: number }>(sources.clickhouse, totalsQuery(question)),
    askRows<Money>(sources.clickhouse, moneyTotalsQuery(question)),
  ]);
  if (row === undefined) throw new Error('a total over everything has one row');
  const { things, ...counts } = row;
  const moneys = sums.filter(({ every_currency }) => every_currency === 0);
  const all = sums.find(({ every_currency }) => every_currency === 1);
  // A thing has a row, and one more for each further currency.
  const rows_earning = moneys.reduce((sum, money) => sum + money.earning, 0);
  const total_rows = things + rows_earning - (all?.earning ?? 0);
  return { totals: totalsOf(counts, moneys), total_rows };
}

async function shape(
  { redis }: ReportSources,
  { report, account_id, range, period = 'hour' }: ReportQuestion,
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
  return rows.map((row, i) => {
    const shaped = withMoney(row);
    if (id === 'hour') {
      shaped.hour = formatInZone(periodStart(period, Number(row.hour) * 1_000, range.tz), range.tz);
    }
    if (named) shaped.name = names[i] ?? null;
    return shaped;
  });
}

function withMoney(row: ReportRow): ReportRow {
  const shaped = { ...row };
  for (const name of MEASURE_NAMES) {
    if (MEASURES[name] === 'money') shaped[name] = trimMoney(String(row[name]));
  }
  return shaped;
}
