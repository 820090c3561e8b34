/**
 * Reads and decodes the rows of a batch. A row that cannot be processed is set aside with its reason, so that it does
 * not block the rest of its batch; it stays set aside in every later try of the batch. Safe to repeat, because a row
 * is identified by its index in the batch. Rejects when Redis is down.
 */

import { type Batch, type LoggedRow, read } from '../../src/log/batches.ts';
import { keepDeadLetters } from '../../src/log/dead-letters.ts';
import { asideOf, setAside } from '../../src/log/decisions.ts';
import type { WorkerContext } from '../worker-context.ts';

export interface BatchRow<T> {
  batch: Batch;
  /** Index in the batch. */
  index: number;
  logged: LoggedRow;
  value: T;
}

/** The rows of a batch after reading. */
export interface BatchRows<T> {
  batch: Batch;
  /** All decoded rows, including those set aside later: a batch's stored decision refers to all of them by index. */
  rows: BatchRow<T>[];
  /** Every row that was read, by index. */
  read: readonly LoggedRow[];
  /** Indexes of the rows that are dead letters. */
  dead: Set<number>;
}

/** Reads the batch's rows. Rows on which `decode` throws, and rows set aside before, are dead letters. */
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
      return [{ batch, index, logged, value: decode(logged.text) }];
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

/** Sets one row aside for good, because ClickHouse refused it. The batch must then be retried without it. */
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
