/** Where a click is counted: the reports, the columns to which it adds, and an address that shows it. Pure. */
import { REPORT_NAMES, REPORTS, type Report, type ReportName } from './definitions.ts';
import type { ClickStory } from './read-clicks.ts';

const QUARTER_HOUR_MS = 15 * 60_000;

export interface ReportCount {
  report: ReportName;
  /** Columns to which this click adds one, or its payout. */
  counts_as: string[];
  /** The report over the click's quarter hour, filtered to the row that holds it. */
  url: string;
}

/**
 * The reports with a row for this click. A click without a campaign is not in the report of campaigns, and that of a test
 * in none.
 */
export function countsOf(click: ClickStory): ReportCount[] {
  if (click.is_test) return [];
  return REPORT_NAMES.filter((name) =>
    REPORTS[name].ids.every((id) => id === 'hour' || idOf(click, id) !== ''),
  ).map((report) => ({ report, counts_as: columnsOf(click, REPORTS[report]), url: urlOf(click, report) }));
}

function columnsOf(click: ClickStory, report: Report): string[] {
  const is_unique = report.level === 'message' ? click.is_first : click.is_first_for_offer;
  const is_paid = !/^[0.]*$/.test(click.payout);
  return [
    'clicks_total',
    `clicks_${click.verdict}`,
    ...(is_unique ? ['clicks_unique'] : []),
    ...(is_paid ? ['payout'] : []),
  ];
}

function urlOf(click: ClickStory, report: ReportName): string {
  const from_ms = Math.floor(Date.parse(click.clicked_at) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const query = new URLSearchParams({
    from: new Date(from_ms).toISOString(),
    to: new Date(from_ms + QUARTER_HOUR_MS).toISOString(),
    range_by: 'event',
  });
  for (const id of REPORTS[report].ids) if (id !== 'hour') query.set(id, idOf(click, id));
  return `/v2/reports/${report}?${query}`;
}

function idOf(click: ClickStory, id: string): string {
  return String(click[id as keyof ClickStory]);
}
