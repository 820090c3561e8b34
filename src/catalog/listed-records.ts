/**
 * Records of an account that stand in a list of it, in the order in which they were made: webhooks, exports, saved views
 * and the like. Each is written, listed, announced and logged for ClickHouse. With Redis down every call rejects; each may
 * be repeated.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import { ConflictError } from './conflict.ts';

export interface Added {
  /** Of the record. */
  key: string;
  record: object;
  /** Sorted set of the ids of the account's records. */
  list: string;
  /** The commands that list it; a restore runs them too. */
  listed: readonly Command[];
  /** Records of an account, and what they are called together. */
  max: number;
  named: string;
}

/** Throws ConflictError where the account has `max` already. */
export async function addRecord(
  redis: RedisClient,
  { key, record, list, listed, max, named }: Added,
): Promise<void> {
  if ((await redis.zcard(list)) >= max)
    throw new ConflictError(`an account can have ${max} ${named}: remove one first.`);
  await redis.set(key, JSON.stringify(record));
  await runAll(redis, [...listed]);
  await recordChanges(redis, [key]);
}

export async function readRecord<T>(redis: RedisClient, key: string): Promise<T | undefined> {
  const text = await redis.get(key);
  return text === null ? undefined : (JSON.parse(text) as T);
}

/** All of a list, oldest first; `keyOf` of an id. Those that are removed meanwhile are not among them. */
export async function readListed<T>(
  redis: RedisClient,
  list: string,
  keyOf: (id: string) => string,
): Promise<T[]> {
  const ids = await redis.zrange(list, '0', '-1');
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', keyOf(id)]),
  );
  return texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as T] : []));
}

/** `unlisted`: the commands that take it from its lists, and what belongs to it away. */
export async function removeRecord(
  redis: RedisClient,
  key: string,
  unlisted: readonly Command[],
): Promise<void> {
  await runAll(redis, [...unlisted, ['DEL', key]]);
  await recordChanges(redis, [key]);
}
