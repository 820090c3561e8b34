/**
 * One insert a batch, under the batch's own deduplication token: ClickHouse takes it once, in the table
 * and in every view's target, however often it is sent. Rejects where ClickHouse did not confirm.
 */
import { ClickHouseError } from '@clickhouse/client';
import { type Batch, isOpen, type LoggedRow } from '../src/platform/stream-log.ts';
import { setRowAside } from './batch-rows.ts';
import type { WorkerContext } from './worker-context.ts';

const MAX_BLOCK_ROWS = 1_000_000;
/** How ClickHouse names the row of an insert that it can't read, counted from 1. */
const REFUSED_ROW = /\(at row (\d+)\)/;
/** What is kept of its sentence; it quotes what it could not read. */
const REASON_LENGTH_MAX = 300;

/** Where an inserted row came from: its place in the batch, and its row on the log. */
export interface Origin {
  index: number;
  logged: LoggedRow;
}

/**
 * `rows` are in the order of `columns`; times are whole milliseconds, which is what a DateTime64(3) takes
 * from an unquoted number. A batch must always come with the same rows. A row that ClickHouse can't take is set
 * aside by its origin, and the call rejects: the batch is tried again without it.
 */
export async function insertRows(
  context: WorkerContext,
  batch: Batch,
  table: string,
  columns: readonly [string, ...string[]],
  rows: readonly unknown[][],
  origins: readonly Origin[] = [],
): Promise<void> {
  // Another worker was faster while this one stood still: its rows are in.
  if (!(await isOpen(context.redis, batch))) return;
  const started = performance.now();
  const inserting = insertOnce(context, batch.token, table, columns, rows);
  try {
    await inserting;
  } catch (error) {
    const refused = error instanceof ClickHouseError ? REFUSED_ROW.exec(error.message)?.[1] : undefined;
    const origin = refused === undefined ? undefined : origins[Number(refused) - 1];
    if (origin !== undefined) {
      const reason = (error as Error).message.slice(0, REASON_LENGTH_MAX);
      await setRowAside(context, batch, origin.index, origin.logged, reason);
    }
    throw error;
  }
  context.metrics.inserted(table, rows.length, (performance.now() - started) / 1_000);
}

/**
 * One block under one token, however often it is sent. Rejects where ClickHouse did not confirm; safe to repeat
 * with the same rows.
 */
export async function insertOnce(
  { clickhouse }: Pick<WorkerContext, 'clickhouse'>,
  token: string,
  table: string,
  columns: readonly [string, ...string[]],
  rows: readonly unknown[][],
): Promise<void> {
  await clickhouse.insert({
    table,
    columns: [...columns],
    values: rows as unknown[][],
    format: 'JSONCompactEachRow',
    clickhouse_settings: {
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
    },
  });
}
