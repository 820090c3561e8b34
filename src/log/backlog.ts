/**
 * How much waits in a partition of a log, and since when: for metrics, for bounds, and to wait until rows are
 * processed. Only reads. With Redis down every call rejects.
 */
import type { RedisClient } from '../platform/redis.ts';
import { bytesKey, streamKey } from './keys.ts';
import { PARTITIONS } from './partitions.ts';

type Entries = [id: string, fields: string[]][];

/** Entries that wait in a partition, including those of the open batch. */
export async function backlog(redis: RedisClient, log: string, partition: number): Promise<number> {
  return redis.xlen(streamKey(log, partition));
}

/** Bytes of payload that wait in a partition. */
export async function backlogBytes(redis: RedisClient, log: string, partition: number): Promise<number> {
  return Number((await redis.get(bytesKey(log, partition))) ?? 0);
}

/** The same of every partition of a log, in order. */
export async function backlogOf(
  redis: RedisClient,
  log: string,
): Promise<{ entries: number[]; bytes: number[] }> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const [entries, bytes] = await Promise.all([
    Promise.all(partitions.map((partition) => backlog(redis, log, partition))),
    Promise.all(partitions.map((partition) => backlogBytes(redis, log, partition))),
  ]);
  return { entries, bytes };
}

/** When the oldest waiting entry of a partition was logged, in ms; undefined if none waits. */
export async function oldestWaiting(
  redis: RedisClient,
  log: string,
  partition: number,
): Promise<number | undefined> {
  const [oldest] = (await redis.xrange(streamKey(log, partition), '-', '+', 'COUNT', 1)) as Entries;
  return oldest === undefined ? undefined : Number(oldest[0].slice(0, oldest[0].indexOf('-')));
}

/** The id of the newest entry in a partition, 0-0 if it is empty; see hasPassed. */
export async function newestId(redis: RedisClient, log: string, partition: number): Promise<string> {
  const [newest] = (await redis.xrevrange(streamKey(log, partition), '+', '-', 'COUNT', 1)) as Entries;
  return newest?.[0] ?? '0-0';
}

/** Whether everything up to the entry `id` was processed, that is, has left the stream. */
export async function hasPassed(
  redis: RedisClient,
  log: string,
  partition: number,
  id: string,
): Promise<boolean> {
  const left = (await redis.xrange(streamKey(log, partition), '-', id, 'COUNT', 1)) as Entries;
  return left.length === 0;
}
