/**
 * Decides which lines of trackly.deliveries a batch of events books and reverses: for each of its messages, what held
 * before against what holds with the batch's events. A message that does not exist yet is noted, and counted once it
 * does. Tests, and messages older than any event may be, are not counted. Changes nothing but these notes; with Redis or
 * ClickHouse down it rejects, and the batch is retried.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import { contactCountryOf } from '../../src/clicks/click.ts';
import { claimKeepSeconds } from '../../src/clicks/first-click.ts';
import type { Batch } from '../../src/log/batches.ts';
import type { DeliveredMessage, DeliveryLine } from '../../src/messages/delivery-fields.ts';
import { type EventState, holding, type StateEvent } from '../../src/messages/delivery-state.ts';
import { noteEarly } from '../../src/messages/early-events.ts';
import type { EventRow, MessageRecheck } from '../../src/messages/message-event.ts';
import { type MessageRecord, readMessage } from '../../src/messages/message-store.ts';
import { expiryOf, type Keeping, type Keepings, keepingsOf } from '../batch/keeping.ts';
import type { WorkerContext } from '../worker-context.ts';

const HOUR_S = 3_600;
const DAY_MS = 24 * 3_600_000;
/** An event names a time of at most 400 days ago; lines are kept for longer than that. */
const COUNTED_DAYS_MAX = 400;

export type Booking = Omit<DeliveryLine, 'batch'>;

/** A message of the batch with its new events. */
interface Told extends MessageRecheck {
  events: StateEvent[];
  /** Whether all of its stored events are to be counted. */
  recheck: boolean;
}

/** A reversed line comes before the one in its place. */
export async function bookDeliveries(
  context: WorkerContext,
  batch: Batch,
  rows: readonly EventRow[],
): Promise<Booking[]> {
  const told = toldOf(rows);
  const keepings = await keepingsOf(context.accounts, told);
  const found = await findMessages(context, batch, told, keepings);
  await addStored(context.clickhouse, found);
  const held = await readHeld(context.clickhouse, found);
  return found.flatMap(({ told: { events }, message: now }) => {
    const before = held.get(nameOf(now)) ?? [];
    // Where it was counted it is counted on, although its contact was erased or the installation's domain has changed.
    const [{ domain, country } = now] = before;
    const message = { ...now, domain, country };
    return changesOf(before, holding([...before, ...events])).map((change) => ({ message, ...change }));
  });
}

/** The lines that make `after` hold where `before` held. Pure. */
export function changesOf(
  before: readonly StateEvent[],
  after: readonly StateEvent[],
): Pick<Booking, 'holds' | 'sign'>[] {
  const among = (events: readonly StateEvent[], one: StateEvent): boolean =>
    events.some(({ state, at_ms, code }) => state === one.state && at_ms === one.at_ms && code === one.code);
  const only = (events: readonly StateEvent[], others: readonly StateEvent[], sign: 1 | -1) =>
    events
      .filter((one) => !among(others, one))
      .map(({ state, at_ms, code }) => ({ holds: { state, at_ms, code }, sign }));
  return [...only(before, after, -1), ...only(after, before, 1)];
}

const nameOf = ({ account_id, message_id }: MessageRecheck): string => `${account_id}:${message_id}`;

function toldOf(rows: readonly EventRow[]): Told[] {
  const told = new Map<string, Told>();
  for (const row of rows) {
    const { account_id, message_id } = row.kind === 'event' ? row.event : row;
    const name = nameOf({ account_id, message_id });
    const one = told.get(name) ?? { account_id, message_id, events: [], recheck: false };
    if (row.kind === 'event') one.events.push(row.event);
    else one.recheck = true;
    told.set(name, one);
  }
  return [...told.values()];
}

interface Found {
  told: Told;
  message: DeliveredMessage;
}

/** Those that exist and are counted. */
async function findMessages(
  context: WorkerContext,
  { frozen_at_ms }: Batch,
  told: readonly Told[],
  keepings: Keepings,
): Promise<Found[]> {
  const { redis, reader, own_domain } = context;
  const read = (some: readonly Told[]): Promise<(MessageRecord | null)[]> =>
    Promise.all(some.map(({ account_id, message_id }) => readMessage(reader, account_id, message_id)));
  const records = await read(told);
  const absent = told.filter((_, i) => records[i] === null);
  await noteEarly(redis, absent, frozen_at_ms);
  // A message that was created in between may not have seen the note.
  const again = new Map((await read(absent)).map((record, i) => [absent[i], record]));
  return told.flatMap((one, i) => {
    const record = records[i] ?? again.get(one) ?? null;
    if (record === null) return [];
    if (record.is_test || record.logged_at_ms < frozen_at_ms - COUNTED_DAYS_MAX * DAY_MS) return [];
    const { sends_s } = keepings.get(one.account_id) as Keeping;
    return [{ told: one, message: messageOf(one, record, own_domain, sends_s) }];
  });
}

function messageOf(
  { account_id, message_id }: MessageRecheck,
  record: MessageRecord,
  own_domain: string,
  sends_s: number,
): DeliveredMessage {
  const { creative_id, campaign_id, variant_id, sent_at_ms, logged_at_ms } = record;
  return {
    ...{ account_id, message_id, creative_id, campaign_id, variant_id, sent_at_ms, logged_at_ms },
    domain: record.domain || own_domain,
    country: contactCountryOf({ fields: record.fields ?? {} }),
    links: record.links.map(([link_key, link_id, offer_id]) => ({ link_key, link_id, offer_id })),
    expires_at_s: expiryOf(logged_at_ms, claimKeepSeconds(sends_s)),
  };
}

interface StoredEvent extends MessageRecheck {
  state: EventState;
  at_ms: number;
  code: string;
}

type HeldEvent = StoredEvent & Pick<DeliveredMessage, 'domain' | 'country'>;

const EVENT = 'account_id, message_id, state, toUnixTimestamp64Milli(at) AS at_ms, code';

/** Adds all stored events of the messages that are to be rechecked. */
async function addStored(clickhouse: ClickHouseClient, found: readonly Found[]): Promise<void> {
  const byName = new Map(
    found.filter(({ told }) => told.recheck).map(({ told }) => [nameOf(told), told.events]),
  );
  const wanted = found.filter(({ told }) => told.recheck).map(({ message }) => message);
  const query = `SELECT DISTINCT ${EVENT} FROM trackly.message_events WHERE account_id = {account_id:String}
    AND message_id IN {message_ids:Array(String)}`;
  for (const event of await ask<StoredEvent>(clickhouse, query, wanted))
    byName.get(nameOf(event))?.push(event);
}

/** What holds of each message, by its name, and where it is counted. */
async function readHeld(
  clickhouse: ClickHouseClient,
  found: readonly Found[],
): Promise<Map<string, HeldEvent[]>> {
  // The hours stand in the sorting key before the ids: only their rows are read.
  const query = `SELECT ${EVENT}, domain, country FROM trackly.deliveries WHERE account_id = {account_id:String}
    AND toStartOfHour(logged_at) IN {hours:Array(DateTime('UTC'))} AND message_id IN {message_ids:Array(String)}
    GROUP BY account_id, message_id, state, at, code, domain, country HAVING sum(toInt32(sign)) > 0`;
  const lines = await ask<HeldEvent>(
    clickhouse,
    query,
    found.map(({ message }) => message),
  );
  return Map.groupBy(lines, nameOf);
}

async function ask<Row extends StoredEvent>(
  clickhouse: ClickHouseClient,
  query: string,
  messages: readonly DeliveredMessage[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [account_id, own] of Map.groupBy(messages, (message) => message.account_id)) {
    for (const part of parameterChunks(own, ({ message_id }) => message_id)) {
      const hours = part.map(({ logged_at_ms }) => Math.floor(logged_at_ms / 1_000 / HOUR_S) * HOUR_S);
      const result = await clickhouse.query({
        query,
        query_params: {
          account_id,
          message_ids: part.map(({ message_id }) => message_id),
          hours: [...new Set(hours)],
        },
        format: 'JSONEachRow',
        clickhouse_settings: {
          output_format_json_quote_64bit_integers: 0,
          // On a replicated server: only from a replica that has every confirmed insert.
          select_sequential_consistency: '1',
        },
      });
      rows.push(...(await result.json<Row>()));
    }
  }
  return rows;
}
