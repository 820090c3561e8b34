/**
 * Totals over many rows: counts once, money by currency. With one currency, its sums are beside the counts; with
 * several currencies they are null there, because they cannot be added up. Pure.
 */
import { formatDecimal } from '../platform/decimal.ts';
import { micros } from './compare-values.ts';
import type { ReportRow } from './definitions.ts';
import {
  AMOUNT_NAMES,
  type AmountName,
  COUNT_NAMES,
  type CountName,
  isAnswered,
  MONEY_RATE_NAMES,
  type MoneyRateName,
  type MoneyTime,
  PLAIN_RATE_NAMES,
  type PlainRateName,
  RATES,
  type RangeBy,
  type Rate,
  TALLY_NAMES,
  type TallyName,
} from './measures.ts';

export type Counts = Record<CountName, number>;

/** Sums in one currency, as ClickHouse writes them. */
export interface MoneySums extends Record<AmountName, string>, Tallies {
  currency: string;
}

type Tallies = Record<TallyName, number>;

type PlainRates = Record<PlainRateName, number | null>;
/** Decimal strings; rates are null where they would not divide by what they answer. */
type Money = Record<AmountName | 'revenue', string> & Record<MoneyRateName, string | null>;

export type CurrencyTotals = Money & Tallies & { currency: string };

export interface Totals extends Counts, Tallies, PlainRates, Record<keyof Money, string | null> {
  /** '' without money, null with several currencies. */
  currency: string | null;
  currencies: CurrencyTotals[];
}

/** What decides which rates there are. */
export interface RangeKind {
  range_by: RangeBy;
  money_by: MoneyTime;
}

const OF_MESSAGES: RangeKind = { range_by: 'sent', money_by: 'click' };
const RATE_DECIMALS = 6;
const NO_MONEY: Record<AmountName, string> = { sales: '0', refunds: '0', payout: '0', view_revenue: '0' };
const NO_TALLIES: Tallies = { conversions: 0, view_conversions: 0 };
const SEVERAL = Object.fromEntries(
  [...AMOUNT_NAMES, 'revenue', ...MONEY_RATE_NAMES].map((name) => [name, null]),
) as Record<keyof Money, null>;

export function totalsOf(counts: Counts, moneys: readonly MoneySums[], kind: RangeKind): Totals {
  const tallies = moneys.reduce(addTallies, NO_TALLIES);
  return {
    ...counts,
    ...plainRates({ ...counts, ...tallies }, kind),
    currency: moneys.length > 1 ? null : (moneys[0]?.currency ?? ''),
    ...tallies,
    ...(moneys.length > 1 ? SEVERAL : moneyOf(counts, moneys[0] ?? NO_MONEY, kind)),
    currencies: moneys.map((money) => ({
      currency: money.currency,
      ...talliesOf(money),
      ...moneyOf(counts, money, kind),
    })),
  };
}

/**
 * The totals over all rows of a report whose items have these ids. Each row of an item repeats its counts, which count
 * once. Without ids all rows are of one item, one for each of its currencies. Without rows all totals are 0.
 */
export function totalsOfRows(
  rows: readonly ReportRow[],
  ids: readonly string[] = [],
  kind: RangeKind = OF_MESSAGES,
): Totals {
  const things = new Map(rows.map((row) => [JSON.stringify(ids.map((id) => row[id])), row]));
  const counts = Object.fromEntries(
    COUNT_NAMES.map((name) => [
      name,
      [...things.values()].reduce((total, row) => total + Number(row[name]), 0),
    ]),
  ) as Counts;
  const moneys = new Map<string, MoneySums>();
  for (const row of rows) {
    const tallies = talliesOf(row);
    const none = TALLY_NAMES.every((name) => tallies[name] === 0);
    if (none && AMOUNT_NAMES.every((name) => micros(String(row[name])) === 0n)) continue;
    const currency = String(row.currency);
    const before = moneys.get(currency) ?? { ...NO_MONEY, ...NO_TALLIES, currency };
    const sums = AMOUNT_NAMES.map((name) => [
      name,
      formatDecimal(micros(before[name]) + micros(String(row[name]))),
    ]);
    moneys.set(currency, {
      ...(Object.fromEntries(sums) as Record<AmountName, string>),
      currency,
      ...addTallies(before, tallies),
    });
  }
  const sorted = [...moneys.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
  return totalsOf(counts, sorted, kind);
}

const talliesOf = (row: Record<TallyName, unknown>): Tallies => ({
  conversions: Number(row.conversions),
  view_conversions: Number(row.view_conversions),
});

const addTallies = (one: Tallies, other: Tallies): Tallies => ({
  conversions: one.conversions + other.conversions,
  view_conversions: one.view_conversions + other.view_conversions,
});

function plainRates(counts: Counts & { conversions: number }, { range_by, money_by }: RangeKind): PlainRates {
  const values = PLAIN_RATE_NAMES.map((name) => {
    const { of, per } = RATES[name];
    return [name, isAnswered(name, range_by, money_by) ? rate(counts[of], counts[per]) : null];
  });
  return Object.fromEntries(values) as PlainRates;
}

/** Quotients are truncated, not rounded, at the sixth decimal, like in ClickHouse. */
function moneyOf(counts: Counts, sums: typeof NO_MONEY, { range_by, money_by }: RangeKind): Money {
  const revenue = micros(sums.sales) - micros(sums.refunds);
  const rates = MONEY_RATE_NAMES.map((name) => {
    const { per, times = 1 }: Rate = RATES[name];
    const whole = counts[per];
    const value = whole === 0 ? 0n : (revenue * BigInt(times)) / BigInt(whole);
    return [name, isAnswered(name, range_by, money_by) ? formatDecimal(value) : null];
  });
  return {
    revenue: formatDecimal(revenue),
    ...(Object.fromEntries(AMOUNT_NAMES.map((name) => [name, formatDecimal(micros(sums[name]))])) as Record<
      AmountName,
      string
    >),
    ...(Object.fromEntries(rates) as Record<MoneyRateName, string | null>),
  };
}

const rate = (part: number, whole: number): number =>
  whole === 0 ? 0 : Number((part / whole).toFixed(RATE_DECIMALS));

/** `1.500000` → `1.50`, `0.012500` → `0.0125`. */
export function trimMoney(text: string): string {
  return text.replace(/(\.\d\d\d*?)0+$/, '$1');
}
