/**
 * Clicks and conversions as GET /v2/live sends them: the schema of a row, and the query that reads new rows. Errors:
 * see reports/ask-clickhouse.ts.
 */

import { z } from 'zod';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { askRows } from '../../reports/ask-clickhouse.ts';

/** Rows per poll; during a peak further rows are counted but not shown. */
const ROWS_MAX = 100;
/** How late a click may reach ClickHouse and still be shown. */
const LATE_MS_MAX = 3_600_000;

export const liveClick = z.object({
  id: z.string().describe('click_id'),
  clicked_at: z.string(),
  link_id: z.string(),
  link_key: z.string(),
  message_id: z.string(),
  contact_id: z.string(),
  offer_id: z.string(),
  campaign_id: z.string(),
  variant_id: z.string(),
  country: z.string(),
  method: z.string(),
  verdict: z.string().describe('human or bot, by the first verdict'),
  bot_reasons: z.array(z.string()),
  is_first: z.number().describe('1 for a first click, else 0'),
  inserted_ms: z.number().describe('Unix time in ms'),
});
export const liveConversion = z.object({
  id: z.string().describe('Id of this state of the conversion'),
  conversion_id: z.string(),
  received_at: z.string(),
  event: z.string(),
  offer_id: z.string(),
  txn_id: z.string(),
  channel: z.string(),
  status: z.string(),
  reason: z.string(),
  click_id: z.string(),
  campaign_id: z.string(),
  message_id: z.string(),
  contact_id: z.string(),
  currency: z.string(),
  revenue: z.string(),
  inserted_ms: z.number().describe('Unix time in ms'),
});
export function newClicks(
  clickhouse: ClickHouseClient,
  account_id: string,
  since_ms: number,
): Promise<z.output<typeof liveClick>[]> {
  return askRows(clickhouse, {
    query: `SELECT click_id AS id, clicked_at, link_id, link_key, message_id, contact_id, offer_id, campaign_id, variant_id,
        country, method, verdict, bot_reasons, is_first, toUnixTimestamp64Milli(inserted_at) AS inserted_ms
      FROM trackly.clicks
      WHERE account_id = {account_id:String} AND clicked_at > fromUnixTimestamp64Milli({late_ms:Int64})
        AND inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})
      ORDER BY inserted_at DESC, clicked_at DESC, click_id LIMIT ${ROWS_MAX}`,
    query_params: { account_id, since_ms, late_ms: since_ms - LATE_MS_MAX },
  });
}

export function newConversions(
  clickhouse: ClickHouseClient,
  account_id: string,
  since_ms: number,
): Promise<z.output<typeof liveConversion>[]> {
  return askRows(clickhouse, {
    query: `SELECT concat(conversion_id, ':', status, ':', reason) AS id, conversion_id, received_at, event, offer_id, txn_id, channel,
        status, reason, click_id, campaign_id, message_id, contact_id, currency,
        toString(sales - refunds) AS revenue, toUnixTimestamp64Milli(inserted_at) AS inserted_ms
      FROM trackly.conversions
      WHERE account_id = {account_id:String} AND sign = 1 AND inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})
        -- A payout in another currency than its sale's is a second line of the same conversion.
        AND NOT (conversions = 0 AND sales = 0 AND refunds = 0 AND payout > 0)
      ORDER BY inserted_at DESC, id LIMIT ${ROWS_MAX}`,
    query_params: { account_id, since_ms },
  });
}
