/**
 * The rules of attribution and revenue. Input: all reports on one transaction, and the click that each can be
 * credited to. Output: the lines of the money ledger. The steps: reports that are taken back (voids.ts), repeats of
 * the others, what each event books, what reversals take back (reversals.ts). Pure: the same reports give the same
 * lines in any order of arrival. Amounts are integers in millionths, never floats.
 */
import {
  byReception,
  byTime,
  type Conversion,
  isConversion,
  isReversal,
  isSale,
  isUnreadable,
  isVoid,
} from './conversion.ts';
import { type Credit, duplicateOf, type Found, type Line, lineOf, replacedBy, unattributed } from './line.ts';
import { amountOf, payoutOf } from './payout.ts';
import { type Sold, takeReversals } from './reversals.ts';
import { takeVoided } from './voids.ts';

/**
 * An advertiser's clock may be behind ours or have a resolution of one second. A conversion up to this much before
 * its click is treated as simultaneous with it.
 */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/**
 * The lines of one transaction. `found` gives the credit of each conversion id; refunds do not use it, because a
 * refund has the credit of its sale.
 */
export function settle(conversions: readonly Conversion[], found: ReadonlyMap<string, Found>): Line[] {
  const resultOf = (conversion: Conversion): Found =>
    withinTime(conversion, found.get(conversion.conversion_id));
  const reports = withoutCopies(conversions);
  const { standing, lines } = takeVoided(reports, (report) => {
    const result = resultOf(report);
    return isConversion(report.event) && 'credit' in result ? result.credit : undefined;
  });
  const events = standing.filter(({ event }) => isConversion(event));
  const { counting, repeats } = withoutRepeats(events, (event) => 'credit' in resultOf(event));
  lines.push(...repeats);
  const sold: Sold[] = [];
  for (const conversion of counting.toSorted(byTime)) {
    const result = resultOf(conversion);
    if ('reason' in result) {
      lines.push(unattributed(conversion, result.reason));
      continue;
    }
    lines.push(...book(conversion, result.credit));
    if (isSale(conversion.event)) {
      sold.push({ conversion, credit: result.credit, left: amountOf(conversion) });
    }
  }
  for (const one of standing) {
    if (isUnreadable(one.reason) && isVoid(one.event)) lines.push(unattributed(one, one.reason));
  }
  const reversals = standing.filter(({ event }) => isReversal(event));
  lines.push(...takeReversals(reversals, { sold, reported: events.some(({ event }) => isSale(event)) }));
  return lines;
}

/** In order of reception, each report once: after a lost reply the same one is logged again. */
function withoutCopies(conversions: readonly Conversion[]): Conversion[] {
  const ids = new Set<string>();
  return conversions.toSorted(byReception).filter(({ conversion_id }) => {
    const isNew = !ids.has(conversion_id);
    ids.add(conversion_id);
    return isNew;
  });
}

/** Decides which of several reports of one event count, by the offer's `duplicates` setting. */
function withoutRepeats(
  events: readonly Conversion[],
  isCredited: (event: Conversion) => boolean,
): { counting: Conversion[]; repeats: Line[] } {
  const repeats: Line[] = [];
  const counting = new Set<Conversion>();
  const latest = new Map<string, Conversion>();
  // What earned no credit blocks nothing: a report that is credited comes before those that are not.
  const credited = new Set(events.filter(isCredited));
  for (const event of [...credited, ...events.filter((one) => !credited.has(one))]) {
    const before = latest.get(event.event);
    const better = before !== undefined && credited.has(before) && !credited.has(event);
    if (before !== undefined && ignores(event, better)) {
      repeats.push(duplicateOf(event, before));
      continue;
    }
    if (before !== undefined && event.terms.duplicates === 'replace') {
      counting.delete(before);
      repeats.push(replacedBy(before, event));
    }
    counting.add(event);
    latest.set(event.event, event);
  }
  return { counting: [...counting], repeats };
}

/** `better`: a credited report of the event is there, and this one is not credited. */
function ignores({ terms, credit_by }: Conversion, better: boolean): boolean {
  if (terms.duplicates === 'rebill') return better && credit_by === 'none';
  return terms.duplicates === 'ignore' || better;
}

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

/** Currencies are never added up: a payout in another currency than the sale's has a line of its own. */
function book(conversion: Conversion, credit: Credit): Line[] {
  const sales = isSale(conversion.event) ? amountOf(conversion) : 0n;
  const { amount: payout, currency } = payoutOf(conversion, sales);
  const own = { conversions: 1, sales } as const;
  if (payout === 0n || currency === conversion.currency)
    return [lineOf(conversion, credit, { ...own, payout })];
  return [lineOf(conversion, credit, own), lineOf(conversion, credit, { payout, currency })];
}
