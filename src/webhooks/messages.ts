/**
 * Events become messages: each webhook's in order, one a message, or up to as many as its batches take. Numbers follow
 * each other without a gap. Pure.
 */
import { createHash } from 'node:crypto';
import { BATCH_PREFIX } from './request-of.ts';

/** A row of trackly.webhook_events, as the sequencer reads it. */
export interface WaitingEvent {
  account_id: string;
  webhook_id: string;
  events_max: number;
  event_id: string;
  type: string;
  happened_at_ms: number;
  inserted_at_ms: number;
  batch: string;
}

/** A row of trackly.webhook_messages. */
export interface NumberedMessage {
  account_id: string;
  webhook_id: string;
  sequence: number;
  message_id: string;
  shard: number;
  event_ids: string[];
  types: string[];
  batches: string[];
  happened_at: number;
  events_from: number;
  events_to: number;
  block: number;
}

const ID_DIGITS = 32;
const batchId = (webhook_id: string, event_ids: readonly string[]): string =>
  BATCH_PREFIX +
  createHash('sha256')
    .update(JSON.stringify([webhook_id, event_ids]))
    .digest('hex')
    .slice(0, ID_DIGITS);

/**
 * The messages of events of one shard, which are in the order in which they are to be sent. `last`: the last number of
 * each webhook, which is moved on.
 */
export function numberMessages(
  events: readonly WaitingEvent[],
  { shard, block, last }: { shard: number; block: number; last: Map<string, number> },
): NumberedMessage[] {
  return [...Map.groupBy(events, ({ webhook_id }) => webhook_id).values()].flatMap((of_webhook) =>
    groupsOf(of_webhook).map((group): NumberedMessage => {
      const [{ account_id, webhook_id, events_max, event_id, happened_at_ms }] = group as [WaitingEvent];
      const sequence = (last.get(webhook_id) ?? 0) + 1;
      last.set(webhook_id, sequence);
      const event_ids = group.map((one) => one.event_id);
      const inserted = group.map(({ inserted_at_ms }) => inserted_at_ms);
      return {
        ...{ account_id, webhook_id, sequence, shard, block, event_ids },
        message_id: events_max > 1 ? batchId(webhook_id, event_ids) : event_id,
        types: [...new Set(group.map(({ type }) => type))],
        batches: [...new Set(group.map(({ batch }) => batch))],
        happened_at: happened_at_ms,
        events_from: Math.min(...inserted),
        events_to: Math.max(...inserted),
      };
    }),
  );
}

/** A message has events of one kind of webhook: it may have begun to take batches, or ended it, in between. */
function groupsOf(events: readonly WaitingEvent[]): WaitingEvent[][] {
  const groups: WaitingEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    if (last === undefined || first?.events_max !== event.events_max || last.length >= event.events_max)
      groups.push([event]);
    else last.push(event);
  }
  return groups;
}
