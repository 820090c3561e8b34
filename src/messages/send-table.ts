/** Sends as they stand in ClickHouse, read back. Pure. */
import type { Send } from './send.ts';

/** What a query selects to have SendRow, in JSONCompactEachRow with unquoted integers. */
export const SEND_COLUMNS = `message_id, account_id, contact_id, creative_id, campaign_id, variant_id,
  toUnixTimestamp64Milli(sent_at), toUnixTimestamp64Milli(logged_at), link_keys, link_ids, offer_ids, fields,
  toUnixTimestamp64Milli(link_expires_at)`;

export type SendRow = [
  message_id: string,
  account_id: string,
  contact_id: string,
  creative_id: string,
  campaign_id: string,
  variant_id: string,
  sent_at_ms: number,
  logged_at_ms: number,
  link_keys: string[],
  link_ids: string[],
  offer_ids: string[],
  fields: Record<string, string>,
  link_expires_at_ms: number,
];

export function sendOfRow(row: SendRow): Send {
  const [message_id, account_id, contact_id, creative_id, campaign_id, variant_id, sent_at_ms] = row;
  const [logged_at_ms, link_keys, link_ids, offer_ids, fields, link_expires_at_ms] = row.slice(7) as [
    number,
    string[],
    string[],
    string[],
    Record<string, string>,
    number,
  ];
  return {
    message_id,
    account_id,
    contact_id,
    creative_id,
    campaign_id,
    variant_id,
    sent_at_ms,
    logged_at_ms,
    links: link_ids.map((link_id, i) => ({
      link_key: link_keys[i] ?? '',
      link_id,
      offer_id: offer_ids[i] ?? '',
    })),
    fields,
    link_expires_at_ms,
  };
}
