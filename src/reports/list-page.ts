/**
 * Finds the items on the first pages of a list of messages or links by time: the newest of many millions, without
 * reading the others. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { SENT_AT } from './definitions.ts';
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
/** A link may have been made before the message that it was made for. */
const BEFORE_SEND_S = 24 * 3_600;

/**
 * The newest `count` items and where to look for them; undefined if another order is asked for, or they are too rare.
 */
export async function listPage(
  client: ClickHouseClient,
  question: ReportQuestion,
  count: number,
): Promise<Among | undefined> {
  const { report, sort } = question;
  if (!report.listed || sort.column !== SENT_AT || !sort.descending || count > THINGS_MAX) return undefined;
  for (let rows = count * ROWS_A_THING; rows <= ROWS_MAX; rows *= ROWS_GROWTH) {
    const things = await askRows<Listed>(client, newestQuery(question, count, rows));
    if (things.length < count && things[0] !== undefined && things[0].scanned >= rows) continue;
    const ids = things.map((thing) => thing[report.ids[0] as keyof Listed] as string);
    const oldest_s = things.at(-1)?.sent_s ?? 0;
    return { ids, sent_from_s: Math.max(0, oldest_s - BEFORE_SEND_S) };
  }
  return undefined;
}

interface Listed {
  message_id?: string;
  link_id?: string;
  sent_s: number;
  scanned: number;
}
