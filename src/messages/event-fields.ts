/**
 * The fields of a message event, each defined once: LOGGED_EVENT says what is on the log of events, EVENT_FIELDS which
 * columns of trackly.message_events are made of it and what each means. The codec (message-event.ts), the insert, the
 * schema and the traces derive from them. Pure.
 */
import { defineColumns } from '../clickhouse/columns.ts';
import { oneOf, type Shaped, text, time_ms } from '../platform/row-shape.ts';
import { EVENT_STATES, RANKS } from './delivery-state.ts';

/** What is on the log, in this order. An event names a message and never its contact. */
export const LOGGED_EVENT = {
  account_id: text,
  message_id: text,
  state: oneOf(EVENT_STATES),
  at_ms: time_ms,
  /** The provider's code; '' for none. */
  code: text,
  /** Whose receipt it is; '' for an event that the sender reported, optout_link for the recipient's own. */
  provider: text,
  received_at_ms: time_ms,
} as const;

/** An event as the log has it. */
export type MessageEvent = Shaped<typeof LOGGED_EVENT>;

/** An event ready to insert into the table. */
export interface EventLine {
  event: MessageEvent;
  /** Token of its batch. */
  batch: string;
  expires_at_s: number;
}

const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';

/** The columns of trackly.message_events. */
export const EVENT_FIELDS = defineColumns<EventLine>()({
  account_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Account that sent the message',
    value: ({ event }) => event.account_id,
  },
  message_id: {
    type: 'String',
    personal: 'none',
    meaning: 'The message; it may be unknown until it is created',
    value: ({ event }) => event.message_id,
  },
  state: {
    type: WORD,
    personal: 'none',
    meaning: 'What happened: cancelled, failed, sent, delivered, undelivered or opted_out',
    value: ({ event }) => event.state,
  },
  rank: {
    type: 'UInt8',
    personal: 'none',
    meaning: 'Rank of the state: the highest one of a message holds; 0 for opted_out, which is no state',
    value: ({ event }) => RANKS[event.state],
  },
  at: {
    type: TIME,
    personal: 'none',
    meaning: 'When it happened, as the provider says, UTC',
    value: ({ event }) => event.at_ms,
  },
  code: {
    type: WORD,
    personal: 'none',
    meaning: "The provider's code; empty without one",
    value: ({ event }) => event.code,
  },
  provider: {
    type: WORD,
    personal: 'none',
    meaning:
      'Provider whose receipt it is; empty for an event that the sender reported, optout_link where the recipient used the opt-out link',
    value: ({ event }) => event.provider,
  },
  received_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When it was received here, UTC',
    value: ({ event }) => event.received_at_ms,
  },
  batch: {
    type: 'String',
    personal: 'none',
    meaning: 'Token of the batch that inserted the row',
    value: ({ batch }) => batch,
  },
  inserted_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the row was inserted, UTC',
    default: 'now64(3)',
  },
  expires_at: {
    type: "DateTime('UTC')",
    personal: 'none',
    meaning: "When the row is deleted, from the account's send_retention_days",
    value: ({ expires_at_s }) => expires_at_s,
  },
});
