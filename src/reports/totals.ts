/**
 * Totals over many rows: counts once, money by currency. With one currency, its sums are beside the counts; with
 * several currencies they are null there, because they cannot be added up. Pure.
 */
import { formatDecimal, type Micros, parseDecimal } from '../platform/decimal.ts';
import type { ReportRow } from './definitions.ts';

export interface Counts {
  sent: number;
  clicks_total: number;
  clicks_human: number;
  clicks_bot: number;
  clicks_unique: number;
}

/** Sums in one currency, as ClickHouse writes them. */
export interface MoneySums {
  currency: string;
  conversions: number;
  sales: string;
  refunds: string;
  payout: string;
}

interface Money {
  revenue: string;
  payout: string;
  epc: string;
  rpm: string;
  sales: string;
  refunds: string;
}

export interface CurrencyTotals extends Money {
  currency: string;
  conversions: number;
}

export interface Totals extends Counts, Record<keyof Money, string | null> {
  click_rate: number;
  /** '' without money, null with several currencies. */
  currency: string | null;
  conversions: number;
  cvr: number;
  currencies: CurrencyTotals[];
}

const RATE_DECIMALS = 6;
const NO_MONEY: Omit<MoneySums, 'currency' | 'conversions'> = { sales: '0', refunds: '0', payout: '0' };
const SEVERAL: Record<keyof Money, null> = {
  revenue: null,
  payout: null,
  epc: null,
  rpm: null,
  sales: null,
  refunds: null,
};

export function totalsOf(counts: Counts, moneys: readonly MoneySums[]): Totals {
  const conversions = moneys.reduce((sum, money) => sum + money.conversions, 0);
  return {
    ...counts,
    click_rate: rate(counts.clicks_unique, counts.sent),
    currency: moneys.length > 1 ? null : (moneys[0]?.currency ?? ''),
    conversions,
    ...(moneys.length > 1 ? SEVERAL : moneyOf(counts, moneys[0] ?? NO_MONEY)),
    cvr: rate(conversions, counts.clicks_unique),
    currencies: moneys.map((money) => ({
      currency: money.currency,
      conversions: money.conversions,
      ...moneyOf(counts, money),
    })),
  };
}

/**
 * The totals over all rows of a report whose items have these ids. Each row of an item repeats its counts, which count
 * once. Without ids all rows are of one item, one for each of its currencies. Without rows all totals are 0.
 */
export function totalsOfRows(rows: readonly ReportRow[], ids: readonly string[] = []): Totals {
  const things = new Map(rows.map((row) => [JSON.stringify(ids.map((id) => row[id])), row]));
  const sum = (name: keyof Counts): number =>
    [...things.values()].reduce((total, row) => total + Number(row[name]), 0);
  const counts = {
    sent: sum('sent'),
    clicks_total: sum('clicks_total'),
    clicks_human: sum('clicks_human'),
    clicks_bot: sum('clicks_bot'),
    clicks_unique: sum('clicks_unique'),
  };
  const moneys = new Map<string, MoneySums>();
  for (const row of rows) {
    const { conversions, sales, refunds, payout } = row;
    if (conversions === 0 && [sales, refunds, payout].every((part) => micros(String(part)) === 0n)) continue;
    const currency = String(row.currency);
    const before = moneys.get(currency) ?? { ...NO_MONEY, conversions: 0 };
    const add = (name: keyof typeof NO_MONEY): string =>
      formatDecimal(micros(before[name]) + micros(String(row[name])));
    moneys.set(currency, {
      currency,
      conversions: before.conversions + Number(conversions),
      sales: add('sales'),
      refunds: add('refunds'),
      payout: add('payout'),
    });
  }
  const sorted = [...moneys.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
  return totalsOf(counts, sorted);
}

/** Quotients are truncated, not rounded, at the sixth decimal, like in ClickHouse. */
function moneyOf(counts: Counts, { sales, refunds, payout }: typeof NO_MONEY): Money {
  const revenue = micros(sales) - micros(refunds);
  return {
    revenue: formatDecimal(revenue),
    payout: formatDecimal(micros(payout)),
    epc: formatDecimal(counts.clicks_unique === 0 ? 0n : revenue / BigInt(counts.clicks_unique)),
    rpm: formatDecimal(counts.sent === 0 ? 0n : (revenue * 1_000n) / BigInt(counts.sent)),
    sales: formatDecimal(micros(sales)),
    refunds: formatDecimal(micros(refunds)),
  };
}

function micros(text: string): Micros {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error('a sum is not a decimal');
  return value;
}

const rate = (part: number, whole: number): number =>
  whole === 0 ? 0 : Number((part / whole).toFixed(RATE_DECIMALS));

/** `1.500000` → `1.50`, `0.012500` → `0.0125`. */
export function trimMoney(text: string): string {
  return text.replace(/(\.\d\d\d*?)0+$/, '$1');
}
