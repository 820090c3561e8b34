/**
 * Reads for how long the numbers of messages still rise: the longest `click_window_days` of the account's offers, from
 * the catalog in ClickHouse. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { wantedBy } from './filter-values.ts';
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
  /** Only the windows of these offers. */
  filters: { offer_id?: string };
}

export async function readRipeness(
  client: ClickHouseClient,
  { account_id, range_by, filters }: Whose,
  now_ms: number,
): Promise<Ripeness> {
  if (range_by === 'event') return { now_ms, rises_ms: 0 };
  // Without some offers it may be that of any other.
  const { not, values } = wantedBy('offer_id', filters.offer_id ?? '!none');
  const offer_ids = not ? [] : values;
  const days = await shared.ask(client, JSON.stringify([account_id, offer_ids]), async () => {
    const [row] = await askRows<{ days: number }>(client, {
      query: `SELECT max(click_window_days) AS days FROM trackly.catalog FINAL
        WHERE account_id = {account_id:String} AND kind = 'offer'
          AND (empty({offer_ids:Array(String)}) OR id IN {offer_ids:Array(String)})`,
      query_params: { account_id, offer_ids },
    });
    return row?.days ?? 0;
  });
  return { now_ms, rises_ms: (days || CLICK_WINDOW_DAYS_DEFAULT) * DAY_MS };
}
