/** Claims of first clicks in Redis: what they take, until when they stay, and that they go when their end has passed. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { restoreClaims } from '../../src/clicks/claim-store.ts';
import { clickPartition } from '../../src/clicks/click.ts';
import { claimBucket, claimBuckets, claimEnd, NO_PAYOUT, RELEASED } from '../../src/clicks/first-click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { openBatchKey } from '../../src/log/keys.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { claimFirstClicks } from '../../workers/clicks/claim-first-clicks.ts';
import { moveClaims } from '../../workers/clicks/claims.ts';
import { FORGET_EVERY_MS, forgetClaims } from '../../workers/clicks/forget-claims.ts';
import { someClick } from '../support/click-rows.ts';
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

const LINK = { account_id: 'acc', message_id: 'msg', link_id: 'link', contact_id: 'c', offer_id: 'off_one' };
const OTHER = { ...LINK, offer_id: 'off_two' };

async function openBatch(): Promise<Batch> {
  const ids = { first_id: '1-0', last_id: '1-9' };
  const batch = {
    ...{ log: 'clicks', partition: clickPartition(LINK), ...ids, rows: 1 },
    ...{ frozen_at_ms: 1, token: 'clicks-0-1-0-1-9' },
  };
  await redis.hset(openBatchKey(batch), { first: ids.first_id, last: ids.last_id });
  return batch;
}

async function claim(batch: Batch, link: typeof LINK, click_id: string): Promise<boolean[]> {
  const click = someClick({ ...link, click_id, cap: '' });
  const [first] = await claimFirstClicks(redis, batch, {
    ...{ clicks: [click], visitors: [''], verdicts: [{ verdict: 'human' }], payouts: [NO_PAYOUT] },
    keepings: new Map([['acc', { clicks_s: 1, sends_s: DAY_S, ip_storage: 'full' }]]),
  });
  return [first?.is_first === true, first?.is_first_for_offer === true];
}

const move = (batch: Batch, on: 'message' | 'offer', to: string, link = LINK): Promise<void> =>
  moveClaims(redis, batch, [{ on, link, visitor: '', claim: to }]);

/** All values of claims, in order. */
async function values(): Promise<string[]> {
  const keys = await redis.keys('first:*');
  const of_keys = await Promise.all(keys.map((key) => redis.hvals(key)));
  return of_keys.flat().sort();
}

it('one click’s claims on a message and its offer take one field, and do so again after they were apart', async () => {
  const batch = await openBatch();
  const ends = claimEnd(408 * DAY_S);
  expect(await claim(batch, LINK, 'ann')).toEqual([true, true]);
  expect(await values()).toEqual([`${ends}oneann`]);
  expect(await claim(batch, OTHER, 'bob')).toEqual([false, true]);
  expect(await values()).toEqual([`${ends}bob`, `${ends}oneann`]);
  await move(batch, 'message', 'ann');
  expect(await values()).toEqual([`${ends}bob`, `${ends}oneann`]);
  await move(batch, 'message', RELEASED);
  expect(await values()).toEqual([`${ends}*-`, `${ends}ann`, `${ends}bob`]);
  // The offer's claim stands: a click on it is first on the message alone.
  expect(await claim(batch, LINK, 'cy')).toEqual([true, false]);
  await move(batch, 'message', 'ann');
  await move(batch, 'offer', 'ann');
  expect(await values()).toEqual([`${ends}bob`, `${ends}oneann`]);
  await move(batch, 'message', RELEASED);
  await move(batch, 'offer', RELEASED);
  expect(await values()).toEqual([`${ends}*-`, `${ends}-`, `${ends}bob`]);
  expect(await claim(batch, LINK, 'dee')).toEqual([true, true]);
  expect(await values()).toEqual([`${ends}bob`, `${ends}onedee`]);
});

it.each([
  ['aaa', 'bbb'],
  ['bbb', 'aaa'],
])(
  'a claim keeps its end when it moves, and two in one field have the later one: %s and %s',
  async (one, other) => {
    const batch = await openBatch();
    const row = { ...LINK, ...NO_PAYOUT, visitor: '' };
    const [message, offer] = [
      { ...row, click_id: 'ann', is_first: 1, is_first_for_offer: 0 },
      { ...row, click_id: 'bob', is_first: 0, is_first_for_offer: 1 },
    ];
    await restoreClaims(redis, [message], () => one);
    await restoreClaims(redis, [offer], () => other);
    expect(await values()).toEqual([`${one}*ann`, `${other}bob`].sort());
    await move(batch, 'message', 'cy');
    await move(batch, 'offer', 'dee');
    expect(await values()).toEqual([`${one}*cy`, `${other}dee`].sort());
    await move(batch, 'offer', 'cy');
    expect(await values()).toEqual(['bbbonecy']);
    await move(batch, 'message', 'eve');
    expect(await values()).toEqual(['bbb*eve', 'bbbcy']);
  },
);

it('a restore changes nothing that is there, and a claim that was released stays so', async () => {
  const batch = await openBatch();
  await claim(batch, LINK, 'ann');
  await move(batch, 'offer', RELEASED);
  const before = await values();
  const row = { ...LINK, ...NO_PAYOUT, visitor: '', is_first: 1, is_first_for_offer: 1 };
  await restoreClaims(redis, [{ ...row, click_id: 'bob' }], () => 'zzz');
  expect(await values()).toEqual(before);
});
