/**
 * The journey of a frozen batch of message events, every step in order; each is safe to run again:
 *   read the range · insert the events under the batch's token · put the contacts who opted out on the list ·
 *   recheck the conversions that waited for a delivery · find what
 *   holds of their messages now, and store the difference to what is booked as the batch's decision · insert it ·
 *   trim the range
 * Two tries may find different messages; every try inserts the decision that was stored first. With Redis or ClickHouse
 * down it rejects and is retried.
 */
import { insertColumns } from '../../src/clickhouse/columns.ts';
import { deliveryWaitingKey, wakeWaiting } from '../../src/conversions/waiting.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import { DELIVERY_FIELDS } from '../../src/messages/delivery-fields.ts';
import { EVENT_FIELDS } from '../../src/messages/event-fields.ts';
import { decodeEventRow, type EventRow } from '../../src/messages/message-event.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, keepingsOf } from '../batch/keeping.ts';
import { type BatchRow, readRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';
import { type Booking, bookDeliveries } from './book-deliveries.ts';
import { optOutContacts } from './list-opt-outs.ts';

const COLUMNS = insertColumns(EVENT_FIELDS);
const DELIVERY_COLUMNS = insertColumns(DELIVERY_FIELDS);

export async function processEventBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeEventRow);
  const kept = read.rows.filter(({ index }) => !read.dead.has(index));
  await insertEvents(context, batch, kept);
  const bookings = await decidedBookings(
    context,
    batch,
    kept.map(({ value }) => value),
  );
  // Another worker has finished the batch while this one was stopped.
  if (bookings === undefined) return;
  const rows = bookings.map((booking) => ({ ...booking, batch: batch.token }));
  if (rows.length > 0)
    await insertRows(context, batch, { table: 'deliveries', columns: DELIVERY_COLUMNS, rows });
  await finish(context.redis, batch);
}

async function insertEvents(
  context: WorkerContext,
  batch: Batch,
  kept: readonly BatchRow<EventRow>[],
): Promise<void> {
  const told = kept.flatMap(({ value, ...origin }) =>
    value.kind === 'event' ? [{ event: value.event, origin }] : [],
  );
  if (told.length === 0) return;
  const keepings = await keepingsOf(
    context.accounts,
    told.map(({ event }) => event),
  );
  const rows = told.map(({ event }) => ({
    event,
    batch: batch.token,
    expires_at_s: expiryOf(event.received_at_ms, (keepings.get(event.account_id) as Keeping).sends_s),
  }));
  const origins = told.map(({ origin }) => origin);
  await insertRows(context, batch, { table: 'message_events', columns: COLUMNS, rows, origins });
  const events = told.map(({ event }) => event);
  await optOutContacts(context, events);
  const delivered = events.filter(({ state }) => state === 'delivered');
  const keys = delivered.map(({ account_id, message_id }) => deliveryWaitingKey(account_id, message_id));
  await wakeWaiting(context.redis, [...new Set(keys)], true);
}

/** Undefined where the batch is finished. */
async function decidedBookings(
  context: WorkerContext,
  batch: Batch,
  rows: readonly EventRow[],
): Promise<Booking[] | undefined> {
  const before = await decide(context.redis, batch);
  if (before !== undefined) return JSON.parse(before) as Booking[];
  const bookings = await bookDeliveries(context, batch, rows);
  const decided = await decide(context.redis, batch, JSON.stringify(bookings));
  return decided === undefined ? undefined : (JSON.parse(decided) as Booking[]);
}
