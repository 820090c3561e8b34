/**
 * Removes claims of first clicks whose end has passed. Each bucket has its moment of the day, so that all of them are
 * looked through once a day, a few at a time, by whichever workers run; one that is missed is looked through the next
 * day. With Redis down the step is left out.
 */
import { CLAIM_BUCKETS, claimBucket, claimEnd, END_DIGITS } from '../../src/clicks/first-click.ts';
import { PARTITIONS } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { loadScript } from '../../src/platform/script.ts';

const DAY_MS = 24 * 3_600_000;
/** About 8 buckets of each partition, a call for each. */
export const FORGET_EVERY_MS = 20_000;
/** Fields in one call: Lua holds so many at most. */
const FIELDS_A_CALL = 1_000;

const FORGET = loadScript(new URL('./lua/forget-claims.lua', import.meta.url), { END_DIGITS, FIELDS_A_CALL });

/** Looks through the buckets whose moment lies in the step that ends at `now_ms`. Safe to repeat. */
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
