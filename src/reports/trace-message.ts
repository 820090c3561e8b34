/**
 * The trace of a message: its record in Redis, its send in ClickHouse, what became of it, its links with totals,
 * its clicks and conversions. Parts may be missing: the send until it is inserted, the record and the raw rows after they expired. The
 * totals are kept. With Redis or ClickHouse down it rejects.
 */
import type { EventState } from '../messages/delivery-state.ts';
import { getMessages } from '../messages/message-store.ts';
import { type ClickStory, readClicks, readSend } from './read-clicks.ts';
import { type ConversionStory, readConversions, TRACE_CONVERSIONS_MAX } from './read-conversions.ts';
import { type EventStory, readDelivery } from './read-events.ts';
import { type RefusedStory, readRefusedTaps } from './read-refused.ts';
import type { ReportSources } from './read-report.ts';
import { type Totals, totalsOfRows } from './totals.ts';
import { linkRows, messageTotals } from './trace-totals.ts';

export const MESSAGE_CLICKS_MAX = 500;

export interface MessageStory {
  message: {
    message_id: string;
    /** null after the record and the raw rows have expired; the times too. */
    contact_id: string | null;
    creative_id: string;
    campaign_id: string;
    variant_id: string;
    sent_at: string | null;
    logged_at: string | null;
    fields: Record<string, string>;
    /** Whether it is a test: no report counts it. */
    is_test: boolean;
    /** Token of the batch that inserted the send; null until then. */
    batch: string | null;
    /** What became of it; null until an event tells. */
    state: EventState | null;
    state_at: string | null;
    /** The provider's code of that event; '' without one. */
    code: string;
    opted_out_at: string | null;
  };
  /** What was reported of it, in time order, the first MESSAGE_EVENTS_MAX. */
  events: EventStory[];
  links: { link_key: string; link_id: string; offer_id: string; totals: Totals }[];
  totals: Totals;
  /** In time order, the first MESSAGE_CLICKS_MAX. */
  clicks: ClickStory[];
  /** Taps that did not reach the destination, newest first, at most TRACE_REFUSED_MAX. */
  refused: RefusedStory[];
  /** Conversions credited to the message, by time, at most TRACE_CONVERSIONS_MAX. */
  conversions: ConversionStory[];
}

/** The story, or undefined if this account has no such message. */
export async function traceMessage(
  sources: ReportSources,
  account_id: string,
  message_id: string,
): Promise<MessageStory | undefined> {
  const { clickhouse, redis } = sources;
  const [[record], send, rows, total, clicks, refused, conversions, { events, ...delivery }] =
    await Promise.all([
      getMessages(redis, account_id, [message_id]),
      readSend(clickhouse, account_id, message_id),
      linkRows(sources, account_id, { message_id }),
      messageTotals(sources, account_id, message_id),
      readClicks(clickhouse, account_id, { message_id }, 'oldest', MESSAGE_CLICKS_MAX),
      readRefusedTaps(clickhouse, account_id, { message_id }),
      readConversions(clickhouse, account_id, { message_id }, TRACE_CONVERSIONS_MAX),
      readDelivery(clickhouse, account_id, message_id),
    ]);
  const known = record ?? send ?? total?.row;
  if (known === undefined) return undefined;

  const rowsOf = Map.groupBy(rows, (row) => String(row['link_id']));
  const links = new Map(
    (record?.links ?? []).map(([link_key, link_id, offer_id]) => [link_id, { link_key, offer_id }]),
  );
  for (const [link_id, [row]] of rowsOf) {
    const offer_id = links.get(link_id)?.offer_id ?? String(row?.['offer_id']);
    links.set(link_id, { link_key: String(row?.['link_key']), offer_id });
  }
  return {
    message: {
      message_id,
      contact_id: record?.contact_id ?? send?.contact_id ?? clicks[0]?.contact_id ?? null,
      creative_id: String(known.creative_id),
      campaign_id: String(known.campaign_id),
      variant_id: String(known.variant_id),
      sent_at: record ? isoTime(record.sent_at_ms) : (send?.sent_at ?? null),
      logged_at: record ? isoTime(record.logged_at_ms) : (send?.logged_at ?? null),
      fields: record?.fields ?? send?.fields ?? {},
      is_test: record ? record.is_test === true : send?.is_test === 1,
      batch: send?.batch ?? null,
      ...delivery,
    },
    events,
    links: [...links].map(([link_id, link]) => ({
      ...link,
      link_id,
      totals: totalsOfRows(rowsOf.get(link_id) ?? []),
    })),
    totals: total?.totals ?? totalsOfRows([]),
    clicks,
    refused,
    conversions,
  };
}

const isoTime = (time_ms: number): string => new Date(time_ms).toISOString();
