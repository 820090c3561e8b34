import { describe, expect, it } from 'vitest';
import { clockChanges } from '../../../src/reports/clock-changes.ts';
import { PERIODS, type Period, periodParams } from '../../../src/reports/period.ts';
import { formatInZone, readRange } from '../../../src/reports/report-range.ts';
import { DAY_MS, daysNearChanges, QUARTER_MS, ZONES } from '../../support/zone-days.ts';

const [FROM_MS, TO_MS] = [Date.parse('2020-01-10T00:00:00Z'), Date.parse('2030-01-10T00:00:00Z')];

/** What the expression for ClickHouse computes. */
function grouper(period: Period, tz: string, from_ms: number, to_ms: number): (at_ms: number) => number {
  const { period_starts, period_lengths } = periodParams(period, { from_ms, to_ms, tz });
  return (at_ms) => {
    const last = period_starts.findLastIndex((start) => start <= at_ms / 1_000);
    const [start = Number.NaN, length = Number.NaN] = [period_starts[last], period_lengths[last]];
    return (start + Math.floor((at_ms / 1_000 - start) / length) * length) * 1_000;
  };
}

describe('the periods of a report', () => {
  it('have the days that its range has, in every time zone, near every change of ten years', () => {
    const wrong: string[] = [];
    for (const tz of ZONES) {
      const group = grouper('day', tz, FROM_MS, TO_MS);
      for (const { at_ms, start_ms } of daysNearChanges(tz, FROM_MS + DAY_MS, TO_MS)) {
        if (group(at_ms) !== start_ms) wrong.push(`${tz} ${formatInZone(at_ms, tz)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    'America/Vancouver',
    'Africa/Casablanca',
    'Africa/Cairo',
    'America/Havana',
    'Australia/Lord_Howe',
  ])('are the dates that calendars in %s show, at every quarter hour of 2026', (tz) => {
    const [from_ms, to_ms] = [Date.parse('2026-01-01T12:00:00Z'), Date.parse('2027-01-01T00:00:00Z')];
    const group = grouper('day', tz, from_ms, to_ms);
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: tz });
    for (let at_ms = from_ms; at_ms < to_ms; at_ms += QUARTER_MS) {
      if (calendar.format(at_ms) !== calendar.format(group(at_ms))) {
        expect.fail(`${formatInZone(at_ms, tz)} is in ${formatInZone(group(at_ms), tz)}`);
      }
    }
  });

  it('begin a day at its first midnight where clocks went back over midnight, as ranges do', () => {
    // Until 2011 clocks in Newfoundland changed at a minute past midnight.
    const tz = 'America/St_Johns';
    const range = readRange('2010-11-07', '2010-11-07', tz, 0);
    const group = grouper('day', tz, range.from_ms - DAY_MS, range.to_ms + DAY_MS);
    const starts = new Set<number>();
    for (let at_ms = range.from_ms; at_ms < range.to_ms; at_ms += QUARTER_MS) starts.add(group(at_ms));
    expect([...starts]).toEqual([range.from_ms]);
  });

  it('have one row a range, whichever period it is', () => {
    for (const tz of ['America/Vancouver', 'Africa/Casablanca', 'Pacific/Apia', 'Asia/Kathmandu']) {
      for (const date of ['2026-03-15', '2026-11-01', '2011-12-31', '2026-06-30']) {
        const range = readRange(date, date, tz, 0);
        for (const period of PERIODS.filter((each) => each !== 'hour')) {
          const group = grouper(period, tz, range.from_ms, range.to_ms);
          expect(group(range.to_ms - QUARTER_MS)).toBe(group(range.from_ms));
        }
      }
    }
  });

  it('need few numbers for a hundred years', () => {
    const [from_ms, to_ms] = [Date.parse('2000-01-01T00:00:00Z'), Date.parse('2100-01-01T00:00:00Z')];
    const most = PERIODS.map((period) =>
      Math.max(
        ...['Europe/Berlin', 'Africa/Casablanca', 'Asia/Gaza'].map(
          (tz) => periodParams(period, { from_ms, to_ms, tz }).period_starts.length,
        ),
      ),
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(1_201);
    expect(clockChanges('UTC', from_ms, to_ms)).toEqual([]);
  });
});
