/**
 * Removes expired claims of first clicks. Each bucket is due at a fixed time of the day, so the running workers check
 * every bucket once a day, a few at a time; a bucket that is missed is checked the next day. With Redis down the step
 * is skipped.
 */
import { CLAIM_BUCKETS, claimBucket, claimEnd, END_DIGITS } from '../../src/clicks/first-click.ts';
import { PARTITIONS } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

const DAY_MS = 24 * 3_600_000;
/** About 8 buckets of each partition are due in a step, with one call each. */
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
  const at = (ms: number): number => Math.floor((ms / DAY_MS) * CLAIM_BUCKETS);
  let forgotten = 0;
  for (let n = at(now_ms - step_ms); n < at(now_ms); n++) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const bucket = claimBucket(partition, n % CLAIM_BUCKETS);
      forgotten += Number(await FORGET.run(redis, [bucket], [today]));
    }
  }
  return forgotten;
}
