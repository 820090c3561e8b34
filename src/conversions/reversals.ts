/**
 * Refunds and chargebacks: each takes back from the sales of its transaction, oldest first, and never more than is
 * left. Reports of the same reversal are one: the first that takes effect counts, so that a wrong one blocks nothing.
 * A step of settle.ts. Pure.
 */

import type { Micros } from '../platform/decimal.ts';
import { byReception, byTime, type Conversion, isUnreadable, reversalIdentity } from './conversion.ts';
import { type Credit, duplicateOf, isCounted, type Line, lineOf, replacedBy, unattributed } from './line.ts';
import { amountOf, revshareOf } from './payout.ts';

/** A credited sale, and what remains of it after refunds. */
export interface Sold {
  conversion: Conversion;
  credit: Credit;
  left: Micros;
}

/** What reversals take from: all credited sales, oldest first; `reported`: whether any sale was, credited or not. */
export interface Sales {
  sold: readonly Sold[];
  reported: boolean;
}

/** Their lines; lowers what is left of the sales. Reversals take effect in the order of their times. */
export function takeReversals(reversals: readonly Conversion[], sales: Sales): Line[] {
  const tries = [...Map.groupBy(reversals, reversalIdentity).values()].map(inOrderOfTrying);
  return tries
    .toSorted(([a], [b]) => byTime(a as Conversion, b as Conversion))
    .flatMap((same) => takeFirst(same, sales));
}

const replaces = ({ terms }: Conversion): boolean => terms.duplicates === 'replace';

/** Reports of one reversal: as they were received, or the latest first where it replaces those before it. */
function inOrderOfTrying(same: readonly Conversion[]): Conversion[] {
  const received = same.toSorted(byReception);
  const latest = received.at(-1);
  return latest !== undefined && replaces(latest) ? received.reverse() : received;
}

/** The first one that takes effect counts; if none does, the first one says why. */
function takeFirst(tries: readonly Conversion[], sales: Sales): Line[] {
  for (const one of tries) {
    const lines = takeBack(one, sales);
    if (lines[0] !== undefined && isCounted(lines[0])) return [...lines, ...repeatsOf(one, tries)];
  }
  const [first] = tries;
  return first === undefined ? [] : [...takeBack(first, sales), ...repeatsOf(first, tries)];
}

function repeatsOf(counting: Conversion, tries: readonly Conversion[]): Line[] {
  return tries
    .filter((one) => one !== counting)
    .map((one) =>
      replaces(counting) && byReception(one, counting) < 0
        ? replacedBy(one, counting)
        : duplicateOf(one, counting),
    );
}

function takeBack(refund: Conversion, { sold, reported }: Sales): Line[] {
  const { reason } = refund;
  // Without an amount it would take back all.
  if (isUnreadable(reason)) return [unattributed(refund, reason)];
  if (!reported) {
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
  return [...taken.values()].map(({ credit, refunds, payout }) =>
    lineOf(refund, credit, { reason: limited, currency, refunds, payout }),
  );
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
