/**
 * Reads stored clicks, each with its current standing: as it was counted, or as the latest rejudgement left it. With
 * ClickHouse down it rejects, and the caller is retried.
 */

import type { AddressActivity } from '../../src/bots/evidence.ts';
import type { AddressRule } from '../../src/bots/judge.ts';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { omitColumns, readColumns, STORED_SETTINGS, type StoredRow } from '../../src/clickhouse/columns.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import type { Answered, RejudgeRequest } from '../../src/clicks/click.ts';
import { CLICK_FIELDS } from '../../src/clicks/click-fields.ts';
import { STANDING_FIELDS, type Standing } from '../../src/clicks/verdict-fields.ts';

/** Columns that are read back of a click. */
const FIELDS = omitColumns(CLICK_FIELDS, ['query', 'process', 'logged_at', 'inserted_at', 'import_id']);
type Row = StoredRow<typeof FIELDS>;
const COLUMNS = readColumns(FIELDS);
const STANDING = readColumns(STANDING_FIELDS);

/** A click as it is stored, with its current standing. */
export interface StoredClick extends Omit<Row, 'answered' | 'address_rule'> {
  answered: Answered;
  address_rule: AddressRule;
  activity: AddressActivity;
  standing: Standing;
}

/** A position in the order of clicks: the last click that was read. */
export interface ClickCursor {
  clicked_at_ms: number;
  click_id: string;
}

/** The account's clicks after `cursor` and before `to_ms`, in order of time and id; at most `limit`. */
export async function readClicksAfter(
  clickhouse: ClickHouseClient,
  account_id: string,
  cursor: ClickCursor,
  to_ms: number,
  limit: number,
): Promise<StoredClick[]> {
  const result = await clickhouse.query({
    query: `SELECT ${COLUMNS} FROM trackly.clicks
      WHERE account_id = {account_id:String} AND import_id = ''
        AND clicked_at >= fromUnixTimestamp64Milli({cursor_ms:Int64})
        AND clicked_at < fromUnixTimestamp64Milli({to_ms:Int64})
        AND (clicked_at, click_id) > (fromUnixTimestamp64Milli({cursor_ms:Int64}), {cursor_id:String})
      ORDER BY clicks.clicked_at, clicks.click_id LIMIT {limit:UInt32}`,
    query_params: { account_id, cursor_ms: cursor.clicked_at_ms, cursor_id: cursor.click_id, to_ms, limit },
    format: 'JSONEachRow',
    clickhouse_settings: STORED_SETTINGS,
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

/** Every click on these messages (or links outside messages), of one account. */
export async function readClicksOf(
  clickhouse: ClickHouseClient,
  account_id: string,
  subjects: readonly Pick<RejudgeRequest, 'message_id' | 'link_id' | 'since_ms'>[],
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
          query: `SELECT ${COLUMNS} FROM trackly.clicks WHERE ${where} AND import_id = ''`,
          query_params,
          format: 'JSONEachRow',
          clickhouse_settings: STORED_SETTINGS,
        }),
        readLines(clickhouse, where, query_params),
      ]);
      for (const row of await result.json<Row>()) clicks.push(stored(row, lines));
    }
  }
  return clicks;
}

const columnOf = (subject: Pick<RejudgeRequest, 'message_id'>): 'message_id' | 'link_id' =>
  subject.message_id === '' ? 'link_id' : 'message_id';

/** The latest standing of each click that a rejudgement has changed, by click id. */
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
    clickhouse_settings: STORED_SETTINGS,
  });
  const lines = await result.json<Standing & { click_id: string }>();
  return new Map(lines.map(({ click_id, ...line }) => [click_id, line]));
}

function stored(row: Row, lines: ReadonlyMap<string, Standing>): StoredClick {
  const { rules_version, score, bot_reasons, is_first, is_first_for_offer, payout, currency } = row;
  const { asn, country } = row;
  const counted: Standing = {
    change: 0,
    verdict: row.verdict === 'bot' ? 'bot' : 'human',
    ...{ rules_version, score, bot_reasons, is_first, is_first_for_offer, payout, currency, asn, country },
  };
  return {
    ...row,
    answered: row.answered as Answered,
    address_rule: row.address_rule as AddressRule,
    activity: {
      recipients: row.address_recipients,
      links: row.address_links,
      agents: row.address_agents,
      since_other_link_ms: row.since_other_link_ms,
    },
    standing: lines.get(row.click_id) ?? counted,
  };
}
