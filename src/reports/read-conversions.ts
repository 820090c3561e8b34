/**
 * Reads the money ledger in ClickHouse, always within one account: the current state and the history of a conversion,
 * or of all conversions credited to a click, link or message. Errors: see ask-clickhouse.ts.
 */

import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { ShownRow } from '../clickhouse/columns.ts';
import { REPORT_CONVERSIONS, selectList } from '../clickhouse/report-columns.ts';
import { isCounted, type Line } from '../conversions/line.ts';
import { askRows } from './ask-clickhouse.ts';
import { trimMoney } from './totals.ts';

/** Maximum number of conversions in a trace. */
export const TRACE_CONVERSIONS_MAX = 200;

/** The columns of a conversion that are shown, and what is selected for them. */
const { account_id: _, ...SHOWN } = REPORT_CONVERSIONS;
export const SHOWN_CONVERSION = SHOWN;

/** A conversion as it stands now. Times are ISO 8601 UTC; '' means no value. */
export interface ConversionStory extends Omit<ShownRow<typeof SHOWN_CONVERSION>, 'status'> {
  status: Line['status'];
}

export type ConversionsOf =
  | { conversion_id: string }
  | { click_id: string }
  | { link_id: string }
  | { message_id: string }
  | { contact_id: string }
  | { transaction: string; offer_id: string };

/**
 * In order of time. A refund of several sales has an entry for each sale, and a payout in another currency than its
 * sale's follows the sale. At most `limit`.
 */
export async function readConversions(
  client: ClickHouseClient,
  account_id: string,
  of: ConversionsOf,
  limit: number,
): Promise<ConversionStory[]> {
  const rows = await askRows<ConversionStory>(client, {
    query: `${standing(Object.keys(of).map(conditionOn))}
      ORDER BY converted_at, conversion_id, conversions DESC, ${CONVERSION_KEY.join(', ')} LIMIT {limit:UInt32}`,
    query_params: { ...of, account_id, limit },
  });
  return rows.map(conversionOf);
}

/** A contact's are those that are credited to it and those that were reported about it. */
function conditionOn(name: string): string {
  const is = (column: string): string => `ledger.${column} = {${name}:String}`;
  return name === 'contact_id' ? `(${is('contact_id')} OR ${is('subject_contact_id')})` : is(name);
}

/** Columns of a conversion, in order. */
export const CONVERSION_COLUMNS = Object.keys(SHOWN_CONVERSION) as (keyof ConversionStory)[];

/** What identifies a conversion in its current state: a refund of several sales has a line for each. */
export const CONVERSION_KEY = ['conversion_id', 'transaction', 'offer_id', 'line'] as const;

/** The condition of every query of the money ledger. */
export const ONE_ACCOUNT = 'ledger.account_id = {account_id:String}';

/**
 * A query for the conversions in their current state that meet all `conditions` on the money ledger; the account is a
 * parameter. Unordered.
 */
export function standing(conditions: readonly string[]): string {
  return `SELECT ${selectList(SHOWN_CONVERSION)}
    FROM trackly.conversions AS ledger
    WHERE ${[ONE_ACCOUNT, ...conditions].join(' AND ')}
    GROUP BY ${CONVERSION_KEY.map((key) => `ledger.${key}`).join(', ')}
    HAVING sum(ledger.sign) > 0`;
}

/** A row of `standing` in the form of the answer. */
export function conversionOf(row: ConversionStory): ConversionStory {
  return {
    ...row,
    credited_at: isCounted(row) ? row.credited_at : '',
    amount: trimMoney(row.amount),
    revenue: trimMoney(row.revenue),
    payout: trimMoney(row.payout),
    view_revenue: trimMoney(row.view_revenue),
  };
}

/** A line of the money ledger: booked or reversed. */
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
  /** The conversion as it was received and logged. */
  facts: string;
  lines: BookedLine[];
}

/** Every line of one conversion, oldest first, at most `limit`; undefined if there is none. */
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
      ORDER BY inserted_at, sign, line LIMIT {limit:UInt32}`,
    query_params: { account_id, conversion_id, limit },
  });
  // A conversion by coupon may have moved to another transaction; the newest line has the current one.
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
