/**
 * The range that another is compared with, and the periods of a range: dates by the calendar of a time zone. A range that
 * is not over is compared up to the same time of day only, to the quarter of an hour, which is the grain of the reports.
 * Pure; the current time is passed in.
 */
import { GRAIN_DAYS_MAX, GRAINS, type Grain, grainForDays } from '../../reports/grains.ts';
import { clockOf, instantOf } from './zone-time.ts';

/**
 *   before  the days just before
 *   week    as many whole weeks earlier as it takes, so that weekdays match
 *   year    the same dates a year earlier
 *   own     as many days, from a date on
 */
export const COMPARISONS = ['before', 'week', 'year', 'own', 'none'] as const;
export type Comparison = (typeof COMPARISONS)[number];
export const isComparison = (text: string | undefined): text is Comparison =>
  (COMPARISONS as readonly (string | undefined)[]).includes(text);

/** Dates, both included; `to` may be a time of a clock, which is not. */
export interface Dates {
  from: string;
  to: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_DAYS = 7;
const QUARTER_HOUR_MS = 15 * 60_000;
const DATE_LENGTH = 10;

/** A date as its midnight in UTC, for counting days. */
const daysOf = (date: string): number => Date.parse(`${date.slice(0, DATE_LENGTH)}T00:00:00Z`);
const dateOf = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, DATE_LENGTH);
export const plusDays = (date: string, days: number): string => dateOf(daysOf(date) + days * DAY_MS);

/** Whether a text is a date of the calendar. */
export const isDate = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && asDate(text) === text;

const asDate = (date: string): string => (Number.isNaN(daysOf(date)) ? '' : plusDays(date, 0));

/** Of dates that are both included. */
export const daysIn = ({ from, to }: Dates): number => Math.round((daysOf(to) - daysOf(from)) / DAY_MS) + 1;

/** The first date of what a range is compared with; undefined where it is compared with nothing. */
export function comparedFrom(kind: Comparison, range: Dates, own: string): string | undefined {
  const days = daysIn(range);
  switch (kind) {
    case 'before':
      return plusDays(range.from, -days);
    case 'week':
      return plusDays(range.from, -Math.ceil(days / WEEK_DAYS) * WEEK_DAYS);
    case 'year':
      return aYearBefore(range.from);
    case 'own':
      return isDate(own) ? own : undefined;
    case 'none':
      return undefined;
  }
}

/** 29 February has 28 February before it. */
function aYearBefore(date: string): string {
  const [year = '', rest = ''] = [date.slice(0, 4), date.slice(4)];
  return `${String(Number(year) - 1).padStart(4, '0')}${rest === '-02-29' ? '-02-28' : rest}`;
}

/** As long as `range`, from `from` on; of a range that is not over, as much as has passed of it. */
export function comparedRange(from: string, range: Dates, now_ms: number, tz: string): Dates {
  const clock = clockOf(new Date(now_ms).toISOString(), tz);
  const today = clock.slice(0, DATE_LENGTH);
  if (range.to < today || range.from > today) return { from, to: plusDays(from, daysIn(range) - 1) };
  const date = plusDays(from, daysIn({ from: range.from, to: today }) - 1);
  const time_ms = Math.max(1, Math.round(timeOf(clock) / QUARTER_HOUR_MS)) * QUARTER_HOUR_MS;
  // Until midnight: the whole date.
  return { from, to: time_ms >= DAY_MS ? date : `${date}T${clockText(time_ms)}` };
}

const timeOf = (clock: string): number => Date.parse(`1970-01-01${clock.slice(DATE_LENGTH)}Z`);
const clockText = (time_ms: number): string => new Date(time_ms).toISOString().slice(11, 16);

/** The end of a range as an instant. */
export function endOf({ to }: Dates, tz: string): number {
  const whole = to.length === DATE_LENGTH ? `${plusDays(to, 1)}T00:00` : to;
  return Date.parse(instantOf(whole, tz));
}

const startOf = (date: string, tz: string): number => Date.parse(instantOf(`${date}T00:00`, tz));

/** One point of a chart. */
export interface Bucket {
  start_ms: number;
  /** It is not over, or the range has only a part of it. */
  partial: boolean;
}

/** The periods of a range, oldest first, without those that have not begun. */
export function bucketsOf(grain: Grain, range: Dates, tz: string, now_ms: number): Bucket[] {
  const from_ms = startOf(range.from, tz);
  const end_ms = Math.min(endOf(range, tz), now_ms);
  const starts = grain === 'hour' ? hours(from_ms, end_ms) : days(grain, range, tz);
  return starts
    .map((start_ms, i): [number, number] => [start_ms, starts[i + 1] ?? Number.POSITIVE_INFINITY])
    .filter(([start_ms]) => start_ms < end_ms)
    .map(([start_ms, until_ms]) => ({ start_ms, partial: start_ms < from_ms || until_ms > end_ms }));
}

/** One more than the range has: its end. */
function hours(from_ms: number, end_ms: number): number[] {
  const length = Math.max(0, Math.ceil((end_ms - from_ms) / HOUR_MS)) + 1;
  return Array.from({ length }, (_, i) => from_ms + i * HOUR_MS);
}

/** Of an address that somebody made up; a range of the API has at most 1,200 months. */
const POINTS_MAX = 2_000;

function days(grain: Exclude<Grain, 'hour'>, { from, to }: Dates, tz: string): number[] {
  const starts: number[] = [];
  const last = daysOf(to);
  for (let at = daysOf(firstOf(grain, from)); ; at = daysOf(nextOf(grain, dateOf(at)))) {
    starts.push(startOf(dateOf(at), tz));
    if (at > last || starts.length > POINTS_MAX) return starts;
  }
}

/** The first date of the period of a date; weeks start on Monday, and 1970-01-01 was a Thursday. */
function firstOf(grain: Exclude<Grain, 'hour'>, date: string): string {
  if (grain === 'month') return `${date.slice(0, 7)}-01`;
  const days_since_monday = (((daysOf(date) / DAY_MS + 3) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS;
  return grain === 'week' ? plusDays(date, -days_since_monday) : date;
}

function nextOf(grain: Exclude<Grain, 'hour'>, date: string): string {
  if (grain === 'month') return firstOf('month', plusDays(date, 31));
  return plusDays(date, grain === 'week' ? WEEK_DAYS : 1);
}

/** The grain that suits a range. */
export const grainFor = (range: Dates): Grain => grainForDays(daysIn(range));

/** The grains that a range can be drawn in. */
export const grainsFor = (range: Dates): Grain[] =>
  GRAINS.filter(
    (grain) => daysIn(range) <= GRAIN_DAYS_MAX[grain] && (grain === 'hour' || isWorth(grain, range)),
  );

/** A line of one point is none. */
const isWorth = (grain: Grain, range: Dates): boolean =>
  grain === 'day' || daysIn(range) > (grain === 'week' ? WEEK_DAYS : 31);
