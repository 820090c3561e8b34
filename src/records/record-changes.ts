/**
 * Runs after every write of a record: announces the change to all processes that cache it, and appends it to the log
 * of records, which keeps it beyond Redis. A change is complete once this has resolved; safe to repeat.
 */

import { addRows } from '../log/append.ts';
import { announce } from '../platform/change-log.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { encodeRecord, RECORDS_LOG, type StoredRecord } from './record.ts';

/** Reads before giving up: a record that keeps changing while it is logged indicates a write loop. */
const READS_MAX = 20;
/** Bytes of records that workers have not taken yet: 2 GB, as LOG_MB is for the other logs. */
const BYTES_MAX = 2 * 1024 * 1024 * 1024;

/**
 * Announces and logs the current values of `keys`; a key without a value was removed. Logs again until the last
 * logged value is the current one, so that of two concurrent writers the last one logs the final value. Rejects when
 * Redis is down, and with LogFullError.
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

/** Appends records to the log; records of one key keep the order of the calls. */
async function logRecords(redis: RedisClient, records: readonly StoredRecord[]): Promise<void> {
  const rows = records.map((record) => [record.key, encodeRecord(record)] as const);
  await addRows(redis, RECORDS_LOG, rows, BYTES_MAX);
}

async function readRecords(redis: RedisClient, keys: readonly string[]): Promise<StoredRecord[]> {
  const values = await runAll(
    redis,
    keys.map((key): Command => ['GET', key]),
  );
  return keys.map((key, i) => ({ key, value: values[i] as string | null }));
}
