/**
 * Conversions that wait for something to be credited to: the first human click of their contact, a message that is
 * not inserted yet, or an offer with their coupon code. A conversion is registered first and then checked once more;
 * the click, message or offer is stored first and then the waiting conversions are read. So at least one side sees
 * the other in any order. With Redis down every call rejects; each is safe to repeat.
 */

import { type ClaimSubject, waitingKeys } from '../clicks/first-click.ts';
import { refreshLayouts } from '../log/layouts.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { fingerprint } from '../privacy/contact-key.ts';
import { decodeRecheck } from './conversion.ts';
import { logRows } from './log-conversions.ts';

/** As long as a first click can still be claimed. */
const WAITING_TTL_S = 400 * 24 * 3_600;
/** Bound per contact and offer, about 600 transactions; further ones are not registered. */
const WAITING_BYTES_MAX = 64 * 1024;
/** In one MGET: a millisecond of Redis's time. */
const KEYS_PER_READ = 1_000;
/** Of keys that belong to no partition; a constant, so that they are always found. */
const TAG = '{p0}';

const REGISTER = loadScript(new URL('./lua/register-waiting.lua', import.meta.url));

/** What a last click is chosen among. */
export interface LastClickOf {
  account_id: string;
  contact_id: string;
  link_id: string;
  offer_id: string;
}

/** Registers `row` (see encodeRecheck) under a waiting key. Safe to repeat. */
export async function registerWaiting(redis: RedisClient, key: string, row: string): Promise<void> {
  await REGISTER.run(redis, [key], [row, WAITING_TTL_S, WAITING_BYTES_MAX]);
}

/** Key of the conversions by coupon that wait for a message to their contact. */
export function contactWaitingKey(account_id: string, contact_id: string): string {
  return `waiting:${TAG}:contact:${JSON.stringify([account_id, contact_id]).slice(1, -1)}`;
}

/**
 * Key of the conversions that the last click decides: of a contact on an offer, or of a link without a contact. A click
 * that is inserted or rejudged later may change their credit. It names nobody, so that it outlives an erasure.
 */
export function lastClickKey(contact_key: string, link: LastClickOf): string {
  const { account_id, contact_id, link_id, offer_id } = link;
  const own = contact_id === '' ? [link_id, ''] : ['', contact_id];
  return `waiting:${TAG}:last:${fingerprint(contact_key, 'last_click', account_id, JSON.stringify([...own, offer_id]))}`;
}

/** Key of the conversions that wait for the delivery of a message. */
export function deliveryWaitingKey(account_id: string, message_id: string): string {
  return `waiting:${TAG}:delivered:${JSON.stringify([account_id, message_id]).slice(1, -1)}`;
}

/** Key of the conversions that wait for an offer with a coupon code, in normal form. */
export function couponWaitingKey(account_id: string, code: string): string {
  return `waiting:${TAG}:coupon:${JSON.stringify([account_id, code]).slice(1, -1)}`;
}

/**
 * Asks to recheck every transaction that waits for a first click on one of these; see wakeWaiting. They may wait in a
 * partition that opened a moment ago.
 */
export async function wakeForClicks(
  redis: RedisClient,
  subjects: readonly ClaimSubject[],
  over: boolean,
): Promise<void> {
  if (subjects.length === 0) return;
  await refreshLayouts(redis);
  await wakeWaiting(redis, [...new Set(subjects.flatMap(waitingKeys))], over);
}

/**
 * Asks to recheck every transaction that waits under `keys`; `over` also removes them from waiting. A recheck that
 * changes nothing books nothing.
 */
export async function wakeWaiting(redis: RedisClient, keys: readonly string[], over: boolean): Promise<void> {
  for (const part of readsOf(keys)) {
    const waiting = (await redis.mget(part)) as (string | null)[];
    const rows = waiting.flatMap((text) => (text === null ? [] : text.split('\n')));
    if (rows.length === 0) continue;
    await logRows(
      redis,
      rows.map((row) => [decodeRecheck(row), row]),
    );
    // Conversions registered after this point find what was missing by themselves.
    const woken = part.filter((_, i) => waiting[i] !== null);
    if (over)
      await runAll(
        redis,
        woken.map((key): Command => ['DEL', key]),
      );
  }
}

/** The keys that are read in one call each: of one hash tag, which is all that stands before its bracket. */
function readsOf(keys: readonly string[]): string[][] {
  const tags = Map.groupBy(keys, (key) => key.slice(0, key.indexOf('}')));
  return [...tags.values()].flatMap((of_tag) =>
    Array.from({ length: Math.ceil(of_tag.length / KEYS_PER_READ) }, (_, i) =>
      of_tag.slice(i * KEYS_PER_READ, (i + 1) * KEYS_PER_READ),
    ),
  );
}
