/** The days around every change of the clocks in every time zone of the runtime, for tests of periods and ranges. */
import { clockChanges } from '../../src/reports/clock-changes.ts';
import { offsetAt, startOfDate } from '../../src/reports/report-range.ts';

export const DAY_MS = 24 * 3_600_000;
export const QUARTER_MS = 15 * 60_000;
export const ZONES = Intl.supportedValuesOf('timeZone');

/** First and last quarter hour of every day near a change, and of a day in January of every year, with the day's start. */
export function daysNearChanges(
  tz: string,
  from_ms: number,
  to_ms: number,
): { at_ms: number; start_ms: number }[] {
  const dates = new Set<number>();
  for (const change_ms of clockChanges(tz, from_ms, to_ms)) {
    const local_ms = change_ms + offsetAt(tz, change_ms);
    for (const days of [-2, -1, 0, 1, 2]) dates.add(Math.floor(local_ms / DAY_MS + days) * DAY_MS);
  }
  for (let year = new Date(from_ms).getUTCFullYear() + 1; Date.UTC(year, 0, 20) < to_ms; year++) {
    dates.add(Date.UTC(year, 0, 15));
  }
  return [...dates]
    .sort((a, b) => a - b)
    .flatMap((date_ms) => {
      const [start_ms, end_ms] = [startOfDate(date_ms, tz), startOfDate(date_ms + DAY_MS, tz)];
      // A day that a place has skipped has no quarter hour.
      if (start_ms === end_ms) return [];
      return [start_ms, end_ms - QUARTER_MS].map((at_ms) => ({ at_ms, start_ms }));
    });
}
