/**
 * Cuts the logs into batches: freezes the waiting rows of each partition, durably, and queues them. Every worker
 * process cuts; freezing is atomic in Redis, so workers need not coordinate. A frozen batch whose job was lost is
 * queued again. With Redis down, or while a backup pauses the log, nothing is cut.
 */

import { type Batch, freeze } from '../src/log/batches.ts';
import { PARTITIONS } from '../src/log/partitions.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import { sleep } from '../src/platform/sleep.ts';
import { type BatchQueue, queueAgain, queueBatch } from './queue.ts';

const CUT_EVERY_MS = 50;
/**
 * Pause between two batches of a partition, unless a full batch already waits. An insert costs about the same whatever
 * its size, so frequent small inserts would waste work. The partitions take turns, so that at most one insert at a time
 * competes with taps. A click is in the reports after at most this pause plus a quarter, plus the time of its batch.
 * If processing takes longer than the pause, the next batch follows at once with all rows that arrived meanwhile.
 */
const BATCH_INTERVAL_MS = 1_000;
/** A batch still open after this is queued again: its job may be lost, or scheduled far in the future. */
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
    // Measured by the monotonic clock, because the system clock may jump.
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
