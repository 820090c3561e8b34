/**
 * Saved views in Redis: make, list, change, remove; and the address of a share. Every change is a compare-and-set of one
 * record, which is logged for ClickHouse too. With Redis down every call rejects; each may be repeated.
 */
import { addRecord, readListed, readRecord, removeRecord } from '../catalog/listed-records.ts';
import { updateRecord } from '../catalog/update-record.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import {
  type SharedView,
  sharedViewKey,
  shareReadsKey,
  VIEWS_MAX,
  type View,
  viewKey,
  viewsList,
} from './view.ts';

/** Throws ConflictError where the account has as many as it may. */
export function addView(redis: RedisClient, view: View): Promise<void> {
  return addRecord(redis, {
    ...{ key: viewKey(view.account_id, view.view_id), record: view },
    ...{ list: viewsList(view.account_id), listed: listView(view) },
    ...{ max: VIEWS_MAX, named: 'saved views' },
  });
}

/** The commands that list a view, and find it by its shared address; for a restore as well. */
export function listView({ account_id, view_id, created_at, share }: View): Command[] {
  const of: SharedView = { account_id, view_id };
  return [
    ['ZADD', viewsList(account_id), Date.parse(created_at), view_id],
    ...(share === null ? [] : [['SET', sharedViewKey(share.token_sha256), JSON.stringify(of)] as Command]),
  ];
}

export const getView = (redis: RedisClient, account_id: string, view_id: string): Promise<View | undefined> =>
  readRecord(redis, viewKey(account_id, view_id));

/** All views of an account, oldest first; at most VIEWS_MAX. */
export const listViews = (redis: RedisClient, account_id: string): Promise<View[]> =>
  readListed(redis, viewsList(account_id), (id) => viewKey(account_id, id));

/** Applies `change`, which may throw to refuse, to the newest state; undefined where there is no such view. */
export async function changeView(
  redis: RedisClient,
  account_id: string,
  view_id: string,
  change: (view: View) => View,
): Promise<View | undefined> {
  const before = await getView(redis, account_id, view_id);
  const after = await updateRecord<View>(redis, viewKey(account_id, view_id), change);
  if (after === undefined) return undefined;
  if (after.share !== null) await runAll(redis, listView(after));
  const gone = before?.share?.token_sha256;
  if (gone !== undefined && gone !== after.share?.token_sha256) await redis.del(sharedViewKey(gone));
  return after;
}

/** The view as it was; undefined where there is none. */
export async function removeView(
  redis: RedisClient,
  account_id: string,
  view_id: string,
): Promise<View | undefined> {
  const view = await getView(redis, account_id, view_id);
  if (view?.share) await redis.del(sharedViewKey(view.share.token_sha256));
  await removeRecord(redis, viewKey(account_id, view_id), [
    ['ZREM', viewsList(account_id), view_id],
    ['HDEL', shareReadsKey(account_id), view_id, lastRead(view_id)],
  ]);
  return view;
}

/** The view that an address shows. */
export async function findShared(redis: RedisClient, token_sha256: string): Promise<View | undefined> {
  const shared = await readRecord<SharedView>(redis, sharedViewKey(token_sha256));
  if (shared === undefined) return undefined;
  const view = await getView(redis, shared.account_id, shared.view_id);
  // The address may be one that was replaced since.
  return view?.share?.token_sha256 === token_sha256 ? view : undefined;
}

const lastRead = (view_id: string): string => `${view_id}:last`;

export async function noteRead(redis: RedisClient, { account_id, view_id }: SharedView): Promise<void> {
  await runAll(redis, [
    ['HINCRBY', shareReadsKey(account_id), view_id, 1],
    ['HSET', shareReadsKey(account_id), lastRead(view_id), new Date().toISOString()],
  ]);
}

export interface Reads {
  reads: number;
  last_read_at: string | null;
}

/** How often the shares of an account were read, by view_id. */
export async function readReads(redis: RedisClient, account_id: string): Promise<(view_id: string) => Reads> {
  const noted = await redis.hgetall(shareReadsKey(account_id));
  return (view_id) => ({
    reads: Number(noted[view_id] ?? 0),
    last_read_at: noted[lastRead(view_id)] ?? null,
  });
}
