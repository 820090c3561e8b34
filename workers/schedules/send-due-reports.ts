/**
 * Sends scheduled reports when their time has come: one process of the cluster looks every LOOK_EVERY_MS what is due, and
 * queues a run for each under an id that is made of the schedule and its due time, so that it is one run however often
 * it is queued. What is due is written in Redis (schedules_due): a look that is lost, or comes twice, changes nothing. A
 * report that is later than LATE_MS_MAX, after a long stop or a restore, is left out, and the next one comes in its time.
 */
import { getAccount } from '../../src/catalog/catalog-store.ts';
import type { Logger } from '../../src/platform/logger.ts';
import type { RedisClient, RedisTarget } from '../../src/platform/redis.ts';
import type { Rounds } from '../../src/platform/sleep.ts';
import { type Due, nextDue, type Schedule } from '../../src/sharing/schedule.ts';
import { dueSchedules, getSchedule, moveDue } from '../../src/sharing/schedule-store.ts';
import { runsInCluster } from '../queue.ts';
import { runInTurn } from '../run-alone.ts';
import { type RunContext, runSchedule } from './run-schedule.ts';

const LOOK_EVERY_MS = 2_000;
/** In one look. */
const DUE_MAX = 200;
const LATE_MS_MAX = 24 * 3_600_000;

/** Runs until closed. */
export function sendDueReports(target: RedisTarget, context: RunContext): Pick<Rounds, 'close'> {
  const { redis, logger } = context;
  const runs = runsInCluster<Due>(target, 'reports', (due, is_last) => runSchedule(context, due, is_last));
  const looks = runInTurn(redis, { name: 'schedules', every_ms: LOOK_EVERY_MS }, async () => {
    for (const due of await dueSchedules(redis, Date.now(), DUE_MAX))
      await queueOne(redis, due, runs.add, logger);
  });
  return {
    async close() {
      await looks.close();
      await runs.close();
    },
  };
}

async function queueOne(
  redis: RedisClient,
  due: Due,
  add: (id: string, due: Due) => Promise<void>,
  logger: Logger,
): Promise<void> {
  const { kind, schedule_id, due_ms } = due;
  const schedule = await getSchedule(redis, due);
  const next_ms = schedule && kind === 'run' ? await nextOf(redis, schedule) : undefined;
  const late = kind === 'run' && Date.now() - due_ms > LATE_MS_MAX;
  if (late)
    logger.warn({ schedule_id, due_at: new Date(due_ms).toISOString() }, 'a report is left out: too late');
  else if (schedule !== undefined) await add(`${schedule_id}-${kind}-${due_ms}`, due);
  await moveDue(redis, due, next_ms);
}

/** Undefined for one that is paused, or whose account is gone. */
async function nextOf(redis: RedisClient, schedule: Schedule): Promise<number | undefined> {
  if (schedule.status !== 'active') return undefined;
  const account = await getAccount(redis, schedule.account_id);
  return account && nextDue(schedule, account.time_zone, Date.now());
}
