/**
 * Defines the reports: for each its rollup, the item of a row, the additional columns, and the filters. The measures,
 * which are the same for all reports, are in measures.ts. Pure; only names from these two files are written into SQL
 * text.
 */
import { type Level, MEASURE_NAMES, type Measure, type MeasureValue } from './measures.ts';

/** Dimensions of both rollups, and those that only rollup_links has. A filter on `currency` excludes other money. */
const QUARTER_HOUR_FILTERS = [
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'domain',
  'currency',
] as const;
const LINK_FILTERS = [...QUARTER_HOUR_FILTERS, 'message_id', 'link_id', 'link_key'] as const;

export type Filter = (typeof LINK_FILTERS)[number];
export type ReportName =
  | 'messages'
  | 'offers'
  | 'creatives'
  | 'campaigns'
  | 'variants'
  | 'domains'
  | 'links'
  | 'hours';
export type CatalogKind = 'offer' | 'creative' | 'campaign';

export interface Report {
  rollup: 'rollup_quarter_hours' | 'rollup_links';
  /** The ids that identify a row; the last one is never empty. */
  ids: readonly string[];
  /** Columns that depend on the ids and are shown with them. */
  beside: readonly Exclude<Filter, 'currency'>[];
  filters: readonly Filter[];
  level: Level;
  /**
   * Set for a list of possibly many millions of items: it shows when each was sent, `sent_at`, and what was last of it,
   * `last_at`, and counts its rows only up to a bound. The value is the order of the rollup within a quarter hour of
   * sent_at, in which the list is read.
   */
  listed?: readonly ('message_id' | 'link_id')[];
  /** Rows carry the `name` that the catalog has for their first id. */
  named?: CatalogKind;
}

const byQuarterHour = { rollup: 'rollup_quarter_hours', beside: [], filters: QUARTER_HOUR_FILTERS } as const;
const byLink = { rollup: 'rollup_links', filters: LINK_FILTERS } as const;

export const REPORTS: Record<ReportName, Report> = {
  messages: {
    ...byLink,
    ids: ['message_id'],
    beside: ['campaign_id', 'variant_id', 'creative_id'],
    level: 'message',
    listed: ['message_id'],
  },
  offers: { ...byQuarterHour, ids: ['offer_id'], level: 'offer', named: 'offer' },
  creatives: { ...byQuarterHour, ids: ['creative_id'], level: 'message', named: 'creative' },
  campaigns: { ...byQuarterHour, ids: ['campaign_id'], level: 'message', named: 'campaign' },
  variants: { ...byQuarterHour, ids: ['campaign_id', 'variant_id'], level: 'message' },
  domains: { ...byQuarterHour, ids: ['domain'], level: 'message' },
  links: {
    ...byLink,
    ids: ['link_id'],
    beside: ['link_key', 'message_id', 'offer_id', 'creative_id', 'campaign_id', 'variant_id'],
    level: 'link',
    listed: ['message_id', 'link_id'],
  },
  hours: { ...byQuarterHour, ids: ['hour'], level: 'message' },
};

export const REPORT_NAMES = Object.keys(REPORTS) as ReportName[];

/** A row of the answer: the measures, and the report's own columns. */
export type ReportRow = { [Name in Measure]: MeasureValue<Name> } & Record<string, string | number | null>;

/**
 * Columns of the lists: the quarter hour in which the item was sent, by which they are read, and that of its last send,
 * click or money in the range.
 */
export const SENT_AT = 'sent_at';
export const LAST_AT = 'last_at';
export const LISTED_TIMES = [SENT_AT, LAST_AT] as const;

/** The columns that are shown beside the ids. */
export function besideOf(report: Report): string[] {
  return [...report.beside, ...(report.listed ? LISTED_TIMES : [])];
}

/** Columns by which a report can be sorted. */
export function sortColumns(report: Report): string[] {
  return [...report.ids, ...besideOf(report), ...MEASURE_NAMES];
}

/**
 * The level at which a report counts with these filters. With a filter on an offer or a link it must count within
 * messages, because the counts of whole messages would be too high.
 */
export function levelOf(report: Report, filtered: readonly Filter[]): Level {
  if (report.level === 'link' || filtered.includes('link_id') || filtered.includes('link_key')) return 'link';
  if (report.level === 'offer' || filtered.includes('offer_id')) return 'offer';
  return 'message';
}
