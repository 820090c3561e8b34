/** Records of a Redis Cluster while one of its primaries is away. Starts servers of its own, because it kills one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linkKey } from '../../src/links/link.ts';
import { type FoundLink, findLink, linkField, storeLinks } from '../../src/links/stored-links.ts';
import { BatchedReader } from '../../src/platform/record-cache.ts';
import { type Cluster, connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { SLOTS, slotOfKey } from '../../src/platform/redis-slots.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { startRedisCluster, type TestRedisCluster } from '../support/redis-cluster.ts';
import { HANGS_AFTER_MS } from '../support/until.ts';

const NODES = 3;
let cluster: TestRedisCluster;
let redis: RedisClient;

beforeAll(async () => {
  cluster = await startRedisCluster({ count: NODES });
  redis = connectRedis({ url: cluster.url, cluster: true }, 'fast');
  await untilReady(redis, HANGS_AFTER_MS);
});

afterAll(async () => {
  redis?.disconnect();
  await cluster?.stop();
});

it('are fields of hashes with as long values as every primary keeps in lists', async () => {
  const stored = async (client: RedisClient, link_id: string): Promise<FoundLink> => {
    await storeLinks(client, [{ link_id, text: `[${'x'.repeat(200)}]`, placed: true }], 60);
    return findLink(client, link_id);
  };
  expect(await stored(redis, 'first00')).toMatchObject({ of_key: '' });
  const [first, ...others] = (redis as Cluster).nodes('master');
  await first?.config('SET', 'hash-max-listpack-value', '64');
  const later = connectRedis({ url: cluster.url, cluster: true }, 'fast');
  await untilReady(later, HANGS_AFTER_MS);
  // Also of the slots of the others.
  for (const link_id of ['second0', 'third00', 'fourth0']) {
    expect(await stored(later, link_id)).toMatchObject({ of_bucket: '' });
  }
  later.disconnect();
  for (const node of [first, ...others]) await node?.config('SET', 'hash-max-listpack-value', '256');
});

it('come from a field of a hash where the key has none, also while their slot moves', async () => {
  const ids = Array.from({ length: 40 }, (_, i) => `of${String(i).padStart(5, '0')}`);
  await storeLinks(
    redis,
    ids.map((link_id, i) => ({ link_id, text: `text of ${link_id}`, placed: i % 2 === 0 })),
    60,
  );
  const reader = new BatchedReader(redis);
  const readAll = () =>
    Promise.all(ids.map((link_id) => reader.read(linkKey(link_id), { field: linkField(link_id) })));
  const expected = ids.map((link_id) => expect.stringMatching(new RegExp(`^(...)?text of ${link_id}$`)));
  expect(await readAll()).toEqual(expected);
  expect(await redis.exists(linkKey(ids[0] as string))).toBe(0);
  expect(await redis.exists(linkKey(ids[1] as string))).toBe(1);
  expect(await reader.read('link:nothing', { field: linkField('nothing') })).toBeNull();
  const moved = cluster.moveSlotOf(linkKey(ids[0] as string), 400);
  const seen: unknown[] = [];
  const until_moved = moved.then(() => seen.push('moved'));
  while (!seen.includes('moved')) {
    expect(await readAll()).toEqual(expected);
    await sleep(20);
  }
  await until_moved;
  expect(await readAll()).toEqual(expected);
});

it('come from Redis where their primary is there, and from elsewhere where it is not', async () => {
  const keys = Array.from({ length: 300 }, (_, i) => `link:key${i}`);
  for (const key of keys) await redis.set(key, `value of ${key}`);
  const asked: string[] = [];
  const second = {
    covers: () => false,
    read: async (key: string) => {
      asked.push(key);
      return `value of ${key}`;
    },
  };
  const reader = new BatchedReader(redis, second);
  process.kill(cluster.pids[0] as number, 'SIGKILL');
  const values = await Promise.all(keys.map((key) => reader.read(key)));
  expect(values).toEqual(keys.map((key) => `value of ${key}`));
  // The first of three primaries serves the first third; the range at its end is shared.
  const [of_first, shared] = [SLOTS / NODES, SLOTS / 64];
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((key) => slotOfKey(key) > of_first + shared)).toEqual([]);
});
