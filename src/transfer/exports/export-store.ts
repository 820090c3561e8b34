/**
 * Exports in Redis: make, list, change, remove, and when a worker is to look at them. Changes by people are
 * compare-and-set of one record, which is logged for ClickHouse too; so are those of the worker, which does not log every
 * file. With Redis down every call rejects; each may be repeated.
 */
import { addRecord, readListed, removeRecord } from '../../catalog/listed-records.ts';
import { compareAndSet, updateRecord } from '../../catalog/update-record.ts';
import { type Listed, moveDue, readDue } from '../../platform/due-list.ts';
import type { Command, RedisClient } from '../../platform/redis.ts';
import { recordChanges } from '../../records/record-changes.ts';
import {
  dueMember,
  EXPORTS_DUE,
  EXPORTS_LATE_AT,
  EXPORTS_MAX,
  type Export,
  exportKey,
  exportLock,
  exportsList,
  lateAt,
  type Place,
  readDueMember,
} from './export.ts';

/** Throws ConflictError where the account has as many as it may. */
export function addExport(redis: RedisClient, one: Export): Promise<void> {
  return addRecord(redis, {
    ...{ key: exportKey(one), record: one },
    ...{ list: exportsList(one.account_id), listed: listExport(one) },
    ...{ max: EXPORTS_MAX, named: 'exports' },
  });
}

/** The commands that list an export and have a worker look at it; for a restore as well. */
export function listExport(one: Pick<Export, keyof Place | 'created_at'>): Command[] {
  return [
    ['ZADD', exportsList(one.account_id), Date.parse(one.created_at), one.export_id],
    ['ZADD', EXPORTS_DUE, 'NX', 0, dueMember(one)],
  ];
}

export interface Stored {
  one: Export;
  /** As it is stored. */
  text: string;
}

export async function readExport(redis: RedisClient, place: Place): Promise<Stored | undefined> {
  const text = await redis.get(exportKey(place));
  return text === null ? undefined : { one: JSON.parse(text) as Export, text };
}

/** All exports of an account, newest first; at most EXPORTS_MAX. */
export async function listExports(redis: RedisClient, account_id: string): Promise<Export[]> {
  const listed = await readListed<Export>(redis, exportsList(account_id), (export_id) =>
    exportKey({ account_id, export_id }),
  );
  return listed.reverse();
}

/** Applies `change`, which may throw to refuse, to the newest state; undefined where there is no such export. */
export const changeExport = (
  redis: RedisClient,
  place: Place,
  change: (one: Export) => Export,
): Promise<Export | undefined> => updateRecord<Export>(redis, exportKey(place), change);

/**
 * Stores what a worker has done, unless somebody changed the record since; then undefined. `log`: also beyond Redis, which
 * is not needed for every file: whoever goes on from an older record writes the same files again.
 */
export async function saveExport(
  redis: RedisClient,
  before: string,
  one: Export,
  log = false,
): Promise<Stored | undefined> {
  const text = JSON.stringify(one);
  if (!(await compareAndSet(redis, exportKey(one), before, text))) return undefined;
  if (log) await recordChanges(redis, [exportKey(one)]);
  return { one, text };
}

export function removeExport(redis: RedisClient, place: Place): Promise<void> {
  return removeRecord(redis, exportKey(place), [
    ['ZREM', EXPORTS_DUE, dueMember(place)],
    ['ZREM', EXPORTS_LATE_AT, dueMember(place)],
    ['ZREM', exportsList(place.account_id), place.export_id],
    ['DEL', exportLock(place)],
  ]);
}

/** Has a worker look at it at this time. */
export async function setDue(redis: RedisClient, place: Place, due_ms: number): Promise<void> {
  await redis.zadd(EXPORTS_DUE, due_ms, dueMember(place));
}

/**
 * Notes by when it is to have written its next window. `moved`: it has just written one, or made a new begin; else what
 * was noted before holds. `is_halted`: nothing is expected of it.
 */
export async function noteLateness(
  redis: RedisClient,
  one: Export,
  { moved, is_halted = false }: { moved: boolean; is_halted?: boolean },
): Promise<void> {
  const late_ms = is_halted ? undefined : lateAt(one, Date.now());
  if (late_ms === undefined) await redis.zrem(EXPORTS_LATE_AT, dueMember(one));
  else if (moved) await redis.zadd(EXPORTS_LATE_AT, late_ms, dueMember(one));
  else await redis.zadd(EXPORTS_LATE_AT, 'NX', late_ms, dueMember(one));
}

/** Hourly exports that are late: how many, and the ones that are late the longest. */
export async function lateExports(
  redis: RedisClient,
  now_ms: number,
  named_max: number,
): Promise<{ count: number; export_ids: string[] }> {
  const [count, members] = await Promise.all([
    redis.zcount(EXPORTS_LATE_AT, '-inf', now_ms),
    redis.zrangebyscore(EXPORTS_LATE_AT, '-inf', now_ms, 'LIMIT', 0, named_max),
  ]);
  return { count, export_ids: members.map((member) => readDueMember(member).export_id) };
}

/** An export that a worker is to look at. */
export interface DueExport extends Place {
  listed: Listed;
}

/** What is due, longest waiting first. */
export async function dueExports(redis: RedisClient, now_ms: number, count: number): Promise<DueExport[]> {
  const due = await readDue(redis, EXPORTS_DUE, count, now_ms);
  return due.map((listed) => ({ ...readDueMember(listed.member), listed }));
}

/** To its next time, or off the list, unless somebody has set another since it was read. */
export const moveDueExport = (
  redis: RedisClient,
  { listed }: DueExport,
  next_ms: number | undefined,
): Promise<void> => moveDue(redis, EXPORTS_DUE, listed, next_ms);
