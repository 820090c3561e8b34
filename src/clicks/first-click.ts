/**
 * First clicks in Redis: each claim stores its claimant, the first click. A claim is a field in a bucket, one of many
 * small hashes: claims are kept for over a year, and separate keys with a TTL would take four times the memory. The
 * click worker writes claims, attribution reads them. Pure.
 */
import { hash } from 'node:crypto';
import { partitionTag } from '../log/keys.ts';
import { currentLayout, keyHash, layoutOf, partitionsBesides, partitionsOf } from '../log/partitions.ts';
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
 * Buckets of a partition, fewer in a layout of many. Redis keeps a bucket of up to 512 claims as a list without pointers
 * (`hash-max-listpack-entries`): 67 million claims in four partitions, 537 million in 32 or more. Above that, a claim
 * takes twice the memory; with few claims in each, the buckets' own keys do. Changing these numbers loses all existing
 * claims.
 */
const PARTITION_BUCKETS_MAX = 32_768;
const BUCKETS_MAX = 1_048_576;

export function claimBuckets(partition: number): number {
  const { count } = layoutOf(partition) ?? currentLayout();
  return Math.min(PARTITION_BUCKETS_MAX, Math.floor(BUCKETS_MAX / count));
}
/** Digits of a claim's hash, 6 bits each, that are its field; its bucket is made of the others. */
const FIELD_DIGITS = 10;

/** The claims that a click may make, as texts. */
export interface Claims {
  message: string;
  offer: string;
  /** The one that conversions are credited by: `offer`, or for a link without a contact its first click of any visitor. */
  credit: string;
}

/**
 * A link without a message is its own subject; one without a contact has a subject for each `visitor`, see visitor.ts.
 */
export function claimsOf(click: ClaimSubject, visitor: string): Claims {
  const credit = creditClaimOf(click);
  if (click.contact_id !== '') return { message: subjectOf(click), offer: credit, credit };
  const message = `${subjectOf(click)},${jsonText(visitor)}`;
  return { message, offer: `${message},${jsonText(click.offer_id)}`, credit };
}

/** The claim that a conversion is credited by. */
export const creditClaimOf = (link: ClaimSubject): string => `${subjectOf(link)},${jsonText(link.offer_id)}`;

/** Key of a partition's n-th bucket. */
export const claimBucket = (partition: number, n: number): string =>
  `first:${partitionTag(partition)}:${n.toString(36)}`;

/**
 * Where a claim is in Redis: the key of its bucket, and its field. Bucket, field and partition are 77 bits of a hash:
 * with a billion claims, two collide in one of 300,000 installations.
 */
export function claimPlace(claim: string, partition: number): [bucket: string, field: string] {
  const digest = hash('sha256', claim, 'base64url');
  const n = (keyHash(digest.slice(FIELD_DIGITS)) >>> 0) % claimBuckets(partition);
  return [claimBucket(partition, n), digest.slice(0, FIELD_DIGITS)];
}

/**
 * Where a claim may be that another layout of partitions got than that of `partition`, newest first. A claim in the
 * partition itself takes precedence. Nothing is written to the partitions of before; to those of later, only once all
 * clicks of this one are counted.
 */
export const claimPlacesBesides = (
  claim: string,
  link: ClaimSubject,
  partition: number,
): [bucket: string, field: string][] =>
  partitionsBesides(clickKey(link), partition).map((other) => claimPlace(claim, other));

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

/** Without the contact, because a message has one: a claim holds no personal data and outlives an erasure. */
function subjectOf({ account_id, message_id, link_id, contact_id }: ClaimSubject): string {
  const subject = message_id === '' || contact_id === '' ? `link:${link_id}` : message_id;
  return `${jsonText(account_id)},${jsonText(subject)}`;
}

/** Digits of the day on which a claim ends, before its value. */
export const END_DIGITS = 3;

/** The last day of a claim that is kept for this many seconds from now, in days since 1970 as END_DIGITS of base 36. */
export function claimEnd(keep_s: number, now_ms = Date.now()): string {
  return Math.floor((now_ms / 1_000 + keep_s) / DAY_S)
    .toString(36)
    .padStart(END_DIGITS, '0');
}

/** The value of a claim that a rejudgement withdrew: the next human click gets it. */
export const RELEASED = '-';

/** The value of a claim: the click, and its payout if it is paid. The end day precedes it. */
export function encodeClaim(click_id: string, { payout, currency }: ClickPayout): string {
  return payout === '0' ? click_id : `${click_id}:${payout}:${currency}`;
}

export type Claim = { click_id: string } & ClickPayout;

/** The claimant in a stored value (end day and value). Undefined if there is no claim, or it has ended. */
export function readClaim(stored: unknown): Claim | typeof RELEASED | undefined {
  if (typeof stored !== 'string') return undefined;
  const value = stored.slice(END_DIGITS);
  return value === RELEASED ? RELEASED : decodeClaim(value);
}

/** Decodes what encodeClaim wrote. */
export function decodeClaim(value: string): Claim {
  const [click_id = '', payout = '0', currency = ''] = value.split(':');
  return { click_id, payout, currency };
}
