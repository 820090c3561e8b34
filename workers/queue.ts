/**
 * BullMQ: the queue between cutting and processing, and work that is done once at its time. A job of the former
 * names a frozen range and holds no rows. The frozen batch in Redis is authoritative and a job only triggers its
 * processing, so no result changes when a job is lost, stalled or run twice.
 */
import { type JobsOptions, Queue, type RedisClient as QueueRedis, Worker } from 'bullmq';
import type { Batch } from '../src/log/batches.ts';
import { QUEUE_PREFIX as PREFIX, QUEUE } from '../src/log/queued.ts';
import { connectRedis, type RedisTarget } from '../src/platform/redis.ts';
import { sleep } from '../src/platform/sleep.ts';

const RETRY_MS_MAX = 5_000;
const RETRY_MS_MIN = 100;
/** A batch is retried until it is inserted: dropping it would lose clicks. */
const ATTEMPTS = Number.MAX_SAFE_INTEGER;
/** Batches that one worker process works on at once; each holds up to BATCH_ROWS_MAX rows in memory. */
const CONCURRENCY = 4;
/** A worker that dies is noticed within the sum of these two. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 2_000;
const EVENTS_KEPT = 1_000;

export type BatchQueue = Queue<Batch>;

const JOB: JobsOptions = {
  attempts: ATTEMPTS,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: true,
};

export function openBatchQueue(target: RedisTarget): BatchQueue {
  return openQueue<Batch>(target, QUEUE, JOB);
}

function openQueue<T>(target: RedisTarget, name: string, defaultJobOptions: JobsOptions = {}): Queue<T> {
  const queue = new Queue<T>(name, {
    connection: connectRedis(target, 'blocking') as unknown as QueueRedis,
    prefix: PREFIX,
    streams: { events: { maxLen: EVENTS_KEPT } },
    defaultJobOptions,
  });
  // Ignored for the reason given in processBatches. Without a listener BullMQ prints the error.
  queue.on('error', () => {});
  return queue;
}

/** What every worker has. */
const workerOptions = (target: RedisTarget) => ({
  connection: connectRedis(target, 'blocking') as unknown as QueueRedis,
  prefix: PREFIX,
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_CHECK_MS,
  maxStalledCount: Number.MAX_SAFE_INTEGER,
});

/** Queues a batch; does nothing if it is queued already. */
export async function queueBatch(queue: BatchQueue, batch: Batch): Promise<void> {
  // The token is the job's id, so a batch has at most one job. Ids must not contain ':', and tokens do not.
  await queue.add(batch.log, batch, { jobId: batch.token });
}

/**
 * Queues a batch again that has been open for long. A failed job waits until a time by its worker's clock. If that
 * clock was set back since, the wait could last hours, so the job is promoted to run now.
 */
export async function queueAgain(queue: BatchQueue, batch: Batch): Promise<void> {
  await queueBatch(queue, batch);
  const job = await queue.getJob(batch.token);
  // The job may have been taken or finished since it was read.
  if (await job?.isDelayed()) await job?.promote().catch(() => {});
}

/** Runs `process` for every queued batch. Where it rejects, retries after a growing pause. */
export function processBatches(
  target: RedisTarget,
  process: (batch: Batch) => Promise<void>,
  failed: (batch: Batch | undefined, error: Error) => void,
): Worker<Batch> {
  const worker = new Worker<Batch>(QUEUE, (job) => process(job.data), {
    ...workerOptions(target),
    concurrency: CONCURRENCY,
    settings: {
      backoffStrategy: (attempt) => Math.min(RETRY_MS_MIN * 2 ** Math.min(attempt, 10), RETRY_MS_MAX),
    },
  });
  worker.on('failed', (job, error) => failed(job?.data, error));
  // Readiness reports that Redis is away; BullMQ reconnects by itself.
  worker.on('error', () => {});
  return worker;
}

/** How often a run is tried; the pauses between are RUN_PAUSE_MS, then four times as long each, some six minutes in all. */
const RUN_ATTEMPTS = 6;
const RUN_PAUSE_MS = 1_000;
const RUN_PAUSE_FACTOR = 4;
/** Runs that one worker process works on at once. */
const RUNS_AT_ONCE = 2;
/** A stop waits so long for the runs at work; another worker takes what is left of them. Below STOP_WITHIN_MS. */
const RUN_ENDS_WITHIN_MS = 3_000;
/** So long a finished run is remembered: one that is added again under its id is the same. */
const RUNS_KEPT = { age: 24 * 3_600, count: 10_000 };

export interface Runs<T extends object> {
  /** Does nothing if there is, or lately was, a run of this id. It must not contain ':'. */
  add(id: string, run: T): Promise<void>;
  close(): Promise<void>;
}

/**
 * Work that is done once at its time by one worker of the cluster, and again after growing pauses where it rejects;
 * `is_last` says that it is not tried again. A run whose process dies comes twice: it has to note what it has done.
 */
export function runsInCluster<T extends object>(
  target: RedisTarget,
  name: string,
  work: (run: T, is_last: boolean) => Promise<void>,
): Runs<T> {
  const queue = openQueue(target, name);
  const worker = new Worker(name, (job) => work(job.data as T, job.attemptsMade + 1 >= RUN_ATTEMPTS), {
    ...workerOptions(target),
    concurrency: RUNS_AT_ONCE,
    settings: { backoffStrategy: (attempt) => RUN_PAUSE_MS * RUN_PAUSE_FACTOR ** (attempt - 1) },
  });
  worker.on('error', () => {});
  return {
    async add(id, run) {
      await queue.add(name, run, {
        jobId: id,
        attempts: RUN_ATTEMPTS,
        backoff: { type: 'custom' },
        removeOnComplete: RUNS_KEPT,
        removeOnFail: true,
      });
    },
    async close() {
      await Promise.race([worker.close(), sleep(RUN_ENDS_WITHIN_MS)]);
      await queue.close();
    },
  };
}
