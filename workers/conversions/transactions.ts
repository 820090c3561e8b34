/**
 * The transactions that a batch is about: what was reported on each so far, with the lines that are
 * booked, from the ledger in ClickHouse. All of a transaction's reports are of one partition, whose
 * batches are inserted one after the other, so what is read is complete. With ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import { type Conversion, type ConversionRow, decodeConversion } from '../../src/conversions/conversion.ts';
import type { Line } from '../../src/conversions/settle.ts';

export interface Transaction {
  account_id: string;
  offer_id: string;
  transaction: string;
  /** Every report, the new ones of this batch among them. */
  conversions: Conversion[];
  /** Reports that turned out to be of another transaction: nothing of them counts here. */
  moved: Conversion[];
  /** Lines that hold, as text, with how often: always once. */
  booked: Map<string, number>;
  /** The line that holds for a conversion, if it is attributed: its credit is kept. */
  attributed: Map<string, Line>;
}

interface BookedRow {
  account_id: string;
  offer_id: string;
  transaction: string;
  facts: string;
  line: string;
  booked: number;
}

/** The transactions of `rows`, each with its reports in any order. */
export async function loadTransactions(
  clickhouse: ClickHouseClient,
  rows: readonly ConversionRow[],
): Promise<Transaction[]> {
  const transactions = new Map<string, Transaction>();
  for (const row of rows) {
    const { account_id, offer_id, transaction } = row.kind === 'new' ? row.conversion : row;
    const key = keyOf(account_id, offer_id, transaction);
    let one = transactions.get(key);
    if (one === undefined) {
      one = {
        account_id,
        offer_id,
        transaction,
        conversions: [],
        moved: [],
        booked: new Map(),
        attributed: new Map(),
      };
      transactions.set(key, one);
    }
    if (row.kind === 'new') one.conversions.push(row.conversion);
  }
  const byAccount = Map.groupBy(transactions.values(), (one) => one.account_id);
  for (const [account_id, ofAccount] of byAccount) {
    const keys = [...new Set(ofAccount.map((one) => one.transaction))];
    for (const part of parameterChunks(keys, String)) {
      for (const row of await readBooked(clickhouse, account_id, part)) {
        // The same transaction of another offer is another one.
        const one = transactions.get(keyOf(row.account_id, row.offer_id, row.transaction));
        if (one !== undefined) addBooked(one, row);
      }
    }
  }
  return [...transactions.values()];
}

function addBooked(one: Transaction, row: BookedRow): void {
  const line = JSON.parse(row.line) as Line;
  one.booked.set(row.line, row.booked);
  if (line.status === 'attributed') one.attributed.set(line.conversion_id, line);
  if (!one.conversions.some(({ conversion_id }) => conversion_id === line.conversion_id)) {
    one.conversions.push(decodeConversion(row.facts));
  }
}

async function readBooked(
  clickhouse: ClickHouseClient,
  account_id: string,
  transactions: string[],
): Promise<BookedRow[]> {
  const result = await clickhouse.query({
    query: `SELECT account_id, offer_id, transaction, any(ledger.facts) AS facts, line, sum(toInt32(sign)) AS booked
      FROM trackly.conversions AS ledger
      WHERE account_id = {account_id:String} AND transaction IN {transactions:Array(String)}
      GROUP BY account_id, offer_id, transaction, conversion_id, line
      HAVING booked != 0`,
    query_params: { account_id, transactions },
    format: 'JSONEachRow',
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 0,
      // On a replicated server: only from a replica that has every confirmed insert.
      select_sequential_consistency: '1',
    },
  });
  return result.json<BookedRow>();
}

const keyOf = (...parts: [account_id: string, offer_id: string, transaction: string]): string =>
  JSON.stringify(parts);
