/**
 * Closes the batches of an inserted group, the leader last: while it is open, the others are inserted with it, or open
 * themselves. Safe to repeat. With Redis down it rejects.
 */
import { finish } from '../../src/log/batches.ts';
import type { Group } from '../../src/log/groups.ts';
import type { WorkerContext } from '../worker-context.ts';

/** `rest` is what is left to do of each batch, in turn; one that fails keeps its batch and the leader open. */
export async function finishGroup(
  { redis }: Pick<WorkerContext, 'redis'>,
  { batches: [first, ...others] }: Group,
  rest: (position: number) => Promise<void> = async () => {},
): Promise<void> {
  const failures: unknown[] = [];
  for (const [i, batch] of others.entries()) {
    try {
      await rest(i + 1);
      await finish(redis, batch);
    } catch (error) {
      failures.push(error);
    }
  }
  await rest(0);
  if (failures.length > 0) throw failures[0];
  await finish(redis, first);
}
