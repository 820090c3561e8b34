/**
 * Sends one insert for each batch or group of batches, with a deduplication token: ClickHouse stores it once, in the table
 * and in the target of every view, however often it is sent. Rejects unless ClickHouse confirms.
 */
import { ClickHouseError } from '../../src/clickhouse/client.ts';
import type { InsertColumn } from '../../src/clickhouse/columns.ts';
import { type Block, insertBlock, onceUnder } from '../../src/clickhouse/insert-block.ts';
import type { Batch, LoggedRow } from '../../src/log/batches.ts';
import { confirmOpen, type Group, stillGrouped } from '../../src/log/groups.ts';
import type { WorkerContext } from '../worker-context.ts';
import { nodeOfBatch } from './node-of-batch.ts';
import { setRowAside } from './read-rows.ts';

/**
 * Error codes that mean a wrong value rather than a temporary failure: CANNOT_PARSE_TEXT, …_ESCAPE_SEQUENCE,
 * …_QUOTED_STRING, …_DATE, …_DATETIME, …_NUMBER, ARGUMENT_OUT_OF_BOUND, TYPE_MISMATCH, INCORRECT_DATA,
 * TOO_LARGE_STRING_SIZE, CANNOT_INSERT_NULL, DECIMAL_OVERFLOW, VALUE_IS_OUT_OF_RANGE,
 * UNEXPECTED_DATA_AFTER_PARSED_VALUE, CANNOT_PARSE_IPV4, …_IPV6.
 */
const REFUSED_CODES = new Set(
  [
    '6',
    '25',
    '26',
    '27',
    '38',
    '41',
    '53',
    '69',
    '70',
    '72',
    '117',
    '130',
    '131',
    '321',
    '349',
    '407',
    '441',
  ].concat(['632', '675', '676']),
);
/** Characters kept of ClickHouse's message, which quotes the value that it refused. */
const REASON_LENGTH_MAX = 300;

/** Where an inserted row came from: its batch, its index in it, and its row of the log. */
export interface Origin {
  batch: Batch;
  index: number;
  logged: LoggedRow;
}

export interface Insert<Row> extends Block<Row> {
  /** The origin of each row, needed to set aside a row that ClickHouse refuses. */
  origins?: readonly Origin[];
}

/** Columns of a table that only SQL defines: the name of each, with a function that reads its value from a row. */
export function columnsOf<Row>(values: Readonly<Record<string, (row: Row) => unknown>>): InsertColumn<Row>[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/**
 * Inserts rows of one batch, under its token or a part's own. It must have the same rows at every call. If ClickHouse refuses
 * a row, the row is set aside by its origin and the call rejects; the batch is then retried without that row.
 */
export async function insertRows<Row>(
  context: WorkerContext,
  batch: Batch,
  insert: Insert<Row>,
  token = batch.token,
): Promise<void> {
  if (insert.rows.length === 0) return;
  // Otherwise another worker has inserted these rows while this one was stopped.
  if ((await confirmOpen(context, batch)) !== undefined) await send(context, batch, token, insert);
}

/**
 * The same for rows of a group, each with the token of its batch, under the group's token. Resolves with what of the group is
 * inserted; the others are finished, or go with others after a failover of Redis, and are not to be touched. Undefined: all
 * are finished.
 */
export async function insertGrouped<Row extends { batch: string }>(
  context: WorkerContext,
  group: Group,
  insert: Insert<Row>,
): Promise<Group | undefined> {
  const still = await stillGrouped(context, group);
  if (still === undefined) return undefined;
  const tokens = new Set(still.map(({ token }) => token));
  const rows = insert.rows.filter(({ batch }) => tokens.has(batch));
  const origins = insert.origins?.filter(({ batch }) => tokens.has(batch.token));
  const [leader] = group;
  if (rows.length > 0)
    await send(context, leader, leader.token, { ...insert, rows, ...(origins && { origins }) });
  return still;
}

async function send<Row>(
  context: WorkerContext,
  batch: Batch,
  token: string,
  insert: Insert<Row>,
): Promise<void> {
  const { table, rows, origins = [] } = insert;
  const started = performance.now();
  try {
    await insertOnce({ clickhouse: nodeOfBatch(context, batch).client }, token, insert);
  } catch (error) {
    if (error instanceof ClickHouseError && REFUSED_CODES.has(error.code) && origins.length === rows.length) {
      for (const [i, reason] of await findRefused(context, batch, insert)) {
        const { batch: of_row, index, logged } = origins[i] as Origin;
        await setRowAside(context, of_row, index, logged, reason);
      }
    }
    throw error;
  }
  context.metrics.inserted(table, rows.length, (performance.now() - started) / 1_000);
}

/**
 * Inserts one block under one token; it is stored once however often it is sent. Rejects unless ClickHouse confirms;
 * safe to repeat with the same rows.
 */
export const insertOnce = <Row>(
  { clickhouse }: Pick<WorkerContext, 'clickhouse'>,
  token: string,
  insert: Insert<Row>,
): Promise<void> => insertBlock(clickhouse, insert, onceUnder(token));

/**
 * The rows that ClickHouse refuses, by index, with the reason. Found by bisection: parts of the block are inserted into
 * a table with the same columns that stores nothing.
 */
async function findRefused<Row>(
  context: WorkerContext,
  batch: Batch,
  { table, columns, rows }: Insert<Row>,
): Promise<Map<number, string>> {
  const probe = `probe_${batch.token.replaceAll('-', '_')}`;
  const { client } = nodeOfBatch(context, batch);
  await client.command({ query: `CREATE TABLE IF NOT EXISTS ${probe} AS ${table} ENGINE = Null` });
  const refused = new Map<number, string>();
  const look = async (from: number, to: number): Promise<void> => {
    try {
      await insertBlock(client, { table: probe, columns, rows: rows.slice(from, to) });
    } catch (error) {
      if (!(error instanceof ClickHouseError && REFUSED_CODES.has(error.code))) throw error;
      if (to - from === 1) {
        refused.set(from, `${error.type}: ${error.message}`.slice(0, REASON_LENGTH_MAX));
        return;
      }
      const middle = (from + to) >> 1;
      await look(from, middle);
      await look(middle, to);
    }
  };
  try {
    await look(0, rows.length);
  } finally {
    await client.command({ query: `DROP TABLE IF EXISTS ${probe}` });
  }
  return refused;
}
