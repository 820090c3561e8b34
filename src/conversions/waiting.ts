/**
 * Conversions that wait for what they could be credited to: the first human click of their contact, a
 * message to them that is not inserted yet, or an offer with their coupon code. Whoever registers looks
 * once more afterwards, and whoever brings what was missing looks for the waiting afterwards: one of the
 * two sees the other, in whatever order they come. With Redis down every call rejects; each is safe to
 * repeat.
 */

import { partitionTag } from '../log/keys.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { decodeAgain } from './conversion.ts';
import { logRows } from './log-conversions.ts';

/** As long as a claim could still be made. */
const WAITING_TTL_S = 400 * 24 * 3_600;
/** For one contact and offer; beyond, further transactions wait no more. About 600 of them. */
const WAITING_BYTES_MAX = 64 * 1024;
const KEYS_PER_READ = 5_000;

const REGISTER = loadScript(new URL('./lua/register-waiting.lua', import.meta.url));

/** Registers `row` (see encodeAgain) under a waiting key. Safe to repeat. */
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
 * Asks for a second look at every transaction that waits under `keys`, which share a hash tag; `over` ends
 * the waiting. A second look that changes nothing books nothing.
 */
export async function wakeWaiting(redis: RedisClient, keys: readonly string[], over: boolean): Promise<void> {
  for (let from = 0; from < keys.length; from += KEYS_PER_READ) {
    const part = keys.slice(from, from + KEYS_PER_READ);
    const waiting = await redis.mget(part);
    const rows = waiting.flatMap((text) => (text === null ? [] : text.split('\n')));
    if (rows.length === 0) continue;
    await logRows(
      redis,
      rows.map((row) => [decodeAgain(row), row]),
    );
    // Whoever registers from here on finds what was missing.
    const woken = part.filter((_, i) => waiting[i] !== null);
    if (over)
      await runAll(
        redis,
        woken.map((key): Command => ['DEL', key]),
      );
  }
}
