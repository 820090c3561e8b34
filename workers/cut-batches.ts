/**
 * Cuts the logs into batches: freezes the waiting rows of each partition, durably, groups what was frozen in the same
 * turn, and queues the groups. Every worker process cuts; freezing is atomic in Redis, and so is what a batch notes of its
 * group, so workers need not coordinate. A frozen batch whose job was lost is queued again. The partitions of a layout are
 * cut once those of the layouts before it are empty, so that the rows of one key keep their order. With Redis down, or
 * while a backup pauses the log, nothing is cut.
 */

import { lengthsOf } from '../src/log/backlog.ts';
import { type Batch, freeze } from '../src/log/batches.ts';
import { type Group, groupable, proposeGroup } from '../src/log/groups.ts';
import { knownLayouts, type Layout, partitionsIn } from '../src/log/partitions.ts';
import type { Logger } from '../src/platform/logger.ts';
import { allCan } from '../src/platform/presence.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import { sleep } from '../src/platform/sleep.ts';
import { type BatchQueue, queueAgain, queueBatch } from './queue.ts';

/**
 * Pause between two batches of a partition, unless a full batch already waits. An insert costs about the same whatever
 * its size, so frequent small inserts would waste work. A click is in the reports after at most this pause plus a quarter,
 * plus the time of its group. If processing takes longer than the pause, the next batch follows at once with all rows
 * that arrived meanwhile.
 */
const INTERVAL_MS_MIN = 1_000;
/** The pause grows with the partitions, so that there are so many batches of a log and shard a second at most, or full ones. */
const BATCHES_PER_S = 16;
/** However many there are, rows are in the reports within some 10 s. */
const INTERVAL_MS_MAX = 8_000;
/** How often the partitions are looked at that had rows, and all of them where they are few. */
const CUT_EVERY_MS = 50;
/** The ability of a worker to process groups. One without would insert batches of a group by themselves, once more. */
export const GROUPS = 'groups';
const ASK_WORKERS_EVERY_MS = 1_000;
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
  Math.min(INTERVAL_MS_MAX, Math.max(INTERVAL_MS_MIN, Math.ceil((1_000 * count) / shards / BATCHES_PER_S)));

export interface Cutting {
  redis: RedisClient;
  queue: BatchQueue;
  logs: readonly string[];
  /** Those whose batches go together, as long as all workers know of groups. */
  grouped: readonly string[];
  logger: Logger;
}

export function cutBatches({ redis, queue, logs, grouped, logger }: Cutting): Cutter {
  const queued = new Map<string, { token: string; at_ms: number; since_ms: number }>();
  let closed = false;
  let rows_seen_at = performance.now();
  let all_group = { since: Number.NEGATIVE_INFINITY, can: false };

  const placeOf = ({ log, partition }: Pick<Batch, 'log' | 'partition'>): string => `${log}:${partition}`;
  const isNew = (batch: Batch): boolean => queued.get(placeOf(batch))?.token !== batch.token;

  async function cut(waiting: readonly Waiting[]): Promise<void> {
    const frozen = await Promise.allSettled(
      waiting.map(({ log, partition, layout }) =>
        freeze(redis, log, partition, undefined, intervalOf(layout)),
      ),
    );
    const open = frozen.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const groups = groupable(open.filter(isNew), (batch) => all_group.can && grouped.includes(batch.log));
    const known = open.filter((batch) => !isNew(batch));
    await Promise.allSettled([...groups.map(queueGroup), ...known.map(queueIfLate)]);
  }

  async function queueGroup(group: Group): Promise<void> {
    for (const batch of await proposeGroup(redis, group)) await queueBatch(queue, batch);
    // By the monotonic clock, because the system clock may jump.
    const at_ms = performance.now();
    for (const batch of group) queued.set(placeOf(batch), { token: batch.token, at_ms, since_ms: at_ms });
  }

  async function queueIfLate(batch: Batch): Promise<void> {
    const last = queued.get(placeOf(batch));
    const at_ms = performance.now();
    if (last === undefined || at_ms - last.at_ms < QUEUE_AGAIN_MS) return;
    await queueAgain(queue, batch);
    queued.set(placeOf(batch), { ...last, at_ms });
    noteLate(logger, batch, at_ms - last.since_ms);
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
      await cut(waiting);
      await sleep(rest_ms);
    } while (!closed && performance.now() < over_at && knownLayouts().layouts.at(-1) === layouts.at(-1));
  }

  async function askWorkers(): Promise<void> {
    const now = performance.now();
    if (now - all_group.since > ASK_WORKERS_EVERY_MS)
      all_group = { since: now, can: await allCan(redis, 'worker', GROUPS) };
  }

  async function run(): Promise<void> {
    while (!closed) {
      await askWorkers().catch(() => {});
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
