/**
 * Changes a record in Redis by compare-and-set, so that concurrent changes are both kept, and then announces and logs
 * it. With Redis down it rejects; whether the change was written is then unknown, and it may be repeated.
 */
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { recordChanges } from '../records/record-changes.ts';
import { ConflictError } from './conflict.ts';

const UPDATE_TRIES_MAX = 10;

const COMPARE_AND_SET = loadScript(new URL('./lua/compare-and-set.lua', import.meta.url));

/** Writes `after` where the record is still `before`, and leaves its time to live; false where it has changed. */
export async function compareAndSet(
  redis: RedisClient,
  key: string,
  before: string,
  after: string,
): Promise<boolean> {
  return (await COMPARE_AND_SET.run(redis, [key], [before, after])) === 1;
}

/**
 * Applies `change`, which may throw to refuse, to the newest state of the record under `key`; undefined where there is
 * none. `change` may run several times; what it waits for happens between reading and writing. Throws ConflictError where too many change it at once.
 */
export async function updateRecord<T extends { updated_at: string }>(
  redis: RedisClient,
  key: string,
  change: (record: T) => T | Promise<T>,
): Promise<T | undefined> {
  for (let tries = 0; tries < UPDATE_TRIES_MAX; tries++) {
    const before = await redis.get(key);
    if (before === null) return undefined;
    const after = { ...(await change(JSON.parse(before) as T)), updated_at: new Date().toISOString() };
    if (await compareAndSet(redis, key, before, JSON.stringify(after))) {
      await recordChanges(redis, [key]);
      return after;
    }
  }
  throw new ConflictError('it is being changed by too many at once: try again.');
}
