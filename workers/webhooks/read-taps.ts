/**
 * What stored clicks tell of the taps that conversions and changed verdicts are of: their contact, and what they brought.
 * A click whose raw row has expired is missing. With ClickHouse down it rejects and the batch is retried.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import { clickIdTime } from '../../src/clicks/click-id.ts';
import type { Tap } from '../../src/webhooks/events.ts';

/** By click id. Ids that are none are ignored. */
export async function readTaps(
  clickhouse: ClickHouseClient,
  clicks: readonly { account_id: string; click_id: string }[],
): Promise<Map<string, Tap>> {
  const taps = new Map<string, Tap>();
  for (const [account_id, of_account] of Map.groupBy(clicks, (one) => one.account_id)) {
    const ids = [...new Set(of_account.map(({ click_id }) => click_id))].filter(
      (id) => clickIdTime(id) !== undefined,
    );
    for (const part of parameterChunks(ids, (id) => id)) {
      const times = part.map((id) => clickIdTime(id) ?? 0);
      const result = await clickhouse.query({
        query: `SELECT click_id, contact_id, query, country, is_gpc FROM trackly.clicks
          WHERE account_id = {account_id:String} AND click_id IN {ids:Array(String)}
            AND clicked_at >= fromUnixTimestamp64Milli({from_ms:Int64})
            AND clicked_at <= fromUnixTimestamp64Milli({to_ms:Int64})`,
        query_params: { account_id, ids: part, from_ms: Math.min(...times), to_ms: Math.max(...times) },
        format: 'JSONEachRow',
      });
      type Row = Omit<Tap, 'is_gpc'> & { click_id: string; is_gpc: number };
      for (const { click_id, is_gpc, ...tap } of await result.json<Row>())
        taps.set(click_id, { ...tap, is_gpc: is_gpc === 1 });
    }
  }
  return taps;
}
