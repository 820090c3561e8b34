/**
 * The measures of every report, each defined once: what it is called, what it means, and how it comes from the rollups.
 * The columns of the API, their descriptions, the totals and the report views in SQL derive from this file. A new count
 * is a column of both rollups and a line of COUNTS; a new rate is a line of RATES; MEASURES says where both stand. Pure.
 */

/**
 * What `sent` and `clicks_unique` count.
 *   message  messages, and the first human click of a contact on each
 *   offer    messages with a link to the offer, and the first human click on the offer within each
 *   link     links, and the first human click on the link's offer within the message, if it was on this link
 */
export type Level = 'message' | 'offer' | 'link';

interface Count {
  /** The column of the rollups that is summed; by level where it depends on it. */
  column: string | Readonly<Record<Level, string>>;
  meaning: string;
}

/** Counted once for an item, whatever it earned. */
export const COUNTS = {
  sent: {
    column: { message: 'messages_sent', offer: 'offers_sent', link: 'links_sent' },
    meaning:
      'Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages',
  },
  clicks_total: { column: 'clicks_total', meaning: 'All clicks, human and bot' },
  clicks_human: { column: 'clicks_human', meaning: 'Clicks judged human' },
  clicks_bot: { column: 'clicks_bot', meaning: 'Clicks judged bot; never counted in clicks_unique' },
  clicks_unique: {
    column: { message: 'first_clicks', offer: 'first_offer_clicks', link: 'first_offer_clicks' },
    meaning:
      'First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC)',
  },
  delivered: {
    column: { message: 'messages_delivered', offer: 'offers_delivered', link: 'links_delivered' },
    meaning: 'Of these, delivered: by the state of each message, whatever was reported of it how often',
  },
  failed: {
    column: { message: 'messages_failed', offer: 'offers_failed', link: 'links_failed' },
    meaning: 'Of these, failed or undelivered',
  },
  opt_outs: {
    column: { message: 'messages_opted_out', offer: 'offers_opted_out', link: 'links_opted_out' },
    meaning: 'Of these, answered by an opt-out, which stands beside the state',
  },
} as const satisfies Record<string, Count>;

/** Columns of the rollups that are summed by currency. */
export const MONEYS = {
  conversions: { meaning: 'Conversions; refunds and chargebacks are not counted' },
  sales: { meaning: 'Revenue of sales and rebills' },
  refunds: { meaning: 'Revenue reversed by refunds and chargebacks' },
  payout: { meaning: 'Payout for conversions and, on cpc offers, for first clicks' },
  view_conversions: {
    meaning:
      'View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column',
  },
  view_revenue: { meaning: 'Revenue of view-through conversions less refunds; not in revenue' },
} as const;

export const REVENUE_MEANING = 'sales - refunds';

export type CountName = keyof typeof COUNTS;
export type MoneyName = keyof typeof MONEYS;
export const COUNT_NAMES = Object.keys(COUNTS) as CountName[];
export const MONEY_NAMES = Object.keys(MONEYS) as MoneyName[];
/** Those that are numbers of conversions; all others are amounts. */
export const TALLY_NAMES = ['conversions', 'view_conversions'] as const satisfies MoneyName[];
export type TallyName = (typeof TALLY_NAMES)[number];
export type AmountName = Exclude<MoneyName, TallyName>;
export const AMOUNT_NAMES = MONEY_NAMES.filter(
  (name) => !(TALLY_NAMES as readonly string[]).includes(name),
) as AmountName[];

export interface Rate {
  of: CountName | 'conversions' | 'revenue';
  /** What it divides by; 0 where that is 0. */
  per: CountName;
  times?: number;
  meaning: string;
}

/** Quotients; those of revenue are amounts of money. */
export const RATES = {
  click_rate: { of: 'clicks_unique', per: 'sent', meaning: 'Click rate: clicks_unique / sent' },
  epc: { of: 'revenue', per: 'clicks_unique', meaning: 'Earnings per click: revenue / clicks_unique' },
  cvr: {
    of: 'conversions',
    per: 'clicks_unique',
    meaning: 'Conversions per click: conversions / clicks_unique',
  },
  message_cvr: { of: 'conversions', per: 'sent', meaning: 'Conversions per message: conversions / sent' },
  rpm: {
    of: 'revenue',
    per: 'sent',
    times: 1_000,
    meaning: 'Revenue per 1,000 messages: revenue × 1,000 / sent',
  },
  delivery_rate: {
    of: 'delivered',
    per: 'sent',
    meaning: 'Delivery rate: delivered / sent; 0 where nobody reports what became of messages',
  },
  click_rate_delivered: {
    of: 'clicks_unique',
    per: 'delivered',
    meaning: 'Click rate of delivered messages: clicks_unique / delivered',
  },
} as const satisfies Record<string, Rate>;

export type RateName = keyof typeof RATES;
export const RATE_NAMES = Object.keys(RATES) as RateName[];
export const isMoneyRate = (name: RateName): boolean => RATES[name].of === 'revenue';
/** Rates that are amounts. */
export type MoneyRateName = {
  [Name in RateName]: (typeof RATES)[Name] extends { of: 'revenue' } ? Name : never;
}[RateName];
export const MONEY_RATE_NAMES = RATE_NAMES.filter(isMoneyRate) as MoneyRateName[];
export type PlainRateName = Exclude<RateName, MoneyRateName>;
export const PLAIN_RATE_NAMES = RATE_NAMES.filter((name) => !isMoneyRate(name)) as PlainRateName[];

/**
 * What a range is of.
 *   sent   messages: those sent in the range, and all that came of them until now
 *   event  events: what happened in the range
 */
export const RANGE_BY = ['sent', 'event'] as const;
export type RangeBy = (typeof RANGE_BY)[number];

/** The time at which money counts in a range of events: of the click that earned it, or of the conversion. */
export const MONEY_TIMES = ['click', 'conversion'] as const;
export type MoneyTime = (typeof MONEY_TIMES)[number];

/**
 * Whether a rate divides by what it answers. In a range of events, clicks and money answer messages of other ranges, and
 * conversions by their own time answer clicks of other ranges: such rates are null there.
 */
export const isAnswered = (name: RateName, range_by: RangeBy, money_by: MoneyTime): boolean =>
  range_by === 'sent' || (RATES[name].per === 'clicks_unique' && money_by === 'click');

export const NOT_ANSWERED =
  'null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges';

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
  message_cvr: 'rate',
  rpm: 'money',
  sales: 'money',
  refunds: 'money',
  delivered: 'count',
  failed: 'count',
  opt_outs: 'count',
  delivery_rate: 'rate',
  click_rate_delivered: 'rate',
  view_conversions: 'count',
  view_revenue: 'money',
} as const satisfies Record<string, MeasureKind>;

export type Measure = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** The value of a measure in a row. */
export type MeasureValue<Name extends Measure> = Name extends MoneyRateName
  ? string | null
  : Name extends RateName
    ? number | null
    : (typeof MEASURES)[Name] extends 'count'
      ? number
      : string;

/** What a measure means, without what depends on the report. */
export function meaningOf(name: Exclude<Measure, 'currency'>): string {
  if (name === 'revenue') return REVENUE_MEANING;
  if (name in COUNTS) return COUNTS[name as CountName].meaning;
  if (name in RATES) return RATES[name as RateName].meaning;
  return MONEYS[name as MoneyName].meaning;
}

/** The column of the rollups that is summed for a count. */
export function columnOf(name: CountName, level: Level): string {
  const column: Count['column'] = COUNTS[name].column;
  return typeof column === 'string' ? column : column[level];
}
