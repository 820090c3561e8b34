/**
 * Finds the items on the first pages of a list of messages or links among many millions: the newest without reading the
 * others, those with most or least of a measure by this alone. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { SENT_AT } from './definitions.ts';
import { newestQuery } from './list-query.ts';
import type { Among, ReportQuestion } from './report-query.ts';
import { sentTimesQuery, topQuery } from './top-query.ts';

/** Items in one query, whose ids are sent in its URL. Later pages sort all items. */
const THINGS_MAX = 1_000;
/**
 * Rows of the rollup that are read first for each item, and the factor by which more are read if these were too few.
 */
const ROWS_A_THING = 8;
const ROWS_GROWTH = 16;
const ROWS_MAX = 1_000_000;
/** Times of sent_at by which the rows of items are found; those of more are found by their ids alone. */
const TIMES_MAX = 1_000;
/** A link may have been made before the message that it was made for. */
const BEFORE_SEND_S = 24 * 3_600;

/** The first `count` items and where to look for them; undefined where all must be read. */
export async function listPage(
  client: ClickHouseClient,
  question: ReportQuestion,
  count: number,
): Promise<Among | undefined> {
  const { report, sort } = question;
  if (!report.listed || count > THINGS_MAX) return undefined;
  return sort.column === SENT_AT && sort.descending
    ? newest(client, question, count)
    : top(client, question, count);
}

/** Undefined if they are too rare. */
async function newest(
  client: ClickHouseClient,
  question: ReportQuestion,
  count: number,
): Promise<Among | undefined> {
  const { report } = question;
  for (let rows = count * ROWS_A_THING; rows <= ROWS_MAX; rows *= ROWS_GROWTH) {
    const things = await askRows<Listed>(client, newestQuery(question, count, rows));
    if (things.length < count && things[0] !== undefined && things[0].scanned >= rows) continue;
    const ids = things.map((thing) => thing[report.ids[0] as keyof Listed] as string);
    const oldest_s = things.at(-1)?.sent_s ?? 0;
    return { ids, sent_from_s: Math.max(0, oldest_s - BEFORE_SEND_S) };
  }
  return undefined;
}

/** Undefined if the order needs all of an item, or its first items are too few. */
async function top(
  client: ClickHouseClient,
  question: ReportQuestion,
  count: number,
): Promise<Among | undefined> {
  const first = topQuery(question, count);
  if (first === undefined) return undefined;
  const ids = (await askRows<{ id: string }>(client, first.query)).map(({ id }) => id);
  if (first.positive && ids.length < count) return undefined;
  const [found] = await askRows<{ sent_at_s: number[] }>(client, sentTimesQuery(question, ids, TIMES_MAX));
  const sent_at_s = found?.sent_at_s ?? [];
  return sent_at_s.length > TIMES_MAX ? { ids, sent_from_s: 0 } : { ids, sent_at_s };
}

interface Listed {
  message_id?: string;
  link_id?: string;
  sent_s: number;
  scanned: number;
}
