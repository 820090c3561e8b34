/**
 * Closes the batches of an inserted group, the leader last: while it is open, the others are inserted with it, or open
 * themselves. Safe to repeat. With Redis down it rejects.
 */
import { type Batch, finish } from '../../src/log/batches.ts';
import type { Group } from '../../src/log/groups.ts';
import type { WorkerContext } from '../worker-context.ts';

/**
 * `inserted`: what insertGrouped resolved with. `rest` is what is left to do of each of these, in turn; one that fails keeps
 * its batch and the leader open.
 */
export async function finishGroup(
  { redis }: Pick<WorkerContext, 'redis'>,
  [leader]: Group,
  inserted: readonly Batch[],
  rest: (batch: Batch) => Promise<void> = async () => {},
): Promise<void> {
  const failures: unknown[] = [];
  const isLeader = ({ token }: Batch): boolean => token === leader.token;
  for (const batch of [...inserted.filter((one) => !isLeader(one)), ...inserted.filter(isLeader)]) {
    try {
      await rest(batch);
      if (!isLeader(batch) || failures.length === 0) await finish(redis, batch);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
