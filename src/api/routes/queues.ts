/**
 * The queues of the workers, for the operator: how much waits, which jobs, and one started before its time or again. With
 * Redis down: 503.
 */
import { z } from 'zod';
import { QUEUES } from '../../health/queues.ts';
import { QUEUE_PREFIX } from '../../log/queued.ts';
import { JOB_STATES, QueueJobs } from '../../platform/queue-jobs.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const JOBS_SHOWN_MAX = 100;

const count = z.number();
const time = z.string().describe('ISO 8601');
const timeOrNull = z.string().nullable();
const isoTime = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

const job = z.object({
  id: z.string(),
  name: z.string(),
  data: z.string().describe('JSON, cut where it is long'),
  attempts: z.int(),
  failed_reason: z.string(),
  added_at: time,
  started_at: timeOrNull,
  due_at: timeOrNull,
});
const queueParams = z.object({ queue: z.string().max(100) });
const jobsQuery = z.strictObject({ state: z.enum(JOB_STATES).default('waiting') });

export function queueRoutes(app: Api, { redis }: Pick<ApiContext, 'redis'>): void {
  const tags = ['operations'];
  const queues = new QueueJobs(redis, QUEUE_PREFIX, QUEUES);
  const missing = (): ApiError =>
    new ApiError('not_found', `there is no such queue: ${queues.names.join(', ')}`);

  app.get(
    '/v2/operations/queues',
    {
      config: {
        admin: true,
        documented_answers: {
          200: z.object({
            queues: z.array(
              z.object({
                queue: z.string(),
                counts: z.object({ waiting: count, active: count, delayed: count, failed: count }),
              }),
            ),
          }),
        },
      },
      schema: { tags, summary: 'The queues of the workers, and how many jobs are in each state' },
    },
    async () => ({ queues: await queues.counts() }),
  );

  app.get(
    '/v2/operations/queues/:queue/jobs',
    {
      config: { admin: true, documented_answers: { 200: z.object({ jobs: z.array(job) }) } },
      schema: {
        tags,
        summary: `The first ${JOBS_SHOWN_MAX} jobs of a queue in one state`,
        params: queueParams,
        querystring: jobsQuery,
      },
    },
    async (request) => {
      const found = await queues.jobs(request.params.queue, request.query.state, JOBS_SHOWN_MAX);
      if (found === undefined) throw missing();
      return {
        jobs: found.map(({ added_at_ms, started_at_ms, due_at_ms, ...one }) => ({
          ...one,
          added_at: isoTime(added_at_ms),
          ...{ started_at: isoOrNull(started_at_ms), due_at: isoOrNull(due_at_ms) },
        })),
      };
    },
  );

  app.post(
    '/v2/operations/queues/:queue/jobs/:id/retry',
    {
      config: {
        admin: true,
        documented_answers: { 200: z.object({ id: z.string(), retried: z.boolean() }) },
        audit: 'installation.job_started',
      },
      schema: {
        tags,
        summary: 'Start a job now that waits for its time, or has failed',
        params: queueParams.extend({ id: z.string().max(300).describe('Of the job, percent-encoded') }),
      },
    },
    async (request) => {
      const { queue, id } = request.params;
      const result = await queues.retry(queue, id);
      if (result === 'missing')
        throw new ApiError('not_found', 'there is no such job: it may have been done meanwhile');
      if (result === 'not_waiting')
        throw new ApiError('conflict', 'the job neither waits for its time nor has failed: it runs already');
      request.audited = { subject_id: id, after: { queue, job: id } };
      return { id, retried: true };
    },
  );
}
