/**
 * Finds the latest message that offered the coupon's offer to its contact before the coupon was used, from the sends in
 * ClickHouse. With ClickHouse down it rejects.
 */

import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { pickColumns, readColumns, STORED_SETTINGS, type StoredRow } from '../../clickhouse/columns.ts';
import { parameterChunks } from '../../clickhouse/parameter-chunks.ts';
import { SEND_FIELDS } from '../../messages/send-fields.ts';
import type { Conversion } from '../conversion.ts';
import type { Credit } from '../line.ts';
import { CLOCK_TOLERANCE_MS } from './choose-click.ts';

/** Messages of a contact that are searched, newest first. */
const MESSAGES_PER_CONTACT_MAX = 200;

const SENT = pickColumns(SEND_FIELDS, [
  ...(['contact_id', 'message_id', 'creative_id', 'campaign_id', 'variant_id', 'domain', 'sent_at'] as const),
  ...(['link_keys', 'link_ids', 'offer_ids'] as const),
]);
export type SentRow = StoredRow<typeof SENT>;

/** Credit by conversion id; no entry where the contact was sent no such message. */
export async function findLatestMessages(
  clickhouse: ClickHouseClient,
  conversions: readonly Conversion[],
): Promise<Map<string, Credit>> {
  const credits = new Map<string, Credit>();
  for (const [account_id, ofAccount] of Map.groupBy(conversions, (one) => one.account_id)) {
    for (const part of parameterChunks(ofAccount, ({ subject }) => subject.contact_id)) {
      const sent = Map.groupBy(await readSent(clickhouse, account_id, part), (row) => row.contact_id);
      for (const conversion of part) {
        const credit = latest(conversion, sent.get(conversion.subject.contact_id) ?? []);
        if (credit !== undefined) credits.set(conversion.conversion_id, credit);
      }
    }
  }
  return credits;
}

/** `rows`: newest first. */
function latest({ offer_id, converted_at_ms }: Conversion, rows: readonly SentRow[]): Credit | undefined {
  const row = rows.find(
    (one) => one.offer_ids.includes(offer_id) && one.sent_at_ms <= converted_at_ms + CLOCK_TOLERANCE_MS,
  );
  if (row === undefined) return undefined;
  return creditOfMessage(row, offer_id, { credited_at_ms: row.sent_at_ms, model: '' });
}

/** The credit of a message without a click. */
export function creditOfMessage(
  row: SentRow,
  offer_id: string,
  { credited_at_ms, model }: Pick<Credit, 'credited_at_ms' | 'model'>,
): Credit {
  const link = row.offer_ids.indexOf(offer_id);
  return {
    click_id: '',
    credited_at_ms,
    link_id: row.link_ids[link] ?? '',
    link_key: row.link_keys[link] ?? '',
    message_id: row.message_id,
    contact_id: row.contact_id,
    creative_id: row.creative_id,
    campaign_id: row.campaign_id,
    variant_id: row.variant_id,
    domain: row.domain,
    sent_at_ms: row.sent_at_ms,
    model,
  };
}

/** Messages with one of the offers to the conversions' contacts, newest first. */
export async function readSent(
  clickhouse: ClickHouseClient,
  account_id: string,
  conversions: readonly Conversion[],
): Promise<SentRow[]> {
  const result = await clickhouse.query({
    query: `SELECT ${readColumns(SENT)} FROM trackly.sends
      WHERE account_id = {account_id:String} AND contact_id IN {contact_ids:Array(String)}
        AND import_id = '' AND hasAny(offer_ids, {offer_ids:Array(String)})
      ORDER BY sent_at DESC, message_id
      LIMIT {messages:UInt32} BY contact_id`,
    query_params: {
      account_id,
      contact_ids: [...new Set(conversions.map(({ subject }) => subject.contact_id))],
      offer_ids: [...new Set(conversions.map(({ offer_id }) => offer_id))],
      messages: MESSAGES_PER_CONTACT_MAX,
    },
    format: 'JSONEachRow',
    clickhouse_settings: STORED_SETTINGS,
  });
  return result.json<SentRow>();
}
