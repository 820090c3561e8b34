/**
 * Turns a report into a conversion that can be logged, in steps: parse it, identify the caller, authorise the caller,
 * find the link or offer, copy the current terms. A report of an unknown account is refused. A report of a known
 * account with a wrong id is kept uncredited, with a reason. Reads Redis or a cache of it, never ClickHouse; rejects
 * when Redis is down.
 */
import { chosenAttribution } from '../../catalog/attribution.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { storedText } from '../../platform/text.ts';
import { fingerprint } from '../../privacy/contact-key.ts';
import { type Channel, type Conversion, isConversion, type Subject } from '../conversion.ts';
import {
  accountBySecret,
  checkCaller,
  namedOffer,
  proofOf,
  type ReceiveContext,
  type Report,
} from './authenticate.ts';
import { ConversionIds } from './conversion-id.ts';
import { checkAmount, type Parameters, type Reported, readReported } from './conversion-input.ts';
import { findTarget, type Target } from './find-target.ts';
import { networkOf } from './network.ts';

/**
 * A coupon conversion whose code was unknown when it came in, now that `offer` has the code. It keeps its id and gets
 * the offer's current terms.
 */
export function creditCoupon(conversion: Conversion, offer: Offer, contact_key: string): Conversion {
  const credit_by = conversion.subject.contact_id === '' ? 'offer' : 'message';
  return {
    ...conversion,
    offer_id: offer.offer_id,
    transaction: transactionOf(conversion, conversion.account_id, {
      ...{ contact_key, subject: conversion.subject, credit_by, named: '' },
      conversion_id: conversion.conversion_id,
    }),
    currency: conversion.currency || (isConversion(conversion.event) ? offer.currency : ''),
    credit_by,
    reason: '',
    terms: termsOf(offer, conversion.converted_at_ms),
  };
}

/** Terms of a report without a known offer. */
const DEFAULT_TERMS = {
  payout_type: 'cpa',
  payout: '0',
  currency: '',
  model: 'first_click',
  click_window_days: 90,
  view_window_hours: 0,
  min_conversion_seconds: 0,
  duplicates: 'ignore',
} as const;

const ids = new ConversionIds();

/** Nobody sees the answer to a postback: it is kept without credit, for the account to find. */
const UNREADABLE = {
  amount: { credit_by: 'none', reason: 'unreadable_amount' },
  value: { credit_by: 'none', reason: 'unreadable_value' },
} as const;
const REPORTED_LENGTH_MAX = 128;

/** What was reported. On the API what can't be read is an error; elsewhere nobody sees it, and it is kept. */
function readFor({ given, account }: Report, now_ms: number): Reported {
  const reported = readReported(given, now_ms, account === undefined);
  if (account !== undefined) checkAmount(reported);
  return reported;
}

/** Where what was reported belongs; without credit where something of it can't be read. */
async function targetOf(
  context: ReceiveContext,
  channel: Channel,
  reported: Reported,
  account: Account | undefined,
  offer_id: string | undefined,
): Promise<Target> {
  const found = await findTarget(context, channel, reported, account, offer_id);
  if (reported.amount_unreadable) return { ...found, ...UNREADABLE.amount };
  return reported.unreadable.length > 0 ? { ...found, ...UNREADABLE.value } : found;
}

/** The conversion with a new id. Throws ConversionError. Logs nothing; safe to repeat. */
export async function receiveConversion(
  context: ReceiveContext,
  report: Report,
  now_ms: number,
): Promise<Conversion> {
  const { sources } = context;
  // Before anything is waited for: the order of the calls is the order of the reports.
  const conversion_id = report.conversion_id ?? ids.create(now_ms);
  const caller = report.account ?? (await accountBySecret(context, report.given.secret ?? ''));
  const reported = readFor(report, now_ms);
  const named = await namedOffer(context, report, reported.offer_id, caller);
  const account = named?.account ?? caller;
  const target = await targetOf(context, report.channel, reported, account, named?.offer_id);
  const { account_id } = target.account;
  const offer = target.offer_id === '' ? null : await sources.offer(account_id, target.offer_id);
  if (report.account === undefined) {
    const proof = named?.proof ?? proofOf(context, report, target.account, offer, caller !== undefined);
    checkCaller(target.account, { caller, proof }, report, reported);
  }
  return {
    conversion_id,
    account_id,
    offer_id: target.offer_id,
    transaction: transactionOf(reported, account_id, {
      ...{ contact_key: context.contact_key, subject: target.subject, credit_by: target.credit_by },
      ...{ named: namedIn(reported), conversion_id },
    }),
    event: reported.event,
    txn_id: reported.txn_id,
    refund_id: reported.refund_id,
    voids: '',
    channel: report.channel,
    network: networkOf(report.given.network),
    upload_id: report.upload_id ?? '',
    reported: reportedText(report.given, reported),
    problem: reported.problem,
    click_id: reported.click_id,
    code: reported.code,
    amount: reported.amount,
    // A refund without a currency takes the currency of its sale.
    currency: reported.currency || (isConversion(reported.event) ? (offer?.currency ?? '') : ''),
    converted_at_ms: reported.converted_at_ms,
    received_at_ms: now_ms,
    subject: target.subject,
    credit_by: target.credit_by,
    reason: target.reason,
    terms: offer === null ? DEFAULT_TERMS : termsOf(offer, reported.converted_at_ms),
  };
}

/** What a transaction is named by if the network gave it no id. */
interface Unnamed {
  contact_key: string;
  subject: Subject;
  credit_by: Conversion['credit_by'];
  /** The click, link or message as it was reported; '' where none was. */
  named: string;
  conversion_id: string;
}

/**
 * The deduplication key. Without a transaction id it is the contact's click, because all clicks of a contact on a
 * message and offer are credited to one; a message has one contact. If nothing distinguishes two sales, each report
 * counts as its own sale. The key is kept for ever, so it never has the id of a contact.
 */
function transactionOf(
  { txn_id }: { txn_id: string },
  account_id: string,
  { contact_key, subject, credit_by, named, conversion_id }: Unnamed,
): string {
  if (txn_id !== '') return `txn:${txn_id}`;
  if (credit_by === 'click') return `click:${subject.message_id || `link:${subject.link_id}`}`;
  if (credit_by === 'message') {
    return `contact:${fingerprint(contact_key, 'transaction', account_id, subject.contact_id)}`;
  }
  return credit_by === 'none' && named !== '' ? `id:${named}` : `one:${conversion_id}`;
}

const namedIn = ({ click_id, link_id, message_id }: Reported): string => click_id || link_id || message_id;

/** The offer's terms now; its choice of attribution is the one of the conversion's time. */
function termsOf(offer: Offer, converted_at_ms: number): Conversion['terms'] {
  return {
    payout_type: offer.payout_type,
    payout: offer.payout,
    currency: offer.currency,
    ...chosenAttribution(offer, converted_at_ms),
    min_conversion_seconds: offer.min_conversion_seconds,
    duplicates: offer.duplicates,
  };
}

/** Without the secrets; other values only where they can't be read. */
function reportedText(given: Parameters, { amount_unreadable, unreadable }: Reported): string {
  const ids = ['click_id', 'link_id', 'message_id', 'code'] as const;
  // Only with a coupon is it the contact of the conversion, by whom an erasure finds it.
  const of_coupon = given['code'] ? (['contact_id'] as const) : [];
  const others = [...(amount_unreadable ? ['revenue' as const] : []), ...unreadable].filter(
    (name) => name !== 'contact_id',
  );
  const names = new Set([...ids, ...others, ...of_coupon]);
  return [...names]
    .flatMap((name) =>
      given[name] ? [`${name}=${storedText(given[name].trim(), REPORTED_LENGTH_MAX)}`] : [],
    )
    .join(' ');
}
