/**
 * Counts the mails that ask an address to confirm, by the day (UTC) on which they are asked: they go to people who have
 * not agreed to anything. With Redis down it rejects, and the asking is tried again.
 */
import { createHash } from 'node:crypto';
import { type RedisClient, runAll } from '../../src/platform/redis.ts';
import { wallTime } from '../../src/platform/zone-clock.ts';
import { askedKey } from '../../src/sharing/schedule.ts';

const ASKED_KEPT_S = 2 * 24 * 3_600;
/** Of an account on a day. */
export const ASKED_A_DAY_MAX = 100;
/** To one address of an account on a day. */
export const ASKED_EACH_MAX = 3;

export interface Asked {
  /** `all`: the account may ask no more on this day; `each`: this address not again. Neither is counted. */
  room: 'free' | 'all' | 'each';
  /** It was not asked: it does not count, on the day for which it was counted. */
  takeBack(): Promise<void>;
}

/** Counts an address that is to be asked at `now_ms`. */
export async function countAsked(
  redis: RedisClient,
  account_id: string,
  email: string,
  now_ms: number,
): Promise<Asked> {
  const key = askedKey(account_id, wallTime('UTC', now_ms).date);
  const field = createHash('sha256').update(email).digest('base64url');
  const add = async (by: 1 | -1): Promise<number[]> => {
    const counts = await runAll(redis, [
      ['HINCRBY', key, 'all', by],
      ['HINCRBY', key, field, by],
      ['EXPIRE', key, ASKED_KEPT_S],
    ]);
    return counts.map(Number);
  };
  const takeBack = async (): Promise<void> => void (await add(-1));
  const [all = 0, each = 0] = await add(1);
  if (all <= ASKED_A_DAY_MAX && each <= ASKED_EACH_MAX) return { room: 'free', takeBack };
  await takeBack();
  return { room: all > ASKED_A_DAY_MAX ? 'all' : 'each', takeBack: async () => {} };
}
