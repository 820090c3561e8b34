/**
 * Finds the items on the first pages of a list of messages or links by time: the newest of many millions, without
 * reading the others. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { LAST_AT } from './definitions.ts';
import { newestQuery } from './list-query.ts';
import type { Among, ReportQuestion } from './report-query.ts';

/** Items in one query, whose ids are sent in its URL. Later pages sort all items. */
const THINGS_MAX = 1_000;
/**
 * Rows of the rollup that are read first for each item, and the factor by which more are read if these were too few.
 */
const ROWS_A_THING = 8;
const ROWS_GROWTH = 16;
const ROWS_MAX = 1_000_000;
/** A link created before its message may also have been tapped before it. */
const BEFORE_SEND_S = 24 * 3_600;

/**
 * The newest `count` items and where to look for them; undefined if another order is asked for, or they are too rare.
 */
export async function listPage(
  client: ClickHouseClient,
  question: ReportQuestion,
  count: number,
): Promise<Among | undefined> {
  const { report, sort, range } = question;
  if (!report.listed || sort.column !== LAST_AT || !sort.descending || count > THINGS_MAX) return undefined;
  for (let rows = count * ROWS_A_THING; rows <= ROWS_MAX; rows *= ROWS_GROWTH) {
    const things = await askRows<Listed>(client, newestQuery(question, count, rows));
    if (things.length < count && things[0] !== undefined && things[0].scanned >= rows) continue;
    const ids = things.map((thing) => thing[report.ids[0] as keyof Listed] as string);
    const messages = [...new Set(things.map(({ message_id }) => message_id))];
    return { ids, from_s: (await firstSend(client, question.account_id, messages)) ?? range.from_ms / 1_000 };
  }
  return undefined;
}

interface Listed {
  message_id: string;
  link_id?: string;
  scanned: number;
}

/** A time before every event of these messages; undefined if one of them is not in the raw sends. */
async function firstSend(
  client: ClickHouseClient,
  account_id: string,
  message_ids: string[],
): Promise<number | undefined> {
  const [row] = await askRows<{ found: number; first_s: number }>(client, {
    query: `SELECT uniqExact(message_id) AS found, toUnixTimestamp(least(min(sent_at), min(logged_at))) AS first_s
      FROM trackly.sends WHERE account_id = {account_id:String} AND message_id IN {message_ids:Array(String)}`,
    query_params: { account_id, message_ids },
  });
  return row?.found === message_ids.length ? row.first_s - BEFORE_SEND_S : undefined;
}
