/**
 * Reads the values of a conversion: events, amounts, currencies, times and ids as networks write them. A value that
 * can't be read is told to `unreadable`, and counts as absent where that returns. Pure.
 */
import { DECIMALS, formatDecimal, roundDecimal } from '../../platform/decimal.ts';
import { parseIsoTime } from '../../platform/iso-time.ts';
import { isCleanText } from '../../platform/text.ts';
import { EVENTS, type Event, isConversion } from '../conversion.ts';
import { isUnfilled } from './unfilled-macro.ts';

/** `what`: the value that is wanted. Throws, or notes it. */
export type Unreadable = (what: string) => void;

/** Digits before the point, so that sums of any number of amounts fit into the money ledger. */
const WHOLE_DIGITS_MAX = 20;
const AMOUNT_MAX = 10n ** BigInt(WHOLE_DIGITS_MAX + DECIMALS);
const DAY_MS = 24 * 3_600_000;
/** Tolerance for clocks that differ. A time further ahead is a format error. */
const FUTURE_MS_MAX = DAY_MS;
const TIME_MS_MIN = Date.UTC(2000, 0, 1);
/** Below it, a number is a time in seconds; above, in milliseconds. */
const SECONDS_MAX = 100_000_000_000;

export function readText(given: string, length_max: number, unreadable: Unreadable): string {
  if (given.length > length_max) unreadable(`may have ${length_max} characters`);
  else if (!isCleanText(given)) unreadable('must not contain control characters');
  else return given;
  return '';
}

export function readEvent(given: string, unreadable: Unreadable): Event {
  const event = given.trim().toLowerCase();
  if (event === '') return 'sale';
  if ((EVENTS as readonly string[]).includes(event)) return event as Event;
  unreadable(`is one of ${EVENTS.join(', ')}`);
  return 'sale';
}

/** Rounded to a millionth; '' without one, undefined where it can't be read. */
export function readAmount(given: string, event: Event, unreadable: Unreadable): string | undefined {
  if (given === '') return '';
  const micros = roundDecimal(given);
  if (micros === undefined || micros >= AMOUNT_MAX || -micros >= AMOUNT_MAX) return undefined;
  // Networks write refunds with or without a minus.
  if (micros < 0n && isConversion(event)) {
    unreadable('is negative: send event=refund');
    return undefined;
  }
  return formatDecimal(micros < 0n ? -micros : micros);
}

export function readCurrency(given: string, unreadable: Unreadable): string {
  if (/^([A-Za-z]{3})?$/.test(given)) return given.toUpperCase();
  unreadable('is three letters such as USD');
  return '';
}

export interface ReadTime {
  converted_at_ms: number;
  /** Before `converted_at_ms` where a date was given: the beginning of that day. */
  converted_from_ms: number;
}

/**
 * Unix seconds or milliseconds, or ISO 8601; without an offset it is UTC. A date is the part of it that has passed. A
 * macro counts as none.
 */
export function readTime(given: string, now_ms: number, unreadable: Unreadable): ReadTime {
  const now = { converted_at_ms: now_ms, converted_from_ms: now_ms };
  if (given === '' || isUnfilled(given)) return now;
  const number = /^\d{1,16}(\.\d{1,6})?$/.test(given) ? Number(given) : undefined;
  const time = parseIsoTime(given);
  let time_ms = time === undefined ? Number.NaN : time.local_ms - (time.offset_ms ?? 0);
  if (number !== undefined) time_ms = number < SECONDS_MAX ? number * 1_000 : number;
  if (!(time_ms >= TIME_MS_MIN && time_ms <= now_ms + FUTURE_MS_MAX)) {
    unreadable('is the time of the conversion: Unix seconds, or 2026-11-30T14:15:00Z');
    return now;
  }
  // 1085444207.962 seconds are 1085444207961.9999 ms in floating point.
  const from_ms = Math.floor(Math.round(time_ms * 1_000) / 1_000);
  if (!time?.date_only) return { converted_at_ms: from_ms, converted_from_ms: from_ms };
  // Where the click was on that day, the conversion came after it.
  const at_ms = Math.min(now_ms, from_ms + DAY_MS - 1);
  return { converted_at_ms: at_ms, converted_from_ms: Math.min(from_ms, at_ms) };
}
