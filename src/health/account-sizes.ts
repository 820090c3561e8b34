/**
 * How much each account has: messages, clicks and conversions, in all and in the last days, from the rollups. Rejects when
 * ClickHouse is down; see reports/ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from '../reports/ask-clickhouse.ts';

export const RECENT_DAYS = 30;

export interface AccountSize {
  account_id: string;
  messages: number;
  clicks: number;
  conversions: number;
  messages_recent: number;
  clicks_recent: number;
}

/** Of these accounts, those that have anything. */
export function readSizes(
  clickhouse: ClickHouseClient,
  account_ids: readonly string[],
): Promise<AccountSize[]> {
  return askRows(clickhouse, {
    // Money is stored twice, and conversions with it.
    query: `SELECT account_id, toInt64(sum(messages_sent)) AS messages, toInt64(sum(clicks_total)) AS clicks,
        toInt64(sumIf(conversions, money_by != 'click')) AS conversions,
        toInt64(sumIf(messages_sent, quarter_hour > now() - INTERVAL ${RECENT_DAYS} DAY)) AS messages_recent,
        toInt64(sumIf(clicks_total, quarter_hour > now() - INTERVAL ${RECENT_DAYS} DAY)) AS clicks_recent
      FROM trackly.rollup_quarter_hours WHERE account_id IN {account_ids:Array(String)}
      GROUP BY account_id ORDER BY account_id LIMIT 1000`,
    query_params: { account_ids: [...account_ids] },
  });
}
