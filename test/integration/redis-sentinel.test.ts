/** A Redis behind Sentinels: they say which server is the primary, before a failover and after it. */
// Own servers: its primary is killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  askRedis,
  connectRedis,
  findRedis,
  probeRedis,
  type RedisClient,
  type RedisTarget,
  untilReady,
} from '../../src/platform/redis.ts';
import { ServerFault } from '../../src/platform/server-fault.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { startRedisSentinel, type TestSentinel } from '../support/redis-sentinel.ts';
import { createCampaign, createSender } from '../support/sender.ts';
import { startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

/** From the death of a primary until writes are taken again; the Sentinel waits for the first second of it. */
const FAILOVER_WITHIN_MS = 10_000;
const TAPS = 40;
/** Some of them are just being made when the Sentinel tells of a failover. */
const CONNECTIONS = 100;

let sentinel: TestSentinel;
let target: RedisTarget;
const clients: RedisClient[] = [];

beforeAll(async () => {
  sentinel = await startRedisSentinel();
  target = await probeRedis(sentinel.url);
});

afterAll(async () => {
  for (const client of clients) client.disconnect();
  await sentinel?.stop();
});

async function connect(use: 'fast' | 'blocking'): Promise<RedisClient> {
  const client = connectRedis(target, use);
  clients.push(client);
  await untilReady(client, HANGS_AFTER_MS);
  return client;
}

it('is found by the name that the Sentinel has for it', async () => {
  expect(target).toEqual({ url: sentinel.url, cluster: false, primary: 'main' });
  expect(await probeRedis(`${sentinel.url}/main`)).toMatchObject({ primary: 'main' });
  await expect(probeRedis(`${sentinel.url}/other`)).rejects.toThrow(
    /watches the primaries main: write one behind/,
  );
});

it('is remembered for a start while the Sentinel is away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-kind-'));
  await findRedis(sentinel.url, folder);
  const away = 'redis://:x@127.0.0.1:1';
  expect(await findRedis(away, folder)).toEqual({
    target: { url: away, cluster: false, primary: 'main' },
    away: true,
  });
  await rm(folder, { recursive: true });
});

it('takes writes again within seconds of a failover, on every kind of connection', async () => {
  const fast = await connect('fast');
  const blocking = await connect('blocking');
  await fast.set('before', '1');
  await expect.poll(() => fast.wait(1, 1_000)).toBe(1);
  const others = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect('fast')));
  const popped = blocking.bzpopmin('queue', 0);
  const killed_at = performance.now();
  sentinel.killPrimary();
  await until(
    async () => (await fast.set('after', '1').catch(() => '')) === 'OK',
    HANGS_AFTER_MS,
    () => 'no write is taken',
  );
  expect(performance.now() - killed_at).toBeLessThan(FAILOVER_WITHIN_MS);
  expect(await fast.get('before')).toBe('1');
  for (const other of others) await untilReady(other, HANGS_AFTER_MS);
  expect(await Promise.all(others.map((other) => other.set('after', '2')))).toEqual(others.map(() => 'OK'));
  await fast.zadd('queue', 1, 'x');
  expect(await popped).toEqual(['queue', 'x', '1']);
  await askRedis(fast, sentinel.url);
});

it('with CLICK_ACK=replicated loses no answered click to a failover to a replica that was behind', async () => {
  const pair = await startRedisSentinel();
  const system = await startSystem({ REDIS_URL: pair.url, CLICK_ACK: 'replicated' });
  const phones = createPhones(system.redirect_url, 8);
  try {
    const sender = await createSender(system);
    const { creative_ids } = await createCampaign(sender, 'Replicated');
    const messages = await sender.send(
      Array.from({ length: TAPS }, (_, i) => ({
        ...{ contact_id: `c${i}`, creative_id: creative_ids[0], fields: { first_name: 'A' } },
      })),
    );
    const answered: string[] = [];
    const tapAll = async (): Promise<void> => {
      const answers = await Promise.all(
        messages.map(({ links }) => phones.open(links[0]?.link_id ?? '', PHONE)),
      );
      expect(answers.map((answer) => answer?.status)).toEqual(messages.map(() => 302));
      answered.push(...answers.flatMap((answer) => (answer === undefined ? [] : [clickIdOf(answer)])));
    };
    const ready = async (): Promise<string> => (await fetch(`${system.redirect_url}/readyz`)).text();
    await tapAll();
    expect(await ready()).toContain('"cannot":[]');
    pair.freezeReplica();
    await tapAll();
    expect(await ready()).toMatch(/no replica has what it holds; \d+ bytes of clicks are in the spool/);
    // Workers count every second: what no replica has is not counted, because it comes again from the spool.
    await sleep(2_500);
    pair.killPrimary();
    pair.thawReplica();
    await tapAll();
    await pair.startAgain();
    await untilSeen('the end of the spool', ready, (text) => text.includes('"cannot":[]'));
    await tapAll();
    const counted = async (): Promise<string[]> => {
      const result = await system.clickhouse.query({
        query: 'SELECT click_id FROM clicks',
        format: 'JSONCompactEachRow',
      });
      return (await result.json<[string]>()).map(([id]) => id).toSorted();
    };
    await untilSeen('all clicks', counted, (ids) => ids.length >= 4 * TAPS);
    expect(await counted()).toEqual(answered.toSorted());
    const firsts = 'SELECT count() FROM clicks WHERE is_first = 1';
    const result = await system.clickhouse.query({ query: firsts, format: 'JSONCompactEachRow' });
    expect((await result.json<[number]>()).map(([count]) => Number(count))).toEqual([TAPS]);
  } finally {
    phones.close();
    await system.destroy();
    await pair.stop();
  }
});

it('is asked for by its name where the Sentinel watches several', async () => {
  await sentinel.watchAlso('second');
  const fault = await probeRedis(sentinel.url).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ServerFault);
  expect(String(fault)).toMatch(/primaries (?:main, second|second, main): write one behind the addresses/);
  expect(String(fault)).not.toContain('of-all');
});
