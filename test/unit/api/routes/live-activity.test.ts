import { expect, it } from 'vitest';
import {
  partOf,
  RECOUNT_EVERY_MS,
  RecentActivity,
  SHOWN_PER_S_MAX,
} from '../../../../src/api/routes/live-activity.ts';
import type { MinuteOfCountry } from '../../../../src/api/routes/live-rows.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:30Z');
const MINUTE_MS = 60_000;

const row = (minutes_ago: number, country: string, human: number, bot = 0, other = {}): MinuteOfCountry => ({
  minute: (Math.floor(NOW_MS / MINUTE_MS) - minutes_ago) * 60,
  ...{ country, human, bot, recent: 0, fresh: 0, newest_ms: 0, ...other },
});

it('lists every click at a low rate, and at a high one a part that is a power of two', () => {
  expect([0, 1, 160, 161, 40_000].map(partOf)).toEqual([1, 1, 1, 2, 256]);
  for (const fresh of [500, 3_333, 40_000, 1_000_000])
    expect(fresh / partOf(fresh)).toBeLessThanOrEqual(4 * SHOWN_PER_S_MAX);
});

it('counts half an hour first, and then the last two minutes, until it is time to count all again', () => {
  const recent = new RecentActivity();
  const whole = Date.parse('2026-11-29T11:31:00Z');
  expect(recent.from(NOW_MS)).toBe(whole);
  recent.take([], whole, NOW_MS);
  expect(recent.from(NOW_MS + 1_000)).toBe(Date.parse('2026-11-29T11:59:00Z'));
  expect(recent.from(NOW_MS + RECOUNT_EVERY_MS)).toBe(whole + MINUTE_MS);
});

it('takes the counts of a minute in the place of its earlier ones, and tells what has changed', () => {
  const recent = new RecentActivity();
  recent.take([row(20, 'NZ', 5), row(1, 'NZ', 2), row(0, 'AU', 1, 1)], recent.from(NOW_MS), NOW_MS);
  const again = recent.take(
    [row(1, 'NZ', 2), row(0, 'AU', 4, 1), row(0, '', 1, 0, { recent: 50, fresh: 900 })],
    recent.from(NOW_MS + 1_000),
    NOW_MS + 1_000,
  );
  expect(again).toEqual({
    ...{ per_second: 5, one_of: 8 },
    minutes: [{ minute: '2026-11-29T12:00:00.000Z', human: 5, bot: 1 }],
    countries: [
      { country: 'NZ', clicks: 7 },
      { country: 'AU', clicks: 5 },
      { country: '', clicks: 1 },
    ],
  });
  expect(recent.whole().minutes.map(({ human }) => human)).toEqual([5, 2, 5]);
});

it('forgets what is older than half an hour', () => {
  const recent = new RecentActivity();
  recent.take([row(29, 'NZ', 5)], recent.from(NOW_MS), NOW_MS);
  expect(recent.minutes()).toHaveLength(1);
  const later = NOW_MS + MINUTE_MS;
  recent.take([], recent.from(later), later);
  expect(recent.minutes()).toEqual([]);
});
