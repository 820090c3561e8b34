/**
 * First clicks in Redis: one key for each claim, with the click that has it. The worker of clicks writes
 * them, attribution reads them. Pure.
 */
import { partitionTag } from '../platform/stream-log.ts';
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

/** Keys of what a click may be the first of. A link without a message stands for itself. */
export function claimKeys(link: ClaimSubject, partition: number): { message: string; offer: string } {
  const message = `first:${partitionTag(partition)}:${subjectOf(link)}`;
  return { message, offer: `${message},${JSON.stringify(link.offer_id)}` };
}

/** Key of the conversions that wait for a first click on an offer, on the same cluster node as its claim. */
export function waitingKey(link: ClaimSubject, partition: number): string {
  return `waiting:${partitionTag(partition)}:${subjectOf(link)},${JSON.stringify(link.offer_id)}`;
}

function subjectOf({ account_id, message_id, link_id, contact_id }: ClaimSubject): string {
  const subject = message_id === '' ? `link:${link_id}` : message_id;
  return JSON.stringify([account_id, subject, contact_id]).slice(1, -1);
}

/** The value of a claim that was taken back, when its click was judged again: the next human click has it. */
export const RELEASED = '-';

/** The value of a claim: the click, and where it is paid, what for. */
export function encodeClaim(click_id: string, { payout, currency }: ClickPayout): string {
  return payout === '0' ? click_id : `${click_id}:${payout}:${currency}`;
}

/** Undefined where nobody has the claim. */
export function readClaim(value: unknown): ({ click_id: string } & ClickPayout) | undefined {
  return typeof value === 'string' && value !== RELEASED ? decodeClaim(value) : undefined;
}

export function decodeClaim(value: string): { click_id: string } & ClickPayout {
  const [click_id = '', payout = '0', currency = ''] = value.split(':');
  return { click_id, payout, currency };
}
