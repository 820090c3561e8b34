/**
 * First clicks in Redis: each claim stores its claimant, the first click. Claims of a subject (a contact on a message,
 * a visitor of a link) are fields in a bucket, one of many small hashes: claims are kept for over a year, and separate
 * keys with a TTL would take four times the memory. The first click on the message is nearly always the first on the offer
 * that it was led to, so one field holds both claims:
 *
 *   <field>            end * click                            the message's claim alone
 *                      end offer click[:payout:currency]      the message's claim and, of the same click, that offer's
 *   <field><offer>     end click[:payout:currency]            an offer's claim of another click than the message's
 *
 * `end` is the claim's last day, `offer` the end of the offer's id, and the click RELEASED where a rejudgement withdrew
 * the claim. An offer's claim is in one of the two places. Here are the texts; claim-store.ts reads and restores them, the
 * scripts in lua/claims.lua change them. Pure.
 */
import { hash } from 'node:crypto';
import { OFFER_TAIL_DIGITS, tailOf } from '../catalog/definitions.ts';
import { partitionTag } from '../log/keys.ts';
import { currentLayout, layoutOf, partitionsOf } from '../log/partitions.ts';
import { END_DIGITS, endOfDay } from '../platform/hash-fields.ts';
import { wordAt } from '../platform/siphash.ts';
import { jsonText } from '../platform/text.ts';
import { type ClickLink, clickKey } from './click.ts';

const DAY_S = 24 * 3_600;

export type ClaimSubject = Pick<
  ClickLink,
  'account_id' | 'message_id' | 'link_id' | 'contact_id' | 'offer_id'
>;

/**
 * Minimum time that a claim is kept, in seconds; longer if the account keeps raw sends longer. A claim outlives every
 * link that could contest it: links expire with the raw sends, plus LINK_AGAIN_S.
 */
export const CLAIM_KEEP_S_MIN = 408 * 24 * 3_600;

/** The time for an account that keeps raw sends for that many seconds. */
export const claimKeepSeconds = (retention_s: number): number =>
  Math.max(CLAIM_KEEP_S_MIN, retention_s + 8 * 24 * 3_600);

/** The payout of a first click on an offer. It is decided with the claim, so it is decided only once. */
export interface ClickPayout {
  /** Decimal string. */
  payout: string;
  currency: string;
}

export const NO_PAYOUT: ClickPayout = { payout: '0', currency: '' };
/** What a click has that is nobody's first. */
export const NOT_FIRST = { is_first: false, is_first_for_offer: false, ...NO_PAYOUT };

/**
 * Buckets of a partition. Redis keeps a bucket of up to 512 fields as a list without pointers
 * (`hash-max-listpack-entries`): 33 million first clicks in four partitions. Above that, a claim takes twice the memory;
 * with few claims in each, the buckets' own keys do. Who has more partitions has more first clicks, so each of many has
 * more buckets: 2 billion first clicks in 64 partitions are lists, 34 billion in 256. Changing these numbers loses all
 * existing claims.
 */
const BUCKETS_MIN = 16_384;
const BUCKETS_MAX = 262_144;
const BUCKETS_BY_PARTITIONS = 1_024;

export function claimBuckets(partition: number): number {
  const { count } = layoutOf(partition) ?? currentLayout();
  return Math.min(BUCKETS_MAX, Math.max(BUCKETS_MIN, BUCKETS_BY_PARTITIONS * count));
}

/**
 * A click may be the first on its message, on its offer within the message, and, for a link without a contact, where the
 * former are its visitor's alone, on its offer of all visitors: `credit`, the claim that conversions are credited by. For
 * a link with a contact that is `offer`.
 */
export type ClaimOn = 'message' | 'offer' | 'credit';

/** Whose claims on the message and its offers these are: a link without a contact has a subject for each visitor. */
export const claimingSubject = (link: ClaimSubject, visitor: string): string =>
  link.contact_id === '' ? `${creditedSubject(link)},${jsonText(visitor)}` : creditedSubject(link);

/**
 * Whose claim a conversion is credited by. A link without a message is its own subject. Without the contact, because a
 * message has one: a claim holds no personal data and outlives an erasure.
 */
export function creditedSubject({ account_id, message_id, link_id, contact_id }: ClaimSubject): string {
  const subject = message_id === '' || contact_id === '' ? `link:${link_id}` : message_id;
  return `${jsonText(account_id)},${jsonText(subject)}`;
}

/** The claim that a conversion is credited by, as a text. */
export const creditClaimOf = (link: ClaimSubject): string =>
  `${creditedSubject(link)},${jsonText(link.offer_id)}`;

/** Key of a partition's n-th bucket. */
export const claimBucket = (partition: number, n: number): string =>
  `first:${partitionTag(partition)}:${n.toString(36)}`;

/**
 * Where a subject's claims are in Redis: the key of its bucket, and the field of its message's claim. The field is a
 * decimal number of at most 63 bits, which a list stores in 10 bytes. Bucket, field and partition are 76 bits of a hash:
 * with a billion subjects, two collide in one of 150,000 installations.
 */
export function claimPlace(subject: string, partition: number): [bucket: string, field: string] {
  const digest = hash('sha256', subject, 'binary');
  const n = (wordAt(digest, 8) >>> 0) % claimBuckets(partition);
  // 31 and 29 bits: ten digits and nine.
  return [claimBucket(partition, n), `${wordAt(digest, 0) >>> 1}${wordAt(digest, 4) >>> 3}`];
}

/** Stands for no offer where a value names one; no id has it. */
export const ALONE = '*';
/** Digits by which a value names an offer. No two offers of an account have the same; see offerTailKey. */
export const OFFER_DIGITS = OFFER_TAIL_DIGITS;

export const offerDigits = (offer_id: string): string => tailOf(offer_id).padStart(OFFER_DIGITS, '.');

/** The field of an offer's claim where another click has it than the message's. */
export const offerField = (field: string, offer_id: string): string => field + offerDigits(offer_id);

/**
 * Keys of the conversions that wait for a first click on an offer, on the same cluster node as its claim: the present
 * one, in which a conversion is registered, and those of earlier layouts of partitions.
 */
export function waitingKeys(link: ClaimSubject): [present: string, ...string[]] {
  const subject = creditClaimOf(link);
  return partitionsOf(clickKey(link)).map((partition) => `waiting:${partitionTag(partition)}:${subject}`) as [
    string,
    ...string[],
  ];
}

/** The last day of a claim that is kept for this many seconds from now, in days since 1970 as END_DIGITS of base 36. */
export function claimEnd(keep_s: number, now_ms = Date.now()): string {
  return endOfDay(Math.floor((now_ms / 1_000 + keep_s) / DAY_S));
}

/** The claim that a rejudgement withdrew: the next human click gets it. */
export const RELEASED = '-';

/** A claim as a text: the click, and its payout if it is paid. At most 56 characters, 62 in a value: those of a list have up to 64. */
export function encodeClaim(click_id: string, { payout, currency }: ClickPayout): string {
  return payout === '0' ? click_id : `${click_id}:${payout}:${currency}`;
}

export type Claim = { click_id: string } & ClickPayout;

/** The claim on an offer in a stored text (end and claim). Undefined if there is none. */
export function readClaim(stored: string): Claim | typeof RELEASED | undefined {
  if (stored === '') return undefined;
  const claim = stored.slice(END_DIGITS);
  return claim === RELEASED ? RELEASED : decodeClaim(claim);
}

/** The claim on an offer, with its end, in the value of its message's field; '' where that is not there. */
export function offerClaimIn(value: string, offer_id: string): string {
  const from = END_DIGITS + OFFER_DIGITS;
  return value.slice(END_DIGITS, from) === offerDigits(offer_id)
    ? value.slice(0, END_DIGITS) + value.slice(from)
    : '';
}

/** Decodes what encodeClaim wrote. */
export function decodeClaim(claim: string): Claim {
  const [click_id = '', payout = '0', currency = ''] = claim.split(':');
  return { click_id, payout, currency };
}
