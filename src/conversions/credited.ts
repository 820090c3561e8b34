/**
 * Finds conversions credited to clicks that are no longer first clicks, and asks to recheck each of their
 * transactions. Rejects when ClickHouse or Redis is down; safe to repeat.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { parameterChunks } from '../clickhouse/parameter-chunks.ts';
import type { RedisClient } from '../platform/redis.ts';
import { encodeRecheck, type Recheck } from './conversion.ts';
import { logRows } from './log-conversions.ts';

export async function recheckCredits(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  account_id: string,
  click_ids: readonly string[],
): Promise<void> {
  for (const part of parameterChunks(click_ids, (id) => id)) {
    const result = await clickhouse.query({
      query: `SELECT DISTINCT account_id, offer_id, transaction FROM trackly.conversions
        WHERE account_id = {account_id:String} AND click_id IN {click_ids:Array(String)} AND import_id = ''`,
      query_params: { account_id, click_ids: part },
      format: 'JSONEachRow',
    });
    const transactions = await result.json<Recheck>();
    await logRows(
      redis,
      transactions.map((one) => [one, encodeRecheck(one)]),
    );
  }
}
