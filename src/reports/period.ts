/**
 * The periods of the rows of the hours report, by the clocks and the calendar of a time zone: a day has 23 hours when
 * clocks go forward. The runtime computes where periods start and ClickHouse groups by these numbers, so a row is never
 * of another day than the range that asks for it. A day lasts from its first midnight to the first of the next. Pure.
 */
import { clockChanges } from './clock-changes.ts';
import { GRAINS, type Grain } from './grains.ts';
import { offsetAt, type Range, startOfDate } from './report-range.ts';

/** Weeks start on Monday (ISO 8601). */
export const PERIODS = GRAINS;
export type Period = Grain;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The length of a period in which no clock changes. */
const LENGTH_MS = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS } as const;
/** 1970-01-01 was a Thursday. */
const MONDAY_MS = 4 * DAY_MS;

/** The start of the period of a quarter hour, as Unix time; see periodParams. */
export function periodExpression(quarter_hour: string): string {
  const time = `toUnixTimestamp(${quarter_hour})`;
  const start = `roundDown(${time}, {period_starts:Array(UInt32)})`;
  const length = `transform(${start}, {period_starts:Array(UInt32)}, {period_lengths:Array(UInt32)})`;
  return `${start} + intDiv(${time} - ${start}, ${length}) * ${length}`;
}

/**
 * The parameters of periodExpression, in seconds: after each start, periods of its length follow each other until the
 * next start. There is one for the first period of the range, two for each change of the clocks, and one for each
 * month: at most 1,201 in a hundred years.
 */
export function periodParams(
  period: Period,
  range: Range,
): Record<'period_starts' | 'period_lengths', number[]> {
  const lengths = new Map(
    [...startsOf(period, range)].map(([start_ms, end_ms]) => [start_ms, end_ms - start_ms]),
  );
  const sorted = [...lengths].sort(([a], [b]) => a - b);
  return {
    period_starts: sorted.map(([start_ms]) => start_ms / 1_000),
    period_lengths: sorted.map(([, length_ms]) => length_ms / 1_000),
  };
}

/** The end of the period that starts at `start_ms`, and so the start of the next. */
export function endOfPeriod(period: Period, start_ms: number, tz: string): number {
  if (period === 'hour') return hourAt(start_ms, tz)[1];
  if (period !== 'month') return daysAt(period, start_ms, tz)[1];
  for (const [, end_ms] of months(start_ms, start_ms + 1, tz)) return end_ms;
  return start_ms;
}

type Span = [start_ms: number, end_ms: number];

/** The periods in which clocks change, and the first after each. */
function* startsOf(period: Period, { from_ms, to_ms, tz }: Range): Generator<Span> {
  if (period === 'month') return yield* months(from_ms, to_ms, tz);
  const spanAt = period === 'hour' ? hourAt : (time_ms: number) => daysAt(period, time_ms, tz);
  const first = spanAt(from_ms, tz);
  yield first;
  if (first[1] - first[0] !== LENGTH_MS[period]) yield [first[1], first[1] + LENGTH_MS[period]];
  for (const change_ms of clockChanges(tz, first[0], to_ms)) {
    const [start_ms, end_ms] = spanAt(change_ms, tz);
    // A change ends an hour, but not a day.
    yield period === 'hour' ? [change_ms, change_ms + HOUR_MS] : [start_ms, end_ms];
    yield [end_ms, end_ms + LENGTH_MS[period]];
  }
}

/** Start and end of the hour of an instant, as though its clocks had never changed. */
function hourAt(time_ms: number, tz: string): Span {
  const past_ms = modulo(time_ms + offsetAt(tz, time_ms), HOUR_MS);
  return [time_ms - past_ms, time_ms - past_ms + HOUR_MS];
}

/** Start and end of the day or week of an instant. */
function daysAt(period: 'day' | 'week', time_ms: number, tz: string): Span {
  const date_ms = dateAt(time_ms, tz);
  const first_ms = period === 'day' ? date_ms : date_ms - modulo(date_ms - MONDAY_MS, LENGTH_MS.week);
  return [startOfDate(first_ms, tz), startOfDate(first_ms + LENGTH_MS[period], tz)];
}

function* months(from_ms: number, to_ms: number, tz: string): Generator<Span> {
  const first = new Date(dateAt(from_ms, tz));
  const startOf = (month: number): number => startOfDate(Date.UTC(first.getUTCFullYear(), month, 1), tz);
  let start_ms = startOf(first.getUTCMonth());
  for (let month = first.getUTCMonth() + 1; start_ms < to_ms; month++) {
    const end_ms = startOf(month);
    yield [start_ms, end_ms];
    start_ms = end_ms;
  }
}

/** The date of an instant, as its midnight in UTC. When clocks go back over midnight, the later date goes on. */
function dateAt(time_ms: number, tz: string): number {
  const local_ms = time_ms + offsetAt(tz, time_ms);
  const date_ms = local_ms - modulo(local_ms, DAY_MS);
  return startOfDate(date_ms + DAY_MS, tz) <= time_ms ? date_ms + DAY_MS : date_ms;
}

/** Also of numbers below 0. */
const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;
