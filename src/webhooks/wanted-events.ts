/**
 * Which events a webhook is sent, and what of them: its kinds of events, its filter, and the fields that it has chosen.
 * Pure.
 */
import { jsonText } from '../platform/text.ts';
import type { KeptEvent } from './event-columns.ts';
import type { Happening } from './events.ts';
import type { PauseReason, Webhook, WebhookEvent } from './webhook.ts';

/** What of a webhook decides about its events; kept with a batch, so that every try of it decides alike. */
export type Wanting = Pick<Webhook, 'account_id' | 'webhook_id' | 'events' | 'filter' | 'fields'> & {
  /** 1 without batches. */
  events_max: number;
};

/** Paused for these reasons, nothing is kept for it. */
const KEEPS_NOTHING: readonly PauseReason[] = ['gone', 'full'];

/** Undefined for a webhook that is to be sent nothing. */
export function wantingOf({ paused, batch, ...webhook }: Webhook): Wanting | undefined {
  if (paused !== null && KEEPS_NOTHING.includes(paused.reason)) return undefined;
  const { account_id, webhook_id, events, filter, fields } = webhook;
  return { account_id, webhook_id, events, filter, fields, events_max: batch?.events_max ?? 1 };
}

export function isWanted({ events, filter }: Pick<Wanting, 'events' | 'filter'>, event: Happening): boolean {
  if (!events.includes(event.type)) return false;
  return Object.entries(filter).every(([field, values]) => {
    if (field === 'parameter') return values.some((name) => Object.hasOwn(event.query, name));
    const value = event.data[field];
    return typeof value === 'string' && values.includes(value);
  });
}

export type KeptText = Pick<KeptEvent, 'body' | 'private'>;

function textOf({ data, query }: Happening, fields: Wanting['fields']): KeptText {
  const body =
    fields === null
      ? data
      : Object.fromEntries(Object.entries(data).filter(([name]) => fields.includes(name)));
  const brought = (fields === null || fields.includes('query')) && Object.keys(query).length > 0;
  return { body: JSON.stringify(body), private: brought ? JSON.stringify({ query }) : '' };
}

/** The event as it is kept for the webhook. `whole`: the texts of events with all fields, by position, once one was made. */
export function keptEvent(
  wanting: Wanting,
  event: Happening,
  { position, batch, pseudonym }: Pick<KeptEvent, 'position' | 'batch' | 'pseudonym'>,
  whole: (KeptText | undefined)[],
): KeptEvent {
  const { account_id, webhook_id, events_max, fields } = wanting;
  const text = (fields === null ? whole[position] : undefined) ?? textOf(event, fields);
  if (fields === null) whole[position] = text;
  return {
    account_id,
    webhook_id,
    events_max,
    event_id: event.id,
    position,
    type: event.type,
    happened_at_ms: event.at_ms,
    click_id: event.click_id,
    conversion_id: event.conversion_id,
    contact_id: event.contact_id,
    body: text.body,
    private: text.private,
    batch,
    pseudonym,
  };
}

/** A row of trackly.webhook_events as it is read back. */
export type StoredEvent = Pick<KeptEvent, 'event_id' | 'type' | 'happened_at_ms' | 'contact_id' | 'body'> & {
  private: string;
};

/**
 * The event as it is sent, JSON. Of an erased contact the pseudonym is, and nothing of what the tap brought. A quote within
 * a value is escaped, so the placeholder is found nowhere else.
 */
export function sentText(stored: StoredEvent): string {
  const { event_id: id, type, happened_at_ms, contact_id, body } = stored;
  const named = body.replace('"contact_id":null', () => `"contact_id":${jsonText(contact_id)}`);
  const data = joined(named, stored.private);
  return `{"id":"${id}","type":"${type}","timestamp":"${new Date(happened_at_ms).toISOString()}","data":${data}}`;
}

/** One object of the fields of two, each as JSON. */
function joined(one: string, other: string): string {
  if (other === '' || other === '{}') return one;
  return one === '{}' ? other : `${one.slice(0, -1)},${other.slice(1)}`;
}

export const sentEvent = (stored: StoredEvent): WebhookEvent => JSON.parse(sentText(stored)) as WebhookEvent;
