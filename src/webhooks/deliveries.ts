/**
 * What was sent to a webhook in the last 30 days: messages with how each stands, one message with every try, and which
 * messages a replay is of. Within one account. Errors: see reports/ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from '../reports/ask-clickhouse.ts';
import { type StoredEvent, sentEvent } from './wanted-events.ts';
import type { EventType, WebhookEvent } from './webhook.ts';

/** `delivered` once a try has succeeded, whatever came later; else as the last try ended, or no try was made yet. */
export const DELIVERY_STATES = ['waiting', 'again', 'delivered', 'failed', 'ended'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Tries of a message that are shown, the newest: ten of its own, and those of replays. */
const ATTEMPTS_MAX = 200;
/** Events of a message whose ids are shown in a list. */
const IDS_SHOWN_MAX = 5;

export interface DeliveriesQuestion {
  account_id: string;
  webhook_id: string;
  /** Range of made_at, in ms; `to` is not included. */
  from_ms: number;
  to_ms: number;
  state?: DeliveryState | undefined;
  type?: EventType | undefined;
  /** Of a message or an event. */
  id?: string | undefined;
}

export interface Delivery {
  message_id: string;
  sequence: number;
  events: number;
  /** At most IDS_SHOWN_MAX. */
  event_ids: string[];
  types: EventType[];
  happened_at: string;
  made_at: string;
  state: DeliveryState;
  attempts: number;
  /** Of the last try; null before the first. */
  last: { at: string; status: number; duration_ms: number; error: string } | null;
  /** When it is tried again; null: it is not, or at once. */
  next_at: string | null;
}

export interface Attempt {
  n: number;
  at: string;
  status: number;
  duration_ms: number;
  outcome: string;
  error: string;
  next_at: string | null;
  /** The replay that it was of; '' for none. */
  replay: string;
}

type Row = Omit<Delivery, 'last' | 'next_at'> & {
  last_at: string;
  last_status: number;
  last_duration_ms: number;
  last_error: string;
  next_at: string;
};

const OF_IT = 'account_id = {account_id:String} AND webhook_id = {webhook_id:String}';
const isTime = (text: string): boolean => text !== '' && !text.startsWith('1970-');
const timeOrNull = (text: string): string | null => (isTime(text) ? text : null);

/** Conditions on the messages themselves. */
function conditions({ type, id }: DeliveriesQuestion): string {
  return [
    OF_IT,
    'made_at >= fromUnixTimestamp64Milli({from_ms:Int64})',
    'made_at < fromUnixTimestamp64Milli({to_ms:Int64})',
    ...(type === undefined ? [] : ['has(types, {type:String})']),
    ...(id === undefined ? [] : ['(message_id = {id:String} OR has(event_ids, {id:String}))']),
  ].join(' AND ');
}

/** Every message with how it stands, of the messages that `chosen` selects. */
const standing = (chosen: string): string =>
  `SELECT message_id, messages.sequence AS sequence, events, messages.event_ids AS event_ids, types, happened_at, made_at,
      multiIf(tries.attempts = 0, 'waiting', tries.delivered > 0, 'delivered', tries.outcome) AS state,
      tries.attempts AS attempts, tries.at AS last_at, tries.status AS last_status,
      tries.duration_ms AS last_duration_ms, tries.error AS last_error,
      if(tries.delivered > 0, toDateTime64(0, 3, 'UTC'), tries.next_at) AS next_at
    FROM (${chosen}) AS messages
    LEFT JOIN (
      SELECT sequence, count() AS attempts, countIf(done.outcome = 'delivered') AS delivered,
        argMax(done.outcome, done.at) AS outcome, max(done.at) AS at, argMax(done.status, done.at) AS status,
        argMax(done.duration_ms, done.at) AS duration_ms, argMax(done.error, done.at) AS error,
        argMax(done.next_at, done.at) AS next_at
      FROM trackly.webhook_attempts AS done
      WHERE ${OF_IT} AND done.sequence >= {first:UInt64} AND done.sequence <= {last:UInt64}
      GROUP BY sequence
    ) AS tries ON messages.sequence = tries.sequence`;

const MESSAGE_COLUMNS = `message_id, sequence, length(event_ids) AS events,
  arraySlice(event_ids, 1, ${IDS_SHOWN_MAX}) AS event_ids, types, happened_at, made_at`;
/** A number was given once, so these are no duplicates: a guard against a block that was stored twice. */
const ONCE = 'LIMIT 1 BY sequence';

/** One page, counted from 1, newest first, and how many there are in all. */
export async function listDeliveries(
  clickhouse: ClickHouseClient,
  question: DeliveriesQuestion,
  page: number,
  per_page: number,
): Promise<{ deliveries: Delivery[]; total: number }> {
  const where = conditions(question);
  const [bounds] = await askRows<{ found: number; first: number; last: number }>(clickhouse, {
    query: `SELECT uniqExact(sequence) AS found, min(sequence) AS first, max(sequence) AS last
      FROM trackly.webhook_messages WHERE ${where}`,
    query_params: { ...question },
  });
  const { found = 0, first = 0, last = 0 } = bounds ?? {};
  if (found === 0) return { deliveries: [], total: 0 };
  const params = { ...question, first, last, per_page, offset: (page - 1) * per_page };
  const messages = `SELECT ${MESSAGE_COLUMNS} FROM trackly.webhook_messages WHERE ${where}`;
  if (question.state !== undefined) return ofState(clickhouse, messages, params);
  const some = await askRows<{ sequence: number }>(clickhouse, {
    query: `SELECT sequence FROM trackly.webhook_messages WHERE ${where}
      ORDER BY sequence DESC ${ONCE} LIMIT {per_page:UInt32} OFFSET {offset:UInt64}`,
    query_params: params,
  });
  const sequences = some.map(({ sequence }) => sequence);
  if (sequences.length === 0) return { deliveries: [], total: found };
  const rows = await askRows<Row>(clickhouse, {
    query: `${standing(`${messages} AND sequence >= {first:UInt64} AND sequence <= {last:UInt64} ORDER BY sequence ${ONCE}`)}
      ORDER BY sequence DESC LIMIT {per_page:UInt32}`,
    query_params: { ...params, first: Math.min(...sequences), last: Math.max(...sequences) },
  });
  return { deliveries: rows.map(deliveryOf), total: found };
}

/** How a message stands is known of its tries only, so all of them are read. */
async function ofState(
  clickhouse: ClickHouseClient,
  messages: string,
  params: Record<string, unknown>,
): Promise<{ deliveries: Delivery[]; total: number }> {
  const rows = await askRows<Row & { total: number }>(clickhouse, {
    query: `SELECT *, count() OVER () AS total FROM (
        ${standing(`${messages} ORDER BY sequence ${ONCE}`)}
      ) WHERE state = {state:String}
      ORDER BY sequence DESC LIMIT {per_page:UInt32} OFFSET {offset:UInt64}`,
    query_params: params,
  });
  return { deliveries: rows.map(deliveryOf), total: rows[0]?.total ?? 0 };
}

function deliveryOf(row: Row): Delivery {
  const { last_at, last_status, last_duration_ms, last_error, next_at } = row;
  return {
    message_id: row.message_id,
    sequence: row.sequence,
    events: row.events,
    event_ids: row.event_ids,
    types: row.types,
    happened_at: row.happened_at,
    made_at: row.made_at,
    state: row.state,
    attempts: row.attempts,
    last:
      row.attempts === 0
        ? null
        : { at: last_at, status: last_status, duration_ms: last_duration_ms, error: last_error },
    next_at: timeOrNull(next_at),
  };
}

/** Every try to send a message, newest first. */
export async function readAttempts(
  clickhouse: ClickHouseClient,
  of: { account_id: string; webhook_id: string; message_id: string; sequence: number },
): Promise<Attempt[]> {
  const rows = await askRows<Attempt & { next_at: string }>(clickhouse, {
    query: `SELECT n, at, status, duration_ms, outcome, error, next_at, replay
      FROM trackly.webhook_attempts
      WHERE ${OF_IT} AND sequence = {sequence:UInt64} AND message_id = {message_id:String}
      ORDER BY at DESC, n DESC LIMIT ${ATTEMPTS_MAX}`,
    query_params: of,
  });
  return rows.map((row) => ({ ...row, next_at: timeOrNull(row.next_at) }));
}

/**
 * The first events of a message as they are sent, in their order, without those that are kept no longer. `event_ids` is of
 * the message's Delivery.
 */
export async function readPayload(
  clickhouse: ClickHouseClient,
  of: { account_id: string; webhook_id: string; sequence: number; event_ids: readonly string[] },
): Promise<WebhookEvent[]> {
  const bounds = (column: string): string =>
    `(SELECT any(${column}) FROM trackly.webhook_messages WHERE ${OF_IT} AND sequence = {sequence:UInt64})`;
  const rows = await askRows<StoredEvent>(clickhouse, {
    query: `SELECT event_id, type, toUnixTimestamp64Milli(happened_at) AS happened_at_ms, contact_id, body, private
      FROM trackly.webhook_events
      WHERE ${OF_IT} AND event_id IN {event_ids:Array(String)}
        AND inserted_at >= ${bounds('events_from')} AND inserted_at <= ${bounds('events_to')}
      LIMIT 1 BY event_id`,
    query_params: { ...of },
  });
  const found = new Map(rows.map((row) => [row.event_id, sentEvent(row)]));
  return of.event_ids.flatMap((id) => found.get(id) ?? []);
}

/** The messages of these ids, each of a message or an event. By the id that was given; others are missing. */
export async function messagesOfIds(
  clickhouse: ClickHouseClient,
  place: { account_id: string; webhook_id: string },
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await askRows<{ message_id: string; named: string[] }>(clickhouse, {
    query: `SELECT message_id, arrayIntersect(arrayConcat([message_id], event_ids), {ids:Array(String)}) AS named
      FROM trackly.webhook_messages
      WHERE ${OF_IT} AND (message_id IN {ids:Array(String)} OR hasAny(event_ids, {ids:Array(String)}))
      ORDER BY sequence ${ONCE}`,
    query_params: { ...place, ids },
  });
  return new Map(rows.flatMap(({ message_id, named }) => named.map((id) => [id, message_id] as const)));
}

/** How many messages a range of made_at has. */
export async function countMessages(
  clickhouse: ClickHouseClient,
  range: Pick<DeliveriesQuestion, 'account_id' | 'webhook_id' | 'from_ms' | 'to_ms'>,
): Promise<number> {
  const [row] = await askRows<{ found: number }>(clickhouse, {
    query: `SELECT uniqExact(sequence) AS found FROM trackly.webhook_messages WHERE ${conditions(range)}`,
    query_params: { ...range },
  });
  return row?.found ?? 0;
}
