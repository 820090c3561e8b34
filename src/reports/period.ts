/**
 * The periods that the hours report can have rows for, by the clocks and the calendar of a time zone: a day
 * has 23 hours where they are put forward. Grouped by ClickHouse, dated by the runtime. Pure.
 */
import { startOfDate } from './report-range.ts';

/** Weeks start on Monday (ISO 8601). */
export const PERIODS = ['hour', 'day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

const LOCAL = 'toTimeZone(rollup.quarter_hour, {tz:String})';
const UNIX = 'toInt64(toUnixTimestamp(rollup.quarter_hour))';

/** Of a quarter hour, what its period is grouped by, Unix time: an hour's start, else the midnight of its first date as if it were UTC. */
export function periodExpression(period: Period): string {
  if (period === 'hour') return startOfHour();
  const date = { day: 'toDate', week: 'toMonday', month: 'toStartOfMonth' }[period];
  return `toUnixTimestamp(toDateTime(${date}(rollup.quarter_hour, {tz:String}), 'UTC'))`;
}

/**
 * An hour is what clocks show with one and the same offset, so that one that is shown twice is two. One that a
 * change cuts starts with the change, which is on a half hour of UTC in all time zones. Not toStartOfHour:
 * where clocks change by half an hour, that counts whole hours since midnight.
 */
function startOfHour(): string {
  const whole = `${UNIX} - modulo(${UNIX} + timeZoneOffset(${LOCAL}), 3600)`;
  const offset_then = `timeZoneOffset(toTimeZone(toDateTime(${whole}, 'UTC'), {tz:String}))`;
  return `if(${offset_then} = timeZoneOffset(${LOCAL}), ${whole}, intDiv(${UNIX}, 1800) * 1800)`;
}

/** The first instant of the period that was grouped by `grouped_ms`. */
export function periodStart(period: Period, grouped_ms: number, tz: string): number {
  return period === 'hour' ? grouped_ms : startOfDate(grouped_ms, tz);
}
