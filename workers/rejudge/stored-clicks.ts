/**
 * Clicks as they are stored, with what holds of each now: as it was counted, or as the latest judgement has
 * left it. Errors reject, and whoever asked is tried again.
 */

import type { AddressActivity } from '../../src/bots/evidence.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import type { Answered, LookAgain } from '../../src/clicks/click.ts';

/** What is counted of a click, and why. */
export interface Standing {
  /** How often it has changed. */
  change: number;
  rules_version: string;
  verdict: 'human' | 'bot';
  score: number;
  bot_reasons: string[];
  is_first: number;
  is_first_for_offer: number;
  payout: string;
  currency: string;
  asn: number;
  country: string;
}

export interface StoredClick {
  account_id: string;
  click_id: string;
  clicked_at_ms: number;
  link_id: string;
  link_key: string;
  message_id: string;
  contact_id: string;
  offer_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at_ms: number;
  method: string;
  ip: string;
  user_agent: string;
  headers: Record<string, string>;
  answered: Answered;
  contact_country: string;
  activity: AddressActivity;
  /** Token of the batch that counted it. */
  batch: string;
  expires_at_s: number;
  standing: Standing;
}

type Row = Omit<StoredClick, 'activity' | 'standing'> &
  Omit<Standing, 'change'> & {
    address_recipients: number;
    address_links: number;
    address_agents: number;
    since_other_link_ms: number;
  };

const STANDING =
  'rules_version, verdict, score, bot_reasons, is_first, is_first_for_offer, toString(payout) AS payout, currency, asn, country';
const COLUMNS = `account_id, click_id, toUnixTimestamp64Milli(clicked_at) AS clicked_at_ms, link_id, link_key, message_id,
  contact_id, offer_id, creative_id, campaign_id, variant_id, toUnixTimestamp64Milli(sent_at) AS sent_at_ms, method,
  replaceOne(toString(ip), '::ffff:', '') AS ip, user_agent, headers, answered, contact_country, address_recipients,
  address_links, address_agents, since_other_link_ms, batch, toUnixTimestamp(expires_at) AS expires_at_s, ${STANDING}`;
/** Big whole numbers as numbers: times in ms are below 2^53. */
const SETTINGS = { output_format_json_quote_64bit_integers: 0 } as const;

/** A place in the order of clicks: the last one that was seen. */
export interface ClickCursor {
  clicked_at_ms: number;
  click_id: string;
}

/** The account's clicks in [cursor, to), without the cursor's own, in order of time and id; at most `limit`. */
export async function readClicksAfter(
  clickhouse: ClickHouseClient,
  account_id: string,
  cursor: ClickCursor,
  to_ms: number,
  limit: number,
): Promise<StoredClick[]> {
  const result = await clickhouse.query({
    query: `SELECT ${COLUMNS} FROM trackly.clicks
      WHERE account_id = {account_id:String}
        AND clicked_at >= fromUnixTimestamp64Milli({cursor_ms:Int64})
        AND clicked_at < fromUnixTimestamp64Milli({to_ms:Int64})
        AND (clicked_at, click_id) > (fromUnixTimestamp64Milli({cursor_ms:Int64}), {cursor_id:String})
      ORDER BY clicks.clicked_at, clicks.click_id LIMIT {limit:UInt32}`,
    query_params: { account_id, cursor_ms: cursor.clicked_at_ms, cursor_id: cursor.click_id, to_ms, limit },
    format: 'JSONEachRow',
    clickhouse_settings: SETTINGS,
  });
  const rows = await result.json<Row>();
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const lines = await readLines(
    clickhouse,
    `account_id = {account_id:String}
      AND clicked_at >= fromUnixTimestamp64Milli({first_ms:Int64})
      AND clicked_at <= fromUnixTimestamp64Milli({last_ms:Int64})`,
    { account_id, first_ms: first.clicked_at_ms, last_ms: last.clicked_at_ms },
  );
  return rows.map((row) => stored(row, lines));
}

/** Every click of these contacts on these messages (or links); all of one account. */
export async function readClicksOf(
  clickhouse: ClickHouseClient,
  account_id: string,
  subjects: readonly Pick<LookAgain, 'message_id' | 'link_id' | 'since_ms'>[],
): Promise<StoredClick[]> {
  const clicks: StoredClick[] = [];
  for (const [column, of] of Map.groupBy(subjects, columnOf)) {
    for (const part of parameterChunks(of, (subject) => subject[column])) {
      const ids = [...new Set(part.map((subject) => subject[column]))];
      const since_ms = Math.min(...part.map((subject) => subject.since_ms));
      const where = `account_id = {account_id:String} AND ${column} IN {ids:Array(String)}
        AND clicked_at >= fromUnixTimestamp64Milli({since_ms:Int64})${column === 'link_id' ? " AND message_id = ''" : ''}`;
      const query_params = { account_id, ids, since_ms };
      const [result, lines] = await Promise.all([
        clickhouse.query({
          query: `SELECT ${COLUMNS} FROM trackly.clicks WHERE ${where}`,
          query_params,
          format: 'JSONEachRow',
          clickhouse_settings: SETTINGS,
        }),
        readLines(clickhouse, where, query_params),
      ]);
      for (const row of await result.json<Row>()) clicks.push(stored(row, lines));
    }
  }
  return clicks;
}

const columnOf = (subject: Pick<LookAgain, 'message_id'>): 'message_id' | 'link_id' =>
  subject.message_id === '' ? 'link_id' : 'message_id';

/** What the latest judgement left of each click that one has changed, by click id. */
async function readLines(
  clickhouse: ClickHouseClient,
  where: string,
  query_params: Record<string, unknown>,
): Promise<Map<string, Standing>> {
  const result = await clickhouse.query({
    query: `SELECT click_id, change, ${STANDING} FROM trackly.verdicts WHERE ${where} AND sign = 1
      ORDER BY change DESC LIMIT 1 BY click_id`,
    query_params,
    format: 'JSONEachRow',
    clickhouse_settings: SETTINGS,
  });
  const lines = await result.json<Standing & { click_id: string }>();
  return new Map(lines.map(({ click_id, ...line }) => [click_id, line]));
}

function stored(row: Row, lines: ReadonlyMap<string, Standing>): StoredClick {
  return {
    ...row,
    activity: {
      recipients: row.address_recipients,
      links: row.address_links,
      agents: row.address_agents,
      since_other_link_ms: row.since_other_link_ms,
    },
    standing: lines.get(row.click_id) ?? { ...row, change: 0 },
  };
}
