/**
 * Reads the money ledger in ClickHouse, always within one account: the current state and the history of a conversion,
 * or of all conversions credited to a click, link or message. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { ShownRow } from '../clickhouse/columns.ts';
import { REPORT_CONVERSIONS, selectList } from '../clickhouse/report-columns.ts';
import type { Line } from '../conversions/settle.ts';
import { askRows } from './ask-clickhouse.ts';
import { trimMoney } from './totals.ts';

/** Conversions that a trace shows of one thing. */
export const TRACE_CONVERSIONS_MAX = 200;

/** What is shown of a conversion, and what is selected for it. */
const { account_id: _, ...SHOWN } = REPORT_CONVERSIONS;
export const SHOWN_CONVERSION = SHOWN;

/** A conversion as it stands now. Times are ISO 8601 UTC; '' means none. */
export interface ConversionStory extends Omit<ShownRow<typeof SHOWN_CONVERSION>, 'status'> {
  status: Line['status'];
}

export type ConversionsOf =
  | { conversion_id: string }
  | { click_id: string }
  | { link_id: string }
  | { message_id: string }
  | { transaction: string; offer_id: string };

/** In order of conversion; a refund of several sales has an entry for each. At most `limit`. */
export async function readConversions(
  client: ClickHouseClient,
  account_id: string,
  of: ConversionsOf,
  limit: number,
): Promise<ConversionStory[]> {
  const rows = await askRows<ConversionStory>(client, {
    query: `${standing(Object.keys(of).map((name) => `ledger.${name} = {${name}:String}`))}
      ORDER BY converted_at, conversion_id LIMIT {limit:UInt32}`,
    query_params: { ...of, account_id, limit },
  });
  return rows.map(conversionOf);
}

/** Columns of a conversion, in order. */
export const CONVERSION_COLUMNS = Object.keys(SHOWN_CONVERSION) as (keyof ConversionStory)[];

/** Every question of the ledger has it. */
export const ONE_ACCOUNT = 'ledger.account_id = {account_id:String}';

/** What holds now, where all of `conditions` on the ledger do; the account is a parameter. Without an order. */
export function standing(conditions: readonly string[]): string {
  return `SELECT ${selectList(SHOWN_CONVERSION)}
    FROM trackly.conversions AS ledger
    WHERE ${[ONE_ACCOUNT, ...conditions].join(' AND ')}
    GROUP BY ledger.transaction, ledger.offer_id, ledger.conversion_id, ledger.line
    HAVING sum(ledger.sign) > 0`;
}

/** A row of `standing` as it is shown. */
export function conversionOf(row: ConversionStory): ConversionStory {
  return {
    ...row,
    credited_at: row.status === 'attributed' ? row.credited_at : '',
    amount: trimMoney(row.amount),
    revenue: trimMoney(row.revenue),
    payout: trimMoney(row.payout),
  };
}

/** A line of the ledger: booked, or taken back. */
export interface BookedLine {
  booked_at: string;
  sign: number;
  status: string;
  reason: string;
  click_id: string;
  revenue: string;
  payout: string;
  currency: string;
  batch: string;
}

export interface ConversionHistory {
  transaction: string;
  offer_id: string;
  /** The report as it was received, as the log had it. */
  facts: string;
  lines: BookedLine[];
}

/** Every line of one conversion, oldest first, at most `limit`; undefined where there is none. */
export async function readHistory(
  client: ClickHouseClient,
  account_id: string,
  conversion_id: string,
  limit: number,
): Promise<ConversionHistory | undefined> {
  const rows = await askRows<BookedLine & Omit<ConversionHistory, 'lines'>>(client, {
    query: `SELECT transaction, offer_id, facts, inserted_at AS booked_at, sign, status, reason, click_id,
        sales - refunds AS revenue, payout, currency, batch
      FROM trackly.conversions
      WHERE account_id = {account_id:String} AND conversion_id = {conversion_id:String}
      ORDER BY inserted_at, sign LIMIT {limit:UInt32}`,
    query_params: { account_id, conversion_id, limit },
  });
  // A conversion by coupon may have moved to the offer's transaction: the newest line says where it is.
  const newest = rows.findLast(({ sign }) => sign === 1);
  if (newest === undefined) return undefined;
  return {
    transaction: newest.transaction,
    offer_id: newest.offer_id,
    facts: newest.facts,
    lines: rows.map(({ transaction: _, offer_id: __, facts: ___, ...line }) => ({
      ...line,
      revenue: trimMoney(line.revenue),
      payout: trimMoney(line.payout),
    })),
  };
}
