/**
 * The transactions that a batch is about: what was reported on each so far, with the lines that are
 * booked, from the ledger in ClickHouse. All of a transaction's reports are of one partition, whose
 * batches are inserted one after the other, so what is read is complete. With ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import {
  type Again,
  type Conversion,
  type ConversionRow,
  decodeConversion,
} from '../../src/conversions/conversion.ts';
import type { Line } from '../../src/conversions/settle.ts';

export interface Transaction extends Again {
  /** Every report, the new ones of this batch among them. */
  conversions: Conversion[];
  /** Reports that turned out to be of another transaction: nothing of them counts here. */
  moved: Conversion[];
  /** Lines that hold, as text, with how often: always once. */
  booked: Map<string, number>;
  /** The line that holds for a conversion, if it is attributed: its credit is kept. */
  attributed: Map<string, Line>;
}

interface BookedRow extends Again {
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
    const of = row.kind === 'new' ? row.conversion : row;
    let one = transactions.get(keyOf(of));
    if (one === undefined) {
      one = newTransaction(of);
      transactions.set(keyOf(of), one);
    }
    if (row.kind === 'new') one.conversions.push(row.conversion);
  }
  for (const row of await readBookedOf(clickhouse, [...transactions.values()])) {
    // The same transaction of another offer is another one.
    const one = transactions.get(keyOf(row));
    if (one !== undefined) addBooked(one, row);
  }
  return [...transactions.values()];
}

function newTransaction({ account_id, offer_id, transaction }: Again): Transaction {
  return {
    account_id,
    offer_id,
    transaction,
    conversions: [],
    moved: [],
    booked: new Map(),
    attributed: new Map(),
  };
}

async function readBookedOf(
  clickhouse: ClickHouseClient,
  transactions: readonly Transaction[],
): Promise<BookedRow[]> {
  const rows: BookedRow[] = [];
  for (const [account_id, of_account] of Map.groupBy(transactions, (one) => one.account_id)) {
    const names = [...new Set(of_account.map((one) => one.transaction))];
    for (const part of parameterChunks(names, String)) {
      for (const row of await readBooked(clickhouse, account_id, part)) rows.push(row);
    }
  }
  return rows;
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

const keyOf = ({ account_id, offer_id, transaction }: Again): string =>
  JSON.stringify([account_id, offer_id, transaction]);
