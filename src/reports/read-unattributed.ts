/**
 * Reads conversions that are credited to nothing, by reason, so that a wrong macro in a postback is found within
 * minutes. From the money ledger in ClickHouse, within one account. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import type { Range } from './report-range.ts';
import { trimMoney } from './totals.ts';

/** Maximum number of rows: reasons × offers × channels × events × currencies of one account. */
const UNATTRIBUTED_ROWS_MAX = 1_000;

export interface UnattributedRow {
  reason: string;
  offer_id: string;
  channel: string;
  event: string;
  currency: string;
  reports: number;
  /** Sum of the reported amounts. */
  amount: string;
  first_received_at: string;
  last_received_at: string;
  /** The latest of them, as an example. */
  example: { conversion_id: string; reported: string; txn_id: string };
}

/** By reason, the most frequent first. The range is that of received_at. */
export async function readUnattributed(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  offer_id: string | undefined,
): Promise<UnattributedRow[]> {
  const rows = await askRows<Omit<UnattributedRow, 'example'> & { latest: [string, string, string] }>(
    client,
    {
      query: `SELECT reason, offer_id, channel, event, currency, count() AS reports, sum(one.amount) AS amount,
        min(received_at) AS first_received_at, max(received_at) AS last_received_at,
        argMax((conversion_id, reported, txn_id), received_at) AS latest
      FROM (
        SELECT conversion_id, any(ledger.reason) AS reason, ledger.offer_id AS offer_id, any(ledger.channel) AS channel,
          any(ledger.event) AS event, any(ledger.currency) AS currency, any(ledger.amount) AS amount,
          any(ledger.received_at) AS received_at, any(ledger.reported) AS reported, any(ledger.txn_id) AS txn_id
        FROM trackly.conversions AS ledger
        WHERE ledger.account_id = {account_id:String} AND ledger.status = 'unattributed'
          AND ledger.received_at >= fromUnixTimestamp64Milli({from_ms:Int64})
          AND ledger.received_at < fromUnixTimestamp64Milli({to_ms:Int64})
          ${offer_id === undefined ? '' : 'AND ledger.offer_id = {offer_id:String}'}
        GROUP BY ledger.transaction, ledger.offer_id, conversion_id, ledger.line
        HAVING sum(ledger.sign) > 0
      ) AS one
      GROUP BY reason, offer_id, channel, event, currency
      ORDER BY reports DESC, reason, offer_id, channel, event, currency LIMIT {limit:UInt32}`,
      query_params: {
        account_id,
        from_ms: range.from_ms,
        to_ms: range.to_ms,
        limit: UNATTRIBUTED_ROWS_MAX,
        ...(offer_id === undefined ? {} : { offer_id }),
      },
    },
  );
  return rows.map(({ latest: [conversion_id, reported, txn_id], ...row }) => ({
    ...row,
    amount: trimMoney(row.amount),
    example: { conversion_id, reported, txn_id },
  }));
}

/** Reports of one offer and channel with the same problem, that count all the same. */
export interface ProblemRow {
  problem: string;
  offer_id: string;
  channel: string;
  reports: number;
  last_received_at: string;
  /** The latest of them. */
  conversion_id: string;
}

/** The most frequent first. The range is that of received_at. */
export function readProblems(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  offer_id: string | undefined,
): Promise<ProblemRow[]> {
  return askRows<ProblemRow>(client, {
    query: `SELECT problem, offer_id, channel, uniqExact(ledger.conversion_id) AS reports,
        max(ledger.received_at) AS last_received_at, argMax(ledger.conversion_id, ledger.received_at) AS conversion_id
      FROM trackly.conversions AS ledger
      WHERE ledger.account_id = {account_id:String} AND ledger.problem != ''
        AND ledger.received_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        AND ledger.received_at < fromUnixTimestamp64Milli({to_ms:Int64})
        ${offer_id === undefined ? '' : 'AND ledger.offer_id = {offer_id:String}'}
      GROUP BY problem, offer_id, channel
      ORDER BY reports DESC, problem, offer_id, channel LIMIT {limit:UInt32}`,
    query_params: {
      account_id,
      from_ms: range.from_ms,
      to_ms: range.to_ms,
      limit: UNATTRIBUTED_ROWS_MAX,
      ...(offer_id === undefined ? {} : { offer_id }),
    },
  });
}
