import { expect, it } from 'vitest';
import type { RedisClient } from '../../../../src/platform/redis.ts';
import { tellVisitors } from '../../../../workers/clicks/tell-visitors.ts';
import { someClick } from '../../../support/click-rows.ts';

const DAY_MS = 24 * 3_600_000;

/** Keeps what is set once, as SET … NX GET does. */
function fakeRedis(): { redis: RedisClient; kept: Map<string, string>; calls: unknown[][] } {
  const kept = new Map<string, string>();
  const calls: unknown[][] = [];
  const redis = {
    async set(...args: [string, string, ...unknown[]]): Promise<string | null> {
      calls.push(args);
      const [key, value] = args;
      const before = kept.get(key);
      if (before === undefined) kept.set(key, value);
      return before ?? null;
    },
  };
  return { redis: redis as unknown as RedisClient, kept, calls };
}

const visit = (given: object = {}) => someClick({ contact_id: '', clicked_at_ms: 5 * DAY_MS, ...given });

it('gives a visitor of a link without a contact the same hash again on the same day, and another on the next', async () => {
  const { redis, calls } = fakeRedis();
  const clicks = [visit(), visit({ clicked_at_ms: 5 * DAY_MS + 1 }), visit({ clicked_at_ms: 6 * DAY_MS })];
  const [one, again, next] = await tellVisitors(redis, clicks);
  expect(again).toBe(one);
  expect(next).not.toBe(one);
  // One salt a day and batch, and each ends.
  expect(calls.map((args) => args.slice(2))).toEqual([
    ['EX', 172_800, 'NX', 'GET'],
    ['EX', 172_800, 'NX', 'GET'],
  ]);
  expect(await tellVisitors(redis, clicks)).toEqual([one, again, next]);
});

it('asks nothing for clicks of contacts', async () => {
  const { redis, calls } = fakeRedis();
  expect(await tellVisitors(redis, [someClick(), someClick()])).toEqual(['', '']);
  expect(calls).toEqual([]);
});
