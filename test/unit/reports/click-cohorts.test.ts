/** Which cells of a cohort are finished, still rise, or have not begun. */
import { expect, it } from 'vitest';
import { AGES, cohortsOf, firstDayOf } from '../../../src/reports/read-click-cohorts.ts';

const DAY_MS = 24 * 3_600_000;
const ALL = { from_ms: 0, to_ms: Date.parse('2030-01-01T00:00:00Z') };
const money = { currency: 'EUR', payout: '0', sales: '0', refunds: '0' };
const earned = (click_day: string, days: number, revenue: string) => ({
  ...money,
  ...{ click_day, conversion_day: '', days, conversions: 1, revenue },
});

it('marks cells by the days that are over for all clicks of the row', () => {
  const [row] = cohortsOf(new Map([['2026-11-02', 100]]), [], {
    ...{ ...ALL, by: 'week', tz: 'UTC', rises_ms: 90 * DAY_MS },
    now_ms: Date.parse('2026-11-12T12:00:00Z'),
  });
  // The week ends with 2026-11-08; of its last day the 3rd day after is over, and of its first the 10th has begun.
  expect(row?.cells.map(({ state }) => state)).toEqual([
    ...['finished', 'finished', 'finished', 'finished'],
    ...['rising', 'rising', 'rising', 'rising'],
    ...['ahead', 'ahead', 'ahead'],
  ]);
});

it('finishes the open column once no conversion counts any more', () => {
  const states = (now: string) =>
    cohortsOf(new Map([['2026-01-01', 1]]), [], {
      ...{ ...ALL, by: 'day', tz: 'Europe/Berlin', rises_ms: 90 * DAY_MS, now_ms: Date.parse(now) },
    })[0]?.cells.at(-1)?.state;
  expect(states('2026-03-01T00:00:00Z')).toBe('ahead');
  expect(states('2026-03-20T00:00:00Z')).toBe('rising');
  expect(states('2026-04-03T00:00:00Z')).toBe('finished');
});

it('says which rows have a part of their period alone', () => {
  const clicks = new Map([
    ['2026-10-26', 1],
    ['2026-11-02', 1],
    ['2026-11-09', 1],
  ]);
  const range = { from_ms: Date.parse('2026-10-31T00:00:00Z'), to_ms: Date.parse('2026-11-12T00:00:00Z') };
  const partial = (now: string) =>
    cohortsOf(clicks, [], { ...range, by: 'week', tz: 'UTC', rises_ms: 0, now_ms: Date.parse(now) }).map(
      (row) => row.partial,
    );
  expect(partial('2026-11-20T00:00:00Z')).toEqual([true, false, true]);
  // What has not happened yet is missing nowhere.
  expect(partial('2026-11-11T12:00:00Z')).toEqual([true, false, false]);
});

it('sums money by days since the click, what came before its click on its first day', () => {
  const rows = cohortsOf(
    new Map([
      ['2026-11-01', 10],
      ['2026-12-01', 0],
    ]),
    [earned('2026-11-03', 0, '1.10'), earned('2026-11-30', -1, '2.20'), earned('2026-11-04', 400, '-0.30')],
    { ...ALL, by: 'month', tz: 'UTC', rises_ms: 0, now_ms: Date.parse('2026-12-31T00:00:00Z') },
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ cohort: '2026-11-01', clicks_unique: 10, conversions: 3, revenue: '3.00' });
  expect(rows[0]?.cells.map(({ revenue }) => revenue)).toEqual(
    AGES.map((_, i) => (i === 0 ? '3.30' : i === AGES.length - 1 ? '-0.30' : '0.00')),
  );
});

it.each([
  ['day', '2026-11-29', '2026-11-29'],
  ['week', '2026-11-29', '2026-11-23'],
  ['week', '2026-11-30', '2026-11-30'],
  ['week', '2027-01-01', '2026-12-28'],
  ['month', '2026-11-29', '2026-11-01'],
] as const)('the %s of %s begins on %s', (by, day, first) => {
  expect(firstDayOf(by, day)).toBe(first);
});
