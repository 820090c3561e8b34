/**
 * What the reports must say of a plan, computed the simple way: one transaction after the other, with its
 * events in order of time, in millionths. Knows nothing of the product's own computation.
 */
import type { PlanReport } from './ledger-plan.ts';

/** A first click as the table of clicks has it, or a message for a coupon. */
export interface CreditedTo {
  at_ms: number;
  link_id: string;
  message_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
}

export interface Sum {
  conversions: number;
  sales: bigint;
  refunds: bigint;
  payout: bigint;
}

/** An amount that counts: where, when, and how much. */
export interface Counted extends Sum {
  offer_id: string;
  currency: string;
  converted_at_ms: number;
  to: CreditedTo;
}

export interface Books {
  /** By `message_id` and offer. */
  firstClicks: ReadonlyMap<string, CreditedTo>;
  /** The latest message to a contact with an offer, by `contact_id` and offer. */
  latestMessages: ReadonlyMap<string, CreditedTo>;
}

const least = (...amounts: bigint[]): bigint => amounts.sort((a, b) => (a < b ? -1 : 1))[0] ?? 0n;

export const bookKey = (...parts: string[]): string => parts.join(' ');

const CLOCK_TOLERANCE_MS = 300_000;

export function micros(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(6, '0').slice(0, 6));
}

/** Per cent of an amount, half up, in millionths. */
function perCent(amount: bigint, per_cent: string): bigint {
  return (amount * micros(per_cent) + 50_000_000n) / 100_000_000n;
}

/** What each transaction adds up to. `reports` may hold repeats. */
export function countByHand(reports: readonly PlanReport[], books: Books): Counted[] {
  const transactions = new Map<string, Set<PlanReport>>();
  for (const report of reports) {
    const { offer, txn_id, link, wrong } = report;
    // Without a transaction id: the contact on the message and offer, who has one link to it.
    const subject = txn_id || `subject ${link?.message_id}`;
    const key = bookKey(offer.offer_id, wrong ? 'wrong' : '', subject);
    transactions.set(key, (transactions.get(key) ?? new Set()).add(report));
  }
  return [...transactions.values()].flatMap((reports) => {
    const events = [...reports].sort((a, b) => a.converted_at_ms - b.converted_at_ms);
    // A void takes all of its transaction back.
    return events.some(({ event }) => event === 'void') ? [] : countTransaction(events, books);
  });
}

/** What is left of a sale, and to whom it counts. */
interface Sale {
  currency: string;
  left: bigint;
  to: CreditedTo;
}

const isReversal = ({ event }: PlanReport): boolean => event === 'refund' || event === 'chargeback';
const isSale = ({ event }: PlanReport): boolean => event === 'sale' || event === 'rebill';

function countTransaction(events: PlanReport[], books: Books): Counted[] {
  const counted: Counted[] = [];
  const sales: Sale[] = [];
  for (const report of events) {
    const to = isReversal(report) ? undefined : creditedTo(report, books);
    if (to === undefined) continue;
    const currency = report.currency || report.offer.currency;
    const amount = isSale(report) ? micros(report.amount) : 0n;
    const { offer } = report;
    const own = offer.payout_type === 'cpa' ? offer.currency : currency;
    const nothing = { conversions: 0, sales: 0n, refunds: 0n, payout: 0n };
    counted.push(entry(report, currency, to, { ...nothing, conversions: 1, sales: amount }));
    counted.push(entry(report, own, to, { ...nothing, payout: payoutOf(offer, amount) }));
    if (isSale(report)) sales.push({ currency, left: amount, to });
  }
  for (const report of events) if (isReversal(report)) counted.push(...takeBack(report, sales));
  return counted;
}

function payoutOf({ payout_type, payout }: PlanReport['offer'], amount: bigint): bigint {
  if (payout_type === 'cpa') return micros(payout);
  return payout_type === 'revshare' ? perCent(amount, payout) : 0n;
}

/** Takes what a refund asks for from the sales in its currency, oldest first. */
function takeBack(report: PlanReport, sales: readonly Sale[]): Counted[] {
  const counted: Counted[] = [];
  const { offer } = report;
  const currency = report.currency || sales[0]?.currency;
  const of = sales.filter((sale) => sale.currency === currency);
  let wanted = report.amount === '' ? of.reduce((sum, sale) => sum + sale.left, 0n) : micros(report.amount);
  for (const sale of of) {
    const taken = least(wanted, sale.left);
    if (taken === 0n) continue;
    const payout =
      offer.payout_type === 'revshare'
        ? perCent(sale.left - taken, offer.payout) - perCent(sale.left, offer.payout)
        : 0n;
    sale.left -= taken;
    wanted -= taken;
    counted.push(
      entry(report, sale.currency, sale.to, { conversions: 0, sales: 0n, refunds: taken, payout }),
    );
  }
  return counted;
}

function creditedTo(report: PlanReport, { firstClicks, latestMessages }: Books): CreditedTo | undefined {
  const { offer, link, wrong, coupon_contact, converted_at_ms } = report;
  if (wrong) return undefined;
  if (link === undefined) {
    const nowhere = { link_id: '', message_id: '', creative_id: '', campaign_id: '', variant_id: '' };
    const latest =
      coupon_contact === undefined ? undefined : latestMessages.get(bookKey(coupon_contact, offer.offer_id));
    if (latest !== undefined && latest.at_ms <= converted_at_ms + CLOCK_TOLERANCE_MS) return latest;
    return { ...nowhere, at_ms: converted_at_ms };
  }
  const first = firstClicks.get(bookKey(link.message_id, offer.offer_id));
  return first === undefined || converted_at_ms < first.at_ms - CLOCK_TOLERANCE_MS ? undefined : first;
}

function entry(report: PlanReport, currency: string, to: CreditedTo, sum: Sum): Counted {
  return { ...sum, offer_id: report.offer.offer_id, currency, converted_at_ms: report.converted_at_ms, to };
}

/** Sums by a name and currency; names that are '' are in no report. */
export function sumBy(counted: readonly Counted[], name: (one: Counted) => string): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const one of counted) {
    const id = name(one);
    if (id === '') continue;
    const key = bookKey(id, one.currency);
    const sum = sums.get(key) ?? { conversions: 0, sales: 0n, refunds: 0n, payout: 0n };
    sum.conversions += one.conversions;
    sum.sales += one.sales;
    sum.refunds += one.refunds;
    sum.payout += one.payout;
    sums.set(key, sum);
  }
  for (const [key, sum] of sums) {
    if (sum.conversions === 0 && sum.sales === 0n && sum.refunds === 0n && sum.payout === 0n)
      sums.delete(key);
  }
  return sums;
}
