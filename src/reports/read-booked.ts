/**
 * What the money ledger holds of some conversions now, by their ids, for the postback inspector. Of several
 * lines, such as those of a refund of several sales, the first. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { decodeConversion, isConversion } from '../conversions/conversion.ts';
import { explain, explainProblem } from '../conversions/explain.ts';
import { askRows } from './ask-clickhouse.ts';
import { type ConversionStory, conversionOf, ONE_ACCOUNT, standing } from './read-conversions.ts';

export interface Booked {
  conversion_id: string;
  status: ConversionStory['status'];
  reason: string;
  /** A sentence. */
  explanation: string;
  revenue: string;
  payout: string;
  currency: string;
}

/** By conversion id; those that are not booked are missing. */
export async function readBooked(
  client: ClickHouseClient,
  account_id: string,
  conversion_ids: readonly string[],
): Promise<Map<string, Booked>> {
  const booked = new Map<string, Booked>();
  if (conversion_ids.length === 0) return booked;
  const query_params = { account_id, ids: [...new Set(conversion_ids)] };
  const among = 'ledger.conversion_id IN {ids:Array(String)}';
  const [rows, facts] = await Promise.all([
    askRows<ConversionStory>(client, {
      query: `${standing([among])} ORDER BY conversion_id, conversions DESC`,
      query_params,
    }),
    askRows<{ conversion_id: string; facts: string }>(client, {
      query: `SELECT ledger.conversion_id AS conversion_id, argMax(ledger.facts, ledger.inserted_at) AS facts
        FROM trackly.conversions AS ledger WHERE ${ONE_ACCOUNT} AND ${among} AND ledger.sign = 1
        GROUP BY ledger.conversion_id`,
      query_params,
    }),
  ]);
  const factsOf = new Map(facts.map((row) => [row.conversion_id, row.facts]));
  for (const row of rows.map(conversionOf)) {
    if (booked.has(row.conversion_id)) continue;
    const { conversion_id, status, reason, revenue, payout, currency } = row;
    const explanation = explainRow(row, factsOf.get(conversion_id) ?? '');
    booked.set(conversion_id, { conversion_id, status, reason, explanation, revenue, payout, currency });
  }
  return booked;
}

function explainRow({ status, reason, model }: ConversionStory, text: string): string {
  if (text === '') return explain(status, reason, 'none');
  const { event, credit_by, problem } = decodeConversion(text);
  const by = !isConversion(event) && status === 'attributed' ? 'none' : credit_by;
  return explain(status, reason, by, model) + explainProblem(problem);
}
