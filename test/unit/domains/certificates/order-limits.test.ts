import { expect, it } from 'vitest';
import {
  FAILURES_PER_HOUR_MAX,
  nextTry,
  ORDERS_PER_HOUR_MAX,
} from '../../../../src/domains/certificates/order-limits.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When a name that always fails is tried, from 0 on, until `until_ms`. */
function triesUntil(until_ms: number, name = 'go.example.com'): number[] {
  const tries: number[] = [];
  for (let at = 0, count = 1; at < until_ms; count++) {
    tries.push(at);
    at = nextTry(name, { count, last_ms: tries.slice(-FAILURES_PER_HOUR_MAX) }, 0);
  }
  return tries;
}

it('tries a name that fails after a minute, then after longer and longer waits, at least once a day', () => {
  const waits = triesUntil(10 * DAY).map((at, n, all) => at - (all[n - 1] ?? 0));
  expect(waits[1]).toBeGreaterThanOrEqual(MINUTE);
  expect(waits[1]).toBeLessThanOrEqual(1.1 * MINUTE);
  expect(waits[2]).toBeGreaterThanOrEqual(2 * MINUTE);
  expect(Math.max(...waits)).toBeLessThanOrEqual(1.1 * DAY);
});

it('never fails a name five times within an hour, which Let’s Encrypt would answer with a limit', () => {
  for (const name of ['a.example.com', 'b.example.com', 'c.example.com']) {
    const tries = triesUntil(3 * DAY, name);
    for (const from of tries) {
      expect(tries.filter((at) => at >= from && at < from + HOUR).length).toBeLessThan(5);
    }
  }
});

it('orders less in any three hours than Let’s Encrypt allows an account', () => {
  // Three hours can touch four hours of the clock.
  expect(4 * ORDERS_PER_HOUR_MAX).toBeLessThan(300);
});

it('waits as long as the authority asks, and no longer than some days', () => {
  const failure = { count: 1, last_ms: [0] };
  expect(nextTry('go.example.com', failure, 6 * HOUR)).toBeGreaterThanOrEqual(6 * HOUR);
  expect(nextTry('go.example.com', failure, 3_650 * DAY)).toBeLessThan(10 * DAY);
});

it('spreads names that fail at the same time', () => {
  const failure = { count: 8, last_ms: [0] };
  const times = Array.from({ length: 50 }, (_, n) => nextTry(`n${n}.example.com`, failure, 0));
  expect(new Set(times).size).toBeGreaterThan(45);
});
