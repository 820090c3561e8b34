/**
 * A conversion: what an advertiser reported, with whom it is about and the terms that held when it came
 * in. These facts never change; what they are worth is computed from them (see settle.ts). On the log a
 * row is one JSON object a line.
 */
import type { Duplicates, PayoutType } from '../catalog/definitions.ts';
import { partitionOf } from '../log/partitions.ts';

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
  /** Coupon code as it was reported; '' where none was. */
  code: string;
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

/** A second look at a transaction: something that it waited for has arrived. */
export interface Again {
  account_id: string;
  offer_id: string;
  transaction: string;
}

/** What a row of the log asks for. */
export type ConversionRow = { kind: 'new'; conversion: Conversion } | ({ kind: 'again' } & Again);

/** One row of the log, without a line break; also what the ledger keeps as `facts`. */
export function encodeConversion(conversion: Conversion): string {
  return JSON.stringify(conversion);
}

/** One row of the log that asks for a second look. */
export function encodeAgain({ account_id, offer_id, transaction }: Again): string {
  return JSON.stringify({ account_id, offer_id, transaction });
}

/** The reverse of both. Throws on text that neither wrote. */
export function decodeConversionRow(row: string): ConversionRow {
  const again = decodeAgain(row);
  return 'conversion_id' in again
    ? { kind: 'new', conversion: decodeConversion(row) }
    : { kind: 'again', ...again };
}

/** The transaction that a row is about. Throws on text that is none. */
export function decodeAgain(row: string): Again {
  const parsed = JSON.parse(row) as Partial<Again> | null;
  if (
    typeof parsed?.account_id !== 'string' ||
    typeof parsed.offer_id !== 'string' ||
    typeof parsed.transaction !== 'string'
  ) {
    throw new Error('malformed conversion row');
  }
  return parsed as Again;
}

/** The reverse of encodeConversion. */
export function decodeConversion(row: string): Conversion {
  const conversion = JSON.parse(row) as Partial<Conversion> | null;
  if (
    typeof conversion?.conversion_id !== 'string' ||
    typeof conversion.subject?.link_id !== 'string' ||
    typeof conversion.terms?.payout !== 'string' ||
    [conversion.account_id, conversion.offer_id, conversion.transaction, conversion.event, conversion.txn_id]
      .concat([conversion.amount, conversion.currency, conversion.click_id, conversion.code])
      .some((value) => typeof value !== 'string') ||
    !Number.isInteger(conversion.converted_at_ms) ||
    !Number.isInteger(conversion.received_at_ms)
  ) {
    throw new Error('malformed conversion row');
  }
  return conversion as Conversion;
}
