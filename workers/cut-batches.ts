/**
 * Cuts the logs into batches: freezes the waiting rows of each partition, durably, and queues them. Every worker
 * process cuts; freezing is atomic in Redis, so workers need not coordinate. A frozen batch whose job was lost is
 * queued again. The partitions of a layout are cut once those of the layouts before it are empty, so that the rows of
 * one key keep their order. With Redis down, or while a backup pauses the log, nothing is cut.
 */

import { lengthsOf } from '../src/log/backlog.ts';
import { type Batch, freeze } from '../src/log/batches.ts';
import { knownLayouts, type Layout, partitionsIn } from '../src/log/partitions.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import { sleep } from '../src/platform/sleep.ts';
import { type BatchQueue, queueAgain, queueBatch } from './queue.ts';

/**
 * Pause between two batches of a partition, unless a full batch already waits. An insert costs about the same whatever
 * its size, so frequent small inserts would waste work. The partitions take turns, so that at most one insert at a time
 * competes with taps. A click is in the reports after at most this pause plus a quarter, plus the time of its batch.
 * If processing takes longer than the pause, the next batch follows at once with all rows that arrived meanwhile.
 */
const INTERVAL_MS_MIN = 1_000;
/**
 * The pause grows with the partitions, so that a shard of ClickHouse gets so many inserts of a log a second at most, or
 * full ones: one of clicks takes it about 0.1 s of processor time whatever its size (bench/pipeline).
 */
const INSERTS_PER_S = 8;
/** However many there are, rows are in the reports within some 10 s. */
const INTERVAL_MS_MAX = 8_000;
/** How often the partitions are looked at that had rows, and all of them where they are few. */
const CUT_EVERY_MS = 50;
/** How often all are looked at once none has had rows for IDLE_AFTER_MS. */
const IDLE_LOOK_EVERY_MS = 250;
const IDLE_AFTER_MS = 2_000;
/** Many partitions are all looked at so often in their interval; those with rows in between. */
const LOOKS_PER_INTERVAL = 8;
/** Time for each partition with rows between two looks, so that a thousand cost a tenth of a core. */
const REST_MS_PER_PARTITION = 0.1;
/** A batch still open after this is queued again: its job may be lost, or scheduled far in the future. */
const QUEUE_AGAIN_MS = 5_000;

export interface Cutter {
  close(): Promise<void>;
}

/** The pause between two batches of a partition. */
export const intervalOf = ({ count, shards }: Pick<Layout, 'count' | 'shards'>): number =>
  Math.min(INTERVAL_MS_MAX, Math.max(INTERVAL_MS_MIN, Math.ceil((1_000 * count) / shards / INSERTS_PER_S)));

export function cutBatches(redis: RedisClient, queue: BatchQueue, logs: string[], logger: Logger): Cutter {
  const queued = new Map<string, { token: string; at_ms: number; since_ms: number }>();
  let closed = false;
  let rows_seen_at = performance.now();

  async function cut(name: string, partition: number, interval_ms: number): Promise<void> {
    const batch = await freeze(redis, name, partition, undefined, interval_ms);
    if (batch === undefined) return;
    const key = `${name}:${partition}`;
    const last = queued.get(key);
    const again = last?.token === batch.token;
    // By the monotonic clock, because the system clock may jump.
    const at_ms = performance.now();
    if (again && at_ms - last.at_ms < QUEUE_AGAIN_MS) return;
    await (again ? queueAgain(queue, batch) : queueBatch(queue, batch));
    queued.set(key, { token: batch.token, at_ms, since_ms: again ? last.since_ms : at_ms });
    if (again) noteLate(logger, batch, at_ms - last.since_ms);
  }

  /** Looks at all partitions, then until the next such look at those that had rows. */
  async function cutAll(): Promise<void> {
    const layouts = knownLayouts().layouts.filter(({ drained_at_ms }) => drained_at_ms === undefined);
    const waiting = await waitingIn(redis, logs, layouts);
    const interval_ms = Math.min(...layouts.map(intervalOf));
    const over_at =
      interval_ms === INTERVAL_MS_MIN ? 0 : performance.now() + interval_ms / LOOKS_PER_INTERVAL;
    if (waiting.length > 0) rows_seen_at = performance.now();
    const is_idle = performance.now() - rows_seen_at > IDLE_AFTER_MS;
    const rest_ms = is_idle
      ? IDLE_LOOK_EVERY_MS
      : Math.max(CUT_EVERY_MS, REST_MS_PER_PARTITION * waiting.length);
    do {
      await Promise.allSettled(
        waiting.map(({ log, partition, layout }) => cut(log, partition, intervalOf(layout))),
      );
      await sleep(rest_ms);
    } while (!closed && performance.now() < over_at && knownLayouts().layouts.at(-1) === layouts.at(-1));
  }

  async function run(): Promise<void> {
    while (!closed) {
      // With Redis away nothing is cut.
      await cutAll().catch(() => sleep(CUT_EVERY_MS));
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

const placesIn = (logs: readonly string[], layout: Layout): Waiting[] =>
  logs.flatMap((log) => partitionsIn(layout).map((partition) => ({ log, partition, layout })));

interface Waiting {
  log: string;
  partition: number;
  layout: Layout;
}

/** Of each log, the partitions with rows in the first of these layouts that has any. */
async function waitingIn(
  redis: RedisClient,
  logs: readonly string[],
  layouts: readonly Layout[],
): Promise<Waiting[]> {
  const places = layouts.flatMap((layout) => placesIn(logs, layout));
  // Of one call, in this order: once a later layout is known, no row comes to an earlier one any more.
  const lengths = await lengthsOf(redis, places);
  const with_rows = places.filter((_, i) => lengths[i] !== 0);
  const first = new Map<string, Layout>();
  for (const { log, layout } of with_rows) if (!first.has(log)) first.set(log, layout);
  return with_rows.filter(({ log, layout }) => first.get(log) === layout);
}

function noteLate(logger: Logger, batch: Batch, open_ms: number): void {
  logger.warn({ batch: batch.token, rows: batch.rows, open_ms: Math.round(open_ms) }, 'batch still open');
}
