import { expect, it } from 'vitest';
import { isTimeZone, wallTime } from '../../../src/platform/zone-clock.ts';

const at = (text: string): number => Date.parse(text);

it.each([
  ['Europe/Berlin', '2026-11-29T22:59:59Z', '2026-11-29', 23],
  ['Europe/Berlin', '2026-11-29T23:00:00Z', '2026-11-30', 0],
  ['Asia/Kathmandu', '2026-11-29T18:14:59Z', '2026-11-29', 23],
  ['Asia/Kathmandu', '2026-11-29T18:15:00Z', '2026-11-30', 0],
  ['Pacific/Kiritimati', '2026-11-29T11:00:00Z', '2026-11-30', 1],
  ['America/New_York', '2027-01-01T04:30:00Z', '2026-12-31', 23],
])('in %s it is at %s the day %s and the hour %i', (tz, time, date, hour) => {
  expect(wallTime(tz, at(time))).toEqual({ date, hour });
});

it('skips the hour that a zone skips, and repeats the one that it repeats', () => {
  const hours = (from: string): number[] =>
    Array.from({ length: 4 }, (_, i) => wallTime('Europe/Berlin', at(from) + i * 3_600_000).hour);
  expect(hours('2026-03-29T00:00:00Z')).toEqual([1, 3, 4, 5]);
  expect(hours('2026-10-25T00:00:00Z')).toEqual([2, 2, 3, 4]);
});

it('answers as a fresh clock does, back and forth in time', () => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Australia/Lord_Howe',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  for (let i = 0; i < 2_000; i++) {
    // Whole primes of minutes, so that every quarter of an hour comes up.
    const time = at('2026-01-01T00:00:00Z') + ((i * 7_919_117) % 525_600) * 60_000;
    expect(wallTime('Australia/Lord_Howe', time).hour).toBe(Number(format.format(time)));
  }
});

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['+02:00', false],
  ['Mars/Olympus', false],
])('%s is a zone: %s', (name, expected) => expect(isTimeZone(name)).toBe(expected));
