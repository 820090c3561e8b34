/**
 * Removes links from their buckets when their end has passed; ClickHouse has them from then on. Each bucket is due at a
 * fixed time of the day, so the running workers look through every bucket once a day, a few at a time; a bucket that is
 * missed is looked through the next day. With Redis down the step is skipped.
 */
import { BUCKETS_A_SLOT, LINK_BUCKETS, linkBucket } from '../../src/links/stored-links.ts';
import { forgetEnded } from '../../src/platform/hash-fields.ts';
import type { RedisClient } from '../../src/platform/redis.ts';

const DAY_MS = 24 * 3_600_000;
/** Some 490 buckets are due in a step. */
export const FORGET_LINKS_EVERY_MS = 10_000;
/** A step begins before the last one ended: a worker's turn comes a little late, and buckets are quick to look through. */
const STEP_MS = FORGET_LINKS_EVERY_MS * 1.5;
/**
 * Buckets in one call, which are of one slot. With a billion links they hold four thousand: a millisecond of Redis's
 * time.
 */
const BUCKETS_A_CALL = 16;

/**
 * Looks through the buckets that became due in the step that ends at `now_ms`; returns how many links it removed. Safe
 * to repeat.
 */
export async function forgetLinks(redis: RedisClient, now_ms: number, step_ms = STEP_MS): Promise<number> {
  const at = (ms: number): number => Math.floor((ms / DAY_MS) * LINK_BUCKETS);
  const until = at(now_ms);
  let forgotten = 0;
  for (let from = at(now_ms - step_ms); from < until; ) {
    const slot_ends = from - (from % BUCKETS_A_SLOT) + BUCKETS_A_SLOT;
    const to = Math.min(from + BUCKETS_A_CALL, slot_ends, until);
    const buckets = Array.from({ length: to - from }, (_, i) => linkBucket((from + i) % LINK_BUCKETS));
    // Those of the day itself too.
    forgotten += await forgetEnded(redis, buckets, Math.floor(from / LINK_BUCKETS) + 1);
    from = to;
  }
  return forgotten;
}
