/**
 * The story of a contact: the newest messages, taps, refused taps and conversions, and the audiences that it is in. Every
 * table is read by its index of contacts. With Redis or ClickHouse down it rejects.
 */
import { fitsOf } from '../audiences/read-audience.ts';
import { listEntities } from '../catalog/catalog-store.ts';
import { pickColumns, type ShownAnswer, type ShownRow } from '../clickhouse/columns.ts';
import { IS_TEST, withTests } from '../clickhouse/test-rows.ts';
import { SEND_FIELDS } from '../messages/send-fields.ts';
import type { OptOut } from '../optouts/opt-out.ts';
import { getOptOut } from '../optouts/opt-out-store.ts';
import { askRows } from './ask-clickhouse.ts';
import { type ClickStory, readClicks } from './read-clicks.ts';
import { type ConversionStory, readConversions, TRACE_CONVERSIONS_MAX } from './read-conversions.ts';
import { type RefusedStory, readRefusedTaps } from './read-refused.ts';
import type { ReportSources } from './read-report.ts';

export const CONTACT_MESSAGES_MAX = 100;
export const CONTACT_CLICKS_MAX = 100;
/** Audiences that are evaluated for one contact: the newest active ones. */
export const CONTACT_AUDIENCES_MAX = 50;

const SHOWN_MESSAGE = pickColumns(SEND_FIELDS, [
  'message_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'link_ids',
  'offer_ids',
]);

export const CONTACT_MESSAGE = { ...SHOWN_MESSAGE, is_test: IS_TEST };

export interface ContactStory {
  /** Newest first, at most CONTACT_MESSAGES_MAX. */
  messages: ShownAnswer<typeof CONTACT_MESSAGE>[];
  /** Newest first, at most CONTACT_CLICKS_MAX. */
  clicks: ClickStory[];
  refused: RefusedStory[];
  /** Credited to the contact's links, or reported about the contact; by time, at most TRACE_CONVERSIONS_MAX. */
  conversions: ConversionStory[];
  audiences: { audience_id: string; name: string }[];
  /** null: it is not on the opt-out list. */
  opt_out: OptOut | null;
}

/** The story, or undefined if nothing is known of the contact in this account. */
export async function traceContact(
  sources: ReportSources & { contact_key: string },
  account_id: string,
  contact_id: string,
  now_ms: number,
): Promise<ContactStory | undefined> {
  const { clickhouse } = sources;
  const [messages, clicks, refused, conversions, known] = await Promise.all([
    readMessages(sources, account_id, contact_id),
    readClicks(clickhouse, account_id, { contact_id }, 'newest', CONTACT_CLICKS_MAX),
    readRefusedTaps(clickhouse, account_id, { contact_id }),
    readConversions(clickhouse, account_id, { contact_id }, TRACE_CONVERSIONS_MAX),
    getOptOut(sources, account_id, contact_id),
  ]);
  const opt_out = known?.opted_out === true ? known : null;
  if ([messages, clicks, refused, conversions].every(({ length }) => length === 0) && opt_out === null)
    return undefined;
  const audiences = await audiencesOf(sources, account_id, contact_id, now_ms);
  return { messages, clicks, refused, conversions, audiences, opt_out };
}

async function readMessages(
  { clickhouse }: ReportSources,
  account_id: string,
  contact_id: string,
): Promise<ContactStory['messages']> {
  const rows = await askRows<ShownRow<typeof CONTACT_MESSAGE>>(clickhouse, {
    query: `SELECT * FROM (${withTests(
      'sends',
      Object.keys(SHOWN_MESSAGE).join(', '),
      'account_id = {account_id:String} AND contact_id = {contact_id:String}',
    )}) ORDER BY sent_at DESC, message_id LIMIT {limit:UInt32}`,
    query_params: { account_id, contact_id, limit: CONTACT_MESSAGES_MAX },
  });
  return rows.map((row) => ({ ...row, is_test: row.is_test === 1 }));
}

async function audiencesOf(
  { clickhouse, redis }: ReportSources,
  account_id: string,
  contact_id: string,
  now_ms: number,
): Promise<ContactStory['audiences']> {
  const { items } = await listEntities(redis, 'audience', account_id, 1, CONTACT_AUDIENCES_MAX);
  const active = items.filter(({ status }) => status === 'active');
  const definitions = active.map(({ definition }) => definition);
  const fits = await fitsOf(clickhouse, { account_id, as_of_ms: now_ms }, definitions, contact_id);
  return active.filter((_, i) => fits[i] === true).map(({ audience_id, name }) => ({ audience_id, name }));
}
