/**
 * The rows of a batch on their way through a worker: decoded, and what can't be processed set aside with its
 * reason, so that the rest of its batch goes on. What was set aside once stays so for every later try of the
 * batch. Safe to repeat: a row's place in its batch names it.
 */

import { type Batch, type LoggedRow, read } from '../../src/log/batches.ts';
import { keepDeadLetters } from '../../src/log/dead-letters.ts';
import { asideOf, setAside } from '../../src/log/decisions.ts';
import type { WorkerContext } from '../worker-context.ts';

export interface BatchRow<T> {
  /** Place in the batch. */
  index: number;
  logged: LoggedRow;
  value: T;
}

/** What became of a batch's rows. */
export interface BatchRows<T> {
  batch: Batch;
  /** All that could be decoded, those that were set aside among them: what was decided for a batch counts them. */
  rows: BatchRow<T>[];
  /** Every row that was read, by its place. */
  read: readonly LoggedRow[];
  /** Places of the rows that are dead letters. */
  dead: Set<number>;
}

/** Reads the batch's rows; what `decode` throws on is a dead letter, and so is what was set aside before. */
export async function readRows<T>(
  context: WorkerContext,
  batch: Batch,
  decode: (text: string) => T,
): Promise<BatchRows<T>> {
  const logged_rows = await read(context.redis, batch);
  const dead = new Set(await asideOf(context.redis, batch));
  const unreadable: { index: number; row: LoggedRow; reason: string }[] = [];
  const rows = logged_rows.flatMap((logged, index): BatchRow<T>[] => {
    try {
      return [{ index, logged, value: decode(logged.text) }];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      unreadable.push({ index, row: logged, reason });
      dead.add(index);
      return [];
    }
  });
  if (unreadable.length > 0) {
    await keepDeadLetters(context.redis, batch, unreadable);
    context.metrics.deadLettered(unreadable.length);
    for (const { index, reason } of unreadable) {
      context.logger.error(
        { batch: batch.token, row: index, reason },
        'dead letter: the row can not be read',
      );
    }
  }
  return { batch, rows, read: logged_rows, dead };
}

/** Sets one row aside for good: ClickHouse refused it. The batch has to be tried again without it. */
export async function setRowAside(
  context: WorkerContext,
  batch: Batch,
  index: number,
  row: LoggedRow,
  reason: string,
): Promise<void> {
  await keepDeadLetters(context.redis, batch, [{ index, row, reason }]);
  await setAside(context.redis, batch, index);
  context.metrics.deadLettered(1);
  context.logger.error({ batch: batch.token, row: index, reason }, 'dead letter: ClickHouse refused the row');
}
