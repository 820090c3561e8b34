/** What Redis is asked about its lists, and how often. */
import { Cluster, Redis, ReplyError } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listValueBytes } from '../../../src/platform/hash-fields.ts';

const SETTING = 'hash-max-listpack-value';
const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A server whose answers come when they are given. */
function serverOf(): { redis: Redis; asked(): number; answer(value: string[] | Error): Promise<void> } {
  const waiting: PromiseWithResolvers<string[]>[] = [];
  let asked = 0;
  const redis = Object.assign(Object.create(Redis.prototype), {
    config(...args: string[]) {
      expect(args).toEqual(['GET', SETTING]);
      asked++;
      const one = Promise.withResolvers<string[]>();
      waiting.push(one);
      return one.promise;
    },
  }) as Redis;
  return {
    redis,
    asked: () => asked,
    async answer(value) {
      const one = waiting.shift();
      if (value instanceof Error) one?.reject(value);
      else one?.resolve(value);
      await new Promise(setImmediate);
    },
  };
}

it('asks once a minute, and lets only the first caller wait', async () => {
  const { redis, asked, answer } = serverOf();
  const first = [listValueBytes(redis), listValueBytes(redis)];
  await answer([SETTING, '128']);
  expect(await Promise.all(first)).toEqual([128, 128]);
  vi.advanceTimersByTime(MINUTE_MS - 1);
  expect(await listValueBytes(redis)).toBe(128);
  expect(asked()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await listValueBytes(redis)).toBe(128);
  await answer([SETTING, '512']);
  expect(await listValueBytes(redis)).toBe(512);
  expect(asked()).toBe(2);
});

it('takes the default where Redis refuses to tell or does not know', async () => {
  for (const refused of [new ReplyError('NOPERM this user has no permissions'), []]) {
    const { redis, asked, answer } = serverOf();
    const told = listValueBytes(redis);
    await answer(refused);
    expect([await told, await listValueBytes(redis), asked()]).toEqual([64, 64, 1]);
  }
});

it('takes what was known, else the default, while Redis is down', async () => {
  const { redis, asked, answer } = serverOf();
  const told = listValueBytes(redis);
  await answer(new Error('Connection is closed.'));
  expect(await told).toBe(64);
  const again = listValueBytes(redis);
  await answer([SETTING, '256']);
  expect(await again).toBe(256);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(await listValueBytes(redis)).toBe(256);
  await answer(new Error('Connection is closed.'));
  expect([await listValueBytes(redis), asked()]).toEqual([256, 3]);
});

it('takes the least of a cluster’s primaries', async () => {
  const nodes = [serverOf(), serverOf(), serverOf()];
  const cluster = Object.assign(Object.create(Cluster.prototype), {
    nodes: () => nodes.map(({ redis }) => redis),
  }) as Cluster;
  const told = listValueBytes(cluster);
  for (const [i, bytes] of ['256', '100', '512'].entries()) await nodes[i]?.answer([SETTING, bytes]);
  expect(await told).toBe(100);
});
