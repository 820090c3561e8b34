/**
 * Cuts the logs into batches: freezes what waits in each partition, durably, and queues it. Every worker
 * process cuts; freezing is atomic in Redis, so they need not agree. A frozen batch whose job got lost
 * is queued again. With Redis down, or while a backup has it paused, nothing is cut.
 */

import { type Batch, freeze } from '../src/log/batches.ts';
import { PARTITIONS } from '../src/log/partitions.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import { sleep } from '../src/platform/sleep.ts';
import { type BatchQueue, queueAgain, queueBatch } from './queue.ts';

const CUT_EVERY_MS = 50;
/**
 * From one batch of a partition to the next, unless a large one waits already: an insert costs about the same whatever
 * its size, so that a few clicks a second would be dear otherwise. The partitions take turns, so that one insert at a
 * time is in the way of those who tap. A click is in the reports within this, a quarter more at most, and the time of
 * its batch. Where that is longer, the next batch follows at once, with all that came meanwhile.
 */
const BATCH_INTERVAL_MS = 1_000;
/** A batch that is still open after this is queued again, in case its job was lost, or waits for a time far away. */
const QUEUE_AGAIN_MS = 5_000;

export interface Cutter {
  close(): Promise<void>;
}

export function cutBatches(redis: RedisClient, queue: BatchQueue, logs: string[], logger: Logger): Cutter {
  const queued = new Map<string, { token: string; at_ms: number }>();
  let closed = false;

  async function cut(name: string, partition: number): Promise<void> {
    const now_ms = Date.now();
    const batch = await freeze(redis, name, partition, now_ms, BATCH_INTERVAL_MS);
    if (batch === undefined) return;
    const key = `${name}:${partition}`;
    const last = queued.get(key);
    const again = last?.token === batch.token;
    // By the time that passes: clocks jump.
    if (again && performance.now() - last.at_ms < QUEUE_AGAIN_MS) return;
    await (again ? queueAgain(queue, batch) : queueBatch(queue, batch));
    queued.set(key, { token: batch.token, at_ms: performance.now() });
    noteLate(logger, batch, now_ms);
  }

  async function cutAll(): Promise<void> {
    const cuts: Promise<void>[] = [];
    for (const name of logs) {
      for (let partition = 0; partition < PARTITIONS; partition++) cuts.push(cut(name, partition));
    }
    await Promise.allSettled(cuts);
  }

  async function run(): Promise<void> {
    while (!closed) {
      await cutAll();
      await sleep(CUT_EVERY_MS);
    }
  }

  const running = run();
  return {
    async close() {
      closed = true;
      await running;
    },
  };
}

function noteLate(logger: Logger, batch: Batch, now_ms: number): void {
  const open_ms = now_ms - batch.frozen_at_ms;
  if (open_ms > QUEUE_AGAIN_MS)
    logger.warn({ batch: batch.token, rows: batch.rows, open_ms }, 'batch still open');
}
