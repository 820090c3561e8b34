/** Claims of first clicks in Redis: they go when their end has passed. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { claimBucket, claimBuckets, claimEnd } from '../../src/clicks/first-click.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { FORGET_EVERY_MS, forgetClaims } from '../../workers/clicks/forget-claims.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const DAY_S = 24 * 3_600;
const DAY_MS = DAY_S * 1_000;

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});

beforeEach(async () => {
  await redis.flushdb();
});

afterAll(() => server?.stop());

it('looks through every bucket once a day, and removes what has ended and nothing else', async () => {
  const now_ms = Date.now();
  const yesterday = claimEnd(0, now_ms - DAY_MS);
  // The last, one that is large enough to be a table, and the first.
  const buckets = [
    [claimBuckets(0) - 1, 3],
    [1_234, 1_500],
    [0, 3],
  ] as const;
  for (const [n, size] of buckets) {
    for (const partition of currentPartitions()) {
      const fields = Array.from({ length: size }, (_, i) => [`f${i}`, `${yesterday}click`]).flat();
      await redis.hset(claimBucket(partition, n), 'stays', `${claimEnd(DAY_S, now_ms)}click`, ...fields);
    }
  }
  const day_began_ms = Math.floor(now_ms / DAY_MS) * DAY_MS;
  for (const [n, size] of buckets) {
    const moment_ms = day_began_ms + Math.ceil(((n + 1) / claimBuckets(0)) * DAY_MS);
    expect(await forgetClaims(redis, moment_ms - FORGET_EVERY_MS)).toBe(0);
    expect(await forgetClaims(redis, moment_ms)).toBe(size * 4);
    expect(await redis.hkeys(claimBucket(1, n))).toEqual(['stays']);
  }
  expect(await redis.dbsize()).toBe(buckets.length * 4);
});
