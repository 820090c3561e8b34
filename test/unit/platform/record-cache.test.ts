import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BatchedReader, RecordCache } from '../../../src/platform/record-cache.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';

/** Keys that Redis was asked for. */
let asked: string[];
let now_ms: number;
let stored: Map<string, string>;
let cache: RecordCache<{ text: string }>;

beforeEach(() => {
  // lru-cache remembers what time it is, until a timer says that a millisecond has passed.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  // It holds the clock that there was when it was loaded.
  now_ms = 1;
  vi.spyOn(performance, 'now').mockImplementation(() => now_ms);
  asked = [];
  stored = new Map([['link:a', '1']]);
  const redis = {
    async mget(keys: string[]) {
      asked.push(...keys);
      return keys.map((key) => stored.get(key) ?? null);
    },
  } as unknown as RedisClient;
  cache = new RecordCache(new BatchedReader(redis), 100, (_key, text) => ({ text }), 'link:');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('asks once for a record, and again once it has changed', async () => {
  expect(await Promise.all([cache.load('a'), cache.load('a')])).toEqual([{ text: '1' }, { text: '1' }]);
  expect(cache.peek('a')).toEqual({ text: '1' });
  expect(asked).toEqual(['link:a']);
  stored.set('link:a', '2');
  cache.changed('link:a');
  expect(cache.peek('a')).toBeUndefined();
  expect(await cache.load('a')).toEqual({ text: '2' });
});

it('remembers for a second that a record is absent', async () => {
  expect(await cache.load('b')).toBeNull();
  expect(cache.peek('b')).toBeNull();
  stored.set('link:b', '3');
  expect(await cache.load('b')).toBeNull();
  now_ms += 1_001;
  vi.advanceTimersByTime(1_001);
  expect(cache.peek('b')).toBeUndefined();
  expect(await cache.load('b')).toEqual({ text: '3' });
  expect(asked).toEqual(['link:b', 'link:b']);
});

it('forgets an absence with the change that ends it', async () => {
  expect(await cache.load('b')).toBeNull();
  stored.set('link:b', '3');
  cache.changed('link:b');
  expect(await cache.load('b')).toEqual({ text: '3' });
});

it('asks for a key and for the field that stands in for it in one call, with those of others', async () => {
  const calls: unknown[][] = [];
  const values = new Map([
    ['link:a', 'of its key'],
    ['hash b', 'of its field'],
  ]);
  const redis = {
    defineCommand(name: string) {
      Object.assign(redis, {
        async [name](count: number, ...rest: string[]) {
          calls.push(rest);
          const keys = rest.slice(0, count / 2);
          return keys.map((key, i) => values.get(key) ?? values.get(`hash ${rest[count + i]}`) ?? null);
        },
      });
    },
  };
  const reader = new BatchedReader(redis as unknown as RedisClient);
  const records = new RecordCache(
    reader,
    100,
    (_key, text) => ({ text }),
    'link:',
    (key) => ['bucket', key],
  );
  const found = await Promise.all([
    records.load('a'),
    records.load('b'),
    records.load('c'),
    reader.read('plain'),
  ]);
  expect(found).toEqual([{ text: 'of its key' }, { text: 'of its field' }, null, null]);
  expect(calls).toEqual([
    [
      ...['link:a', 'link:b', 'link:c', 'plain'],
      ...['bucket', 'bucket', 'bucket', 'plain'],
      ...['a', 'b', 'c', ''],
    ],
  ]);
});
