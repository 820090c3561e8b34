/**
 * Closes the batches of an inserted group, the leader last: while it is open, the others are inserted with it, or open
 * themselves. Safe to repeat. With Redis down it rejects.
 */
import { type Batch, finish } from '../../src/log/batches.ts';
import type { Group } from '../../src/log/groups.ts';
import type { WorkerContext } from '../worker-context.ts';

/** `rest` is what is left to do of each batch, in turn; one that fails keeps its batch and the leader open. */
export async function finishGroup(
  { redis }: Pick<WorkerContext, 'redis'>,
  [leader, ...others]: Group,
  rest: (batch: Batch) => Promise<void> = async () => {},
): Promise<void> {
  const failures: unknown[] = [];
  for (const batch of others) {
    try {
      await rest(batch);
      await finish(redis, batch);
    } catch (error) {
      failures.push(error);
    }
  }
  await rest(leader);
  if (failures.length > 0) throw failures[0];
  await finish(redis, leader);
}
