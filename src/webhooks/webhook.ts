/**
 * A webhook: an address of the account's that is told what happens to its clicks and money. Of kind `webhook` it gets
 * events as Standard Webhooks has them; of kind `postback` a partner's own request, made from a template. Types only: where
 * it is stored is webhook-store.ts, what is sent request-of.ts, what happened events.ts, and when it is sent is the
 * worker's (workers/webhooks).
 */
export const EVENT_TYPES = [
  'click.human',
  'click.first',
  'click.bot',
  'conversion.booked',
  'conversion.reversed',
  'verdict.changed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const WEBHOOKS_MAX = 20;
/** Events of one message of a webhook that takes batches. */
export const BATCH_EVENTS_MAX = 500;
/** How long the first event of a batch may wait for others. */
export const BATCH_WAIT_S_MAX = 1;

/**
 * Only events that have one of the values in each of its fields. A field that the kind of event does not have, such as
 * `event` of a click, lets none through.
 */
export type EventFilter = Partial<
  Record<
    | 'offer_id'
    | 'campaign_id'
    | 'creative_id'
    | 'variant_id'
    | 'country'
    | 'verdict'
    | 'domain'
    /** Of a conversion: sale, lead … */
    | 'event'
    /** Names of parameters: the tap brought at least one of them, such as `fbclid`. */
    | 'parameter',
    string[]
  >
>;

/**
 * Why nothing is sent to it. Paused by request or as failing, what happens is kept, up to the bound of a backlog, and sent
 * once it goes on. Of gone and full what happens meanwhile is not kept, and can't be sent later; what waited before is sent.
 *   request   somebody paused it
 *   failing   it has answered nothing well for so long that it was paused by itself
 *   gone      it answered 410: it wants nothing any more
 *   full      its backlog was full
 */
export const PAUSE_REASONS = ['request', 'failing', 'gone', 'full'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** How a partner's request is made; its address and its body take macros (macros.ts). */
export interface PostbackTemplate {
  /** Name of the partner's own, such as `meta`; `custom` for one made by hand. */
  preset: string;
  method: 'GET' | 'POST';
  /** Names and values; a value may be a secret, so they are kept sealed. */
  headers_sealed: string;
  /** Their names, to be shown. */
  header_names: string[];
  /** Of a POST; '' for none. */
  body: string;
  content_type: 'application/json' | 'application/x-www-form-urlencoded';
}

export interface Webhook {
  webhook_id: string;
  account_id: string;
  name: string;
  kind: 'webhook' | 'postback';
  /** Sealed: a partner's address has its keys in it. */
  url_sealed: string;
  /** Of the address, to recognise it by. */
  host: string;
  events: EventType[];
  filter: EventFilter;
  /** Of the data of an event, the fields that are sent; null: all. */
  fields: string[] | null;
  /** Null: every event is a message of its own. */
  batch: { events_max: number } | null;
  /** Null where it is a webhook. */
  template: PostbackTemplate | null;
  /** Sealed secrets (`whsec_…`), the newest first; one before it signs too until it expires. */
  secrets: { sealed: string; created_at: string; expires_at: string | null }[];
  status: 'active' | 'paused';
  paused: { reason: PauseReason; at: string } | null;
  created_by: string;
  created_at: string;
  updated_at: string;
}

/** One event, as it is stored for a webhook and sent to it: `data` has what the webhook's `fields` leave of it. */
export interface WebhookEvent {
  /** The same for ever, and at every webhook that gets it: evt_ and a hash of what happened. */
  id: string;
  type: EventType;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: Record<string, unknown>;
}

/** What is sent in one request: one event, or a batch. */
export interface WebhookMessage {
  /** `webhook-id`: of one event its id, of a batch `msg_…`. The same at every try and replay. */
  id: string;
  /** `webhook-sequence`: by one higher with each message to this webhook, so that a receiver sees a gap. */
  sequence: number;
  /** Each a WebhookEvent as JSON. */
  events: string[];
}
