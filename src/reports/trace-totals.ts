/** The totals of a trace: rows of the messages and links reports over all time, by the reports' own code. */
import { type Filter, REPORTS, type ReportRow } from './definitions.ts';
import { type ReportSources, readRows } from './read-report.ts';
import { type Totals, totalsOfRows } from './totals.ts';

/** The whole range of a rollup's time, which ends in 2106. */
const ALL_TIME = { from_ms: 0, to_ms: 4_294_967_295_000, tz: 'UTC' };
const ALL_OF_IT = { range_by: 'sent', money_by: 'click' } as const;
/** Maximum number of a message's links: 20 of its creative, and links created one by one. */
const LINKS_MAX = 1_000;
/** Maximum number of a message's rows: there are about 180 currencies. */
const CURRENCIES_MAX = 200;

/**
 * The links report's rows for one link or one message, by link key, a row for each currency. At most
 * LINKS_MAX.
 */
export function linkRows(
  sources: ReportSources,
  account_id: string,
  filters: Partial<Record<Filter, string>>,
): Promise<ReportRow[]> {
  const question = { report: REPORTS.links, account_id, range: ALL_TIME, filters };
  const sort = { column: 'link_key', descending: false };
  return readRows(sources, { ...question, ...ALL_OF_IT, sort }, 1, LINKS_MAX);
}

/** The totals of one message; undefined until a report includes it. */
export async function messageTotals(
  sources: ReportSources,
  account_id: string,
  message_id: string,
): Promise<{ row: ReportRow; totals: Totals } | undefined> {
  const question = { report: REPORTS.messages, account_id, range: ALL_TIME, filters: { message_id } };
  const sort = { column: 'message_id', descending: false };
  const rows = await readRows(sources, { ...question, ...ALL_OF_IT, sort }, 1, CURRENCIES_MAX);
  const [row] = rows;
  return row && { row, totals: totalsOfRows(rows) };
}
