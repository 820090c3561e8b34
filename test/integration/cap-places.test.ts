/** Places below caps in Redis: taken and settled once, however often a batch is tried again. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { admitConversion, admitTap, countTaps, readCaps } from '../../src/caps/cap-store.ts';
import { type PlacedCap, placeCaps } from '../../src/caps/caps.ts';
import type { OfferCap } from '../../src/catalog/offer-caps.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:00Z');
const CAP: Omit<OfferCap, 'count' | 'limit'> = { per: 'day', tz: 'UTC' };

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

const offerWith = (...caps: OfferCap[]) => ({ offer_id: 'off_1', caps });
const used = async (...caps: OfferCap[]) =>
  (await readCaps(redis, offerWith(...caps), NOW_MS)).map((one) => [one.used, one.full]);

it('settles a batch of taps that is tried again, and again later, once', async () => {
  const cap: OfferCap = { ...CAP, count: 'first_clicks', limit: 3 };
  const placed = placeCaps(offerWith(cap), NOW_MS);
  const ask = (member: string, at_ms = NOW_MS, takes = true) =>
    admitTap(redis, placed, { member, at_ms, takes });
  for (const member of ['ann', 'bot', 'cy']) expect(await ask(member)).toBeUndefined();
  expect(await ask('dee')).toMatchObject({ cap });
  expect(await ask('ann', NOW_MS + 1)).toBeUndefined();
  expect(await used(cap)).toEqual([[3, true]]);
  const settle = () =>
    countTaps(redis, placed[0] as PlacedCap, [
      { member: 'bot', at_ms: NOW_MS, is_first: false },
      { member: 'ann', at_ms: NOW_MS, is_first: true },
      { member: 'ann', at_ms: NOW_MS + 1, is_first: false },
    ]);
  await settle();
  await settle();
  expect(await used(cap)).toEqual([[2, false]]);
  // The contact of the robot's link taps itself: its own place, which the same batch no longer takes away.
  expect(await ask('bot', NOW_MS + 2)).toBeUndefined();
  await settle();
  expect(await used(cap)).toEqual([[3, true]]);
});

it('asks without taking a place', async () => {
  const cap: OfferCap = { ...CAP, count: 'first_clicks', limit: 1 };
  const placed = placeCaps(offerWith(cap), NOW_MS);
  for (let i = 0; i < 3; i++) {
    expect(await admitTap(redis, placed, { member: `m${i}`, at_ms: NOW_MS, takes: false })).toBeUndefined();
  }
  expect(await used(cap)).toEqual([[0, false]]);
});

it('lets a conversion in once below every cap, and takes nothing for one that does not fit below all', async () => {
  const count: OfferCap = { ...CAP, count: 'conversions', limit: 10 };
  const payout: OfferCap = { ...CAP, count: 'payout', limit: '5.00' };
  const placed = placeCaps(offerWith(count, payout), NOW_MS);
  const admit = (id: string, units: number) =>
    admitConversion(redis, placed, id, ({ count: of }) => (of === 'payout' ? units * 1_000_000 : 1));
  expect([await admit('a', 3), await admit('a', 3), await admit('b', 3)]).toEqual([true, true, false]);
  expect(await used(count, payout)).toEqual([
    [1, false],
    ['3.00', true],
  ]);
  expect(await admitTap(redis, placed, { member: 'm', at_ms: NOW_MS, takes: true })).toMatchObject({
    cap: payout,
  });
  expect(await admit('c', 2)).toBe(true);
  expect(await used(count, payout)).toEqual([
    [2, false],
    ['5.00', true],
  ]);
});

it('of 500 takers at once as many get a place as there are', async () => {
  const cap: OfferCap = { ...CAP, count: 'conversions', limit: 100 };
  const placed = placeCaps(offerWith(cap), NOW_MS);
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, i) => admitConversion(redis, placed, `c${i}`, () => 1)),
  );
  expect(answers.filter(Boolean)).toHaveLength(100);
});

it('every key ends by itself', async () => {
  const caps: OfferCap[] = [
    { ...CAP, count: 'first_clicks', limit: 1 },
    { ...CAP, count: 'conversions', limit: 1 },
    { ...CAP, count: 'payout', limit: '0.50' },
  ];
  const placed = placeCaps(offerWith(...caps), NOW_MS);
  await admitTap(redis, placed, { member: 'm', at_ms: NOW_MS, takes: true });
  await admitConversion(redis, placed.slice(1), 'c', () => 1_000_000);
  await admitConversion(redis, placed.slice(1), 'c', () => 1);
  await countTaps(redis, placed[0] as PlacedCap, [{ member: 'n', at_ms: NOW_MS, is_first: true }]);
  const keys = await redis.keys('cap:*');
  expect(keys).toHaveLength(3);
  for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(0);
});
