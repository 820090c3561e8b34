/**
 * The hours of the week, 7 × 24, by the clocks of a time zone. As for periods, the runtime says when clocks change and
 * ClickHouse counts by these numbers. An hour that clocks show twice counts both times, one that they skip not. Pure.
 */
import { clockChanges } from './clock-changes.ts';
import { offsetAt, type Range } from './report-range.ts';

const HOURS = 24;
const WEEK_HOURS = 7 * HOURS;
/** Monday, 1970-01-05. */
const MONDAY_S = 4 * 24 * 3_600;
/** How long before the first message of a range a click may have been: sent_at is the sender's. */
const BEFORE_MS = 366 * 24 * 3_600_000;

/** From 0, Monday's first, to 167; see hourOfWeekParams. */
export function hourOfWeekExpression(quarter_hour: string): string {
  return `intDiv(${shownAt(quarter_hour)} - ${MONDAY_S}, 3600) % ${WEEK_HOURS}`;
}

/** The day that clocks show, as a number; see hourOfWeekParams. */
export const localDayExpression = (quarter_hour: string): string =>
  `intDiv(${shownAt(quarter_hour)}, ${24 * 3_600})`;

/** What clocks show, in seconds. */
function shownAt(quarter_hour: string): string {
  const time = `toUnixTimestamp(${quarter_hour})`;
  return `${time} + transform(roundDown(${time}, {offset_starts:Array(UInt32)}), {offset_starts:Array(UInt32)}, {offsets_s:Array(Int32)}, toInt32(0))`;
}

/** The parameters of both expressions: what clocks show beside UTC, from each start on. `until_ms` ends the clicks. */
export function hourOfWeekParams(
  { from_ms, tz }: Range,
  until_ms: number,
): Record<'offset_starts' | 'offsets_s', number[]> {
  const first_ms = from_ms - BEFORE_MS;
  const starts = [first_ms, ...clockChanges(tz, first_ms, until_ms)];
  return {
    offset_starts: starts.map((start_ms) => start_ms / 1_000),
    offsets_s: starts.map((start_ms) => offsetAt(tz, start_ms) / 1_000),
  };
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** `Mon 00` is Monday from midnight on, `Sun 23` the last hour of the week. Spreadsheets take none for a date. */
export const hourOfWeekNames: readonly string[] = DAYS.flatMap((day) =>
  Array.from({ length: HOURS }, (_, hour) => `${day} ${String(hour).padStart(2, '0')}`),
);
