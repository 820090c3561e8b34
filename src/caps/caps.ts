/**
 * What the caps of an offer count, in Redis: one key for each cap and period, all of an offer with one hash tag.
 *
 *   first_clicks         sorted set: the contacts that were let in, each with the time of its last tap, or +inf once a
 *                        worker has found its first click. A tap that turns out to be none gives its place back.
 *   conversions, payout  hash: a field for each conversion that was let in, `total`, and `refused`: the limit that one
 *                        was refused for
 *
 * So a place is taken before a tap is answered and before a conversion is credited, once for each, however often either
 * is tried again. Keys end some time after their period. Pure.
 */
import { hash } from 'node:crypto';
import type { Offer } from '../catalog/definitions.ts';
import type { OfferCap } from '../catalog/offer-caps.ts';
import { type ClaimSubject, creditClaimOf } from '../clicks/first-click.ts';
import { parseDecimal } from '../platform/decimal.ts';
import { wallTime } from '../platform/zone-clock.ts';

const DAY_S = 24 * 3_600;
/** After the last change of a key. Workers that are further behind than this count anew. */
const KEPT_S = { hour: 2 * DAY_S, day: 9 * DAY_S, month: 40 * DAY_S } as const;
/** 72 bits. */
const MEMBER_LENGTH = 12;
/** The part of a click id that every click has; see click-id.ts. */
const OWN_DIGITS = 29;

export interface PlacedCap {
  cap: OfferCap;
  key: string;
  /** In the unit that is counted: clicks, conversions, or millionths of the currency. */
  limit: number;
  kept_s: number;
}

/** The cap in the period of `at_ms`. */
export function placeCap({ offer_id }: Pick<Offer, 'offer_id'>, cap: OfferCap, at_ms: number): PlacedCap {
  const { count, per, limit } = cap;
  const units = typeof limit === 'number' ? limit : Number(parseDecimal(limit) ?? 0n);
  const key = `cap:{${offer_id}}:${count}:${per}:${periodOf(cap, at_ms)}`;
  return { cap, key, limit: units, kept_s: KEPT_S[per] };
}

/** `2026-11`, `2026-11-29`, `2026-11-29T18`; the hour that a zone repeats is one. */
export function periodOf({ per, tz }: Pick<OfferCap, 'per' | 'tz'>, at_ms: number): string {
  const { date, hour } = wallTime(tz, at_ms);
  if (per === 'month') return date.slice(0, 7);
  return per === 'day' ? date : `${date}T${String(hour).padStart(2, '0')}`;
}

export const placeCaps = (offer: Pick<Offer, 'offer_id' | 'caps'>, at_ms: number): PlacedCap[] =>
  (offer.caps ?? []).map((cap) => placeCap(offer, cap, at_ms));

/**
 * Whose place a tap takes: the contact's on the message and offer, as its first click is claimed; without a contact each
 * tap has its own. Names nobody.
 */
export function memberOf(subject: ClaimSubject, click_id: string): string {
  if (subject.contact_id === '') return click_id.slice(0, OWN_DIGITS);
  return hash('sha256', creditClaimOf(subject), 'base64url').slice(0, MEMBER_LENGTH);
}
