/**
 * Loads the transactions of a batch: everything reported on each so far, with its booked lines, from the money ledger
 * in ClickHouse. All reports of a transaction are in one partition, and a partition's batches are inserted one after
 * the other, so the result is complete. With ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { parameterChunks } from '../../clickhouse/parameter-chunks.ts';
import { eraseFacts, eraseLine } from '../../privacy/erase-rows.ts';
import type { ErasedContacts } from '../../privacy/erased-contacts.ts';
import { type Conversion, type ConversionRow, decodeConversion, type Recheck } from '../conversion.ts';
import type { Line } from '../line.ts';

export interface Transaction extends Recheck {
  /** Every report, including the new ones of this batch. */
  conversions: Conversion[];
  /** Reports that turned out to belong to another transaction; they do not count here. */
  moved: Conversion[];
  /** Lines in force, as text, with how often each is booked: always once. */
  booked: Map<string, number>;
  /** A line in force of each conversion that is credited, also if it is taken back: its credit is kept. */
  credited: Map<string, Line>;
  /** By conversion and model, the latest line that credited it so, in force or reversed: see formerKey. */
  former: Map<string, Line>;
}

export const formerKey = (conversion_id: string, model: Line['model']): string => `${conversion_id} ${model}`;

/** What transactions are read from. */
export interface Ledger {
  clickhouse: ClickHouseClient;
  erased: ErasedContacts;
}

interface BookedRow extends Recheck {
  facts: string;
  line: string;
  contact_id: string;
  subject_contact_id: string;
  booked: number;
  /** When a line of it was last inserted, in ms. */
  latest_ms: number;
}

/**
 * The transactions of `rows`, each with its reports in any order. Booked lines of erased contacts are read as they will
 * be once the erasure is done, whether it has changed them yet or not.
 */
export async function loadTransactions(
  { clickhouse, erased }: Ledger,
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
  const booked = await readBookedOf(clickhouse, [...transactions.values()]);
  const known = new Map<Transaction, Set<string>>();
  for (const one of transactions.values()) {
    known.set(one, new Set(one.conversions.map(({ conversion_id }) => conversion_id)));
  }
  for (const row of await withoutErased(erased, booked)) {
    // The same transaction name with another offer is another transaction.
    const one = transactions.get(keyOf(row));
    if (one !== undefined) addBooked(one, row, known.get(one) as Set<string>);
  }
  return [...transactions.values()];
}

function newTransaction({ account_id, offer_id, transaction }: Recheck): Transaction {
  return {
    account_id,
    offer_id,
    transaction,
    conversions: [],
    moved: [],
    booked: new Map(),
    credited: new Map(),
    former: new Map(),
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

/**
 * Lines in force, and reversed ones that a click was chosen for, the older first. A line that an erasure has changed in
 * one part of the table and not yet in another is one line.
 */
async function withoutErased(erased: ErasedContacts, rows: readonly BookedRow[]): Promise<BookedRow[]> {
  const contacts = rows.flatMap(({ account_id, contact_id, subject_contact_id }) => [
    { account_id, contact_id },
    { account_id, contact_id: subject_contact_id },
  ]);
  // Stored rows are of running erasures only: those of finished ones have their pseudonym.
  const pseudonyms = await erased.among(contacts, () => Number.MAX_SAFE_INTEGER);
  const inForce = new Map<string, BookedRow>();
  for (const row of rows) {
    const { account_id, contact_id, subject_contact_id } = row;
    const of = (id: string): string | undefined =>
      pseudonyms.of({ account_id, contact_id: id }, Number.MAX_SAFE_INTEGER);
    const [credited, subject] = [of(contact_id), of(subject_contact_id)];
    const line = credited === undefined ? row.line : eraseLine(row.line, credited);
    const facts = subject === undefined ? row.facts : eraseFacts(row.facts, subject);
    const key = JSON.stringify([keyOf(row), line]);
    inForce.set(key, { ...row, facts, line, booked: row.booked + (inForce.get(key)?.booked ?? 0) });
  }
  return [...inForce.values()].toSorted((a, b) => a.latest_ms - b.latest_ms);
}

/** `known` has the ids of its conversions. */
function addBooked(one: Transaction, row: BookedRow, known: Set<string>): void {
  const line = JSON.parse(row.line) as Line;
  if (line.model !== '') one.former.set(formerKey(line.conversion_id, line.model), line);
  if (row.booked === 0) return;
  one.booked.set(row.line, row.booked);
  // A line of nothing has no time.
  if (line.credited_at_ms > 0) one.credited.set(line.conversion_id, line);
  if (!known.has(line.conversion_id)) {
    known.add(line.conversion_id);
    one.conversions.push(decodeConversion(row.facts));
  }
}

async function readBooked(
  clickhouse: ClickHouseClient,
  account_id: string,
  transactions: string[],
): Promise<BookedRow[]> {
  const result = await clickhouse.query({
    query: `SELECT account_id, offer_id, transaction, any(ledger.facts) AS facts, line,
        ledger.contact_id AS contact_id, ledger.subject_contact_id AS subject_contact_id, sum(toInt32(sign)) AS booked,
        toUnixTimestamp64Milli(maxIf(inserted_at, sign = 1)) AS latest_ms
      FROM trackly.conversions AS ledger
      WHERE account_id = {account_id:String} AND transaction IN {transactions:Array(String)} AND import_id = ''
      GROUP BY account_id, offer_id, transaction, conversion_id, line, contact_id, subject_contact_id
      HAVING booked != 0 OR any(ledger.model) != ''`,
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

const keyOf = ({ account_id, offer_id, transaction }: Recheck): string =>
  JSON.stringify([account_id, offer_id, transaction]);
