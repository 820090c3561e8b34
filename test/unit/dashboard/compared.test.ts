/** With what a range is compared, and the points of its chart, by the clocks of a place. */
import { describe, expect, it } from 'vitest';
import {
  bucketsOf,
  comparedFrom,
  comparedRange,
  endOf,
  grainFor,
  grainsFor,
  isDate,
} from '../../../src/dashboard/app/compared.ts';

const TZ = 'Europe/Berlin';
const WEEK = { from: '2026-11-23', to: '2026-11-29' };
const at = (text: string): number => Date.parse(text);

describe('the range that another is compared with', () => {
  it('has its weekdays, a year less, as many days before, or begins where it is told', () => {
    expect(comparedFrom('before', { from: '2026-11-20', to: '2026-11-29' }, '')).toBe('2026-11-10');
    expect(comparedFrom('week', WEEK, '')).toBe('2026-11-16');
    expect(comparedFrom('week', { from: '2026-11-20', to: '2026-11-29' }, '')).toBe('2026-11-06');
    expect(comparedFrom('year', { from: '2028-02-29', to: '2028-03-01' }, '')).toBe('2027-02-28');
    expect(comparedFrom('own', WEEK, '2026-01-05')).toBe('2026-01-05');
    expect(comparedFrom('own', WEEK, 'soon')).toBeUndefined();
    expect(comparedFrom('own', WEEK, '2026-99-99')).toBeUndefined();
    expect(['2028-02-29', '2027-02-29', '2026-1-1', '', undefined].map(isDate)).toEqual([
      ...[true, false, false, false, false],
    ]);
    expect(comparedFrom('none', WEEK, '')).toBeUndefined();
  });

  it('goes up to the same quarter of an hour where the range is not over', () => {
    const now_ms = at('2026-11-25T13:08:00Z');
    expect(comparedRange('2026-11-16', WEEK, now_ms, TZ)).toEqual({
      from: '2026-11-16',
      to: '2026-11-18T14:15',
    });
    expect(comparedRange('2026-11-16', WEEK, at('2026-11-30T00:00:00Z'), TZ).to).toBe('2026-11-22');
    expect(comparedRange('2026-11-16', WEEK, at('2026-11-25T22:59:00Z'), TZ).to).toBe('2026-11-18');
    // Never empty.
    const today = { from: '2026-11-25', to: '2026-11-25' };
    expect(comparedRange('2026-11-18', today, at('2026-11-24T23:01:00Z'), TZ).to).toBe('2026-11-18T00:15');
    expect(endOf({ from: '', to: '2026-11-18T14:15' }, TZ)).toBe(at('2026-11-18T13:15:00Z'));
  });
});

describe('the points of a chart', () => {
  it('are days of 23 and 25 hours where clocks change', () => {
    const range = { from: '2026-10-24', to: '2026-10-26' };
    const days = bucketsOf('day', range, TZ, at('2026-12-01T00:00:00Z'));
    expect(days.map(({ start_ms }) => new Date(start_ms).toISOString().slice(0, 16))).toEqual([
      '2026-10-23T22:00',
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ]);
    expect(days.every(({ partial }) => !partial)).toBe(true);
    expect(bucketsOf('hour', range, TZ, at('2026-12-01T00:00:00Z'))).toHaveLength(24 + 25 + 24);
  });

  it('end with the one that is not over, and mark weeks of which the range has a part', () => {
    const now_ms = at('2026-11-25T13:08:00Z');
    const weeks = bucketsOf('week', { from: '2026-11-11', to: '2026-11-30' }, TZ, now_ms);
    expect(
      weeks.map(({ start_ms, partial }) => [new Date(start_ms).toISOString().slice(0, 10), partial]),
    ).toEqual([
      ['2026-11-08', true],
      ['2026-11-15', false],
      ['2026-11-22', true],
    ]);
    const hours = bucketsOf('hour', { from: '2026-11-25', to: '2026-11-25' }, 'Asia/Kolkata', now_ms);
    expect(hours).toHaveLength(19);
    expect(hours.map(({ partial }) => partial).lastIndexOf(false)).toBe(17);
    const months = bucketsOf('month', { from: '2026-01-01', to: '2026-12-31' }, TZ, now_ms);
    expect(months).toHaveLength(11);
    expect(months.map(({ partial }) => partial).indexOf(true)).toBe(10);
    expect(bucketsOf('day', { from: '2027-01-01', to: '2027-01-02' }, TZ, now_ms)).toEqual([]);
  });

  it('are as fine as the range is short', () => {
    expect(grainFor({ from: '2026-11-27', to: '2026-11-29' })).toBe('hour');
    expect(grainFor(WEEK)).toBe('day');
    expect(grainFor({ from: '2026-01-01', to: '2026-11-29' })).toBe('week');
    expect(grainsFor(WEEK)).toEqual(['hour', 'day']);
    expect(grainsFor({ from: '2026-10-01', to: '2026-11-29' })).toEqual(['day', 'week', 'month']);
  });
});
