/**
 * Removes expired claims of first clicks. Each bucket is due at a fixed time of the day, so the running workers check
 * every bucket once a day, a few at a time; a bucket that is missed is checked the next day. With Redis down the step
 * is skipped.
 */
import { claimBucket, claimBuckets, claimEnd, END_DIGITS } from '../../src/clicks/first-click.ts';
import { allPartitions } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

const DAY_MS = 24 * 3_600_000;
/** Buckets of four partitions of which some 15 are due in a step, and of 32 or more some 120, with one call each. */
export const FORGET_EVERY_MS = 20_000;
/** Fields in one HDEL: bounded by the size of Lua's stack. */
const FIELDS_A_CALL = 1_000;

const FORGET = loadScript(new URL('./lua/forget-claims.lua', import.meta.url), { END_DIGITS, FIELDS_A_CALL });

/**
 * Checks the buckets that became due in the step that ends at `now_ms`; returns how many claims it removed. Safe to
 * repeat.
 */
export async function forgetClaims(
  redis: RedisClient,
  now_ms: number,
  step_ms = FORGET_EVERY_MS,
): Promise<number> {
  const today = claimEnd(0, now_ms);
  let forgotten = 0;
  for (const partition of allPartitions()) {
    const buckets = claimBuckets(partition);
    const at = (ms: number): number => Math.floor((ms / DAY_MS) * buckets);
    for (let n = at(now_ms - step_ms); n < at(now_ms); n++) {
      forgotten += Number(await FORGET.run(redis, [claimBucket(partition, n % buckets)], [today]));
    }
  }
  return forgotten;
}
