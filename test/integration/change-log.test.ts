/** The change log on a real Redis: no reader goes on with copies of what changed while it stood still. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  announce,
  announceEverything,
  type ChangeFeed,
  followChanges,
  forgetAnnounced,
} from '../../src/platform/change-log.ts';
import { type RedisClient, runAll } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { untilSeen } from '../support/until.ts';

/** More than the stream keeps. */
const MANY = 12_000;

let server: TestRedis;
let redis: RedisClient;
let feed: ChangeFeed;
let seen: string[];

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
afterAll(() => server?.stop());

beforeEach(() => {
  seen = [];
});

const follow = () =>
  followChanges(server.target, {
    changed: (key) => void seen.push(key),
    missed: () => void seen.push('missed'),
  });

async function untilKnown(what: string): Promise<void> {
  await untilSeen(
    what,
    async () => seen,
    (now) => now.includes(what),
  );
}

it('a reader that is overrun while it is connected drops everything, and then follows on', async () => {
  feed = await follow();
  await runAll(redis, [announce('first')]);
  await untilKnown('first');
  // In one step of Redis: no reader comes between.
  await redis.eval(
    `for i = 1, ${MANY} do redis.call('XADD', KEYS[1], 'MAXLEN', '~', 10000, '*', 'k', 'key' .. i) end`,
    1,
    'changes',
  );
  await untilKnown('missed');
  await runAll(redis, [announce('last')]);
  await untilKnown('last');
  await feed.close();
});

it('a full page of changes that are all there is read on', async () => {
  feed = await follow();
  await runAll(
    redis,
    Array.from({ length: 2_500 }, (_, i) => announce(`key${i}`)),
  );
  await untilKnown('key2499');
  expect(seen).toEqual(Array.from({ length: 2_500 }, (_, i) => `key${i}`));
  await feed.close();
});

it('what is announced of everything drops everything, and stays where older changes are forgotten', async () => {
  feed = await follow();
  await runAll(redis, [announce('before')]);
  await forgetAnnounced(redis, await announceEverything(redis));
  await untilKnown('missed');
  expect(await redis.xlen('changes')).toBe(1);
  await feed.close();
  // Whoever starts now is behind nothing.
  seen = [];
  feed = await follow();
  await runAll(redis, [announce('after')]);
  await untilKnown('after');
  expect(seen).toEqual(['after']);
  await feed.close();
});
