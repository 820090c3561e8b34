import { expect, it } from 'vitest';
import { isAnswered, RATE_NAMES } from '../../../src/reports/measures.ts';
import { endOfPeriod } from '../../../src/reports/period.ts';
import { unfinishedAt } from '../../../src/reports/unfinished.ts';

const DAY_MS = 24 * 3_600_000;

it('says that a period is not over, then that conversions may come, then nothing', () => {
  const end_ms = Date.parse('2026-11-01T00:00:00Z');
  const at = (now_ms: number, rises_ms: number) => unfinishedAt({ now_ms, rises_ms }, end_ms);
  expect(at(end_ms - 1, 30 * DAY_MS)).toBe('period');
  expect(at(end_ms, 30 * DAY_MS)).toBe('conversions');
  expect(at(end_ms + 30 * DAY_MS, 30 * DAY_MS)).toBeNull();
  // Of events: over is over.
  expect(at(end_ms, 0)).toBeNull();
});

it('ends a period where the next begins, across a change of the clocks', () => {
  const end = (period: Parameters<typeof endOfPeriod>[0], start: string): string =>
    new Date(endOfPeriod(period, Date.parse(start), 'Europe/Berlin')).toISOString();
  expect(end('day', '2026-10-25T00:00:00+02:00')).toBe('2026-10-25T23:00:00.000Z');
  expect(end('hour', '2026-10-25T02:00:00+02:00')).toBe('2026-10-25T01:00:00.000Z');
  expect(end('week', '2026-10-19T00:00:00+02:00')).toBe('2026-10-25T23:00:00.000Z');
  expect(end('month', '2026-10-01T00:00:00+02:00')).toBe('2026-10-31T23:00:00.000Z');
});

it('answers every rate of messages, of events only those per click, and none by the time of the conversion', () => {
  const answered = (...kind: Parameters<typeof isAnswered> extends [unknown, ...infer Rest] ? Rest : never) =>
    RATE_NAMES.filter((name) => isAnswered(name, ...kind));
  expect(answered('sent', 'click')).toEqual(RATE_NAMES);
  expect(answered('event', 'click')).toEqual(['epc', 'cvr']);
  expect(answered('event', 'conversion')).toEqual([]);
});
