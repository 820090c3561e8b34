/**
 * Sorted sets of what waits for a worker, by when it is due, or since when it waits. Whoever puts something up writes its
 * record first, and then gives it a time of its own. A worker that is done with it takes it off only while it still has
 * the time that was read before its record: it may have been put up again meanwhile. With Redis down every call rejects;
 * each may be repeated.
 */
import type { RedisClient } from './redis.ts';
import { loadScript } from './script.ts';

const MOVE = loadScript(new URL('./lua/move-due.lua', import.meta.url));

/** A member, and its time as it was read, in ms. */
export interface Listed {
  member: string;
  due_ms: number;
}

/** The first `count` whose time is `until_ms` at the latest, without it of all. */
export async function readDue(
  redis: RedisClient,
  list: string,
  count: number,
  until_ms: number | '+inf' = '+inf',
): Promise<Listed[]> {
  const found = await redis.zrangebyscore(list, '-inf', until_ms, 'WITHSCORES', 'LIMIT', 0, count);
  return found.flatMap((member, i) => (i % 2 === 0 ? [{ member, due_ms: Number(found[i + 1]) }] : []));
}

/** To its next time, or off the list, unless it was given another time since it was read. */
export async function moveDue(
  redis: RedisClient,
  list: string,
  { member, due_ms }: Listed,
  next_ms?: number | undefined,
): Promise<void> {
  await MOVE.run(redis, [list], [member, due_ms, next_ms ?? '']);
}

/** The first whose record is open, as `read` says; those that are finished are taken off. */
export async function firstOpen<T>(
  redis: RedisClient,
  list: string,
  read: (member: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (;;) {
    const [first] = await readDue(redis, list, 1);
    if (first === undefined) return undefined;
    const open = await read(first.member);
    if (open !== undefined) return open;
    await moveDue(redis, list, first);
  }
}
