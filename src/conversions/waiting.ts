/**
 * Conversions that wait for something to be credited to: the first human click of their contact, a message that is
 * not inserted yet, or an offer with their coupon code. A conversion is registered first and then checked once more;
 * the click, message or offer is stored first and then the waiting conversions are read. So at least one side sees
 * the other in any order. With Redis down every call rejects; each is safe to repeat.
 */

import { partitionTag } from '../log/keys.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { decodeRecheck } from './conversion.ts';
import { logRows } from './log-conversions.ts';

/** As long as a first click can still be claimed. */
const WAITING_TTL_S = 400 * 24 * 3_600;
/** Bound per contact and offer, about 600 transactions; further ones are not registered. */
const WAITING_BYTES_MAX = 64 * 1024;
const KEYS_PER_READ = 5_000;

const REGISTER = loadScript(new URL('./lua/register-waiting.lua', import.meta.url));

/** Registers `row` (see encodeRecheck) under a waiting key. Safe to repeat. */
export async function registerWaiting(redis: RedisClient, key: string, row: string): Promise<void> {
  await REGISTER.run(redis, [key], [row, WAITING_TTL_S, WAITING_BYTES_MAX]);
}

/** Key of the conversions by coupon that wait for a message to their contact. */
export function contactWaitingKey(account_id: string, contact_id: string): string {
  return `waiting:${partitionTag(0)}:contact:${JSON.stringify([account_id, contact_id]).slice(1, -1)}`;
}

/** Key of the conversions that wait for an offer with a coupon code, in normal form. */
export function couponWaitingKey(account_id: string, code: string): string {
  return `waiting:${partitionTag(0)}:coupon:${JSON.stringify([account_id, code]).slice(1, -1)}`;
}

/**
 * Asks to recheck every transaction that waits under `keys`, which share a hash tag; `over` also removes them from
 * waiting. A recheck that changes nothing books nothing.
 */
export async function wakeWaiting(redis: RedisClient, keys: readonly string[], over: boolean): Promise<void> {
  for (let from = 0; from < keys.length; from += KEYS_PER_READ) {
    const part = keys.slice(from, from + KEYS_PER_READ);
    const waiting = await redis.mget(part);
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
