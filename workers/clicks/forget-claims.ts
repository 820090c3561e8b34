/**
 * Removes expired claims of first clicks. Each bucket is due at a fixed time of the day, so the running workers check
 * every bucket once a day, a few at a time; a bucket that is missed is checked the next day. With Redis down the step
 * is skipped.
 */
import { claimBucket, claimBuckets } from '../../src/clicks/first-click.ts';
import { allPartitions } from '../../src/log/partitions.ts';
import { forgetEnded } from '../../src/platform/hash-fields.ts';
import type { RedisClient } from '../../src/platform/redis.ts';

const DAY_MS = 24 * 3_600_000;
/** Of a partition some four buckets are due in a step, and sixty of one of many. */
export const FORGET_EVERY_MS = 20_000;
/** Of one partition, so of one slot: at most eight thousand claims, two milliseconds of Redis's time. */
const BUCKETS_A_CALL = 16;

/**
 * Checks the buckets that became due in the step that ends at `now_ms`; returns how many claims it removed. Safe to
 * repeat.
 */
export async function forgetClaims(
  redis: RedisClient,
  now_ms: number,
  step_ms = FORGET_EVERY_MS,
): Promise<number> {
  const today = Math.floor(now_ms / DAY_MS);
  let forgotten = 0;
  for (const partition of allPartitions()) {
    const buckets = claimBuckets(partition);
    const at = (ms: number): number => Math.floor((ms / DAY_MS) * buckets);
    const until = at(now_ms);
    for (let from = at(now_ms - step_ms); from < until; from += BUCKETS_A_CALL) {
      const count = Math.min(BUCKETS_A_CALL, until - from);
      const due = Array.from({ length: count }, (_, i) => claimBucket(partition, (from + i) % buckets));
      forgotten += await forgetEnded(redis, due, today);
    }
  }
  return forgotten;
}
