/**
 * Rows of a batch, decoded. A row that can't be read is kept by itself under `dead_letters`, counted and
 * logged; the rest of its batch goes on. Safe to repeat: a row's place in its batch names it.
 */
import { type Command, runAll } from '../src/platform/redis.ts';
import type { Batch } from '../src/platform/stream-log.ts';
import type { WorkerContext } from './worker-context.ts';

const DEAD_LETTERS_KEY = 'dead_letters';
/** At the bound batches with such rows wait, and say so, until an operator has made room: none is lost. */
const DEAD_LETTERS_MAX = 100_000;

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
  if (dead.length > 0) {
    if ((await context.redis.hlen(DEAD_LETTERS_KEY)) >= DEAD_LETTERS_MAX) {
      throw new Error(`${DEAD_LETTERS_KEY} holds ${DEAD_LETTERS_MAX} rows: look at them and remove them`);
    }
    await runAll(context.redis, dead);
    context.metrics.deadLettered(dead.length);
  }
  return decoded;
}
