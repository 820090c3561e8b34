/**
 * Clicks and conversions as GET /v2/live sends them: the schema of a row, and the queries that read new rows and count what
 * came in. At a high rate only a part of the clicks is read, always the same one: those whose id has a hash that `one_of`
 * divides, a power of two, so that a smaller part is within a larger one. Errors: see reports/ask-clickhouse.ts.
 */

import { z } from 'zod';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { askRows } from '../../reports/ask-clickhouse.ts';

/** Rows of a question; what is more comes with the next one. */
const ROWS_MAX = 200;
/** How late a click may reach ClickHouse and still be shown. */
const LATE_MS_MAX = 3_600_000;
/** Minutes and countries of a question: the last half hour in every country. */
const COUNTS_MAX = 10_000;

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
export type LiveClick = z.output<typeof liveClick>;
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
export type LiveConversion = z.output<typeof liveConversion>;

const ID_LENGTH_MAX = 200;
const id = z.string().min(1).max(ID_LENGTH_MAX).optional();
/** What a client may want to see only. */
export const liveFilters = z.strictObject({
  campaign_id: id.describe('Of one campaign only'),
  offer_id: id.describe('Of one offer only'),
  message_id: id.describe('Of one message only'),
  contact_id: id.describe('Of one contact only'),
  verdict: z.enum(['human', 'bot']).optional().describe('Of clicks; conversions have none'),
  country: z.string().length(2).optional().describe('Of clicks, as ISO 3166-1 names it'),
});
export type LiveFilters = z.output<typeof liveFilters>;
/** Columns of conversions as well. */
const COMMON = ['campaign_id', 'offer_id', 'message_id', 'contact_id'] as const;
const OF_CLICKS = [...COMMON, 'verdict', 'country'] as const;

/** A condition for each filter that is set; its value is passed as a parameter of the column's name. */
function conditions(filters: LiveFilters, columns: readonly (keyof LiveFilters)[]): string {
  return columns
    .filter((column) => filters[column] !== undefined)
    .map((column) => ` AND ${column} = {${column}:String}`)
    .join('');
}

export interface Asked {
  account_id: string;
  filters: LiveFilters;
  since_ms: number;
}

/** Clicks that came in since, the newest first: of every `one_of` one. */
export function newClicks(
  clickhouse: ClickHouseClient,
  { account_id, filters, since_ms }: Asked,
  one_of: number,
): Promise<LiveClick[]> {
  return askRows(clickhouse, {
    query: `SELECT click_id AS id, clicked_at, link_id, link_key, message_id, contact_id, offer_id, campaign_id, variant_id,
        country, method, verdict, bot_reasons, is_first, toUnixTimestamp64Milli(inserted_at) AS inserted_ms
      FROM trackly.clicks
      WHERE account_id = {account_id:String} AND clicked_at > fromUnixTimestamp64Milli({late_ms:Int64})
        AND inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})
        AND bitAnd(sipHash64(click_id), {mask:UInt64}) = 0${conditions(filters, OF_CLICKS)}
      ORDER BY inserted_at DESC, clicked_at DESC, click_id LIMIT ${ROWS_MAX}`,
    query_params: { account_id, ...filters, since_ms, late_ms: since_ms - LATE_MS_MAX, mask: one_of - 1 },
  });
}

export interface MinuteOfCountry {
  /** Unix time in s of its start. */
  minute: number;
  country: string;
  human: number;
  bot: number;
  /** Those of the seconds from `recent_from_ms` to `recent_to_ms`. */
  recent: number;
  /** Those that came in since `since_ms`. */
  fresh: number;
  /** When the last of them came in, Unix time in ms. */
  newest_ms: number;
}

/** All clicks of the minutes from `from_ms` on, exactly as they are in the table now. */
export function countMinutes(
  clickhouse: ClickHouseClient,
  { account_id, filters, since_ms }: Asked,
  times: { from_ms: number; recent_from_ms: number; recent_to_ms: number },
): Promise<MinuteOfCountry[]> {
  return askRows(clickhouse, {
    query: `SELECT toUnixTimestamp(toStartOfMinute(clicked_at)) AS minute, country, countIf(verdict = 'human') AS human,
        countIf(verdict != 'human') AS bot,
        countIf(clicked_at >= fromUnixTimestamp64Milli({recent_from_ms:Int64})
          AND clicked_at < fromUnixTimestamp64Milli({recent_to_ms:Int64})) AS recent,
        countIf(inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})) AS fresh,
        max(toUnixTimestamp64Milli(inserted_at)) AS newest_ms
      FROM trackly.clicks
      WHERE account_id = {account_id:String}
        AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})${conditions(filters, OF_CLICKS)}
      GROUP BY minute, country ORDER BY minute, country LIMIT ${COUNTS_MAX}`,
    query_params: { account_id, ...filters, since_ms, ...times },
  });
}

export function newConversions(
  clickhouse: ClickHouseClient,
  { account_id, filters, since_ms }: Asked,
): Promise<LiveConversion[]> {
  return askRows(clickhouse, {
    query: `SELECT concat(conversion_id, ':', status, ':', reason) AS id, conversion_id, received_at, event, offer_id, txn_id, channel,
        status, reason, click_id, campaign_id, message_id, contact_id, currency,
        toString(sales - refunds) AS revenue, toUnixTimestamp64Milli(inserted_at) AS inserted_ms
      FROM trackly.conversions
      WHERE account_id = {account_id:String} AND sign = 1 AND inserted_at > fromUnixTimestamp64Milli({since_ms:Int64})
        -- A payout in another currency than its sale's is a second line of the same conversion.
        AND NOT (conversions = 0 AND sales = 0 AND refunds = 0 AND payout > 0)${conditions(filters, COMMON)}
      ORDER BY inserted_at DESC, id LIMIT ${ROWS_MAX}`,
    query_params: { account_id, ...filters, since_ms },
  });
}
