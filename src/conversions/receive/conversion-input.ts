/**
 * Parses a conversion from a query, a form, JSON or a CSV: the allowed properties, and how each is read. An empty
 * value counts as absent, because networks send empty macros. Pure.
 */
import { DECIMALS, formatDecimal, roundDecimal } from '../../platform/decimal.ts';
import { parseIsoTime } from '../../platform/iso-time.ts';
import { isCleanText } from '../../platform/text.ts';
import { EVENTS, type Event, isReversal } from '../conversion.ts';
import { ConversionError } from './conversion-error.ts';
import { isUnfilled } from './unfilled-macro.ts';

const ID_LENGTH_MAX = 128;
const REFUND_ID_LENGTH_MAX = 200;
const TXN_ID_LENGTH_MAX = 200;
/** Digits before the point, so that sums of any number of amounts fit into the money ledger. */
const WHOLE_DIGITS_MAX = 20;
const AMOUNT_MAX = 10n ** BigInt(WHOLE_DIGITS_MAX + DECIMALS);
const DAY_MS = 24 * 3_600_000;
/** Tolerance for clocks that differ. A time further ahead is a format error. */
const FUTURE_MS_MAX = DAY_MS;
const TIME_MS_MIN = Date.UTC(2000, 0, 1);
/** Below it, a number is a time in seconds; above, in milliseconds. */
const SECONDS_MAX = 100_000_000_000;

/** The allowed properties. The caller ignores or refuses any other. */
export const PARAMETERS = [
  'click_id',
  'link_id',
  'offer_id',
  'message_id',
  'code',
  'contact_id',
  'event',
  'revenue',
  'currency',
  'txn_id',
  'refund_id',
  'network',
  'ts',
  'secret',
  'postback_secret',
] as const;
export type Parameter = (typeof PARAMETERS)[number];
export type Parameters = Partial<Record<Parameter, string>>;

/**
 * Reads a JSON object, parsed with its numbers as texts (platform/json-digits.ts), or a CSV line. Throws
 * ConversionError `invalid_json` for anything else, and `invalid_conversion` where a property holds something else.
 */
export function parametersOfObject(json: unknown): Parameters {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConversionError('invalid_json', 'a conversion is a JSON object such as {"click_id": "…"}');
  }
  return Object.fromEntries(
    PARAMETERS.flatMap((name) => {
      const value = (json as Record<string, unknown>)[name];
      if (value === undefined || value === null) return [];
      if (typeof value !== 'string') throw invalid(`${name} is a text or a number`);
      return [[name, value]];
    }),
  );
}

/** What was reported, checked. Ids and `txn_id` are '' where none was given. */
export interface Reported {
  click_id: string;
  link_id: string;
  offer_id: string;
  message_id: string;
  code: string;
  contact_id: string;
  event: Event;
  /** Decimal string, not negative; '' where none was given, or where it can't be read. */
  amount: string;
  /** Whether an amount was given that can't be read. */
  amount_unreadable: boolean;
  /** '' where none was given. */
  currency: string;
  txn_id: string;
  refund_id: string;
  /** What was wrong with the report though it counts: `txn_id={transaction_id}`, a macro that was not filled in. '' */
  problem: string;
  converted_at_ms: number;
  /** Before `converted_at_ms` where a date was given: the beginning of that day. */
  converted_from_ms: number;
}

/** Throws ConversionError `invalid_conversion` with what to do. */
export function readReported(given: Parameters, now_ms: number): Reported {
  const event = readEvent(given.event ?? '');
  const amount = readAmount(given.revenue?.trim() ?? '', event);
  const txn_id = text(given, 'txn_id', TXN_ID_LENGTH_MAX);
  const unfilled = isUnfilled(txn_id);
  return {
    click_id: text(given, 'click_id', ID_LENGTH_MAX),
    link_id: text(given, 'link_id', ID_LENGTH_MAX),
    offer_id: text(given, 'offer_id', ID_LENGTH_MAX),
    message_id: text(given, 'message_id', ID_LENGTH_MAX),
    code: text(given, 'code', ID_LENGTH_MAX),
    contact_id: text(given, 'contact_id', ID_LENGTH_MAX),
    event,
    amount: amount ?? '',
    amount_unreadable: amount === undefined,
    currency: readCurrency(given.currency?.trim() ?? ''),
    txn_id: unfilled ? '' : txn_id,
    refund_id: text(given, 'refund_id', REFUND_ID_LENGTH_MAX),
    problem: unfilled ? `txn_id=${txn_id}` : '',
    ...readTime(given.ts?.trim() ?? '', now_ms),
  };
}

function text(given: Parameters, name: Parameter, length_max: number): string {
  const value = given[name]?.trim() ?? '';
  if (value.length > length_max) throw invalid(`${name} may have ${length_max} characters`);
  if (!isCleanText(value)) throw invalid(`${name} must not contain control characters`);
  return value;
}

function readEvent(given: string): Event {
  const event = given.trim().toLowerCase();
  if (event === '') return 'sale';
  if ((EVENTS as readonly string[]).includes(event)) return event as Event;
  throw invalid(`event is one of ${EVENTS.join(', ')}`);
}

/** Rounded to a millionth; undefined where it can't be read. */
function readAmount(given: string, event: Event): string | undefined {
  if (given === '') return '';
  const micros = roundDecimal(given);
  if (micros === undefined || micros >= AMOUNT_MAX || -micros >= AMOUNT_MAX) return undefined;
  // Networks write refunds with or without a minus.
  if (micros < 0n && !isReversal(event)) throw invalid('revenue is negative: send event=refund');
  return formatDecimal(micros < 0n ? -micros : micros);
}

function readCurrency(given: string): string {
  if (!/^([A-Za-z]{3})?$/.test(given)) throw invalid('currency is three letters such as USD');
  return given.toUpperCase();
}

/** Unix seconds or milliseconds, or ISO 8601; without an offset it is UTC. A date is the part of it that has passed. */
function readTime(given: string, now_ms: number): Pick<Reported, 'converted_at_ms' | 'converted_from_ms'> {
  if (given === '') return { converted_at_ms: now_ms, converted_from_ms: now_ms };
  const number = /^\d{1,16}(\.\d{1,6})?$/.test(given) ? Number(given) : undefined;
  const time = parseIsoTime(given);
  let time_ms = time === undefined ? Number.NaN : time.local_ms - (time.offset_ms ?? 0);
  if (number !== undefined) time_ms = number < SECONDS_MAX ? number * 1_000 : number;
  if (!(time_ms >= TIME_MS_MIN && time_ms <= now_ms + FUTURE_MS_MAX)) {
    throw invalid('ts is the time of the conversion: Unix seconds, or 2026-11-30T14:15:00Z');
  }
  const from_ms = Math.floor(time_ms);
  if (!time?.date_only) return { converted_at_ms: from_ms, converted_from_ms: from_ms };
  // Where the click was on that day, the conversion came after it.
  const at_ms = Math.min(now_ms, from_ms + DAY_MS - 1);
  return { converted_at_ms: at_ms, converted_from_ms: Math.min(from_ms, at_ms) };
}

/** For callers who can mend it at once. Throws ConversionError where the amount can't be read. */
export function checkAmount({ amount_unreadable }: Reported): void {
  if (!amount_unreadable) return;
  throw invalid('revenue is a number such as 49.90: no sign of a currency, no comma');
}

const invalid = (message: string): ConversionError => new ConversionError('invalid_conversion', message);
