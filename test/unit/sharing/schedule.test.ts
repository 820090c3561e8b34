import { describe, expect, it } from 'vitest';
import { nextDue, rangesOf, stateOf, type Timing } from '../../../src/sharing/schedule.ts';

const BERLIN = 'Europe/Berlin';
const timing = (given: Partial<Timing>): Timing => ({
  every: 'day',
  hour: 8,
  weekday: 1,
  month_day: 1,
  ...given,
});
const next = (given: Partial<Timing>, after: string, tz = BERLIN): string =>
  new Date(nextDue(timing(given), tz, Date.parse(after))).toISOString();

describe('when a report is due', () => {
  it('is the hour on the account’s clocks, in winter and in summer', () => {
    expect(next({}, '2026-01-10T06:59:00Z')).toBe('2026-01-10T07:00:00.000Z');
    expect(next({}, '2026-01-10T07:00:00Z')).toBe('2026-01-11T07:00:00.000Z');
    expect(next({}, '2026-07-10T00:00:00Z')).toBe('2026-07-10T06:00:00.000Z');
  });

  it('comes once where clocks go back, and not at all later where they go forward', () => {
    const before_back = '2026-10-24T12:00:00Z';
    const first = next({ hour: 2 }, before_back);
    expect(first).toBe('2026-10-25T01:00:00.000Z');
    expect(next({ hour: 2 }, first)).toBe('2026-10-26T01:00:00.000Z');
    // 02:00 is skipped on 29 March.
    expect(next({ hour: 2 }, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('is on its weekday, or its day of the month', () => {
    expect(next({ every: 'week', weekday: 1 }, '2026-11-25T12:00:00Z')).toBe('2026-11-30T07:00:00.000Z');
    expect(next({ every: 'week', weekday: 7 }, '2026-11-29T08:00:00Z')).toBe('2026-12-06T07:00:00.000Z');
    expect(next({ every: 'month', month_day: 28 }, '2026-01-28T08:00:00Z')).toBe('2026-02-28T07:00:00.000Z');
    expect(next({ every: 'month', month_day: 1 }, '2026-12-01T08:00:00Z')).toBe('2027-01-01T07:00:00.000Z');
  });

  it('is at each full hour, also where a clock shows half of one', () => {
    expect(next({ every: 'hour' }, '2026-11-29T15:59:59.999Z', 'Asia/Kolkata')).toBe(
      '2026-11-29T16:00:00.000Z',
    );
    expect(next({ every: 'hour' }, '2026-11-29T16:00:00Z')).toBe('2026-11-29T17:00:00.000Z');
  });

  it('is by the day there, not by the day of UTC', () => {
    expect(next({ hour: 1 }, '2026-11-29T15:30:00Z', 'Asia/Tokyo')).toBe('2026-11-29T16:00:00.000Z');
  });
});

describe('the range of a report', () => {
  const of = (every: Timing['every'], at: string) => {
    const { range, before } = rangesOf(every, BERLIN, Date.parse(at));
    return [before.from_ms, range.from_ms, range.to_ms].map((ms) => new Date(ms).toISOString());
  };

  it('is the day, the week or the month that is over, beside the one before', () => {
    expect(of('day', '2026-11-29T07:00:00Z')).toEqual([
      '2026-11-26T23:00:00.000Z',
      '2026-11-27T23:00:00.000Z',
      '2026-11-28T23:00:00.000Z',
    ]);
    expect(of('hour', '2026-11-29T07:00:01Z')).toEqual([
      '2026-11-29T05:00:00.000Z',
      '2026-11-29T06:00:00.000Z',
      '2026-11-29T07:00:00.000Z',
    ]);
    expect(of('week', '2026-11-30T07:00:00Z')).toEqual([
      '2026-11-15T23:00:00.000Z',
      '2026-11-22T23:00:00.000Z',
      '2026-11-29T23:00:00.000Z',
    ]);
    expect(of('month', '2026-01-01T07:00:00Z')).toEqual([
      '2025-10-31T23:00:00.000Z',
      '2025-11-30T23:00:00.000Z',
      '2025-12-31T23:00:00.000Z',
    ]);
  });

  it('has 25 hours on the day on which clocks go back', () => {
    const [, from = '', to = ''] = of('day', '2026-10-26T07:00:00Z');
    expect(Date.parse(to) - Date.parse(from)).toBe(25 * 3_600_000);
  });
});

it('sends to members at once, to others after they have confirmed, and to nobody who has ended it', () => {
  const members = new Set(['ann@example.com']);
  const at = '2026-11-29T00:00:00.000Z';
  const none = { asked_at: null, confirmed_at: null, ended_at: null };
  expect(stateOf({ email: 'ann@example.com', ...none }, members)).toBe('member');
  expect(stateOf({ email: 'bob@example.com', ...none }, members)).toBe('waiting');
  expect(stateOf({ email: 'bob@example.com', ...none, asked_at: at }, members)).toBe('asked');
  expect(stateOf({ email: 'bob@example.com', ...none, confirmed_at: at }, members)).toBe('confirmed');
  expect(stateOf({ email: 'ann@example.com', ...none, ended_at: at }, members)).toBe('ended');
});
