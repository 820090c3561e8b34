/**
 * One insert a batch, under the batch's own deduplication token: ClickHouse takes it once, in the table
 * and in every view's target, however often it is sent. Rejects where ClickHouse did not confirm.
 */
import { type Batch, isOpen } from '../src/platform/stream-log.ts';
import type { WorkerContext } from './worker-context.ts';

const MAX_BLOCK_ROWS = 1_000_000;

/**
 * `rows` are in the order of `columns`; times are whole milliseconds, which is what a DateTime64(3) takes
 * from an unquoted number. A batch must always come with the same rows.
 */
export async function insertRows(
  context: WorkerContext,
  batch: Batch,
  table: string,
  columns: readonly [string, ...string[]],
  rows: readonly unknown[][],
): Promise<void> {
  // Another worker was faster while this one stood still: its rows are in.
  if (!(await isOpen(context.redis, batch))) return;
  const started = performance.now();
  await context.clickhouse.insert({
    table,
    columns: [...columns],
    values: rows as unknown[][],
    format: 'JSONCompactEachRow',
    clickhouse_settings: {
      // All of it explicitly: defaults differ between versions of ClickHouse.
      insert_deduplicate: 1,
      insert_deduplication_token: batch.token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      async_insert: 0,
      wait_end_of_query: 1,
      // A batch is one block: its token stands for all of it.
      max_insert_block_size: String(MAX_BLOCK_ROWS),
      min_insert_block_size_rows: String(MAX_BLOCK_ROWS),
      max_insert_threads: '1',
    },
  });
  context.metrics.inserted(table, rows.length, (performance.now() - started) / 1_000);
}
