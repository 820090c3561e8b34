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
import { timeFault } from './credits/choose-click.ts';
import { type Credit, duplicateOf, type Found, type Line, lineOf, replacedBy, unattributed } from './line.ts';
import { amountOf, payoutOf } from './payout.ts';
import { type Sold, takeReversals } from './reversals.ts';
import { takeVoided } from './voids.ts';

/**
 * The lines of one transaction. `found` gives the credit of each conversion id; refunds do not use it, because a
 * refund has the credit of its sale.
 */
export function settle(conversions: readonly Conversion[], found: ReadonlyMap<string, Found>): Line[] {
  const resultOf = (conversion: Conversion): Found =>
    withinTime(conversion, found.get(conversion.conversion_id));
  const { real = [], tests = [] } = Object.groupBy(withoutCopies(conversions), ({ reason }) =>
    reason === 'test' ? 'tests' : 'real',
  );
  const { standing, lines } = takeVoided(real, (report) => {
    const result = resultOf(report);
    return isConversion(report.event) && 'credit' in result ? result.credit : undefined;
  });
  // A test takes nothing from its transaction, and gives it nothing.
  lines.push(...tests.map((one) => unattributed(one, 'test')));
  const events = standing.filter(({ event }) => isConversion(event));
  const { counting, repeats } = withoutRepeats(events, (event) => worthOf(resultOf(event)));
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

/** What earned no credit is worth least, then a view, and most what a click, a coupon or a message earned. */
function worthOf(found: Found): number {
  if ('reason' in found) return 0;
  return found.credit.model === 'view_through' ? 1 : 2;
}

/** Decides which of several reports of one event count, by the offer's `duplicates` setting. */
function withoutRepeats(
  events: readonly Conversion[],
  worth: (event: Conversion) => number,
): { counting: Conversion[]; repeats: Line[] } {
  const repeats: Line[] = [];
  const counting = new Set<Conversion>();
  const latest = new Map<string, Conversion>();
  // What is worth less blocks nothing: it comes later.
  const worths = new Map(events.map((event) => [event, worth(event)]));
  const worthOfOne = (event: Conversion): number => worths.get(event) ?? 0;
  for (const event of events.toSorted((a, b) => worthOfOne(b) - worthOfOne(a))) {
    const before = latest.get(event.event);
    const better = before !== undefined && worthOfOne(before) > worthOfOne(event);
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

/** `better`: a report of the event is there that is worth more. */
function ignores({ terms, credit_by }: Conversion, better: boolean): boolean {
  if (terms.duplicates === 'rebill') return better && credit_by === 'none';
  return terms.duplicates === 'ignore' || better;
}

/** Applies the offer's window from the click to the conversion. Coupons have no click and therefore no window. */
function withinTime(conversion: Conversion, found: Found | undefined): Found {
  if (conversion.credit_by === 'none') return { reason: conversion.reason || 'missing_id' };
  if (found === undefined) return { reason: 'no_click' };
  if ('reason' in found || conversion.credit_by !== 'click') return found;
  // The window from the delivery was applied when the message was found.
  if (found.credit.model === 'view_through') return found;
  const reason = timeFault(conversion, found.credit.credited_at_ms);
  return reason === undefined ? found : { reason };
}

/** Currencies are never added up: a payout in another currency than the sale's has a line of its own. */
function book(conversion: Conversion, credit: Credit): Line[] {
  const sales = isSale(conversion.event) ? amountOf(conversion) : 0n;
  const { amount: payout, currency } = payoutOf(conversion, sales);
  const own = { conversions: 1, sales } as const;
  if (payout === 0n || currency === conversion.currency || credit.model === 'view_through')
    return [lineOf(conversion, credit, { ...own, payout })];
  return [lineOf(conversion, credit, own), lineOf(conversion, credit, { payout, currency })];
}
