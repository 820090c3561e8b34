/**
 * What the reports are: for each report its rollup, what a row stands for, the additional columns, the filters, and
 * the measures, which are the same for all. Pure; only names from this file are written into SQL text.
 */

/** Dimensions of both rollups, and those that only rollup_links has. `currency` leaves out other money. */
const QUARTER_HOUR_FILTERS = ['offer_id', 'creative_id', 'campaign_id', 'variant_id', 'currency'] as const;
const LINK_FILTERS = [...QUARTER_HOUR_FILTERS, 'message_id', 'link_id', 'link_key'] as const;

export type Filter = (typeof LINK_FILTERS)[number];
export type ReportName = 'messages' | 'offers' | 'creatives' | 'campaigns' | 'variants' | 'links' | 'hours';
export type CatalogKind = 'offer' | 'creative' | 'campaign';

/**
 * What is counted as sent and as unique.
 *   message  messages, and the first human click of a contact on each
 *   offer    messages with a link to the offer, and the first human click on the offer within each
 *   link     links, and the first human click on the link's offer within the message, where it was here
 */
export type Level = 'message' | 'offer' | 'link';

export interface Report {
  rollup: 'rollup_quarter_hours' | 'rollup_links';
  /** What one row stands for; the last one is never empty. */
  ids: readonly string[];
  /** What follows from the ids and is shown with them. */
  beside: readonly Exclude<Filter, 'currency'>[];
  filters: readonly Filter[];
  level: Level;
  /**
   * A list of things that may be many millions: shows when each was last sent or clicked, `last_at`, and counts only
   * so many rows. Says how the rollup orders them within a quarter hour, which a list by time is read in.
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

/** The time that money counts at: of the click that earned it, or of the conversion. */
export const MONEY_TIMES = ['click', 'conversion'] as const;
export type MoneyTime = (typeof MONEY_TIMES)[number];

/** `money`: a decimal string with 2 to 6 decimals; `rate`: a number with up to 6 decimals. */
export type MeasureKind = 'count' | 'rate' | 'money' | 'currency';

/**
 * Every report's columns after its ids, in order. An entity has a row per currency; counts of sends and clicks are
 * repeated on each of them.
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

/** A row as it is answered: the measures, and the report's own columns. */
export type ReportRow = Record<Measure, string | number> & Record<string, string | number | null>;

/** Column of the lists: start of the quarter hour of the last send, click or money of the thing in the range. */
export const LAST_AT = 'last_at';

/** What is shown beside the ids. */
export function besideOf(report: Report): string[] {
  return [...report.beside, ...(report.listed ? [LAST_AT] : [])];
}

/** Columns that a report can be sorted by. */
export function sortColumns(report: Report): string[] {
  return [...report.ids, ...besideOf(report), ...MEASURE_NAMES];
}

/**
 * The level that a report counts at under these filters: a filter on an offer or a link looks inside the
 * message, where the message's own counts would be too high.
 */
export function levelOf(report: Report, filtered: readonly Filter[]): Level {
  if (report.level === 'link' || filtered.includes('link_id') || filtered.includes('link_key')) return 'link';
  if (report.level === 'offer' || filtered.includes('offer_id')) return 'offer';
  return 'message';
}
