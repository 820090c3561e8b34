/**
 * Writes the counts of a processed batch to the click ledger: how many rows of each process were read, kept, and set
 * aside as dead letters. They are inserted under the batch's token, so a batch that runs again counts once. A view
 * counts independently the rows that reached the table. Rejects when ClickHouse is down; the batch is retried.
 */
import { MINUTE_MS } from '../../src/log/append.ts';
import type { WorkerContext } from '../worker-context.ts';
import { columnsOf, insertRows } from './insert-rows.ts';
import type { BatchRows } from './read-rows.ts';

/** How many rows of one process and minute were read, and how many of them are dead letters. */
interface Count {
  minute_s: number;
  process: string;
  read: number;
  dead: number;
}

/** Does not count rows without a process: requests to rejudge, and replayed dead letters. Safe to repeat. */
export async function countBatch(
  context: WorkerContext,
  log: string,
  { batch, read, dead }: BatchRows<unknown>,
): Promise<void> {
  const counts = new Map<string, Count>();
  for (const [index, { logged_at_ms, process }] of read.entries()) {
    if (process === '') continue;
    const minute = Math.floor(logged_at_ms / MINUTE_MS);
    const key = `${minute} ${process}`;
    let count = counts.get(key);
    if (count === undefined) {
      count = { minute_s: (minute * MINUTE_MS) / 1_000, process, read: 0, dead: 0 };
      counts.set(key, count);
    }
    count.read++;
    if (dead.has(index)) count.dead++;
  }
  if (counts.size === 0) return;
  const columns = columnsOf<Count>({
    minute: (count) => count.minute_s,
    log: () => log,
    process: (count) => count.process,
    batch: () => batch.token,
    read: (count) => count.read,
    kept: (count) => count.read - count.dead,
    dead_lettered: (count) => count.dead,
  });
  await insertRows(context, batch, { table: 'ledger', columns, rows: [...counts.values()] });
}
