/**
 * Finds the message of each conversion that nobody clicked for, where the offer counts views: the last one with the offer
 * that was delivered to the contact before the conversion, within the window. A conversion waits at its contact for
 * messages and at its messages for deliveries, and looks once more; both are stored before they look for it. So at least
 * one side sees the other. With Redis or ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { STORED_SETTINGS } from '../../clickhouse/columns.ts';
import { parameterChunks } from '../../clickhouse/parameter-chunks.ts';
import { type Conversion, encodeRecheck } from '../conversion.ts';
import { type Credit, creditOf, type Found, type Line } from '../line.ts';
import { contactWaitingKey, deliveryWaitingKey, registerWaiting } from '../waiting.ts';
import type { CreditSources } from './credit-sources.ts';
import { creditOfMessage, readSent, type SentRow } from './find-latest-messages.ts';

const HOUR_MS = 3_600_000;
/** How long after it was sent a message may be delivered: providers try for up to three days. */
const DELIVERY_MS_MAX = 3 * 24 * HOUR_MS;
/** How long after a conversion the delivery of its message may be told. */
const TOLD_MS_MAX = 7 * 24 * HOUR_MS;
/** Messages of one conversion that it waits for: the latest. */
const AWAITED_MAX = 20;

/** `former`: the line that last credited a conversion by a view, by conversion id. No entry where there is none. */
export async function findViews(
  sources: CreditSources,
  conversions: readonly Conversion[],
  former: ReadonlyMap<string, Line>,
): Promise<Map<string, Found>> {
  const named = conversions.filter(({ subject }) => subject.contact_id !== '');
  const found = new Map<string, Found>();
  await wait(sources, named, ({ account_id, subject }) => [
    contactWaitingKey(account_id, subject.contact_id),
  ]);
  for (const [account_id, of_account] of Map.groupBy(named, (one) => one.account_id)) {
    for (const part of parameterChunks(of_account, ({ subject }) => subject.contact_id)) {
      const sent = Map.groupBy(
        await readSent(sources.clickhouse, account_id, part),
        ({ contact_id }) => contact_id,
      );
      const possible = new Map(part.map((one) => [one, messagesOf(one, sent)]));
      const ids = new Set([...possible.values()].flat().map(({ message_id }) => message_id));
      const delivered = await readDelivered(sources.clickhouse, account_id, [...ids]);
      const missing = [...ids].filter((id) => !delivered.has(id));
      await wait(sources, part, (one) =>
        (possible.get(one) ?? [])
          .filter(({ message_id }) => !delivered.has(message_id))
          .slice(0, AWAITED_MAX)
          .map(({ message_id }) => deliveryWaitingKey(account_id, message_id)),
      );
      // A delivery that was stored in between may not have seen that these wait.
      for (const [id, at_ms] of await readDelivered(sources.clickhouse, account_id, missing)) {
        delivered.set(id, at_ms);
      }
      for (const [conversion, rows] of possible) {
        const credit = lastDelivered(conversion, rows, delivered) ?? keptView(conversion, former);
        if (credit !== undefined) found.set(conversion.conversion_id, { credit });
      }
    }
  }
  return found;
}

/** Registers conversions that came in lately: of others, all has been told. */
async function wait(
  { redis, only_look = false }: CreditSources,
  conversions: readonly Conversion[],
  keysOf: (conversion: Conversion) => string[],
): Promise<void> {
  if (only_look) return;
  const recent = conversions.filter(({ received_at_ms }) => Date.now() - received_at_ms < TOLD_MS_MAX);
  await Promise.all(
    recent.flatMap((one) => keysOf(one).map((key) => registerWaiting(redis, key, encodeRecheck(one)))),
  );
}

/** Messages with the offer that may have been delivered in the window, newest first. */
function messagesOf(
  { offer_id, subject, converted_at_ms, terms }: Conversion,
  sent: ReadonlyMap<string, SentRow[]>,
): SentRow[] {
  const from_ms = converted_at_ms - terms.view_window_hours * HOUR_MS - DELIVERY_MS_MAX;
  return (sent.get(subject.contact_id) ?? []).filter(
    ({ offer_ids, sent_at_ms }) =>
      offer_ids.includes(offer_id) && sent_at_ms >= from_ms && sent_at_ms <= converted_at_ms,
  );
}

const isInWindow = ({ converted_at_ms, terms }: Conversion, delivered_at_ms: number): boolean =>
  delivered_at_ms <= converted_at_ms &&
  converted_at_ms - delivered_at_ms <= terms.view_window_hours * HOUR_MS;

function lastDelivered(
  conversion: Conversion,
  rows: readonly SentRow[],
  delivered: ReadonlyMap<string, number>,
): Credit | undefined {
  const [last] = rows
    .map((row): [SentRow, number] => [row, delivered.get(row.message_id) ?? Number.POSITIVE_INFINITY])
    .filter(([, at_ms]) => isInWindow(conversion, at_ms))
    .toSorted(([a, a_ms], [b, b_ms]) => b_ms - a_ms || (a.message_id < b.message_id ? -1 : 1));
  if (last === undefined) return undefined;
  const [row, credited_at_ms] = last;
  return creditOfMessage(row, conversion.offer_id, { credited_at_ms, model: 'view_through' });
}

/** Sends and events expire; a credit that was booked stays, within the window. */
function keptView(conversion: Conversion, former: ReadonlyMap<string, Line>): Credit | undefined {
  const line = former.get(conversion.conversion_id);
  return line !== undefined && isInWindow(conversion, line.credited_at_ms) ? creditOf(line) : undefined;
}

/** When each message was first delivered, in ms. */
async function readDelivered(
  clickhouse: ClickHouseClient,
  account_id: string,
  message_ids: readonly string[],
): Promise<Map<string, number>> {
  const delivered = new Map<string, number>();
  for (const part of parameterChunks(message_ids, String)) {
    const result = await clickhouse.query({
      query: `SELECT message_id, toUnixTimestamp64Milli(min(at)) AS at_ms FROM trackly.message_events
        WHERE account_id = {account_id:String} AND message_id IN {ids:Array(String)} AND state = 'delivered'
        GROUP BY message_id`,
      query_params: { account_id, ids: part },
      format: 'JSONEachRow',
      clickhouse_settings: { ...STORED_SETTINGS, select_sequential_consistency: '1' },
    });
    for (const row of await result.json<{ message_id: string; at_ms: number }>()) {
      delivered.set(row.message_id, row.at_ms);
    }
  }
  return delivered;
}
