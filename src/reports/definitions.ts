/**
 * Defines the reports: for each its rollup, the item of a row, the additional columns, and the filters; and the
 * measures, which are the same for all reports. Pure; only names from this file are written into SQL text.
 */

/** Dimensions of both rollups, and those that only rollup_links has. A filter on `currency` excludes other money. */
const QUARTER_HOUR_FILTERS = ['offer_id', 'creative_id', 'campaign_id', 'variant_id', 'currency'] as const;
const LINK_FILTERS = [...QUARTER_HOUR_FILTERS, 'message_id', 'link_id', 'link_key'] as const;

export type Filter = (typeof LINK_FILTERS)[number];
export type ReportName = 'messages' | 'offers' | 'creatives' | 'campaigns' | 'variants' | 'links' | 'hours';
export type CatalogKind = 'offer' | 'creative' | 'campaign';

/**
 * What `sent` and `clicks_unique` count.
 *   message  messages, and the first human click of a contact on each
 *   offer    messages with a link to the offer, and the first human click on the offer within each
 *   link     links, and the first human click on the link's offer within the message, if it was on this link
 */
export type Level = 'message' | 'offer' | 'link';

export interface Report {
  rollup: 'rollup_quarter_hours' | 'rollup_links';
  /** The ids that identify a row; the last one is never empty. */
  ids: readonly string[];
  /** Columns that depend on the ids and are shown with them. */
  beside: readonly Exclude<Filter, 'currency'>[];
  filters: readonly Filter[];
  level: Level;
  /**
   * Set for a list of possibly many millions of items: it shows when each was last sent or clicked, `last_at`, and
   * counts its rows only up to a bound. The value is the order of the rollup within a quarter hour, in which the list
   * is read.
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

/** The time at which money counts: of the click that earned it, or of the conversion. */
export const MONEY_TIMES = ['click', 'conversion'] as const;
export type MoneyTime = (typeof MONEY_TIMES)[number];

/** `money`: a decimal string with 2 to 6 decimals; `rate`: a number with up to 6 decimals. */
export type MeasureKind = 'count' | 'rate' | 'money' | 'currency';

/**
 * Every report's columns after its ids, in order. An item has one row for each currency; each repeats the counts of
 * sends and clicks.
 */
export const MEASURES = {
  sent: 'count',
  clicks_total: 'count',
  clicks_human: 'count',
  clicks_bot: 'count',
  clicks_unique: 'count',
  click_rate: 'rate',
  currency: 'currency',
  conversions: 'count',
  revenue: 'money',
  payout: 'money',
  epc: 'money',
  cvr: 'rate',
  rpm: 'money',
  sales: 'money',
  refunds: 'money',
} as const satisfies Record<string, MeasureKind>;

export type Measure = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** A row of the answer: the measures, and the report's own columns. */
export type ReportRow = Record<Measure, string | number> & Record<string, string | number | null>;

/** Column of the lists: start of the quarter hour of the item's last send, click or money in the range. */
export const LAST_AT = 'last_at';

/** The columns that are shown beside the ids. */
export function besideOf(report: Report): string[] {
  return [...report.beside, ...(report.listed ? [LAST_AT] : [])];
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
