/**
 * What follows every write of a record: it is announced to all who cache it, and put on the log that keeps it
 * beyond Redis. A change counts as made once this has resolved; safe to repeat.
 */

import { addRows } from '../log/append.ts';
import { partitionOf } from '../log/partitions.ts';
import { announce } from '../platform/change-log.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { encodeRecord, RECORDS_LOG, type StoredRecord } from './record.ts';

/** Records that change again and again while they are logged: something writes in a circle. */
const READS_MAX = 20;
/** Of records that workers have not taken yet: 2 GB in four partitions, as LOG_MB is for the other logs. */
const PARTITION_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Announces and logs what stands under `keys` now; a key without a value was removed. Logs until what was logged
 * last is what stands: of two writers at once, whoever comes last logs what holds. Rejects when Redis can't be
 * asked, and with LogFullError.
 */
export async function recordChanges(redis: RedisClient, keys: readonly string[]): Promise<void> {
  await runAll(redis, keys.map(announce));
  let changed = await readRecords(redis, keys);
  for (let reads = 0; changed.length > 0; reads++) {
    if (reads === READS_MAX) throw new Error(`${changed[0]?.key} is being changed by too many at once`);
    await logRecords(redis, changed);
    const now = await readRecords(
      redis,
      changed.map(({ key }) => key),
    );
    changed = now.filter(({ value }, i) => value !== changed[i]?.value);
  }
}

/** Puts records on the log, each key's in the order of the calls. */
async function logRecords(redis: RedisClient, records: readonly StoredRecord[]): Promise<void> {
  const byPartition = Map.groupBy(records, ({ key }) => partitionOf(key));
  for (const [partition, part] of byPartition) {
    await addRows(redis, RECORDS_LOG, partition, part.map(encodeRecord), PARTITION_BYTES_MAX);
  }
}

async function readRecords(redis: RedisClient, keys: readonly string[]): Promise<StoredRecord[]> {
  const values = await runAll(
    redis,
    keys.map((key): Command => ['GET', key]),
  );
  return keys.map((key, i) => ({ key, value: values[i] as string | null }));
}
