import { describe, expect, it } from 'vitest';
import { formatInZone, InvalidReportError, readRange } from '../../../src/reports/report-range.ts';

const NOW_MS = Date.parse('2026-11-23T10:07:30Z');

function range(from: string | undefined, to: string | undefined, tz = 'UTC'): [string, string] {
  const { from_ms, to_ms } = readRange(from, to, tz, NOW_MS);
  return [new Date(from_ms).toISOString(), new Date(to_ms).toISOString()];
}

describe('the range of a report', () => {
  it.each([
    ['2026-02-30', undefined],
    ['2026-13-01', undefined],
    ['2026-11-01T25:00', undefined],
    ['1999-12-31', undefined],
    ['2100-01-01', undefined],
    ['yesterday', undefined],
    ['2026-11-01T00:00:00Z; DROP', undefined],
    ['2026-11-02', '2026-11-01'],
    ['2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z'],
    [undefined, ''],
  ])('refuses from %s to %s and says what to write', (from, to) => {
    expect(() => range(from, to)).toThrow(InvalidReportError);
  });

  it.each(['Mars/Olympus', '+02:00', '', "UTC' OR 1", 'UTC\0'])('refuses the time zone %j', (tz) => {
    expect(() => range(undefined, undefined, tz)).toThrow('tz is not a time zone');
  });

  it('is the last 30 days, the present quarter hour among them, when nothing is asked', () => {
    expect(range(undefined, undefined)).toEqual(['2026-10-24T10:00:00.000Z', '2026-11-23T10:15:00.000Z']);
  });

  it('holds the present quarter hour when now is on its edge', () => {
    const { to_ms } = readRange(undefined, undefined, 'UTC', Date.parse('2026-11-23T10:15:00Z'));
    expect(new Date(to_ms).toISOString()).toBe('2026-11-23T10:30:00.000Z');
  });

  it('includes the day that a plain date ends with', () => {
    expect(range('2026-11-01', '2026-11-01')).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-02T00:00:00.000Z',
    ]);
  });

  it('takes a plain date in the time zone, also where its day has 23 or 25 hours', () => {
    expect(range('2026-10-25', '2026-10-25', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
    expect(range('2026-03-29', '2026-03-29', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
  });

  it('keeps half-hour and quarter-hour offsets', () => {
    expect(range('2026-11-01', '2026-11-01', 'Asia/Kolkata')[0]).toBe('2026-10-31T18:30:00.000Z');
    expect(range('2026-11-01', '2026-11-01', 'Asia/Kathmandu')[0]).toBe('2026-10-31T18:15:00.000Z');
  });

  it('widens times to whole quarter hours', () => {
    expect(range('2026-11-01T10:14:59.999Z', '2026-11-01T10:15:00.001Z')).toEqual([
      '2026-11-01T10:00:00.000Z',
      '2026-11-01T10:30:00.000Z',
    ]);
  });

  it('reads an offset, also one whose plus sign the query string made a space', () => {
    const expected = ['2026-11-01T04:30:00.000Z', '2026-11-01T05:30:00.000Z'];
    expect(range('2026-11-01T10:00:00+05:30', '2026-11-01T11:00:00+05:30')).toEqual(expected);
    expect(range('2026-11-01T10:00:00 05:30', '2026-11-01T11:00:00 05:30')).toEqual(expected);
    expect(range('2026-11-01T10:00', '2026-11-01T11:00', 'Asia/Kolkata')).toEqual(expected);
  });
});

describe('a time in a zone', () => {
  it('carries the offset of that moment', () => {
    const time_ms = Date.parse('2026-10-25T00:30:00Z');
    expect(formatInZone(time_ms, 'UTC')).toBe('2026-10-25T00:30:00Z');
    expect(formatInZone(time_ms, 'Europe/Berlin')).toBe('2026-10-25T02:30:00+02:00');
    expect(formatInZone(time_ms + 3_600_000, 'Europe/Berlin')).toBe('2026-10-25T02:30:00+01:00');
    expect(formatInZone(time_ms, 'America/St_Johns')).toBe('2026-10-24T22:00:00-02:30');
  });
});
