/** Total activity of a few contacts, for the preview of an audience. Errors: see ask-clickhouse.ts. */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from '../reports/ask-clickhouse.ts';
import { trimMoney } from '../reports/totals.ts';
import type { EventKind } from './conditions.ts';
import { eventsOf } from './events.ts';

/** Times are ISO 8601 UTC; '' means never. */
export interface DescribedContact {
  contact_id: string;
  sent: number;
  last_sent_at: string;
  /** Human clicks, by their current verdicts. */
  clicks: number;
  last_clicked_at: string;
  conversions: number;
  last_converted_at: string;
  /** Net of refunds, a sum for each currency. */
  revenue: { currency: string; amount: string }[];
}

/** A row for each contact that did it at all, and for conversions also for each currency. */
interface Happened {
  contact_id: string;
  times: number;
  last_at: string;
  currency: string;
  amount: string;
}

/** In the order of `contact_ids`, at most some hundreds: they travel in one parameter. */
export async function describeContacts(
  client: ClickHouseClient,
  account_id: string,
  contact_ids: readonly string[],
): Promise<DescribedContact[]> {
  const read = async (kind: EventKind): Promise<Map<string, Happened[]>> => {
    const query_params = { account_id, contact_ids };
    const rows = await askRows<Happened>(client, { query: happened(kind), query_params });
    return Map.groupBy(rows, ({ contact_id }) => contact_id);
  };
  const [sends, clicks, conversions] = await Promise.all([
    read('sends'),
    read('clicks'),
    read('conversions'),
  ]);
  return contact_ids.map((contact_id) => {
    const earned = conversions.get(contact_id) ?? [];
    const converted = earned.filter(({ times }) => times > 0);
    return {
      contact_id,
      sent: sends.get(contact_id)?.[0]?.times ?? 0,
      last_sent_at: sends.get(contact_id)?.[0]?.last_at ?? '',
      clicks: clicks.get(contact_id)?.[0]?.times ?? 0,
      last_clicked_at: clicks.get(contact_id)?.[0]?.last_at ?? '',
      conversions: converted.reduce((sum, { times }) => sum + times, 0),
      last_converted_at:
        converted
          .map(({ last_at }) => last_at)
          .toSorted()
          .at(-1) ?? '',
      revenue: earned
        .filter(({ currency }) => currency !== '')
        .map(({ currency, amount }) => ({ currency, amount: trimMoney(amount) })),
    };
  });
}

/** Groups by time first, so that a reversed event is never the last one. */
function happened(kind: EventKind): string {
  const sums =
    kind === 'conversions'
      ? 'currency, sum(toInt64(step) * conversions) AS counted, sum(step * revenue) AS earned'
      : "'' AS currency, sum(toInt64(step)) AS counted, toDecimal128(0, 6) AS earned";
  return `SELECT contact_id, currency, sum(counted) AS times, maxIf(at, counted > 0) AS last_at, sum(earned) AS amount
    FROM (
      SELECT contact_id, at, ${sums}
      FROM (${eventsOf(kind, 'contact_id IN {contact_ids:Array(String)}')})
      GROUP BY contact_id, at, currency HAVING sum(step) > 0
    )
    GROUP BY contact_id, currency
    ORDER BY contact_id, currency`;
}
