/** What a cap does while Redis is away. */
import { expect, it } from 'vitest';
import type { Offer } from '../../../src/catalog/definitions.ts';
import type { RedisClient } from '../../../src/platform/redis.ts';
import { CapGate } from '../../../src/redirect/cap-gate.ts';

const offer = (limit: number): Offer =>
  ({
    offer_id: 'off_1',
    caps: [{ count: 'first_clicks', per: 'day', tz: 'UTC', limit }],
  }) as unknown as Offer;
const NOON = Date.parse('2026-11-29T12:00:00Z');
const tap = { member: 'm', at_ms: NOON, takes: true };

/** Answers each call with the next one: the number of the full cap, or an error. */
function gateWith(...answers: (number | Error)[]): CapGate {
  const redis = {
    src_caps_admit_tap: async () => {
      const answer = answers.shift();
      if (typeof answer === 'number') return answer;
      throw answer ?? new Error('away');
    },
  };
  return new CapGate(redis as unknown as RedisClient);
}

it('lets a tap in that it can not ask for', async () => {
  const gate = gateWith(new Error('away'));
  expect(await gate.ask(offer(5), tap)).toBeUndefined();
  expect(gate.counts).toEqual({ admitted: 0, refused: 0, unasked: 1 });
});

it('keeps a cap shut that it has seen full, until the period is over or the limit is another', async () => {
  const gate = gateWith(1);
  expect(await gate.ask(offer(5), tap)).toMatchObject({ count: 'first_clicks', per: 'day' });
  expect(await gate.ask(offer(5), tap)).toMatchObject({ limit: 5 });
  expect(await gate.ask(offer(6), tap)).toBeUndefined();
  expect(await gate.ask(offer(5), { ...tap, at_ms: NOON + 24 * 3_600_000 })).toBeUndefined();
  expect(gate.counts).toEqual({ admitted: 0, refused: 1, unasked: 3 });
});

it('a call that hangs is let in within the time', async () => {
  const redis = { src_caps_admit_tap: () => new Promise(() => {}) } as unknown as RedisClient;
  const since = performance.now();
  expect(await new CapGate(redis).ask(offer(5), tap)).toBeUndefined();
  expect(performance.now() - since).toBeLessThan(1_000);
});
