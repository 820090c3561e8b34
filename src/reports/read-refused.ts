/**
 * Reads taps that named a link and did not reach its destination, always within one account: those of a link, a message
 * or a contact for traces, tests among them, and their counts by reason, without tests. Rows are gone after the account's click_retention_days. Errors:
 * see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { pickColumns, type ShownAnswer, type ShownRow } from '../clickhouse/columns.ts';
import { IS_TEST, withTests } from '../clickhouse/test-rows.ts';
import { REFUSED_FIELDS } from '../clicks/refused-fields.ts';
import { askRows } from './ask-clickhouse.ts';
import type { Range } from './report-range.ts';

/** The newest are shown. */
export const TRACE_REFUSED_MAX = 100;
/** Reasons × offers × campaigns of one account. */
const COUNTED_ROWS_MAX = 1_000;

const SHOWN_REFUSED = pickColumns(REFUSED_FIELDS, [
  'tap_id',
  'tapped_at',
  'reason',
  'status',
  'location',
  'is_click',
  'link_id',
  'link_key',
  'message_id',
  'contact_id',
  'offer_id',
  'rule',
  'cap',
  'campaign_id',
  'domain',
  'method',
  'ip',
  'country',
  'user_agent',
  'request_id',
  'verdict',
  'bot_reasons',
]);

/** The columns that a trace shows. */
export const TRACED_REFUSED = { ...SHOWN_REFUSED, is_test: IS_TEST };

export type RefusedStory = ShownAnswer<typeof TRACED_REFUSED>;

/** Newest first, at most TRACE_REFUSED_MAX. */
export async function readRefusedTaps(
  client: ClickHouseClient,
  account_id: string,
  of: { link_id: string } | { message_id: string } | { contact_id: string },
): Promise<RefusedStory[]> {
  const [[column, id]] = Object.entries(of) as [[string, string]];
  const rows = await askRows<ShownRow<typeof TRACED_REFUSED>>(client, {
    query: `SELECT * FROM (${withTests(
      'refused_taps',
      Object.keys(SHOWN_REFUSED).join(', '),
      `account_id = {account_id:String} AND ${column} = {id:String}`,
    )})
      ORDER BY tapped_at DESC, tap_id DESC LIMIT {limit:UInt32}`,
    query_params: { account_id, id, limit: TRACE_REFUSED_MAX },
  });
  return rows.map((row) => ({
    ...row,
    is_click: row.is_click === 1,
    is_test: row.is_test === 1,
    ip: row.ip.replace(/^::ffff:(?=\d+\.)/, ''),
  }));
}

export interface RefusedFilter {
  offer_id?: string | undefined;
  campaign_id?: string | undefined;
  reason?: string | undefined;
}

export interface RefusedRow {
  reason: string;
  offer_id: string;
  campaign_id: string;
  /** All of them; by people; the contacts among these. */
  taps: number;
  people: number;
  contacts: number;
  first_tapped_at: string;
  last_tapped_at: string;
  /** The latest of them. */
  example_link_id: string;
}

/** The most frequent first. The range is that of tapped_at. */
export function readRefusedCounts(
  client: ClickHouseClient,
  account_id: string,
  range: Range,
  filter: RefusedFilter,
): Promise<RefusedRow[]> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return askRows<RefusedRow>(client, {
    query: `SELECT reason, offer_id, campaign_id, count() AS taps, countIf(tap.verdict = 'human') AS people,
        uniqExactIf(tap.contact_id, tap.verdict = 'human' AND tap.contact_id != '') AS contacts,
        min(tap.tapped_at) AS first_tapped_at, max(tap.tapped_at) AS last_tapped_at,
        argMax(tap.link_id, tap.tapped_at) AS example_link_id
      FROM trackly.refused_taps AS tap
      WHERE tap.account_id = {account_id:String}
        AND tap.tapped_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        AND tap.tapped_at < fromUnixTimestamp64Milli({to_ms:Int64})
        ${given.map(([name]) => `AND tap.${name} = {${name}:String}`).join(' ')}
      GROUP BY reason, offer_id, campaign_id
      ORDER BY taps DESC, reason, offer_id, campaign_id LIMIT {limit:UInt32}`,
    query_params: {
      ...{ account_id, from_ms: range.from_ms, to_ms: range.to_ms, limit: COUNTED_ROWS_MAX },
      ...Object.fromEntries(given),
    },
  });
}
