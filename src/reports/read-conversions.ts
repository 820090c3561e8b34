/**
 * Reads the ledger of conversions in ClickHouse, always within one account: what holds now of a conversion
 * or of all that is credited to a click, link or message, and how it came about. Errors: see
 * ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { trimMoney } from './totals.ts';

/** Conversions that a trace shows of one thing. */
export const TRACE_CONVERSIONS_MAX = 200;

/** A conversion as it stands now. Times are ISO 8601 UTC; '' means none. */
export interface ConversionStory {
  conversion_id: string;
  event: string;
  offer_id: string;
  txn_id: string;
  way: string;
  reported: string;
  amount: string;
  converted_at: string;
  received_at: string;
  status: 'attributed' | 'unattributed' | 'duplicate' | 'replaced';
  reason: string;
  click_id: string;
  credited_at: string;
  link_id: string;
  message_id: string;
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  conversions: number;
  currency: string;
  revenue: string;
  payout: string;
}

const COLUMNS = [
  'conversion_id',
  'event',
  'offer_id',
  'txn_id',
  'way',
  'reported',
  'amount',
  'converted_at',
  'received_at',
  'status',
  'reason',
  'click_id',
  'credited_at',
  'link_id',
  'message_id',
  'contact_id',
  'creative_id',
  'campaign_id',
  'variant_id',
] as const satisfies (keyof ConversionStory)[];

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
export const CONVERSION_COLUMNS = [...COLUMNS, 'conversions', 'currency', 'revenue', 'payout'] as const;

/** Every question of the ledger has it. */
export const ONE_ACCOUNT = 'ledger.account_id = {account_id:String}';

/** What holds now, where all of `conditions` on the ledger do; the account is a parameter. Without an order. */
export function standing(conditions: readonly string[]): string {
  return `SELECT ${COLUMNS.map((name) => `any(ledger.${name}) AS ${name}`).join(', ')},
      sum(toInt64(ledger.sign) * ledger.conversions) AS conversions, any(ledger.currency) AS currency,
      sum(ledger.sign * (ledger.sales - ledger.refunds)) AS revenue, sum(ledger.sign * ledger.payout) AS payout
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
