/**
 * One insert a batch, under the batch's own deduplication token: ClickHouse takes it once, in the table
 * and in every view's target, however often it is sent. Rejects where ClickHouse did not confirm.
 */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  type ClickHouseClient,
  ClickHouseError,
  type ClickHouseSettings,
} from '../../src/clickhouse/client.ts';
import type { InsertColumn, NativeColumn } from '../../src/clickhouse/columns.ts';
import { encodeNative } from '../../src/clickhouse/native-rows.ts';
import { INSERT_PRIORITY } from '../../src/clickhouse/priorities.ts';
import { type Batch, isOpen, type LoggedRow } from '../../src/log/batches.ts';
import type { WorkerContext } from '../worker-context.ts';
import { setRowAside } from './read-rows.ts';

const MAX_BLOCK_ROWS = 1_000_000;
/**
 * Codes with which ClickHouse refuses a value, not a moment: CANNOT_PARSE_TEXT, …_ESCAPE_SEQUENCE, …_QUOTED_STRING, …_DATE,
 * …_DATETIME, …_NUMBER, ARGUMENT_OUT_OF_BOUND, TYPE_MISMATCH, INCORRECT_DATA, TOO_LARGE_STRING_SIZE,
 * CANNOT_INSERT_NULL, DECIMAL_OVERFLOW, VALUE_IS_OUT_OF_RANGE, UNEXPECTED_DATA_AFTER_PARSED_VALUE, CANNOT_PARSE_IPV4, …_IPV6.
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
/** What is kept of its sentence; it quotes what it could not read. */
const REASON_LENGTH_MAX = 300;

/** Where an inserted row came from: its place in the batch, and its row on the log. */
export interface Origin {
  index: number;
  logged: LoggedRow;
}

/** What is inserted. */
export interface Insert<Row> {
  table: string;
  /**
   * Each column with how its value is read from a row. Columns that say how they are sent go as one Native block, for
   * tables with many rows; others as JSON, times as whole milliseconds, which is what a DateTime64(3) takes from an
   * unquoted number.
   */
  columns: readonly InsertColumn<Row>[] | readonly NativeColumn<Row>[];
  rows: readonly Row[];
  /** Where each row came from: a row that ClickHouse can't take is set aside there. */
  origins?: readonly Origin[];
}

/** Columns of a table that is defined in SQL alone: how each value is read from a row, by name. */
export function columnsOf<Row>(values: Readonly<Record<string, (row: Row) => unknown>>): InsertColumn<Row>[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/**
 * A batch must always come with the same rows. A row that ClickHouse can't take is set aside by its origin, and the
 * call rejects: the batch is tried again without it.
 */
export async function insertRows<Row>(
  context: WorkerContext,
  batch: Batch,
  insert: Insert<Row>,
): Promise<void> {
  // Another worker was faster while this one stood still: its rows are in.
  if (!(await isOpen(context.redis, batch))) return;
  const { table, rows, origins = [] } = insert;
  const started = performance.now();
  try {
    await insertOnce(context, batch.token, insert);
  } catch (error) {
    if (error instanceof ClickHouseError && REFUSED_CODES.has(error.code) && origins.length === rows.length) {
      for (const [i, reason] of await findRefused(context, batch, insert)) {
        const { index, logged } = origins[i] as Origin;
        await setRowAside(context, batch, index, logged, reason);
      }
    }
    throw error;
  }
  context.metrics.inserted(table, rows.length, (performance.now() - started) / 1_000);
}

/**
 * One block under one token, however often it is sent. Rejects where ClickHouse did not confirm; safe to repeat
 * with the same rows.
 */
export async function insertOnce<Row>(
  { clickhouse }: Pick<WorkerContext, 'clickhouse'>,
  token: string,
  insert: Insert<Row>,
): Promise<void> {
  await send(clickhouse, insert, {
    // All of it explicitly: defaults differ between versions of ClickHouse.
    insert_deduplicate: 1,
    insert_deduplication_token: token,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    async_insert: 0,
    wait_end_of_query: 1,
    // A batch is one block: its token stands for all of it.
    max_insert_block_size: String(MAX_BLOCK_ROWS),
    min_insert_block_size_rows: String(MAX_BLOCK_ROWS),
    max_insert_threads: '1',
    priority: String(INSERT_PRIORITY),
  });
}

async function send<Row>(
  clickhouse: ClickHouseClient,
  { table, columns, rows }: Insert<Row>,
  clickhouse_settings: ClickHouseSettings = {},
): Promise<void> {
  if (rows.length === 0) return;
  if (!isNative(columns)) {
    await clickhouse.insert({
      table,
      columns: columns.map(({ name }) => name) as [string, ...string[]],
      values: rows.map((row) => columns.map(({ value }) => value(row))),
      format: 'JSONCompactEachRow',
      clickhouse_settings,
    });
    return;
  }
  const { stream } = await clickhouse.exec({
    query: `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) FORMAT Native`,
    values: Readable.from([encodeNative(columns, rows)], { objectMode: false }),
    clickhouse_settings: { ...clickhouse_settings, input_format_native_allow_types_conversion: 1 },
  });
  await finished(stream.resume());
}

function isNative<Row>(columns: Insert<Row>['columns']): columns is readonly NativeColumn<Row>[] {
  return columns.every((column) => 'sent' in column);
}

/**
 * The rows that ClickHouse refuses and why, by their places: found by halves, on a table of the same columns
 * that keeps nothing.
 */
async function findRefused<Row>(
  { clickhouse }: WorkerContext,
  batch: Batch,
  { table, columns, rows }: Insert<Row>,
): Promise<Map<number, string>> {
  const probe = `probe_${batch.token.replaceAll('-', '_')}`;
  await clickhouse.command({ query: `CREATE TABLE IF NOT EXISTS ${probe} AS ${table} ENGINE = Null` });
  const refused = new Map<number, string>();
  const look = async (from: number, to: number): Promise<void> => {
    try {
      await send(clickhouse, { table: probe, columns, rows: rows.slice(from, to) });
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
    await clickhouse.command({ query: `DROP TABLE IF EXISTS ${probe}` });
  }
  return refused;
}
