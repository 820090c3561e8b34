/**
 * Looks into the queues of BullMQ, and starts a job now that waits for its time or has failed. It takes no work and holds
 * no state. With Redis down every call rejects; each is safe to repeat.
 */
import { type Job, type JobType, Queue, type RedisClient as QueueRedis } from 'bullmq';
import type { RedisClient } from './redis.ts';

export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const satisfies JobType[];
export type JobState = (typeof JOB_STATES)[number];

export interface QueuedJob {
  id: string;
  name: string;
  /** What it is about, as JSON, cut after DATA_LENGTH_MAX. */
  data: string;
  /** How often it was begun and did not end well. */
  attempts: number;
  /** Why it failed last; '' where it did not. */
  failed_reason: string;
  /** Unix times in ms; of a job that waits for its time, when that comes. */
  added_at_ms: number;
  started_at_ms: number | null;
  due_at_ms: number | null;
}

const DATA_LENGTH_MAX = 1_000;
/** A job that waits for its time stands in BullMQ's set under that time in ms, times this. */
const SCORES_PER_MS = 0x1000;

export type Retried = 'retried' | 'missing' | 'not_waiting';

export class QueueJobs {
  readonly #names: readonly string[];
  readonly #redis: RedisClient;
  readonly #prefix: string;
  readonly #queues = new Map<string, Queue>();

  /** Of these queues only. */
  constructor(redis: RedisClient, prefix: string, names: readonly string[]) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#names = names;
  }

  /** Opened when it is first looked at; undefined where there is no such queue. */
  #open(name: string): Queue | undefined {
    if (!this.#names.includes(name)) return undefined;
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, {
      connection: this.#redis as unknown as QueueRedis,
      prefix: this.#prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    queue.on('error', () => {});
    this.#queues.set(name, queue);
    return queue;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** How many jobs of each queue are in each state. */
  counts(): Promise<{ queue: string; counts: Record<JobState, number> }[]> {
    return Promise.all(
      this.#names.map(async (queue) => {
        const counts = await this.#open(queue)?.getJobCounts(...JOB_STATES);
        return { queue, counts: counts as Record<JobState, number> };
      }),
    );
  }

  /** The first jobs of a state; undefined where there is no such queue. */
  async jobs(queue: string, state: JobState, most: number): Promise<QueuedJob[] | undefined> {
    const jobs = await this.#open(queue)?.getJobs([state], 0, most - 1, true);
    const due = state === 'delayed' && jobs !== undefined ? await this.#dueTimes(queue, most) : undefined;
    // One may have been taken since its id was read.
    return jobs
      ?.filter((job): job is Job => job !== undefined && job !== null)
      .map((job) => ({ ...seen(job), due_at_ms: due?.get(job.id ?? '') ?? null }));
  }

  async #dueTimes(queue: string, most: number): Promise<Map<string, number>> {
    const flat = await this.#redis.zrange(
      `${this.#prefix}:${queue}:delayed`,
      '0',
      String(most - 1),
      'WITHSCORES',
    );
    return new Map(
      flat.flatMap((id, i) =>
        i % 2 === 0 ? [[id, Math.floor(Number(flat[i + 1]) / SCORES_PER_MS)] as const] : [],
      ),
    );
  }

  /** Starts a delayed or failed job now. */
  async retry(queue: string, id: string): Promise<Retried> {
    const job = await this.#open(queue)?.getJob(id);
    if (job === undefined) return 'missing';
    try {
      if (await job.isDelayed()) await job.promote();
      else if (await job.isFailed()) await job.retry();
      else return 'not_waiting';
    } catch {
      // Somebody took it since it was looked at.
      return 'not_waiting';
    }
    return 'retried';
  }
}

function seen(job: Job): Omit<QueuedJob, 'due_at_ms'> {
  return {
    id: job.id ?? '',
    name: job.name,
    data: (JSON.stringify(job.data) ?? '').slice(0, DATA_LENGTH_MAX),
    attempts: job.attemptsMade,
    failed_reason: job.failedReason ?? '',
    added_at_ms: job.timestamp,
    started_at_ms: job.processedOn ?? null,
  };
}
