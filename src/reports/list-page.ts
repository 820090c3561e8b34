/**
 * Finds the items on the first pages of a list of messages or links among many millions: the newest without reading the
 * others, those with most or least of a measure by this alone. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { askRows } from './ask-clickhouse.ts';
import { SENT_AT } from './definitions.ts';
import { isWhole, newestQuery, rowsByTimeQuery } from './list-query.ts';
import type { Among, ReportQuestion } from './report-query.ts';
import { firstOf, type Stretch, sentTimesQuery, type TopItem, topQuery } from './top-query.ts';

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

/**
 * Rows of a stretch of time whose items are grouped at once: more than that take more memory, and more time for each. With
 * STRETCHES_MAX they are longer.
 */
const STRETCH_ROWS = 4_000_000;
const STRETCHES_MAX = 64;
const STRETCHES_AT_ONCE = 2;

/** The first `count` items and where to look for them; undefined where all must be read. */
export async function listPage(
  client: ClickHouseClient,
  question: ReportQuestion,
  count: number,
  stretch_rows: number = STRETCH_ROWS,
): Promise<Among | undefined> {
  const { report, sort } = question;
  if (!report.listed || count > THINGS_MAX) return undefined;
  return sort.column === SENT_AT && sort.descending
    ? newest(client, question, count)
    : top(client, question, count, stretch_rows);
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
  stretch_rows: number,
): Promise<Among | undefined> {
  const first = topQuery(question, count);
  if (first === undefined) return undefined;
  const stretches = await stretchesOf(client, question, stretch_rows);
  const found = await inParallel(stretches, STRETCHES_AT_ONCE, (stretch) =>
    askRows<TopItem>(client, first.queryOf(stretch)),
  );
  const ids = firstOf(found, question, count).map(({ id }) => id);
  if (first.positive && ids.length < count) return undefined;
  const [times] = await askRows<{ sent_at_s: number[] }>(client, sentTimesQuery(question, ids, TIMES_MAX));
  const sent_at_s = times?.sent_at_s ?? [];
  return sent_at_s.length > TIMES_MAX ? { ids, sent_from_s: 0 } : { ids, sent_at_s };
}

/** One without bounds where all is to be read at once: it is little, or rows of an item may be in several. */
async function stretchesOf(
  client: ClickHouseClient,
  question: ReportQuestion,
  stretch_rows: number,
): Promise<(Stretch | undefined)[]> {
  if (!isWhole(question)) return [undefined];
  const times = await askRows<{ sent_s: number; rows: number; imported: number }>(
    client,
    rowsByTimeQuery(question),
  );
  // The rows of an import may tell other times of a message than its clicks.
  if (times.some(({ imported }) => imported > 0)) return [undefined];
  const all = times.reduce((sum, { rows }) => sum + rows, 0);
  const at_most = Math.max(stretch_rows, all / STRETCHES_MAX);
  const cuts = [0];
  let rows_since = 0;
  for (const { sent_s, rows } of times) {
    if (rows_since > 0 && rows_since + rows > at_most) {
      cuts.push(sent_s);
      rows_since = 0;
    }
    rows_since += rows;
  }
  if (cuts.length === 1) return [undefined];
  return cuts.map((from_s, i) => ({ from_s, to_s: cuts[i + 1] ?? LAST_S }));
}

/** The end of ClickHouse's DateTime. */
const LAST_S = 2 ** 32 - 1;

interface Listed {
  message_id?: string;
  link_id?: string;
  sent_s: number;
  scanned: number;
}
