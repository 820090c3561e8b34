/**
 * Rows of a batch, decoded. A row that can't be read is kept by itself under `dead_letters`, counted and
 * logged; the rest of its batch goes on. Safe to repeat: a row's place in its batch names it.
 */
import { type Command, runAll } from '../src/platform/redis.ts';
import type { Batch } from '../src/platform/stream-log.ts';
import type { WorkerContext } from './worker-context.ts';

const DEAD_LETTERS_KEY = 'dead_letters';

export async function decodeRows<T>(
  context: WorkerContext,
  batch: Batch,
  rows: readonly string[],
  decode: (row: string) => T,
): Promise<T[]> {
  const dead: Command[] = [];
  const decoded = rows.flatMap((row, i) => {
    try {
      return [decode(row)];
    } catch (error) {
      dead.push(['HSET', DEAD_LETTERS_KEY, `${batch.token}/${i}`, row]);
      context.log.error({ batch: batch.token, row: i, error }, 'row can not be read');
      return [];
    }
  });
  await runAll(context.redis, dead);
  if (dead.length > 0) context.metrics.deadLettered(dead.length);
  return decoded;
}
