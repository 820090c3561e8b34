/**
 * Which events a webhook is sent, and what of them: its kinds of events, its filter, and the fields that it has chosen.
 * Pure.
 */
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

type KeptText = Pick<KeptEvent, 'body' | 'private'>;

/** Of an event with all its fields: the same for every webhook, so it is made once. */
const WHOLE = new WeakMap<Happening, KeptText>();

function textOf(fields: Wanting['fields'], event: Happening): KeptText {
  const known = fields === null ? WHOLE.get(event) : undefined;
  if (known !== undefined) return known;
  const chosen = (name: string): boolean => fields?.includes(name) ?? true;
  const body = Object.fromEntries(Object.entries(event.data).filter(([name]) => chosen(name)));
  const brought = chosen('query') && Object.keys(event.query).length > 0;
  const text = {
    body: JSON.stringify(body),
    private: brought ? JSON.stringify({ query: event.query }) : '',
  };
  if (fields === null) WHOLE.set(event, text);
  return text;
}

/** The event as it is kept for the webhook. */
export function keptEvent(
  wanting: Wanting,
  event: Happening,
  { position, batch, pseudonym }: Pick<KeptEvent, 'position' | 'batch' | 'pseudonym'>,
): KeptEvent {
  const { account_id, webhook_id, events_max, fields } = wanting;
  return {
    ...{ account_id, webhook_id, events_max, position, batch },
    ...{ event_id: event.id, type: event.type, happened_at_ms: event.at_ms },
    ...{ click_id: event.click_id, conversion_id: event.conversion_id },
    contact_id: event.contact_id,
    ...textOf(fields, event),
    pseudonym,
  };
}

/** A row of trackly.webhook_events as it is read back. */
export type StoredEvent = Pick<KeptEvent, 'event_id' | 'type' | 'happened_at_ms' | 'contact_id' | 'body'> & {
  private: string;
};

/** The event as it is sent. Of an erased contact the pseudonym is, and nothing of what the tap brought. */
export function sentEvent(stored: StoredEvent): WebhookEvent {
  const data = { ...(JSON.parse(stored.body) as Record<string, unknown>), ...privateOf(stored) };
  if (data['contact_id'] === null) data['contact_id'] = stored.contact_id;
  const { event_id: id, type, happened_at_ms } = stored;
  return { id, type, timestamp: new Date(happened_at_ms).toISOString(), data };
}

const privateOf = ({ private: text }: StoredEvent): Record<string, unknown> =>
  text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
