/**
 * Runs work for rows by their partitions, and again where partitions were closed meanwhile: the rows are then grouped by
 * the layout that follows. Waits for a change of the layout that is going on, for WITHIN_MS. Rejects with the first
 * error otherwise.
 */
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { refreshLayouts } from './layouts.ts';
import { partitionOf } from './partitions.ts';
import { MovedError } from './refusal.ts';

/** A change closes thousands of partitions within a tenth of a second; a worker completes one that was interrupted. */
const WITHIN_MS = 5_000;
const RETRY_MS_MIN = 5;
const RETRY_MS_MAX = 200;

/**
 * `run` gets the items of one partition, in order. Of a closed partition it throws MovedError, having done nothing that
 * may not be done again.
 */
export async function inPartitions<T>(
  redis: RedisClient,
  items: readonly T[],
  keyOf: (item: T) => string,
  run: (partition: number, items: T[]) => Promise<void>,
): Promise<void> {
  const until = performance.now() + WITHIN_MS;
  let left = items;
  for (let wait_ms = RETRY_MS_MIN; ; wait_ms = Math.min(2 * wait_ms, RETRY_MS_MAX)) {
    const groups = [...Map.groupBy(left, (item) => partitionOf(keyOf(item)))];
    const results = await Promise.allSettled(groups.map(([partition, part]) => run(partition, part)));
    const errors = results.map((result) => (result.status === 'rejected' ? result.reason : undefined));
    const failed = errors.find((error) => error !== undefined && !(error instanceof MovedError));
    if (failed !== undefined) throw failed;
    left = groups.flatMap(([, part], i) => (errors[i] === undefined ? [] : part));
    if (left.length === 0) return;
    if (performance.now() > until) throw errors.find((error) => error !== undefined);
    await refreshLayouts(redis);
    await sleep(wait_ms);
  }
}
