/**
 * Keeps the layouts of partitions going: completes a change that was begun, by whoever, notes the layouts that are
 * empty, logs them among the records, so that they outlive Redis, repairs what a lost server had marked, and forgets a
 * layout of which nothing is left. Every worker does, once a second; each step is safe to repeat. With Redis down it
 * tries again.
 */
import { pendingKey } from '../src/access/audit/record-audit.ts';
import { CLAIM_KEEP_S_MIN, claimBucket, claimBuckets } from '../src/clicks/first-click.ts';
import { lettersKey } from '../src/log/dead-letters.ts';
import {
  completeLayout,
  forgetLayout,
  LAYOUTS_KEY,
  noteDrained,
  oldestForgettable,
  refreshLayouts,
  repairMarks,
  SEEN_BY_ALL_MS,
} from '../src/log/layouts.ts';
import { FIRST_LAYOUTS, type Layout, partitionsIn } from '../src/log/partitions.ts';
import type { Logger } from '../src/platform/logger.ts';
import { type Command, type RedisClient, runAll } from '../src/platform/redis.ts';
import { type Rounds, runRounds } from '../src/platform/sleep.ts';
import { recordChanges } from '../src/records/record-changes.ts';

const LOOK_EVERY_MS = 1_000;
const NO_CHANGE = JSON.stringify(FIRST_LAYOUTS.layouts);
const REPAIR_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 3_600_000;
/** Keys in one call. */
const KEYS_PER_CALL = 5_000;

export function keepLayouts(redis: RedisClient, logs: readonly string[], logger: Logger): Rounds {
  let logged = '';
  let opening_since: number | undefined;
  let repair_at = 0;
  let forget_at = performance.now() + FORGET_EVERY_MS;

  async function look(): Promise<void> {
    const { layouts, opening } = await refreshLayouts(redis);
    const now = performance.now();
    if (opening === undefined) opening_since = undefined;
    else opening_since ??= now;
    if (opening_since !== undefined && now - opening_since >= SEEN_BY_ALL_MS) {
      const changed = await completeLayout(redis, logs);
      if (changed) logger.warn({ partitions: opening?.count }, 'the logs have other partitions now');
    }
    if (layouts.slice(0, -1).some(({ drained_at_ms }) => drained_at_ms === undefined))
      await noteDrained(redis, logs, Date.now());
    await keep();
    if (now >= repair_at) {
      await repairMarks(redis, logs);
      await noteDrained(redis, logs, Date.now(), true);
      repair_at = now + REPAIR_EVERY_MS;
    }
    if (now >= forget_at) {
      if (await isExpired(redis, oldestForgettable(layouts), Date.now())) await forgetLayout(redis, logs);
      forget_at = now + FORGET_EVERY_MS;
    }
  }

  /** A Redis without its data has the first layout alone, over one shard: that is no change to keep. */
  async function keep(): Promise<void> {
    const { layouts, opening } = await refreshLayouts(redis);
    const text = JSON.stringify(layouts);
    if (text === logged || opening !== undefined || text === NO_CHANGE) return;
    await recordChanges(redis, [LAYOUTS_KEY]);
    logged = text;
  }

  return runRounds(async () => {
    await look().catch(() => {
      // Redis is away, which readiness reports.
    });
    return LOOK_EVERY_MS;
  });
}

/**
 * Whether nothing is left of a layout: everything under its tags has expired by now but claims of accounts that keep
 * sends for longer, and dead letters, which stay until an operator takes them.
 */
export async function isExpired(
  redis: RedisClient,
  layout: Layout | undefined,
  now_ms: number,
): Promise<boolean> {
  if (layout?.drained_at_ms === undefined) return false;
  if (now_ms - layout.drained_at_ms < CLAIM_KEEP_S_MIN * 1_000) return false;
  for (const partition of partitionsIn(layout)) {
    const buckets = Array.from({ length: claimBuckets(partition) }, (_, n) => claimBucket(partition, n));
    const keys = [lettersKey(partition), pendingKey(partition), ...buckets];
    for (let from = 0; from < keys.length; from += KEYS_PER_CALL) {
      const some = keys.slice(from, from + KEYS_PER_CALL).map((key): Command => ['EXISTS', key]);
      if ((await runAll(redis, some)).includes(1)) return false;
    }
  }
  return true;
}
