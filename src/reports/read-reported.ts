/**
 * Reads reported conversions to compare with a network's export: by time, and by transaction for conversions that the
 * network dates differently. From the money ledger in ClickHouse, within one account. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { parameterChunks } from '../clickhouse/parameter-chunks.ts';
import type { Reported } from '../conversions/reconcile.ts';
import { askRows } from './ask-clickhouse.ts';
import { InvalidReportError, type Range } from './report-range.ts';
import { trimMoney } from './totals.ts';

/** Maximum number of conversions in one comparison. */
const REPORTED_MAX = 500_000;

/** All conversions of the range that have a transaction id, without duplicates. */
export function readReportedIn(
  client: ClickHouseClient,
  account_id: string,
  offer_id: string | undefined,
  range: Range,
): Promise<Reported[]> {
  const inRange = `AND ledger.converted_at >= fromUnixTimestamp64Milli({from_ms:Int64})
    AND ledger.converted_at < fromUnixTimestamp64Milli({to_ms:Int64})`;
  const { from_ms, to_ms } = range;
  return read(client, account_id, offer_id, inRange, { from_ms, to_ms });
}

/** All conversions reported on these transactions, at any time. */
export async function readReportedOn(
  client: ClickHouseClient,
  account_id: string,
  offer_id: string | undefined,
  txn_ids: readonly string[],
): Promise<Reported[]> {
  const reported: Reported[] = [];
  const all = txn_ids.map((txn_id) => `txn:${txn_id}`);
  for (const transactions of parameterChunks(all, String)) {
    const among = 'AND ledger.transaction IN {transactions:Array(String)}';
    reported.push(...(await read(client, account_id, offer_id, among, { transactions })));
  }
  return reported;
}

async function read(
  client: ClickHouseClient,
  account_id: string,
  offer_id: string | undefined,
  condition: string,
  query_params: Record<string, unknown>,
): Promise<Reported[]> {
  const rows = await askRows<Reported>(client, {
    query: `SELECT conversion_id, ledger.offer_id AS offer_id, any(ledger.txn_id) AS txn_id,
        any(ledger.event) AS event, any(ledger.amount) AS amount,
        any(ledger.currency) AS currency,
        any(ledger.converted_at) AS converted_at, any(ledger.status) AS status, any(ledger.reason) AS reason
      FROM trackly.conversions AS ledger
      WHERE ledger.account_id = {account_id:String} AND ledger.txn_id != '' ${condition}
        ${offer_id === undefined ? '' : 'AND ledger.offer_id = {offer_id:String}'}
      GROUP BY ledger.transaction, ledger.offer_id, conversion_id, ledger.line
      HAVING sum(ledger.sign) > 0 AND status NOT IN ('duplicate', 'replaced')
      ORDER BY converted_at, conversion_id
      LIMIT 1 BY conversion_id
      LIMIT {limit:UInt32}`,
    query_params: {
      ...query_params,
      account_id,
      limit: REPORTED_MAX + 1,
      ...(offer_id === undefined ? {} : { offer_id }),
    },
  });
  if (rows.length > REPORTED_MAX) {
    throw new InvalidReportError(
      `More than ${REPORTED_MAX} conversions were reported here in that time: compare a shorter time, or one offer.`,
    );
  }
  return rows.map((row) => ({ ...row, amount: trimMoney(row.amount) }));
}
