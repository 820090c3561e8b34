/**
 * A conversion: what an advertiser reported, the link it belongs to, and the offer's terms at reception. These facts
 * never change; settle.ts computes revenue and payout from them. On the log each row is one JSON object on one line.
 * Decoding checks every field and throws on an invalid row; the reader sets that row aside as a dead letter. The
 * columns of its table are in conversion-fields.ts.
 */
import { ATTRIBUTION_MODELS } from '../catalog/attribution.ts';
import type { Duplicates, PayoutType } from '../catalog/definitions.ts';
import { nested, objectReader, oneOf, type Shaped, text, whole } from '../platform/row-shape.ts';

/** Name of the log; its streams are `conversions:{p0}` … */
export const CONVERSIONS_LOG = 'conversions';

export const EVENTS = [
  'sale',
  'rebill',
  'lead',
  'install',
  'signup',
  'refund',
  'chargeback',
  'void',
] as const;
export type Event = (typeof EVENTS)[number];
/** Events that reverse revenue. */
export const isReversal = (event: Event): boolean => event === 'refund' || event === 'chargeback';
/** Takes conversions back with their payout, as though they had never happened. */
export const isVoid = (event: Event): boolean => event === 'void';
/** Events that count as conversions: all that take nothing back. */
export const isConversion = (event: Event): boolean => !isReversal(event) && !isVoid(event);
/** Events that add revenue. */
export const isSale = (event: Event): boolean => event === 'sale' || event === 'rebill';

/** The channel by which the conversion came in. */
export const CHANNELS = ['conv', 'offer', 'coupon', 'pixel', 'api'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The offer's terms at the time of reception: later changes apply to later conversions. */
const TERMS = {
  payout_type: oneOf<PayoutType>(['cpa', 'cpc', 'revshare']),
  /** Decimal string; per cent for revshare. */
  payout: text,
  /** Of the offer: of a cpa payout. '' without a known offer. */
  currency: text,
  /** Which click it is credited to, unless its range was booked anew. */
  model: oneOf(ATTRIBUTION_MODELS),
  click_window_days: whole,
  /** 0 unless the model is view_through. */
  view_window_hours: whole,
  min_conversion_seconds: whole,
  duplicates: oneOf<Duplicates>(['ignore', 'rebill', 'replace']),
} as const;
export type Terms = Shaped<typeof TERMS>;

/** Why a conversion is not credited. The first eight are known at reception, the others by the worker. */
export const REASONS = [
  'missing_id',
  'unknown_link',
  'unknown_message',
  'unknown_coupon',
  'wrong_offer',
  'unreadable_amount',
  'unreadable_value',
  /** The link that was named is of a test. */
  'test',
  'unknown_click',
  'bot_click',
  'no_click',
  'too_early',
  'outside_window',
  'unknown_transaction',
  'unattributed_transaction',
  'other_currency',
  'nothing_left',
  'over_cap',
] as const;
export type Reason = (typeof REASONS)[number];

/** The link that a conversion is about; all '' and 0 where none is known. */
const SUBJECT = {
  link_id: text,
  link_key: text,
  message_id: text,
  contact_id: text,
  creative_id: text,
  campaign_id: text,
  variant_id: text,
  /** Tracking domain that the link was made for; '' is the installation's own. */
  domain: text,
  sent_at_ms: whole,
} as const;
export type Subject = Shaped<typeof SUBJECT>;

export const NO_SUBJECT: Subject = {
  link_id: '',
  link_key: '',
  message_id: '',
  contact_id: '',
  creative_id: '',
  campaign_id: '',
  variant_id: '',
  domain: '',
  sent_at_ms: 0,
};

/** What is on the log; also what the table keeps as `facts`. */
const LOGGED_CONVERSION = {
  conversion_id: text,
  account_id: text,
  /** '' when unknown: the link has no offer, or the reported id was wrong. */
  offer_id: text,
  /** Deduplication key: `txn:<txn_id>`, or `click:…` for the subject. A refund has the same key as its sale. */
  transaction: text,
  event: oneOf(EVENTS),
  txn_id: text,
  /** Identity of a refund or chargeback within its transaction; '' where none was given: its amount then is. */
  refund_id: text,
  /** conversion_id of the one report that a void takes back; '' otherwise: a void then is of its whole transaction. */
  voids: text,
  channel: oneOf(CHANNELS),
  /** The advertising network, by a short name; '' where it is not known. */
  network: text,
  /** The CSV upload that it came with; '' for any other. */
  upload_id: text,
  /** The id exactly as reported, for troubleshooting: `click_id=…`, `code=…`. */
  reported: text,
  /** What was wrong with the report though it counts, such as `txn_id={transaction_id}`; '' where nothing was. */
  problem: text,
  /** '' where none was reported. */
  click_id: text,
  /** Coupon code as it was reported; '' where none was. */
  code: text,
  /**
   * The reported amount: a decimal string, not negative. '' when no amount was reported; a refund then takes back all
   * that is left.
   */
  amount: text,
  currency: text,
  converted_at_ms: whole,
  received_at_ms: whole,
  subject: nested(SUBJECT),
  /**
   * click    to a human click of the subject's contact on the offer: which one, the model says
   * message  to the latest message to `subject.contact_id` with the offer
   * offer    to the offer alone
   * none     to nothing, for `reason`
   */
  credit_by: oneOf(['click', 'message', 'offer', 'none']),
  reason: oneOf(['', ...REASONS]),
  terms: nested(TERMS),
} as const;
export type Conversion = Shaped<typeof LOGGED_CONVERSION>;

/** What can't be read is kept, and takes no effect. */
export const isUnreadable = (reason: string): reason is 'unreadable_amount' | 'unreadable_value' =>
  reason === 'unreadable_amount' || reason === 'unreadable_value';

/**
 * Reports with the same identity are reports of one refund or chargeback of their transaction: by its own id, or by its
 * amount, where '' is all that is left. One whose amount can't be read is none of the others.
 */
export function reversalIdentity({ event, refund_id, amount, reason, reported }: Conversion): string {
  if (refund_id !== '') return JSON.stringify([event, 'id', refund_id]);
  if (isUnreadable(reason)) return JSON.stringify([event, 'reported', reported]);
  return JSON.stringify([event, 'amount', amount]);
}

export const byReception = (a: Conversion, b: Conversion): number =>
  a.received_at_ms - b.received_at_ms || compare(a.conversion_id, b.conversion_id);
export const byTime = (a: Conversion, b: Conversion): number =>
  a.converted_at_ms - b.converted_at_ms || byReception(a, b);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Conversions of one transaction have the same key, and keep their order. */
export const transactionKey = ({ account_id, offer_id, transaction }: Recheck): string =>
  `${account_id}:${offer_id}:${transaction}`;

/** Asks to recheck a transaction, because something it waited for has arrived. */
const RECHECK = { account_id: text, offer_id: text, transaction: text } as const;
export type Recheck = Shaped<typeof RECHECK>;

/** What a row of the log asks for. */
export type ConversionRow = { kind: 'new'; conversion: Conversion } | ({ kind: 'recheck' } & Recheck);

/** One row of the log, without a line break; also what the money ledger keeps as `facts`. */
export function encodeConversion(conversion: Conversion): string {
  return JSON.stringify(conversion);
}

/** One row of the log that asks to recheck a transaction. */
export function encodeRecheck({ account_id, offer_id, transaction }: Recheck): string {
  return JSON.stringify({ account_id, offer_id, transaction });
}

const readConversion = objectReader('conversion', LOGGED_CONVERSION);
const readRecheck = objectReader('conversion', RECHECK);

/** Decodes both kinds of row. Throws on any other text and names the invalid field. */
export function decodeConversionRow(row: string): ConversionRow {
  const parsed: unknown = JSON.parse(row);
  return typeof parsed === 'object' && parsed !== null && 'conversion_id' in parsed
    ? { kind: 'new', conversion: readConversion(parsed) }
    : { kind: 'recheck', ...readRecheck(parsed) };
}

/** The transaction that a row belongs to. Throws when the text is not a transaction. */
export function decodeRecheck(row: string): Recheck {
  return readRecheck(JSON.parse(row));
}

/** Decodes what encodeConversion wrote. */
export function decodeConversion(row: string): Conversion {
  return readConversion(JSON.parse(row));
}
