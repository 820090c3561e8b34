/**
 * Reads what became of a message from trackly.message_events: its state, computed from all of its events, and the events.
 * Equal events are shown once. With ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { pickColumns, type ShownRow } from '../clickhouse/columns.ts';
import { type EventState, STATE_SQL } from '../messages/delivery-state.ts';
import { EVENT_FIELDS } from '../messages/event-fields.ts';
import { askRows } from './ask-clickhouse.ts';

export const MESSAGE_EVENTS_MAX = 100;

/** An event as the API shows it. */
export const SHOWN_EVENT = pickColumns(EVENT_FIELDS, ['state', 'at', 'code', 'provider', 'received_at']);
export type EventStory = ShownRow<typeof SHOWN_EVENT>;

export interface Delivery {
  /** null: no event tells; its time too. */
  state: EventState | null;
  state_at: string | null;
  /** The provider's code of the event that gave the state; '' without one. */
  code: string;
  /** null: no event tells that the recipient opted out. */
  opted_out_at: string | null;
  /** In time order, the first MESSAGE_EVENTS_MAX. */
  events: EventStory[];
}

interface StateRow {
  state: EventState | '';
  state_at: string;
  code: string;
  opted_out_at: string;
  out: number;
}

const STATE_COLUMNS = Object.entries(STATE_SQL)
  .map(([name, sql]) => `${sql} AS ${name}`)
  .join(', ');
const OF_MESSAGE = `FROM trackly.message_events AS event
  WHERE event.account_id = {account_id:String} AND event.message_id = {message_id:String}`;

/** Of a message without events: no state and no events. */
export async function readDelivery(
  client: ClickHouseClient,
  account_id: string,
  message_id: string,
): Promise<Delivery> {
  const query_params = { account_id, message_id };
  const events = await askRows<EventStory>(client, {
    query: `SELECT event.state AS state, event.at AS at, event.code AS code, event.provider AS provider,
      min(event.received_at) AS received_at ${OF_MESSAGE}
      GROUP BY state, at, code, provider ORDER BY at, received_at, state LIMIT ${MESSAGE_EVENTS_MAX}`,
    query_params,
  });
  // Asked for afterwards, so that the state is that of all events shown.
  const [row] = await askRows<StateRow>(client, {
    query: `SELECT ${STATE_COLUMNS}, countIf(event.state = 'opted_out') AS out ${OF_MESSAGE}`,
    query_params,
  });
  const state = row?.state || null;
  return {
    state,
    state_at: state === null ? null : (row?.state_at ?? null),
    code: row?.code ?? '',
    opted_out_at: row !== undefined && row.out > 0 ? row.opted_out_at : null,
    events,
  };
}
