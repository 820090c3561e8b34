/** The totals of a trace: rows of the messages and links reports over all time, by the reports' own code. */
import { type Filter, MEASURE_NAMES, MEASURES, REPORTS } from './definitions.ts';
import { type ReportRow, type ReportSources, readReport, type Totals } from './read-report.ts';

/** The end of what a rollup's time can hold, 2106. */
const ALL_TIME = { from_ms: 0, to_ms: 4_294_967_295_000, tz: 'UTC' };
/** Links of one message: 20 in a creative, and those made one by one. */
const LINKS_MAX = 1_000;

/** The links report's rows for one link or one message, by link key. At most LINKS_MAX. */
export async function linkRows(
  sources: ReportSources,
  account_id: string,
  filters: Partial<Record<Filter, string>>,
): Promise<ReportRow[]> {
  const question = { report: REPORTS.links, account_id, range: ALL_TIME, filters };
  const sort = { column: 'link_key', descending: false };
  return (await readReport(sources, { ...question, sort }, 1, LINKS_MAX)).rows;
}

/** The messages report's row of one message, or undefined while it has none. */
export async function messageRow(
  sources: ReportSources,
  account_id: string,
  message_id: string,
): Promise<ReportRow | undefined> {
  const question = { report: REPORTS.messages, account_id, range: ALL_TIME, filters: { message_id } };
  const sort = { column: 'message_id', descending: false };
  return (await readReport(sources, { ...question, sort }, 1, 1)).rows[0];
}

/** The measures of a row; all 0 where there is none yet. */
export function measuresOf(row: ReportRow | undefined): Totals {
  const entries = MEASURE_NAMES.map((name) => [
    name,
    row?.[name] ?? (MEASURES[name] === 'money' ? '0.00' : 0),
  ]);
  return Object.fromEntries(entries) as Totals;
}
