/**
 * The columns of trackly.webhook_events, each defined once: an event as it is kept for one webhook, already cut to what that
 * is sent. What names a person stands apart (`contact_id`, `private`), so that an erasure reaches events that wait: the
 * contact becomes its pseudonym, and the rest is emptied. Pure.
 */
import { defineColumns } from '../clickhouse/columns.ts';
import type { EventType } from './webhook.ts';

/** An event ready to insert. */
export interface KeptEvent {
  account_id: string;
  webhook_id: string;
  /** 1 where the webhook takes no batches. */
  events_max: number;
  event_id: string;
  /** Among those of its batch. */
  position: number;
  type: EventType;
  happened_at_ms: number;
  click_id: string;
  conversion_id: string;
  contact_id: string;
  /** JSON of its data without what is private; `contact_id` is null where the column is to stand there. */
  body: string;
  /** JSON of the fields of its data that the recipient's browser gave; '' for none. */
  private: string;
  /** Token of the insert. */
  batch: string;
  /** Where its contact is erased. */
  pseudonym?: string | undefined;
}

const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';

export const WEBHOOK_EVENT_COLUMNS = defineColumns<KeptEvent>()({
  account_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Account of the webhook',
    value: ({ account_id }) => account_id,
  },
  webhook_id: {
    type: WORD,
    personal: 'none',
    meaning: 'The webhook',
    value: ({ webhook_id }) => webhook_id,
  },
  events_max: {
    type: 'UInt16',
    personal: 'none',
    meaning: 'Events of one message of the webhook; 1 where it takes no batches',
    value: ({ events_max }) => events_max,
  },
  event_id: {
    type: 'String',
    personal: 'none',
    meaning: 'Id of the event: the same at every webhook, for ever',
    value: ({ event_id }) => event_id,
  },
  position: {
    type: 'UInt32',
    personal: 'none',
    meaning: 'Its place among the events of its batch: the order in which they are sent',
    value: ({ position }) => position,
  },
  type: {
    type: WORD,
    personal: 'none',
    meaning: 'click.human, click.first, click.bot, conversion.booked, conversion.reversed or verdict.changed',
    value: ({ type }) => type,
  },
  happened_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When it happened, UTC',
    value: ({ happened_at_ms }) => happened_at_ms,
  },
  click_id: {
    type: 'String',
    personal: 'none',
    meaning: 'The click that it is of, or that the conversion is credited to',
    value: ({ click_id }) => click_id,
  },
  conversion_id: {
    type: 'String',
    personal: 'none',
    meaning: 'The conversion that it is of; empty for events of clicks',
    value: ({ conversion_id }) => conversion_id,
  },
  contact_id: {
    type: 'String',
    personal: 'id',
    meaning: 'Contact of the click or the conversion',
    value: ({ contact_id }) => contact_id,
  },
  body: {
    type: 'String',
    personal: 'place',
    meaning: 'The data that is sent, JSON, without what contact_id and private have of it',
    codec: 'ZSTD(3)',
    value: ({ body }) => body,
  },
  private: {
    type: 'String',
    personal: 'content',
    meaning: 'The data that is sent of what the tap brought, JSON; empty for none',
    codec: 'ZSTD(3)',
    value: (event) => event.private,
  },
  batch: {
    type: WORD,
    personal: 'none',
    meaning: 'Token of the insert: its events are numbered together',
    value: ({ batch }) => batch,
  },
  inserted_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the row was inserted, UTC',
    default: 'now64(3)',
  },
});
