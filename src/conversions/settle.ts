/**
 * The rules of attribution and revenue. Input: all reports on one transaction, and the click that each can be
 * credited to. Output: the lines of the money ledger. Pure: the same reports give the same lines in any order of
 * arrival. Amounts are integers in millionths, never floats.
 */
import { formatDecimal, type Micros, parseDecimal, perCentOf } from '../platform/decimal.ts';
import {
  type Conversion,
  isConversion,
  isReversal,
  isSale,
  isVoid,
  type Reason,
  type Subject,
} from './conversion.ts';

/**
 * An advertiser's clock may be behind ours or have a resolution of one second. A conversion up to this much before
 * its click is treated as simultaneous with it.
 */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** What a conversion is credited to. Ids are '' where there is none. */
export interface Credit extends Omit<Subject, 'sent_at_ms'> {
  /** The first click; '' for a coupon, which needs no click. */
  click_id: string;
  /** The time used by reports by click time: the time of the click, or of the message for a coupon. */
  credited_at_ms: number;
}

export type Found = { credit: Credit } | { reason: Reason };

/** One line of the money ledger. The lines of a conversion contain everything that is counted for it. */
export interface Line extends Credit {
  conversion_id: string;
  status: 'attributed' | 'unattributed' | 'duplicate' | 'replaced' | 'voided';
  /**
   * Why it is not attributed; `duplicate_of:<id>`, `replaced_by:<id>`, `voided_by:<id>`; `limited` when less was left
   * than the refund asks for.
   */
  reason: Reason | 'limited' | `${'duplicate_of' | 'replaced_by' | 'voided_by'}:${string}` | '';
  /** 1 for an attributed event that counts as a conversion. */
  conversions: 0 | 1;
  /** Currency of the amounts; for a refund, the currency of its sale. '' when unknown. */
  currency: string;
  /** Decimal strings. Revenue is sales - refunds. */
  sales: string;
  refunds: string;
  payout: string;
}

const NOWHERE: Credit = {
  click_id: '',
  credited_at_ms: 0,
  link_id: '',
  link_key: '',
  message_id: '',
  contact_id: '',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  domain: '',
};

/** A credited sale, and what remains of it after refunds. */
interface Sold {
  conversion: Conversion;
  credit: Credit;
  left: Micros;
}

/**
 * The lines of one transaction. `found` gives the credit of each conversion id; refunds do not use it, because a
 * refund has the credit of its sale.
 */
export function settle(conversions: readonly Conversion[], found: ReadonlyMap<string, Found>): Line[] {
  const { counting, lines } = withoutRepeats(conversions);
  const sold: Sold[] = [];
  const inTime = counting.toSorted(byTime);
  for (const conversion of inTime) {
    if (!isConversion(conversion.event)) continue;
    const result = withinTime(conversion, found.get(conversion.conversion_id));
    if ('reason' in result) {
      lines.push(unattributed(conversion, result.reason));
      continue;
    }
    const sales = isSale(conversion.event) ? amountOf(conversion) : 0n;
    const payout = payoutOf(conversion, sales);
    lines.push(line(conversion, result.credit, { conversions: 1, sales, payout }));
    if (isSale(conversion.event)) sold.push({ conversion, credit: result.credit, left: sales });
  }
  for (const conversion of inTime) {
    if (isReversal(conversion.event)) lines.push(...takeBack(conversion, counting, sold));
    if (isVoid(conversion.event)) lines.push(unattributed(conversion, 'unknown_transaction'));
  }
  return lines;
}

/** Identity of a line: two lines are equal exactly when these texts are equal. */
export const lineKey = (line: Line): string => JSON.stringify(line);

/** Decides which of several reports of one event count, by the offer's `duplicates` setting. */
function withoutRepeats(conversions: readonly Conversion[]): { counting: Conversion[]; lines: Line[] } {
  const lines: Line[] = [];
  const counting = new Set<Conversion>();
  const latest = new Map<string, Conversion>();
  const ids = new Set<string>();
  // A report that can be credited replaces one that cannot, so a network can correct a wrong id.
  const creditable = conversions.filter(({ credit_by }) => credit_by !== 'none').toSorted(byReception);
  const others = conversions.filter(({ credit_by }) => credit_by === 'none').toSorted(byReception);
  for (const conversion of [...creditable, ...others]) {
    // The same report, logged again after a lost reply.
    if (ids.has(conversion.conversion_id)) continue;
    ids.add(conversion.conversion_id);
    const before = latest.get(conversion.event);
    if (before !== undefined && ignores(before, conversion)) {
      lines.push(nothing(conversion, 'duplicate', `duplicate_of:${before.conversion_id}`));
      continue;
    }
    if (before !== undefined && conversion.terms.duplicates === 'replace') {
      counting.delete(before);
      lines.push(nothing(before, 'replaced', `replaced_by:${conversion.conversion_id}`));
    }
    counting.add(conversion);
    latest.set(conversion.event, conversion);
  }
  return { counting: [...counting], lines };
}

/** An uncredited report never replaces a credited one. */
const ignores = (before: Conversion, repeat: Conversion): boolean =>
  repeat.terms.duplicates === 'ignore' || (repeat.credit_by === 'none' && before.credit_by !== 'none');

/** Applies the offer's window from the click to the conversion. Coupons have no click and therefore no window. */
function withinTime(conversion: Conversion, found: Found | undefined): Found {
  if (conversion.credit_by === 'none') return { reason: conversion.reason || 'missing_id' };
  if (found === undefined) return { reason: 'no_click' };
  if ('reason' in found || conversion.credit_by !== 'click') return found;
  const { click_window_days, min_conversion_seconds } = conversion.terms;
  const after_ms = conversion.converted_at_ms - found.credit.credited_at_ms;
  if (after_ms < (min_conversion_seconds === 0 ? -CLOCK_TOLERANCE_MS : min_conversion_seconds * 1_000)) {
    return { reason: 'too_early' };
  }
  return after_ms > click_window_days * DAY_MS ? { reason: 'outside_window' } : found;
}

/** A refund reduces the sales of its transaction, oldest first, and never takes more than what remains. */
function takeBack(refund: Conversion, counting: readonly Conversion[], sold: readonly Sold[]): Line[] {
  // Without an amount it would take back all.
  if (refund.reason === 'unreadable_amount') return [unattributed(refund, refund.reason)];
  if (!counting.some((other) => isSale(other.event))) {
    const { reason } = refund;
    return [unattributed(refund, reason === '' || reason === 'missing_id' ? 'unknown_transaction' : reason)];
  }
  const [oldest] = sold;
  if (oldest === undefined) return [unattributed(refund, 'unattributed_transaction')];
  const currency = refund.currency || oldest.conversion.currency;
  const sales = sold.filter(({ conversion }) => conversion.currency === currency);
  if (sales.length === 0) return [unattributed(refund, 'other_currency')];
  const left = sales.reduce((sum, sale) => sum + sale.left, 0n);
  if (left === 0n) return [unattributed(refund, 'nothing_left')];
  const wanted = refund.amount === '' ? left : amountOf(refund);
  const limited = wanted > left ? 'limited' : '';
  const taken = takeFrom(sales, smaller(wanted, left));
  return [...taken.values()].map(({ credit, refunds, payout }) => ({
    ...line(refund, credit, { reason: limited, refunds, payout }),
    currency,
  }));
}

/** The amounts taken from the sales, in order, summed by credit. Has at least one entry, which may be zero. */
function takeFrom(
  sales: readonly Sold[],
  amount: Micros,
): Map<string, { credit: Credit; refunds: Micros; payout: Micros }> {
  const taken = new Map<string, { credit: Credit; refunds: Micros; payout: Micros }>();
  let missing = amount;
  for (const sale of sales) {
    const refunds = smaller(missing, sale.left);
    if (refunds === 0n && (taken.size > 0 || missing > 0n)) continue;
    const before = revshareOf(sale.conversion, sale.left);
    sale.left -= refunds;
    missing -= refunds;
    const payout = revshareOf(sale.conversion, sale.left) - before;
    const key = JSON.stringify(sale.credit);
    const sum = taken.get(key) ?? { credit: sale.credit, refunds: 0n, payout: 0n };
    taken.set(key, { credit: sale.credit, refunds: sum.refunds + refunds, payout: sum.payout + payout });
  }
  return taken;
}

const smaller = (a: Micros, b: Micros): Micros => (a < b ? a : b);

/**
 * cpa: a fixed sum for each event that counts; a refund does not take it back. revshare: a percentage of sales less
 * refunds. cpc: nothing here, because it pays for first clicks.
 */
function payoutOf(conversion: Conversion, sales: Micros): Micros {
  if (conversion.terms.payout_type === 'cpa') return decimal(conversion.terms.payout);
  return revshareOf(conversion, sales);
}

function revshareOf({ terms }: Conversion, sales: Micros): Micros {
  return terms.payout_type === 'revshare' ? perCentOf(sales, decimal(terms.payout)) : 0n;
}

const amountOf = (conversion: Conversion): Micros =>
  conversion.amount === '' ? 0n : decimal(conversion.amount);

function decimal(text: string): Micros {
  const micros = parseDecimal(text);
  if (micros === undefined) throw new Error('a stored amount is not a decimal');
  return micros;
}

/** What a line books; every amount defaults to zero. */
interface Booked {
  reason?: Line['reason'];
  conversions?: 0 | 1;
  sales?: Micros;
  refunds?: Micros;
  payout?: Micros;
}

function line(
  conversion: Conversion,
  credit: Credit,
  { reason = '', conversions = 0, sales = 0n, refunds = 0n, payout = 0n }: Booked,
): Line {
  return {
    conversion_id: conversion.conversion_id,
    status: 'attributed',
    reason,
    click_id: credit.click_id,
    credited_at_ms: credit.credited_at_ms,
    link_id: credit.link_id,
    link_key: credit.link_key,
    message_id: credit.message_id,
    contact_id: credit.contact_id,
    creative_id: credit.creative_id,
    campaign_id: credit.campaign_id,
    variant_id: credit.variant_id,
    domain: credit.domain,
    conversions,
    currency: conversion.currency,
    sales: formatDecimal(sales),
    refunds: formatDecimal(refunds),
    payout: formatDecimal(payout),
  };
}

function nothing(conversion: Conversion, status: Line['status'], reason: Line['reason']): Line {
  return { ...line(conversion, NOWHERE, { reason }), status };
}

function unattributed(conversion: Conversion, reason: Reason): Line {
  return nothing(conversion, 'unattributed', reason);
}

const byReception = (a: Conversion, b: Conversion): number =>
  a.received_at_ms - b.received_at_ms || compare(a.conversion_id, b.conversion_id);
const byTime = (a: Conversion, b: Conversion): number =>
  a.converted_at_ms - b.converted_at_ms || byReception(a, b);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
