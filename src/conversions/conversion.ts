/**
 * A conversion: what an advertiser reported, with whom it is about and the terms that held when it came
 * in. These facts never change; what they are worth is computed from them (see settle.ts). On the log a
 * row is one JSON array a line, as for clicks.
 */
import type { Duplicates, PayoutType } from '../catalog/definitions.ts';
import { partitionOf } from '../platform/stream-log.ts';

/** Name of the log; its streams are `conversions:{p0}` … */
export const CONVERSIONS_LOG = 'conversions';

export const EVENTS = ['sale', 'rebill', 'lead', 'install', 'signup', 'refund', 'chargeback'] as const;
export type Event = (typeof EVENTS)[number];
/** Events that take back; all others count as conversions. */
export const isReversal = (event: Event): boolean => event === 'refund' || event === 'chargeback';
/** Events that add revenue. */
export const isSale = (event: Event): boolean => event === 'sale' || event === 'rebill';

/** How it came in. */
export type Way = 'conv' | 'offer' | 'coupon' | 'pixel' | 'api';

/** The offer's terms at the time of reception: later changes apply to later conversions. */
export interface Terms {
  payout_type: PayoutType;
  /** Decimal string; per cent for revshare. */
  payout: string;
  click_window_days: number;
  min_conversion_seconds: number;
  duplicates: Duplicates;
}

/** Why a conversion is not credited. The first five are known at reception, the others by the worker. */
export const REASONS = [
  'missing_id',
  'unknown_link',
  'unknown_message',
  'unknown_coupon',
  'wrong_offer',
  'unknown_click',
  'bot_click',
  'no_click',
  'too_early',
  'outside_window',
  'unknown_transaction',
  'unattributed_transaction',
  'other_currency',
  'nothing_left',
] as const;
export type Reason = (typeof REASONS)[number];

/** The link that a conversion is about; all '' and 0 where none is known. */
export interface Subject {
  link_id: string;
  link_key: string;
  message_id: string;
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at_ms: number;
}

export const NO_SUBJECT: Subject = {
  link_id: '',
  link_key: '',
  message_id: '',
  contact_id: '',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  sent_at_ms: 0,
};

export interface Conversion {
  conversion_id: string;
  account_id: string;
  /** '' where it is not known: the link has none, or the id was wrong. */
  offer_id: string;
  /** What counts once: `txn:<txn_id>`, or `click:…` for whom it is about. Refunds share it with their sale. */
  transaction: string;
  event: Event;
  txn_id: string;
  way: Way;
  /** The id as it was reported, for whoever looks for a mistake: `click_id=…`, `code=…`. */
  reported: string;
  /** '' where none was reported. */
  click_id: string;
  /** Decimal string of what was reported, not negative; '' where nothing was: a refund of all that is left. */
  amount: string;
  currency: string;
  converted_at_ms: number;
  received_at_ms: number;
  subject: Subject;
  /**
   * click    to the first human click of the subject's contact on its message and offer
   * message  to the latest message to `subject.contact_id` with the offer
   * offer    to the offer alone
   * none     to nothing, for `reason`
   */
  credit_by: 'click' | 'message' | 'offer' | 'none';
  reason: Reason | '';
  terms: Terms;
}

/** Conversions of one transaction keep their order. */
export function conversionPartition(account_id: string, offer_id: string, transaction: string): number {
  return partitionOf(`${account_id}:${offer_id}:${transaction}`);
}

/** What a row of the log asks for: a new conversion, or a second look at a transaction. */
export type ConversionRow =
  | { kind: 'new'; conversion: Conversion }
  | { kind: 'again'; account_id: string; offer_id: string; transaction: string };

/** One row of the log, without a line break. */
export function encodeConversion(conversion: Conversion): string {
  const { subject, terms } = conversion;
  return JSON.stringify([
    conversion.conversion_id,
    conversion.account_id,
    conversion.offer_id,
    conversion.transaction,
    conversion.event,
    conversion.txn_id,
    conversion.way,
    conversion.reported,
    conversion.click_id,
    conversion.amount,
    conversion.currency,
    conversion.converted_at_ms,
    conversion.received_at_ms,
    [
      subject.link_id,
      subject.link_key,
      subject.message_id,
      subject.contact_id,
      subject.creative_id,
      subject.campaign_id,
      subject.variant_id,
      subject.sent_at_ms,
    ],
    conversion.credit_by,
    conversion.reason,
    [
      terms.payout_type,
      terms.payout,
      terms.click_window_days,
      terms.min_conversion_seconds,
      terms.duplicates,
    ],
  ]);
}

/** A row that asks for a second look: something that the transaction waited for has arrived. */
export function encodeAgain(account_id: string, offer_id: string, transaction: string): string {
  return JSON.stringify(['again', account_id, offer_id, transaction]);
}

/** The reverse of both. Throws on text that neither wrote. */
export function decodeConversionRow(row: string): ConversionRow {
  const parts = JSON.parse(row) as unknown[];
  if (Array.isArray(parts) && parts[0] === 'again' && parts.length === 4) {
    const [, account_id, offer_id, transaction] = parts as [string, string, string, string];
    return { kind: 'again', account_id, offer_id, transaction };
  }
  return { kind: 'new', conversion: decodeConversion(row) };
}

/** The reverse of encodeConversion. */
export function decodeConversion(row: string): Conversion {
  const parts = JSON.parse(row) as unknown[];
  const subject = parts[13];
  const terms = parts[16];
  if (
    parts.length !== 17 ||
    !Array.isArray(subject) ||
    subject.length !== 8 ||
    !Array.isArray(terms) ||
    terms.length !== 5
  ) {
    throw new Error('malformed conversion row');
  }
  return {
    conversion_id: parts[0],
    account_id: parts[1],
    offer_id: parts[2],
    transaction: parts[3],
    event: parts[4],
    txn_id: parts[5],
    way: parts[6],
    reported: parts[7],
    click_id: parts[8],
    amount: parts[9],
    currency: parts[10],
    converted_at_ms: parts[11],
    received_at_ms: parts[12],
    subject: {
      link_id: subject[0],
      link_key: subject[1],
      message_id: subject[2],
      contact_id: subject[3],
      creative_id: subject[4],
      campaign_id: subject[5],
      variant_id: subject[6],
      sent_at_ms: subject[7],
    },
    credit_by: parts[14],
    reason: parts[15],
    terms: {
      payout_type: terms[0],
      payout: terms[1],
      click_window_days: terms[2],
      min_conversion_seconds: terms[3],
      duplicates: terms[4],
    },
  } as Conversion;
}
