/**
 * Reads what was booked, to compare it with a network's export: by time, and by transaction for conversions that the
 * network dates differently. From the money ledger in ClickHouse, within one account. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { parameterChunks } from '../clickhouse/parameter-chunks.ts';
import type { Booked } from '../conversions/reconcile.ts';
import { formatDecimal, parseDecimal } from '../platform/decimal.ts';
import { askRows } from './ask-clickhouse.ts';
import { InvalidReportError, type Range } from './report-range.ts';

/** Maximum number of conversions in one comparison. */
const BOOKED_MAX = 500_000;

/** All conversions of the range that have a transaction id and count here. */
export function readBookedIn(
  client: ClickHouseClient,
  account_id: string,
  offer_id: string | undefined,
  range: Range,
): Promise<Booked[]> {
  const inRange = `AND ledger.converted_at >= fromUnixTimestamp64Milli({from_ms:Int64})
    AND ledger.converted_at < fromUnixTimestamp64Milli({to_ms:Int64})`;
  const { from_ms, to_ms } = range;
  return read(client, account_id, offer_id, inRange, { from_ms, to_ms });
}

/** All conversions reported on these transactions, at any time. */
export async function readBookedOn(
  client: ClickHouseClient,
  account_id: string,
  offer_id: string | undefined,
  txn_ids: readonly string[],
): Promise<Booked[]> {
  const booked: Booked[] = [];
  const all = txn_ids.map((txn_id) => `txn:${txn_id}`);
  for (const transactions of parameterChunks(all, String)) {
    const among = 'AND ledger.transaction IN {transactions:Array(String)}';
    booked.push(...(await read(client, account_id, offer_id, among, { transactions })));
  }
  return booked;
}

interface LedgerRow extends Booked {
  sales: string;
  refunds: string;
}

/** The lines in force; a refund of several sales has one of each. */
const IN_FORCE = `SELECT conversion_id, ledger.offer_id AS offer_id, any(ledger.txn_id) AS txn_id,
    any(ledger.refund_id) AS refund_id, any(ledger.event) AS event, any(ledger.amount) AS amount,
    any(ledger.currency) AS currency, any(ledger.conversions) AS conversions, any(ledger.converted_at) AS converted_at,
    any(ledger.status) AS status, any(ledger.reason) AS reason,
    any(ledger.sales) AS sales, any(ledger.refunds) AS refunds
  FROM trackly.conversions AS ledger
  WHERE ledger.account_id = {account_id:String} AND ledger.txn_id != '' AND ledger.event != 'void'`;

async function read(
  client: ClickHouseClient,
  account_id: string,
  offer_id: string | undefined,
  condition: string,
  query_params: Record<string, unknown>,
): Promise<Booked[]> {
  const rows = await askRows<LedgerRow>(client, {
    query: `SELECT conversion_id, any(offer_id) AS offer_id, any(txn_id) AS txn_id, any(refund_id) AS refund_id,
        any(event) AS event, any(amount) AS amount, argMax(currency, conversions) AS currency,
        any(converted_at) AS converted_at, any(status) AS status, any(reason) AS reason,
        sum(sales) AS sales, sum(refunds) AS refunds
      FROM (${IN_FORCE} ${condition} ${offer_id === undefined ? '' : 'AND ledger.offer_id = {offer_id:String}'}
        GROUP BY ledger.transaction, ledger.offer_id, conversion_id, ledger.line
        HAVING sum(ledger.sign) > 0 AND status NOT IN ('duplicate', 'replaced', 'voided'))
      GROUP BY conversion_id
      ORDER BY converted_at, conversion_id
      LIMIT {limit:UInt32}`,
    query_params: {
      ...query_params,
      account_id,
      limit: BOOKED_MAX + 1,
      ...(offer_id === undefined ? {} : { offer_id }),
    },
  });
  if (rows.length > BOOKED_MAX) {
    throw new InvalidReportError(
      `More than ${BOOKED_MAX} conversions were reported here in that time: compare a shorter time, or one offer.`,
    );
  }
  return rows.map(bookedOf);
}

/** Leads and the like book no revenue, and what is credited to nothing books nothing: they compare as reported. */
function bookedOf({ sales, refunds, ...row }: LedgerRow): Booked {
  const reversal = row.event === 'refund' || row.event === 'chargeback';
  const sale = row.event === 'sale' || row.event === 'rebill';
  const booked = reversal ? refunds : sales;
  const amount = row.status === 'attributed' && (reversal || sale) ? booked : row.amount;
  return { ...row, amount: formatDecimal(parseDecimal(amount) ?? 0n) };
}
