/**
 * First clicks in Redis: for each claim the click that has it. A claim is a field of a bucket, one of many small
 * hashes, for it is kept for over a year and a key with an end of its own would take four times the memory. The worker
 * of clicks writes claims, attribution reads them. Pure.
 */
import { hash } from 'node:crypto';
import { partitionTag } from '../log/keys.ts';
import type { ClickLink } from './click.ts';

export type ClaimSubject = Pick<
  ClickLink,
  'account_id' | 'message_id' | 'link_id' | 'contact_id' | 'offer_id'
>;

/**
 * For how long a claim is kept at least, in seconds; longer where its account keeps raw rows for longer. It
 * outlives every link that could contest it: those go with the raw rows, and LINK_AGAIN_S after.
 */
export const CLAIM_KEEP_S_MIN = 408 * 24 * 3_600;

/** For an account that keeps raw rows for so long. */
export const claimKeepSeconds = (retention_s: number): number =>
  Math.max(CLAIM_KEEP_S_MIN, retention_s + 8 * 24 * 3_600);

/** What a first click on an offer is paid; decided with the claim, so that it is decided once. */
export interface ClickPayout {
  /** Decimal string. */
  payout: string;
  currency: string;
}

export const NO_PAYOUT: ClickPayout = { payout: '0', currency: '' };

/**
 * Buckets of a partition. Redis keeps one of up to 512 claims as a list without pointers
 * (`hash-max-listpack-entries`): 67 million claims in four partitions; above, each takes twice the memory. Changing it
 * loses the claims that are there.
 */
export const CLAIM_BUCKETS = 32_768;
/** Hex digits of a claim's hash, from which its bucket and its field are made. */
const BUCKET_DIGITS = 8;
const FIELD_DIGITS = 14;

/** What a click may be the first of, as texts. A link without a message stands for itself. */
export function claimsOf(link: ClaimSubject): { message: string; offer: string } {
  const message = subjectOf(link);
  return { message, offer: `${message},${JSON.stringify(link.offer_id)}` };
}

/** Key of a partition's n-th bucket. */
export const claimBucket = (partition: number, n: number): string =>
  `first:${partitionTag(partition)}:${n.toString(36)}`;

/**
 * Where a claim is in Redis: the key of its bucket, and its field. Bucket, field and partition are 73 bits of a hash:
 * among a billion claims two have one place in one of 19,000 installations.
 */
export function claimPlace(claim: string, partition: number): [bucket: string, field: string] {
  const digest = hash('sha256', claim, 'hex');
  const n = Number.parseInt(digest.slice(0, BUCKET_DIGITS), 16) % CLAIM_BUCKETS;
  const field = Buffer.from(digest.slice(BUCKET_DIGITS, BUCKET_DIGITS + FIELD_DIGITS), 'hex');
  return [claimBucket(partition, n), field.toString('base64url')];
}

/** Key of the conversions that wait for a first click on an offer, on the same cluster node as its claim. */
export function waitingKey(link: ClaimSubject, partition: number): string {
  return `waiting:${partitionTag(partition)}:${subjectOf(link)},${JSON.stringify(link.offer_id)}`;
}

function subjectOf({ account_id, message_id, link_id, contact_id }: ClaimSubject): string {
  const subject = message_id === '' ? `link:${link_id}` : message_id;
  return JSON.stringify([account_id, subject, contact_id]).slice(1, -1);
}

/** Digits of the day on which a claim ends, before its value. */
export const END_DIGITS = 3;
const DAY_S = 24 * 3_600;

/** The last day of what is kept for so many seconds from now on, as END_DIGITS of base 36: days since 1970. */
export function claimEnd(keep_s: number, now_ms = Date.now()): string {
  return Math.floor((now_ms / 1_000 + keep_s) / DAY_S)
    .toString(36)
    .padStart(END_DIGITS, '0');
}

/** The value of a claim that was taken back, when its click was judged again: the next human click has it. */
export const RELEASED = '-';

/** The value of a claim: the click, and where it is paid, what for. Its end stands before it. */
export function encodeClaim(click_id: string, { payout, currency }: ClickPayout): string {
  return payout === '0' ? click_id : `${click_id}:${payout}:${currency}`;
}

export type Claim = { click_id: string } & ClickPayout;

/** Of what is stored, end and value: who has the claim. Undefined where it was never made, or has ended. */
export function readClaim(stored: unknown): Claim | typeof RELEASED | undefined {
  if (typeof stored !== 'string') return undefined;
  const value = stored.slice(END_DIGITS);
  return value === RELEASED ? RELEASED : decodeClaim(value);
}

/** The reverse of encodeClaim. */
export function decodeClaim(value: string): Claim {
  const [click_id = '', payout = '0', currency = ''] = value.split(':');
  return { click_id, payout, currency };
}
