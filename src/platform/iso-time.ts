/**
 * Reads ISO 8601 times as callers write them. A time that does not exist is no time: JavaScript's own parser makes
 * 1 March of 29 February 2027 and takes hour 24. Pure.
 */

/** The plus of an offset arrives as a space where a caller did not encode it. */
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+\- ]\d\d(?::?\d\d)?)?)?$/i;
const MINUTE_MS = 60_000;
/** From the Line Islands to Baker Island and back. */
const OFFSET_MINUTES_MAX = 14 * 60;

export interface IsoTime {
  /** What calendar and clock show, as if they were in UTC. With fractions of a ms. */
  local_ms: number;
  /** Ahead of UTC; undefined where none was written. */
  offset_ms: number | undefined;
  /** A date without a time of the day. */
  date_only: boolean;
}

/** Undefined where the text is no time, or one that does not exist. */
export function parseIsoTime(text: string): IsoTime | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const whole_ms = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  const fraction_ms = Number(`0.${match[7] ?? 0}`) * 1_000;
  // The calendar must not have carried over.
  const shown = new Date(whole_ms);
  const exists =
    shown.getUTCFullYear() === year &&
    shown.getUTCMonth() + 1 === month &&
    shown.getUTCDate() === day &&
    shown.getUTCHours() === hour &&
    shown.getUTCMinutes() === minute &&
    shown.getUTCSeconds() === second;
  const offset_ms = match[8] === undefined ? undefined : parseOffset(match[8]);
  if (!exists || Number.isNaN(offset_ms)) return undefined;
  return { local_ms: whole_ms + fraction_ms, offset_ms, date_only: match[4] === undefined };
}

/** An instant in ms; a time without an offset is of UTC. Undefined as parseIsoTime. */
export function parseInstant(text: string): number | undefined {
  const time = parseIsoTime(text);
  return time && time.local_ms - (time.offset_ms ?? 0);
}

/** `Z`, `+05:30`, `-0800`, ` 0530`, `+05`: ms ahead of UTC; NaN where no clock is that far ahead. */
export function parseOffset(text: string): number {
  if (text.toUpperCase() === 'Z') return 0;
  const minutes = Number(text.slice(3).slice(-2));
  const total = Number(text.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || total > OFFSET_MINUTES_MAX) return Number.NaN;
  return (text.startsWith('-') ? -total : total) * MINUTE_MS;
}
