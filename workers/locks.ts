/** Locks in Redis: which worker does a piece of work. Each ends by itself. With Redis down every call rejects. */
import type { RedisClient } from '../src/platform/redis.ts';
import { loadScript } from '../src/platform/script.ts';

const HOLD = loadScript(new URL('./lua/hold-lock.lua', import.meta.url));
const LEAVE = loadScript(new URL('./lua/leave-lock.lua', import.meta.url));

export interface Lock {
  key: string;
  /** Who holds it. */
  who: string;
  lock_ms: number;
}

/** Extends the lock, with `take` also one that nobody has; false: it is somebody else's. */
export async function holdLock(
  redis: RedisClient,
  { key, who, lock_ms }: Lock,
  take: boolean,
): Promise<boolean> {
  return (await HOLD.run(redis, [key], [who, lock_ms, take ? 1 : 0])) === 1;
}

/** Another worker may take it at once. */
export async function leaveLock(redis: RedisClient, { key, who }: Pick<Lock, 'key' | 'who'>): Promise<void> {
  await LEAVE.run(redis, [key], [who]);
}
