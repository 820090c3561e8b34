/**
 * How many batches wait in the queue: read from its lists, so that whoever watches needs no queue of its own. The names
 * of the lists are BullMQ's, https://docs.bullmq.io/guide/architecture. Rejects when Redis is down.
 */
import type { RedisClient } from '../platform/redis.ts';

export const QUEUE = 'batches';
/** A hash tag, so that all of BullMQ's keys are on one cluster node. */
export const QUEUE_PREFIX = '{queue}';

export async function queuedBatches(redis: RedisClient): Promise<number> {
  const key = (state: string): string => `${QUEUE_PREFIX}:${QUEUE}:${state}`;
  const [waiting, active, delayed] = await Promise.all([
    redis.llen(key('wait')),
    redis.llen(key('active')),
    redis.zcard(key('delayed')),
  ]);
  return waiting + active + delayed;
}
