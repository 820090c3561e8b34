/**
 * Inserts rows as one block, and the settings under which ClickHouse stores a block once, in its table and in the target
 * of every view, however often it is sent. Rejects unless ClickHouse confirms.
 */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient, ClickHouseSettings } from './client.ts';
import type { InsertColumn, NativeColumn } from './columns.ts';
import { encodeNative } from './native-rows.ts';
import { INSERT_PRIORITY } from './priorities.ts';

/** Rows of one block; the token of an insert is of a block. */
export const BLOCK_ROWS_MAX = 1_000_000;

export interface Block<Row> {
  table: string;
  /**
   * Each column, with a function that reads its value from a row. Native columns are sent as one Native block, for
   * tables with many rows; the others as JSON, with times as whole milliseconds, the form in which a DateTime64(3)
   * accepts an unquoted number.
   */
  columns: readonly InsertColumn<Row>[] | readonly NativeColumn<Row>[];
  rows: readonly Row[];
  /** ClickHouse gives the insert up after so many seconds, so that it does not become visible later; without: its own bound. */
  within_s?: number;
}

/** All settings are explicit, because defaults differ between versions of ClickHouse. */
export const onceUnder = (token: string): ClickHouseSettings => ({
  insert_deduplicate: 1,
  insert_deduplication_token: token,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  wait_end_of_query: 1,
  // A batch must be one block, because the token applies to a block.
  max_insert_block_size: String(BLOCK_ROWS_MAX),
  min_insert_block_size_rows: String(BLOCK_ROWS_MAX),
  // What views give is grouped already; without this every SummingMergeTree would sum a block again before it is stored.
  optimize_on_insert: 0,
  // Views of a block are quick: to start threads for them costs more than it saves, beside taps on the same cores.
  max_threads: 1,
  max_insert_threads: '1',
  priority: String(INSERT_PRIORITY),
});

export async function insertBlock<Row>(
  clickhouse: ClickHouseClient,
  { table, columns, rows, within_s }: Block<Row>,
  settings: ClickHouseSettings = {},
): Promise<void> {
  if (rows.length === 0) return;
  const clickhouse_settings: ClickHouseSettings = {
    ...settings,
    ...(within_s !== undefined && { max_execution_time: within_s, timeout_overflow_mode: 'throw' }),
  };
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

function isNative<Row>(columns: Block<Row>['columns']): columns is readonly NativeColumn<Row>[] {
  return columns.every((column) => 'sent' in column);
}
