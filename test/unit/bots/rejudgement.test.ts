/** The queue of rejudgements: accounts take turns, and none fills it. */
import { beforeEach, expect, it } from 'vitest';
import {
  closeRejudgement,
  nextOpen,
  OPEN_EACH_MAX,
  requestRejudgement,
  saveRejudgement,
  TooManyRejudgementsError,
} from '../../../src/bots/rejudgement.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';

/** As much of Redis as the queue uses: strings and sorted sets. */
function memoryRedis(): RedisClient {
  const strings = new Map<string, string>();
  const sets = new Map<string, Map<string, number>>();
  const set = (key: string): Map<string, number> => {
    const found = sets.get(key) ?? new Map<string, number>();
    sets.set(key, found);
    return found;
  };
  const sorted = (key: string): [string, number][] =>
    [...set(key)].sort(([a, one], [b, two]) => one - two || (a < b ? -1 : 1));
  const redis = {
    get: async (key: string) => strings.get(key) ?? null,
    set: async (key: string, value: string) => strings.set(key, value),
    incr: async (key: string) => {
      strings.set(key, String(Number(strings.get(key) ?? 0) + 1));
      return Number(strings.get(key));
    },
    zadd: async (key: string, score: number, member: string) => set(key).set(member, score),
    zrem: async (key: string, member: string) => set(key).delete(member),
    zcard: async (key: string) => set(key).size,
    zmscore: async (key: string, members: string[]) => members.map((one) => set(key).get(one) ?? null),
    zrange: async (key: string, from: string, to: string, scores?: string) =>
      sorted(key)
        .slice(Number(from), Number(to) + 1 || undefined)
        .flatMap(([member, score]) => (scores === undefined ? [member] : [member, String(score)])),
    zrevrange: async (key: string, from: number, to: number) =>
      sorted(key)
        .reverse()
        .slice(from, to + 1)
        .map(([member]) => member),
  };
  return redis as unknown as RedisClient;
}

let redis: RedisClient;
beforeEach(() => {
  redis = memoryRedis();
});

const ask = (account_id: string) => requestRejudgement(redis, account_id, 0, 1, '2026-01-01T00:00:00.000Z');

/** Runs the next one; resolves with its account. */
async function run(): Promise<string | undefined> {
  const next = await nextOpen(redis);
  if (next === undefined) return undefined;
  await saveRejudgement(redis, { ...next, state: 'done' });
  await closeRejudgement(redis, next);
  return next.account_id;
}

it('runs another account’s after the one that runs, however many the first one asked for', async () => {
  for (let i = 0; i < 5; i++) await ask('a');
  const running = await nextOpen(redis);
  await ask('b');
  await ask('b');
  await ask('c');
  // What runs is not interrupted.
  expect(await nextOpen(redis)).toEqual(running);
  const order: (string | undefined)[] = [];
  for (let i = 0; i < 8; i++) order.push(await run());
  expect(order[0]).toBe('a');
  expect(order.slice(1, 4).toSorted()).toEqual(['a', 'b', 'c']);
  expect(order.slice(4, 6).toSorted()).toEqual(['a', 'b']);
  expect(order.slice(6)).toEqual(['a', 'a']);
  expect(await run()).toBeUndefined();
});

it('refuses an account that has too many open, and takes it again when one is done', async () => {
  for (let i = 0; i < OPEN_EACH_MAX; i++) await ask('a');
  await expect(ask('a')).rejects.toThrow(TooManyRejudgementsError);
  await ask('b');
  await run();
  await ask('a');
});
