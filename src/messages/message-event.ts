/**
 * A message event: what a provider or the sender says became of one message. Decoding throws on a row that does not match
 * LOGGED_EVENT; the reader sets that row aside as a dead letter. Pure.
 */
import { listReader, objectReader, type Shaped, text } from '../platform/row-shape.ts';
import { LOGGED_EVENT, type MessageEvent } from './event-fields.ts';

/** Name of the log; its streams are `events:{p0}` … */
export const EVENTS_LOG = 'events';

const NAMES = Object.keys(LOGGED_EVENT) as (keyof MessageEvent)[];

/** One row of the log, without a line break, in the order of LOGGED_EVENT. */
export const encodeEvent = (event: MessageEvent): string => JSON.stringify(NAMES.map((name) => event[name]));

const readEvent = listReader('event', LOGGED_EVENT);

/** Decodes what encodeEvent wrote. Throws on any other text and names the invalid field. */
export const decodeEvent = (row: string): MessageEvent => readEvent(JSON.parse(row));

/** Asks to count a message whose events came before it was created. */
const RECHECK = { account_id: text, message_id: text } as const;
export type MessageRecheck = Shaped<typeof RECHECK>;

/** What a row of the log is. */
export type EventRow = { kind: 'event'; event: MessageEvent } | ({ kind: 'recheck' } & MessageRecheck);

/** A row that asks to recheck, without a line break. */
export const encodeMessageRecheck = ({ account_id, message_id }: MessageRecheck): string =>
  JSON.stringify({ account_id, message_id });

const readRecheck = objectReader('event', RECHECK);

/** Decodes both kinds of row. Throws on any other text. */
export const decodeEventRow = (row: string): EventRow =>
  row.startsWith('{')
    ? { kind: 'recheck', ...readRecheck(JSON.parse(row)) }
    : { kind: 'event', event: decodeEvent(row) };

/** The key of all rows on one message. */
export const messageRoute = ({ account_id, message_id }: MessageRecheck): string =>
  `${account_id}:${message_id}`;
