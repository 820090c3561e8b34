/**
 * The periods of the rows of the hours report, by the clocks and the calendar of a time zone: a day has 23 hours when
 * clocks go forward. ClickHouse groups by period; the runtime computes the start of each. Pure.
 */
import { startOfDate } from './report-range.ts';

/** Weeks start on Monday (ISO 8601). */
export const PERIODS = ['hour', 'day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

const LOCAL = 'toTimeZone(rollup.quarter_hour, {tz:String})';
const UNIX = 'toInt64(toUnixTimestamp(rollup.quarter_hour))';

/**
 * The value by which a quarter hour is grouped, as Unix time: the start of its hour, or the midnight of its period's
 * first date as if it were UTC.
 */
export function periodExpression(period: Period): string {
  if (period === 'hour') return startOfHour();
  const date = { day: 'toDate', week: 'toMonday', month: 'toStartOfMonth' }[period];
  return `toUnixTimestamp(toDateTime(${date}(rollup.quarter_hour, {tz:String}), 'UTC'))`;
}

/**
 * An hour has one UTC offset, so an hour that clocks show twice is two periods. If a change of the clocks splits an
 * hour, the second part starts at the change, which is on a half hour of UTC in all time zones. toStartOfHour cannot be
 * used: when clocks change by half an hour, it counts whole hours since midnight.
 */
function startOfHour(): string {
  const whole = `${UNIX} - modulo(${UNIX} + timeZoneOffset(${LOCAL}), 3600)`;
  const offset_then = `timeZoneOffset(toTimeZone(toDateTime(${whole}, 'UTC'), {tz:String}))`;
  return `if(${offset_then} = timeZoneOffset(${LOCAL}), ${whole}, intDiv(${UNIX}, 1800) * 1800)`;
}

/** The first instant of the period with the grouping value `grouped_ms`. */
export function periodStart(period: Period, grouped_ms: number, tz: string): number {
  return period === 'hour' ? grouped_ms : startOfDate(grouped_ms, tz);
}
