/**
 * Receives message events: checks each, and appends the valid ones to the log of events. They may come in any order, more
 * than once, and before their message: what became of a message is computed from all of them (delivery-state.ts), so
 * logging one again changes nothing. With Redis down, or the log full, every event of the group is refused, to be sent
 * again.
 */
import { type Warning, zoneWarning } from '../catalog/warnings.ts';
import { addRows } from '../log/append.ts';
import { LogFullError } from '../log/refusal.ts';
import type { RedisClient } from '../platform/redis.ts';
import { EVENT_STATES, type EventState } from './delivery-state.ts';
import type { MessageEvent } from './event-fields.ts';
import { checkId, checkTime, MessageError } from './message.ts';
import { EVENTS_LOG, encodeEvent, messageRoute } from './message-event.ts';

export const CODE_LENGTH_MAX = 64;
/** How far `at` may lie from now: a receipt comes within days, and clocks of providers may be ahead. */
const PAST_DAYS_MAX = 400;
const FUTURE_DAYS_MAX = 1;

export const EVENT_ERRORS = [
  'invalid_json',
  'invalid_event',
  'line_too_long',
  'warned',
  'unavailable',
] as const;
export type EventErrorCode = (typeof EVENT_ERRORS)[number];

/** The error of one event in a batch; the others continue. */
export class EventError extends Error {
  readonly code: EventErrorCode;
  constructor(code: EventErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A checked event. */
export interface EventInput {
  event: MessageEvent;
  warning: Warning | undefined;
}

const ASCII = /^[\x20-\x7e]*$/;

const PROPERTIES = new Set(['message_id', 'state', 'at', 'code']);

/** Checks one event of an account. Throws EventError `invalid_event` with what to do. */
export function parseEvent(input: unknown, account_id: string, now_ms: number): EventInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid('an event is a JSON object such as {"message_id": "…", "state": "delivered", "at": "…"}');
  }
  const raw = input as Record<string, unknown>;
  for (const key of Object.keys(raw)) {
    if (!PROPERTIES.has(key)) throw invalid(`"${key.slice(0, 40)}" is not a property of an event`);
  }
  try {
    return {
      event: {
        account_id,
        message_id: checkId(raw['message_id'], 'message_id'),
        state: checkState(raw['state']),
        at_ms: checkTime(raw['at'], 'at', now_ms, -PAST_DAYS_MAX, FUTURE_DAYS_MAX),
        code: raw['code'] === undefined ? '' : checkCode(raw['code']),
        provider: '',
        received_at_ms: now_ms,
      },
      warning: zoneWarning(raw['at'], 'at'),
    };
  } catch (error) {
    throw error instanceof MessageError ? invalid(error.message) : error;
  }
}

function checkState(value: unknown): EventState {
  const state = EVENT_STATES.find((one) => one === value);
  if (state === undefined) throw invalid(`state must be one of ${EVENT_STATES.join(', ')}`);
  return state;
}

function checkCode(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > CODE_LENGTH_MAX || !ASCII.test(text)) {
    throw invalid(
      `code must be text of at most ${CODE_LENGTH_MAX} ASCII characters without control characters`,
    );
  }
  return text;
}

const invalid = (message: string): EventError => new EventError('invalid_event', message);

/**
 * Logs the events; safe to repeat. The log holds `bytes_max` of payload at most. Throws EventError `unavailable`
 * where not all of them were logged.
 */
export async function logEvents(
  redis: RedisClient,
  events: readonly MessageEvent[],
  bytes_max: number,
): Promise<void> {
  try {
    const rows = events.map((event) => [messageRoute(event), encodeEvent(event)] as const);
    await addRows(redis, EVENTS_LOG, rows, bytes_max);
  } catch (error) {
    const why = error instanceof LogFullError ? 'the log of events is full' : 'the event could not be stored';
    throw new EventError('unavailable', `${why}: send it again; a repeated event changes nothing`);
  }
}
