/**
 * The range of a report: parses `from`, `to` and `tz` as people write them, and returns the range in whole quarter
 * hours, the grain of the rollups. Pure; the current time is passed in.
 */
import { parseIsoTime, parseOffset } from '../platform/iso-time.ts';

const QUARTER_HOUR_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 30;
/** The latest time that a rollup can hold, minus room for every time zone. */
const YEAR_MIN = 2000;
const YEAR_MAX = 2099;

/** Thrown for an invalid query; `message` says what to write instead. */
export class InvalidReportError extends Error {
  readonly code = 'invalid_report';
}

/** From `from_ms` up to, not including, `to_ms`. For a report, both are on a quarter hour of UTC. */
export interface Range {
  from_ms: number;
  to_ms: number;
  /** IANA name, as the runtime writes it. */
  tz: string;
}

/**
 * A date alone, or a time without an offset, is in `tz`; a date alone as `to` includes that day. The range is widened
 * to whole quarter hours. Default: the last 30 days. Throws InvalidReportError.
 */
export function readRange(
  from: string | undefined,
  to: string | undefined,
  tz: string,
  now_ms: number,
): Range {
  const range = readExactRange(from, to, tz, now_ms);
  return {
    from_ms: Math.floor(range.from_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    to_ms: Math.ceil(range.to_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    tz: range.tz,
  };
}

/** The same to the millisecond, for data that is not read from rollups. */
export function readExactRange(
  from: string | undefined,
  to: string | undefined,
  tz: string,
  now_ms: number,
): Range {
  const zone = readZone(tz);
  const to_ms = to === undefined ? now_ms + 1 : readWhen('to', to, zone, 'end');
  const from_ms = from === undefined ? to_ms - DEFAULT_DAYS * DAY_MS : readWhen('from', from, zone, 'start');
  if (from_ms >= to_ms)
    throw new InvalidReportError('from must be before to: write an earlier from or a later to.');
  return { from_ms, to_ms, tz: zone };
}

/** ISO 8601 with the offset that `tz` has at that time: `2026-11-01T05:30:00+05:30`, or `…Z` in UTC. */
export function formatInZone(time_ms: number, tz: string): string {
  if (tz === 'UTC') return `${new Date(time_ms).toISOString().slice(0, 19)}Z`;
  const offset_ms = offsetAt(tz, time_ms);
  const minutes = Math.abs(offset_ms) / 60_000;
  const sign = offset_ms < 0 ? '-' : '+';
  const local = new Date(time_ms + offset_ms).toISOString().slice(0, 19);
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Offsets such as `+02:00` are refused: a day of a place has the clocks of the place. */
export function readZone(tz: string): string {
  try {
    if (!/^[a-z]/i.test(tz)) throw new RangeError();
    return new Intl.DateTimeFormat('en-US', { timeZone: tz }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidReportError('tz is not a time zone: write an IANA name such as UTC or Europe/Berlin.');
  }
}

function readWhen(name: string, text: string, tz: string, edge: 'start' | 'end'): number {
  const time = parseIsoTime(text);
  const year = Number(text.slice(0, 4));
  if (time === undefined || year < YEAR_MIN || year > YEAR_MAX) {
    throw new InvalidReportError(
      `${name} is not a time from ${YEAR_MIN} to ${YEAR_MAX}: write a date such as 2026-11-30, or a time such as 2026-11-30T14:15:00Z.`,
    );
  }
  const { local_ms, offset_ms, date_only } = time;
  if (date_only) return startOfDate(edge === 'end' ? local_ms + DAY_MS : local_ms, tz);
  return offset_ms === undefined ? fromLocal(local_ms, tz) : local_ms - offset_ms;
}

/**
 * The first instant of a date in `tz`; the date is given as its midnight in UTC. If clocks show midnight twice, the
 * first one; if they skip it, the moment of the change.
 */
export function startOfDate(midnight_ms: number, tz: string): number {
  const offsets = [offsetAt(tz, midnight_ms - DAY_MS), offsetAt(tz, midnight_ms + DAY_MS)];
  const instants = offsets.map((offset_ms) => midnight_ms - offset_ms).sort((a, b) => a - b);
  const shown = instants.find((time_ms) => time_ms + offsetAt(tz, time_ms) === midnight_ms);
  // Clocks that skip midnight go forward at that moment.
  return shown ?? midnight_ms - Math.min(...offsets);
}

/** The instant at which clocks in `tz` show `local_ms`; for a skipped hour, the instant after the change. */
export function fromLocal(local_ms: number, tz: string): number {
  const first = local_ms - offsetAt(tz, local_ms);
  return local_ms - offsetAt(tz, first);
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Formats kept; there are about 600 time zones. */
const FORMATS_MAX = 700;

/** How far the clocks of `tz` are ahead of UTC at an instant, in ms. */
export function offsetAt(tz: string, time_ms: number): number {
  let format = formats.get(tz);
  if (format === undefined) {
    // With the hour alone it is three times as fast as with a date, and as formatToParts.
    format = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset', hour: 'numeric' });
    if (formats.size < FORMATS_MAX) formats.set(tz, format);
  }
  // Such as `1 PM GMT+05:30`.
  const shown = format.format(time_ms);
  const offset = shown.slice(shown.lastIndexOf('GMT') + 3);
  return offset === '' ? 0 : parseOffset(offset);
}
