/**
 * Writes the counts of processed batches to the click ledger: how many rows of each process were read, kept, and set
 * aside as dead letters. They are inserted under the token of their group, so what runs again counts once. A view
 * counts independently the rows that reached the table. Rejects when ClickHouse is down; the group is retried.
 */
import { MINUTE_MS } from '../../src/log/append.ts';
import type { Group } from '../../src/log/groups.ts';
import type { WorkerContext } from '../worker-context.ts';
import { columnsOf, insertGrouped } from './insert-rows.ts';
import type { BatchRows } from './read-rows.ts';

/** How many rows of one batch, process and minute were read, and how many of them are dead letters. */
interface Count {
  batch: string;
  minute_s: number;
  process: string;
  read: number;
  dead: number;
}

/** Does not count rows without a process: requests to rejudge, and replayed dead letters. Safe to repeat. */
export async function countBatches(
  context: WorkerContext,
  group: Group,
  read: readonly BatchRows<unknown>[],
): Promise<void> {
  const rows = read.flatMap(countsOf);
  if (rows.length === 0) return;
  const columns = columnsOf<Count>({
    minute: (count) => count.minute_s,
    log: () => group[0].log,
    process: (count) => count.process,
    batch: (count) => count.batch,
    read: (count) => count.read,
    kept: (count) => count.read - count.dead,
    dead_lettered: (count) => count.dead,
  });
  await insertGrouped(context, group, { table: 'ledger', columns, rows });
}

function countsOf({ batch, read, dead }: BatchRows<unknown>): Count[] {
  const counts = new Map<string, Count>();
  for (const [index, { logged_at_ms, process }] of read.entries()) {
    if (process === '') continue;
    const minute = Math.floor(logged_at_ms / MINUTE_MS);
    const key = `${minute} ${process}`;
    let count = counts.get(key);
    if (count === undefined) {
      count = { batch: batch.token, minute_s: (minute * MINUTE_MS) / 1_000, process, read: 0, dead: 0 };
      counts.set(key, count);
    }
    count.read++;
    if (dead.has(index)) count.dead++;
  }
  return [...counts.values()];
}
