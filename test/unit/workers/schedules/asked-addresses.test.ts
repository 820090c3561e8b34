import { beforeEach, expect, it } from 'vitest';
import type { RedisClient } from '../../../../src/platform/redis.ts';
import {
  ASKED_A_DAY_MAX,
  ASKED_EACH_MAX,
  countAsked,
} from '../../../../workers/schedules/asked-addresses.ts';

const EVENING_MS = Date.parse('2026-12-31T23:59:59Z');
const NEW_YEAR_MS = EVENING_MS + 2_000;

let stored: Map<string, number>;

const answer = (name: string, key: string, field: string, by: number): number => {
  if (name !== 'HINCRBY') return 1;
  const count = (stored.get(`${key} ${field}`) ?? 0) + by;
  stored.set(`${key} ${field}`, count);
  return count;
};

/** A Redis of one command, given singly or many at once. */
const redis = {
  call: async (...command: Parameters<typeof answer>) => answer(...command),
  pipeline: (batch: Parameters<typeof answer>[]) => ({
    exec: async () => batch.map(([name, ...args]) => [null, answer(name.toUpperCase(), ...args)]),
  }),
} as unknown as RedisClient;

beforeEach(() => {
  stored = new Map();
});

const ask = (email: string, now_ms: number) => countAsked(redis, 'acc_1', email, now_ms);
const roomOf = async (email: string, now_ms: number) => (await ask(email, now_ms)).room;

it('asks an address so many times a day, and an account so many addresses', async () => {
  for (let i = 0; i < ASKED_EACH_MAX; i++) expect(await roomOf('ann', EVENING_MS)).toBe('free');
  expect(await roomOf('ann', EVENING_MS)).toBe('each');
  for (let i = ASKED_EACH_MAX; i < ASKED_A_DAY_MAX; i++)
    expect(await roomOf(`${i}`, EVENING_MS)).toBe('free');
  expect(await roomOf('bob', EVENING_MS)).toBe('all');
  expect(await roomOf('ann', NEW_YEAR_MS)).toBe('free');
});

it('takes back what was not asked from the day for which it was counted, though that is over', async () => {
  const asked = await ask('ann', EVENING_MS);
  for (let i = 0; i < ASKED_EACH_MAX; i++) expect(await roomOf('ann', NEW_YEAR_MS)).toBe('free');
  await asked.takeBack();
  expect(await roomOf('ann', NEW_YEAR_MS)).toBe('each');
  expect([...stored.values()].toSorted()).toEqual([0, 0, ASKED_EACH_MAX, ASKED_EACH_MAX]);
});
