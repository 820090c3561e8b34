/**
 * What the ledger is told of a processed batch: how many rows of each process were read, kept, and set aside as
 * dead letters. Inserted under the batch's token, so a batch that runs again counts once; what reached the
 * table is counted there by a view, on its own.
 */
import { MINUTE_MS } from '../../src/log/append.ts';
import type { WorkerContext } from '../worker-context.ts';
import { insertRows } from './insert-rows.ts';
import type { BatchRows } from './read-rows.ts';

const COLUMNS = ['minute', 'log', 'process', 'batch', 'read', 'kept', 'dead_lettered'] as const;

/** Rows that no process answered for (a second look, a replayed letter) are not counted. Safe to repeat. */
export async function countBatch(
  context: WorkerContext,
  log: string,
  { batch, read, dead }: BatchRows<unknown>,
): Promise<void> {
  const counts = new Map<string, [minute_s: number, process: string, read: number, dead: number]>();
  for (const [index, { logged_at_ms, process }] of read.entries()) {
    if (process === '') continue;
    const minute = Math.floor(logged_at_ms / MINUTE_MS);
    const key = `${minute} ${process}`;
    let count = counts.get(key);
    if (count === undefined) {
      count = [(minute * MINUTE_MS) / 1_000, process, 0, 0];
      counts.set(key, count);
    }
    count[2]++;
    if (dead.has(index)) count[3]++;
  }
  if (counts.size === 0) return;
  const rows = [...counts.values()].map(([minute_s, process, rows_read, rows_dead]) => [
    minute_s,
    log,
    process,
    batch.token,
    rows_read,
    rows_read - rows_dead,
    rows_dead,
  ]);
  await insertRows(context, batch, 'ledger', COLUMNS, rows);
}
