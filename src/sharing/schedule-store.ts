/**
 * Scheduled reports in Redis: make, list, change, remove, when they are due, and what became of their last run. Every
 * change is a compare-and-set of one record, which is logged for ClickHouse too. With Redis down every call rejects;
 * each may be repeated.
 */
import { addRecord, readListed, readRecord, removeRecord } from '../catalog/listed-records.ts';
import { updateRecord } from '../catalog/update-record.ts';
import { moveDue as moveListed, readDue } from '../platform/due-list.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import {
  DUE_KINDS,
  type Due,
  type DueKind,
  dueMember,
  type LastRun,
  lastRunsKey,
  type Place,
  readMember,
  SCHEDULES_DUE,
  SCHEDULES_MAX,
  type Schedule,
  scheduleKey,
  schedulesList,
  sentNowKey,
} from './schedule.ts';

/** Throws ConflictError where the account has as many as it may. */
export function addSchedule(redis: RedisClient, schedule: Schedule, due_ms: number): Promise<void> {
  const { account_id, schedule_id } = schedule;
  return addRecord(redis, {
    ...{ key: scheduleKey(account_id, schedule_id), record: schedule },
    ...{
      list: schedulesList(account_id),
      listed: [...listSchedule(schedule), dueAt(schedule, 'run', due_ms)],
    },
    ...{ max: SCHEDULES_MAX, named: 'scheduled reports' },
  });
}

/**
 * The commands that list a schedule; for a restore as well, after which it is due at once, and so late that it is only
 * given its next time.
 */
export function listSchedule(schedule: Pick<Schedule, keyof Place | 'created_at'>): Command[] {
  const { account_id, schedule_id, created_at } = schedule;
  return [
    ['ZADD', schedulesList(account_id), Date.parse(created_at), schedule_id],
    ['ZADD', SCHEDULES_DUE, 'NX', 0, dueMember(schedule, 'run')],
  ];
}

export const getSchedule = (
  redis: RedisClient,
  { account_id, schedule_id }: Place,
): Promise<Schedule | undefined> => readRecord(redis, scheduleKey(account_id, schedule_id));

/** All schedules of an account, oldest first; at most SCHEDULES_MAX. */
export const listSchedules = (redis: RedisClient, account_id: string): Promise<Schedule[]> =>
  readListed(redis, schedulesList(account_id), (id) => scheduleKey(account_id, id));

/** Applies `change`, which may throw to refuse, to the newest state; undefined where there is no such schedule. */
export function changeSchedule(
  redis: RedisClient,
  { account_id, schedule_id }: Place,
  change: (schedule: Schedule) => Schedule,
): Promise<Schedule | undefined> {
  return updateRecord<Schedule>(redis, scheduleKey(account_id, schedule_id), change);
}

export function removeSchedule(redis: RedisClient, place: Place): Promise<void> {
  const { account_id, schedule_id } = place;
  return removeRecord(redis, scheduleKey(account_id, schedule_id), [
    ['ZREM', SCHEDULES_DUE, ...DUE_KINDS.map((kind) => dueMember(place, kind))],
    ['ZREM', schedulesList(account_id), schedule_id],
    ['HDEL', lastRunsKey(account_id), schedule_id],
  ]);
}

const dueAt = (place: Place, kind: DueKind, due_ms: number): Command => [
  'ZADD',
  SCHEDULES_DUE,
  due_ms,
  dueMember(place, kind),
];

/** Has a worker look at it at this time, instead of the time before. */
export async function setDue(redis: RedisClient, place: Place, kind: DueKind, due_ms: number): Promise<void> {
  await runAll(redis, [dueAt(place, kind, due_ms)]);
}

/** To another time, or to its first; one that is due already is sent all the same. */
export async function shiftDue(
  redis: RedisClient,
  place: Place,
  { next_ms, now_ms }: { next_ms: number; now_ms: number },
): Promise<void> {
  const member = dueMember(place, 'run');
  const due = await redis.zscore(SCHEDULES_DUE, member);
  if (due === null) await redis.zadd(SCHEDULES_DUE, 'NX', next_ms, member);
  else if (Number(due) > now_ms)
    await moveListed(redis, SCHEDULES_DUE, { member, due_ms: Number(due) }, next_ms);
}

/** False where it was asked for within the last `pause_s`. */
export async function takeSendNow(redis: RedisClient, place: Place, pause_s: number): Promise<boolean> {
  return (await redis.set(sentNowKey(place), '1', 'EX', pause_s, 'NX')) === 'OK';
}

export async function forgetDue(redis: RedisClient, place: Place, kind: DueKind): Promise<void> {
  await redis.zrem(SCHEDULES_DUE, dueMember(place, kind));
}

/** To its next time, or away, unless it was given another time since it was read. */
export async function moveDue(
  redis: RedisClient,
  { kind, due_ms, ...place }: Due,
  next_ms: number | undefined,
): Promise<void> {
  await moveListed(redis, SCHEDULES_DUE, { member: dueMember(place, kind), due_ms }, next_ms);
}

/** What is due, longest waiting first. */
export async function dueSchedules(redis: RedisClient, now_ms: number, count: number): Promise<Due[]> {
  return (await readDue(redis, SCHEDULES_DUE, count, now_ms)).flatMap(({ member, due_ms }) => {
    const read = readMember(member);
    return read === undefined ? [] : [{ ...read, due_ms }];
  });
}

/** When it is due next; null: never, it is paused. */
export async function nextAt(redis: RedisClient, place: Place): Promise<string | null> {
  const due = await redis.zscore(SCHEDULES_DUE, dueMember(place, 'run'));
  return due === null ? null : new Date(Number(due)).toISOString();
}

/** What became of the last run of each, by schedule_id. */
export async function readLastRuns(redis: RedisClient, account_id: string): Promise<Map<string, LastRun>> {
  const stored = await redis.hgetall(lastRunsKey(account_id));
  return new Map(Object.entries(stored).map(([id, text]) => [id, JSON.parse(text) as LastRun]));
}

/** `told` stays as it is where nothing is said of it. */
export async function noteRun(
  redis: RedisClient,
  place: Place,
  run: Omit<LastRun, 'failures' | 'told'> & Partial<Pick<LastRun, 'told'>>,
): Promise<void> {
  const { account_id, schedule_id } = place;
  const before = (await readLastRuns(redis, account_id)).get(schedule_id);
  const has_failed = run.state === 'partly' || run.state === 'failed';
  const failures = has_failed ? (before?.failures ?? 0) + 1 : 0;
  await redis.hset(
    lastRunsKey(account_id),
    schedule_id,
    JSON.stringify({ told: before?.told ?? '', ...run, failures }),
  );
}
