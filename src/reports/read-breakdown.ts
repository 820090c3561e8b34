/**
 * What human clicks are made of: by device, system, browser, app, country, network, domain, hour of the week, period, what
 * was sent, or the value of a parameter that taps brought. From rollups; parameters are in raw clicks alone, for as long as
 * they are kept. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import {
  type Breakdown,
  type BreakdownQuestion,
  type BreakdownsQuestion,
  breakdownsQuery,
  isPeriod,
  togetherOf,
  wholeHourFrom,
} from './breakdown-query.ts';
import { hourOfWeekNames } from './hour-of-week.ts';
import { formatInZone } from './report-range.ts';

export interface BreakdownRow {
  /** A network's number; an hour of the week as `Mon 00`; the start of a period; '' where a click has none. */
  value: string;
  /** Organisation that runs a network; null of all others. Names of the catalog are not here. */
  name: string | null;
  clicks_human: number;
  clicks_unique: number;
  /** Of the measure in the totals. */
  share: number;
}

export interface BreakdownAnswer {
  rows: BreakdownRow[];
  totals: { clicks_human: number; clicks_unique: number };
  /** With those beyond the limit. */
  total_rows: number;
}

type Read = BreakdownRow & { nth: number; all_human: number; all_unique: number; all_rows: number };

/**
 * Most of the measure first; hours of the week and periods in their order. By parameter only from `raw_from_ms` on, also
 * where older rows are still there. Throws InvalidReportError.
 */
export async function readBreakdown(
  client: ClickHouseClient,
  { by, parameter, raw_from_ms, ...question }: BreakdownQuestion,
): Promise<BreakdownAnswer> {
  const { range } = question;
  const from_ms =
    parameter === undefined ? range.from_ms : Math.max(range.from_ms, wholeHourFrom(raw_from_ms));
  const [answer] = await readAll(client, { ...question, range: { ...range, from_ms }, by: [by] }, parameter);
  return answer as BreakdownAnswer;
}

/** One answer for each of `by`, in their order, of one pass over the rows of each rollup. Throws InvalidReportError. */
export function readBreakdowns(
  client: ClickHouseClient,
  question: BreakdownsQuestion,
): Promise<BreakdownAnswer[]> {
  return readAll(client, question, undefined);
}

async function readAll(
  client: ClickHouseClient,
  question: BreakdownsQuestion,
  parameter: string | undefined,
): Promise<BreakdownAnswer[]> {
  const found = new Map<Breakdown, BreakdownAnswer>();
  const together = togetherOf(question);
  await Promise.all(
    together.map(async ({ by, rows }) => {
      const query = breakdownsQuery({ ...question, by }, rows, parameter);
      const by_nth = Map.groupBy(await askRows<Read>(client, query), ({ nth }) => nth);
      for (const [nth, one] of by.entries())
        found.set(one, answerOf(one, by_nth.get(nth) ?? [], question.range.tz));
    }),
  );
  return question.by.flatMap((one) => found.get(one) ?? []);
}

function answerOf(by: Breakdown, read: readonly Read[], tz: string): BreakdownAnswer {
  const rows = read.map(
    ({ nth: _nth, all_human: _human, all_unique: _unique, all_rows: _rows, ...row }) => row,
  );
  const totals = { clicks_human: read[0]?.all_human ?? 0, clicks_unique: read[0]?.all_unique ?? 0 };
  if (by === 'hour_of_week') {
    return { rows: wholeWeek(rows), totals, total_rows: hourOfWeekNames.length };
  }
  const total_rows = read[0]?.all_rows ?? 0;
  if (!isPeriod(by)) return { rows, totals, total_rows };
  const startOf = (row: BreakdownRow): string => formatInZone(Number(row.value) * 1_000, tz);
  return { rows: rows.map((row) => ({ ...row, value: startOf(row) })), totals, total_rows };
}

function wholeWeek(rows: readonly BreakdownRow[]): BreakdownRow[] {
  const found = new Map(rows.map((row) => [Number(row.value), row]));
  const none = { name: null, clicks_human: 0, clicks_unique: 0, share: 0 };
  return hourOfWeekNames.map((value, i) => ({ ...none, ...found.get(i), value }));
}
