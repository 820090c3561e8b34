/**
 * The transactions of an offer with conversions in a range of time, part by part: what a preview computes and a rebooking
 * rechecks. With ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';

export interface BookedRange {
  account_id: string;
  offer_id: string;
  /** Range of converted_at; `to_ms` is not in it. */
  from_ms: number;
  to_ms: number;
}

const IN_RANGE = `account_id = {account_id:String} AND import_id = '' AND offer_id = {offer_id:String}
  AND converted_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND converted_at < fromUnixTimestamp64Milli({to_ms:Int64})`;
const SETTINGS = { output_format_json_quote_64bit_integers: 0, select_sequential_consistency: '1' } as const;

const paramsOf = ({ account_id, offer_id, from_ms, to_ms }: BookedRange) => ({
  ...{ account_id, offer_id, from_ms, to_ms },
});

/** Names of transactions after `after`, in order; at most `limit`. */
export async function transactionsAfter(
  clickhouse: ClickHouseClient,
  range: BookedRange,
  after: string,
  limit: number,
): Promise<string[]> {
  const result = await clickhouse.query({
    query: `SELECT DISTINCT transaction FROM trackly.conversions
      WHERE ${IN_RANGE} AND transaction > {after:String} ORDER BY transaction LIMIT {limit:UInt32}`,
    query_params: { ...paramsOf(range), after, limit },
    format: 'JSONEachRow',
    clickhouse_settings: SETTINGS,
  });
  return (await result.json<{ transaction: string }>()).map(({ transaction }) => transaction);
}

/** How many there are. */
export const countTransactions = (clickhouse: ClickHouseClient, range: BookedRange): Promise<number> =>
  count(clickhouse, range, 'uniqExact(transaction)', 'true');

/** How many conversions they have. */
export const countConversions = (clickhouse: ClickHouseClient, range: BookedRange): Promise<number> =>
  count(clickhouse, range, 'uniqExact(conversion_id)', 'true');

/** Conversions of which a line was reversed since `since_ms`: of those, what they are credited to has changed. */
export const countReversed = (
  clickhouse: ClickHouseClient,
  range: BookedRange,
  since_ms: number,
): Promise<number> =>
  count(
    clickhouse,
    range,
    'uniqExact(conversion_id)',
    `sign = -1 AND inserted_at >= fromUnixTimestamp64Milli({since_ms:Int64})`,
    { since_ms },
  );

async function count(
  clickhouse: ClickHouseClient,
  range: BookedRange,
  what: string,
  condition: string,
  more: Record<string, unknown> = {},
): Promise<number> {
  const result = await clickhouse.query({
    query: `SELECT ${what} AS n FROM trackly.conversions WHERE ${IN_RANGE} AND ${condition}`,
    query_params: { ...paramsOf(range), ...more },
    format: 'JSONEachRow',
    clickhouse_settings: SETTINGS,
  });
  return (await result.json<{ n: number }>())[0]?.n ?? 0;
}
