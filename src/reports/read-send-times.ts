/**
 * When messages are sent best: for each hour of the week in which they were sent, how many people clicked and what they
 * earned. Names one hour as the best only where that can hardly be chance. From the rollup of quarter hours; messages
 * whose clicks still come are left out. Names in SQL come only from this file. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import { formatDecimal, parseDecimal } from '../platform/decimal.ts';
import { askRows } from './ask-clickhouse.ts';
import { normalQuantile } from './experiments/normal.ts';
import { type Estimate, rateOf } from './experiments/rate.ts';
import { matches, matchParams } from './filter-values.ts';
import {
  hourOfWeekExpression,
  hourOfWeekNames,
  hourOfWeekParams,
  localDayExpression,
} from './hour-of-week.ts';
import { columnOf } from './measures.ts';
import { within } from './report-query.ts';
import type { Range } from './report-range.ts';
import { trimMoney } from './totals.ts';

export const SEND_TIME_FILTERS = ['campaign_id', 'variant_id', 'creative_id', 'offer_id', 'domain'] as const;
export type SendTimeFilter = (typeof SEND_TIME_FILTERS)[number];

/** Most people who click do so within the first day; younger messages would make the hours of yesterday look bad. */
export const SETTLES_MS = 24 * 3_600_000;
/** Of fewer messages a rate says nothing: at 10 % its interval is 12 points wide. */
export const SENT_MIN = 100;
/** One good day is a day, not an hour of the week. */
export const DAYS_MIN = 2;
/** The chance that the best of equal hours is named by mistake. */
const MISTAKE = 0.05;
const QUARTER_HOUR_MS = 15 * 60_000;

export interface SendTimesQuestion {
  account_id: string;
  /** Of sent_at. */
  range: Range;
  filters: Partial<Record<SendTimeFilter, string>>;
  /** Of the money; undefined: that in which most conversions earned. */
  currency?: string | undefined;
  now_ms: number;
}

export interface SendTime {
  sent: number;
  clicks_unique: number;
  click_rate: number;
  /** The 95 % interval of click_rate. */
  click_rate_low: number;
  click_rate_high: number;
  conversions: number;
  revenue: string;
  /** Revenue per 1,000 messages. */
  rpm: string;
}

export interface SendTimeRow extends SendTime {
  /** `Mon 00` to `Sun 23`. */
  value: string;
  /** On how many days messages were sent in this hour. */
  days: number;
  /** Fewer than SENT_MIN messages. */
  too_few: boolean;
}

export interface SendTimesAnswer {
  /** All 168 hours of the week, in order. */
  rows: SendTimeRow[];
  totals: SendTime;
  /** The hour whose click rate is above that of all others by more than chance; null if none is. */
  best: string | null;
  /** '' without money. */
  currency: string;
  /** All in which messages of the range earned, most conversions first. */
  currencies: string[];
  /** Without messages that are too young. */
  range: Range;
}

interface Counted {
  hour: number;
  days: number;
  sent: number;
  clicks_unique: number;
}

interface Earned {
  hour: number;
  currency: string;
  conversions: number;
  revenue: string;
}

/** Safe to repeat. An answer without messages has no currency and names no hour. */
export async function readSendTimes(
  client: ClickHouseClient,
  question: SendTimesQuestion,
): Promise<SendTimesAnswer> {
  const range = settled(question.range, question.now_ms);
  const { query_params, source } = sourceOf(question, range);
  const hour = hourOfWeekExpression('rollup.sent_quarter_hour');
  const day = localDayExpression('rollup.sent_quarter_hour');
  const level = question.filters.offer_id === undefined ? 'message' : 'offer';
  const sent = columnOf('sent', level);
  const [counted, earned] = await Promise.all([
    askRows<Counted>(client, {
      query: `SELECT ${hour} AS hour, uniqExactIf(${day}, rollup.${sent} > 0) AS days,
          sum(rollup.${sent}) AS sent, sum(rollup.${columnOf('clicks_unique', level)}) AS clicks_unique
        ${source} AND rollup.money_by = '' GROUP BY hour`,
      query_params,
    }),
    askRows<Earned>(client, {
      query: `SELECT ${hour} AS hour, rollup.currency AS currency, sum(rollup.conversions) AS conversions,
          sum(rollup.sales - rollup.refunds) AS revenue
        ${source} AND rollup.money_by = 'click' GROUP BY hour, currency HAVING conversions != 0 OR revenue != 0`,
      query_params,
    }),
  ]);
  return { ...answerOf(counted, earned, question.currency), range };
}

/** Ends where messages are too young; never before it starts. */
function settled(range: Range, now_ms: number): Range {
  const until_ms = Math.floor((now_ms - SETTLES_MS) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  return { ...range, to_ms: Math.max(range.from_ms, Math.min(range.to_ms, until_ms)) };
}

function sourceOf({ account_id, filters }: SendTimesQuestion, range: Range) {
  const given = SEND_TIME_FILTERS.filter((name) => filters[name] !== undefined);
  const conditions = [
    'rollup.account_id = {account_id:String}',
    within('rollup.sent_quarter_hour'),
    // Links that no message has, and coupons that no message brought, were sent at no time.
    "rollup.creative_id != ''",
    ...given.map((name) => matches(`rollup.${name}`, name, filters[name] ?? '')),
  ];
  return {
    source: `FROM trackly.rollup_quarter_hours AS rollup WHERE ${conditions.join(' AND ')}`,
    query_params: {
      account_id,
      from_s: range.from_ms / 1_000,
      to_s: range.to_ms / 1_000,
      ...hourOfWeekParams(range, range.to_ms),
      ...matchParams(filters, given),
    },
  };
}

/** Pure. */
export function answerOf(
  counted: readonly Counted[],
  earned: readonly Earned[],
  wanted: string | undefined,
): Omit<SendTimesAnswer, 'range'> {
  const currencies = currenciesOf(earned);
  const currency = wanted ?? currencies[0] ?? '';
  const counts = new Map(counted.map((row) => [row.hour, row]));
  const moneys = new Map(earned.filter((row) => row.currency === currency).map((row) => [row.hour, row]));
  const converted = new Map<number, number>();
  for (const { hour, conversions } of earned) converted.set(hour, (converted.get(hour) ?? 0) + conversions);
  const rows = hourOfWeekNames.map((value, hour): SendTimeRow => {
    const { sent = 0, clicks_unique = 0, days = 0 } = counts.get(hour) ?? {};
    const { revenue = '0' } = moneys.get(hour) ?? {};
    const conversions = converted.get(hour) ?? 0;
    return {
      value,
      days,
      too_few: sent < SENT_MIN,
      ...timeOf({ sent, clicks_unique, conversions, revenue }),
    };
  });
  const sum = (name: 'sent' | 'clicks_unique' | 'conversions'): number =>
    rows.reduce((total, row) => total + row[name], 0);
  const totals = timeOf({
    sent: sum('sent'),
    clicks_unique: sum('clicks_unique'),
    conversions: sum('conversions'),
    revenue: formatDecimal(rows.reduce((total, row) => total + micros(row.revenue), 0n)),
  });
  return { rows, totals, best: bestOf(rows, totals), currency, currencies };
}

function currenciesOf(earned: readonly Earned[]): string[] {
  const conversions = new Map<string, number>();
  for (const row of earned)
    conversions.set(row.currency, (conversions.get(row.currency) ?? 0) + row.conversions);
  return [...conversions].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([currency]) => currency);
}

function timeOf(of: Pick<SendTime, 'sent' | 'clicks_unique' | 'conversions' | 'revenue'>): SendTime {
  const { value, low, high } = rate(of);
  const rpm = of.sent === 0 ? 0n : (micros(of.revenue) * 1_000n) / BigInt(of.sent);
  return {
    sent: of.sent,
    clicks_unique: of.clicks_unique,
    click_rate: rounded(value),
    click_rate_low: rounded(low),
    click_rate_high: rounded(high),
    conversions: of.conversions,
    revenue: trimMoney(of.revenue),
    rpm: formatDecimal(rpm),
  };
}

/** There may be more clicks than messages where messages were cancelled after they were clicked. */
const rate = ({ sent, clicks_unique }: Pick<SendTime, 'sent' | 'clicks_unique'>, z?: number): Estimate =>
  rateOf(Math.max(0, Math.min(clicks_unique, sent)), sent, z);

/**
 * The hour with the highest click rate, if its interval lies above that of all other messages together. Both are as wide
 * as so many comparisons ask for (Bonferroni), because the highest of many hours is high by chance.
 */
function bestOf(rows: readonly SendTimeRow[], totals: SendTime): string | null {
  const compared = rows.filter((row) => !row.too_few);
  const candidates = compared.filter((row) => row.days >= DAYS_MIN);
  const [first] = candidates.toSorted((a, b) => b.click_rate - a.click_rate || b.sent - a.sent);
  if (first === undefined || compared.length < 2) return null;
  const z = normalQuantile(1 - MISTAKE / compared.length / 2);
  const others = {
    sent: totals.sent - first.sent,
    clicks_unique: totals.clicks_unique - first.clicks_unique,
  };
  return rate(first, z).low > rate(others, z).high ? first.value : null;
}

const rounded = (value: number): number => Number(value.toFixed(6));
const micros = (text: string): bigint => parseDecimal(text) ?? 0n;
