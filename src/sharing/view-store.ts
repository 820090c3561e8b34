/**
 * Saved views in Redis: make, list, change, remove; and the address of a share. Every change is a compare-and-set of one
 * record, which is logged for ClickHouse too. With Redis down every call rejects; each may be repeated.
 */
import { ConflictError } from '../catalog/conflict.ts';
import { updateRecord } from '../catalog/update-record.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import {
  type SharedView,
  sharedViewKey,
  shareReadsKey,
  VIEWS_MAX,
  type View,
  viewKey,
  viewsList,
} from './view.ts';

export async function addView(redis: RedisClient, view: View): Promise<void> {
  const { account_id, view_id } = view;
  if ((await redis.zcard(viewsList(account_id))) >= VIEWS_MAX)
    throw new ConflictError(`an account can have ${VIEWS_MAX} saved views: remove one first.`);
  await redis.set(viewKey(account_id, view_id), JSON.stringify(view));
  await runAll(redis, listView(view));
  await recordChanges(redis, [viewKey(account_id, view_id)]);
}

/** The commands that list a view, and find it by its shared address; for a restore as well. */
export function listView({ account_id, view_id, created_at, share }: View): Command[] {
  const of: SharedView = { account_id, view_id };
  return [
    ['ZADD', viewsList(account_id), Date.parse(created_at), view_id],
    ...(share === null ? [] : [['SET', sharedViewKey(share.token_sha256), JSON.stringify(of)] as Command]),
  ];
}

export async function getView(
  redis: RedisClient,
  account_id: string,
  view_id: string,
): Promise<View | undefined> {
  const text = await redis.get(viewKey(account_id, view_id));
  return text === null ? undefined : (JSON.parse(text) as View);
}

/** All views of an account, oldest first; at most VIEWS_MAX. */
export async function listViews(redis: RedisClient, account_id: string): Promise<View[]> {
  const ids = await redis.zrange(viewsList(account_id), '0', '-1');
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', viewKey(account_id, id)]),
  );
  return texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as View] : []));
}

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
  await runAll(redis, [
    ['ZREM', viewsList(account_id), view_id],
    ['DEL', viewKey(account_id, view_id)],
    ['HDEL', shareReadsKey(account_id), view_id, lastRead(view_id)],
  ]);
  await recordChanges(redis, [viewKey(account_id, view_id)]);
  return view;
}

/** The view that an address shows. */
export async function findShared(redis: RedisClient, token_sha256: string): Promise<View | undefined> {
  const text = await redis.get(sharedViewKey(token_sha256));
  if (text === null) return undefined;
  const { account_id, view_id } = JSON.parse(text) as SharedView;
  const view = await getView(redis, account_id, view_id);
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
