/**
 * Totals over many rows: counts once, money by currency. Where there is one currency, its sums stand with
 * the counts; where there are several they are null there, since they can not be added. Pure.
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

/** The totals of one thing from its rows, one for each of its currencies; all 0 where it has none. */
export function totalsOfRows(rows: readonly ReportRow[]): Totals {
  const count = (name: keyof Counts): number => Number(rows[0]?.[name] ?? 0);
  const counts = {
    sent: count('sent'),
    clicks_total: count('clicks_total'),
    clicks_human: count('clicks_human'),
    clicks_bot: count('clicks_bot'),
    clicks_unique: count('clicks_unique'),
  };
  const moneys = rows.map(({ currency, conversions, sales, refunds, payout }) => ({
    currency: String(currency),
    conversions: Number(conversions),
    sales: String(sales),
    refunds: String(refunds),
    payout: String(payout),
  }));
  return totalsOf(
    counts,
    moneys.filter(
      ({ conversions, ...money }) =>
        conversions !== 0 || [money.sales, money.refunds, money.payout].some((sum) => micros(sum) !== 0n),
    ),
  );
}

/** Quotients are cut, not rounded, at the sixth decimal, as ClickHouse does it. */
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
