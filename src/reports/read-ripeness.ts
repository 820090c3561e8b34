/**
 * Reads for how long the numbers of messages still rise: the longest `click_window_days` of the account's offers, from
 * the catalog in ClickHouse. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import type { RangeBy } from './measures.ts';
import { SharedQueries } from './shared-queries.ts';
import type { Ripeness } from './unfinished.ts';

/** The default of an offer, and what holds for links without one. */
const CLICK_WINDOW_DAYS_DEFAULT = 90;
const DAY_MS = 24 * 3_600_000;

const shared = new SharedQueries<number>();

interface Whose {
  account_id: string;
  range_by: RangeBy;
  /** Only this offer's window. */
  filters: { offer_id?: string };
}

export async function readRipeness(
  client: ClickHouseClient,
  { account_id, range_by, filters }: Whose,
  now_ms: number,
): Promise<Ripeness> {
  if (range_by === 'event') return { now_ms, rises_ms: 0 };
  const { offer_id = '' } = filters;
  const days = await shared.ask(client, JSON.stringify([account_id, offer_id]), async () => {
    const [row] = await askRows<{ days: number }>(client, {
      query: `SELECT max(click_window_days) AS days FROM trackly.catalog FINAL
        WHERE account_id = {account_id:String} AND kind = 'offer' AND {offer_id:String} IN ('', id)`,
      query_params: { account_id, offer_id },
    });
    return row?.days ?? 0;
  });
  return { now_ms, rises_ms: (days || CLICK_WINDOW_DAYS_DEFAULT) * DAY_MS };
}
