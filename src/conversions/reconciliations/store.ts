/**
 * Comparisons with networks' exports and the differences that they found, in Redis: the newest comparisons of an
 * account, and its disputes, each once however many comparisons found it. Of contacts they hold nothing. Rejects when
 * Redis is down.
 */
import type { RedisClient } from '../../platform/redis.ts';
import type { Dispute } from './disputes.ts';

export interface StoredReconciliation {
  reconciliation_id: string;
  account_id: string;
  created_at: string;
  /** Name of the key or member. */
  created_by: string;
  file_name: string;
  network: string;
  /** '' for all offers. */
  offer_id: string;
  range: { from: string; to: string };
  counts: Record<string, number>;
  sums: { currency: string; network: string; here: string }[];
  /** Differences that were kept. */
  line_ids: string[];
}

/** Comparisons kept per account. */
const KEPT_MAX = 200;
/** Differences of one comparison that are kept: with more, the wrong columns or times were compared. */
export const LINES_KEPT_MAX = 2_000;
/** Disputes of one account; closed ones make room, open ones do not. */
const DISPUTES_MAX = 10_000;

const reconciliationKey = (id: string): string => `reconciliation:${id}`;
const listKey = (account_id: string): string => `reconciliations:${account_id}`;
const disputesKey = (account_id: string): string => `disputes:${account_id}`;

export async function saveReconciliation(redis: RedisClient, one: StoredReconciliation): Promise<void> {
  const { reconciliation_id, account_id } = one;
  await redis.set(reconciliationKey(reconciliation_id), JSON.stringify(one));
  await redis.zadd(listKey(account_id), Date.parse(one.created_at), reconciliation_id);
  for (const id of await redis.zrange(listKey(account_id), '0', String(-KEPT_MAX - 1))) {
    await redis.del(reconciliationKey(id));
    await redis.zrem(listKey(account_id), id);
  }
}

export async function readReconciliation(
  redis: RedisClient,
  reconciliation_id: string,
): Promise<StoredReconciliation | undefined> {
  const text = await redis.get(reconciliationKey(reconciliation_id));
  return text === null ? undefined : (JSON.parse(text) as StoredReconciliation);
}

/** Newest first. */
export async function listReconciliations(
  redis: RedisClient,
  account_id: string,
  page: number,
  per_page: number,
): Promise<{ items: StoredReconciliation[]; total: number }> {
  const from = (page - 1) * per_page;
  const ids = await redis.zrevrange(listKey(account_id), from, from + per_page - 1);
  const read = await Promise.all(ids.map((id) => readReconciliation(redis, id)));
  return {
    items: read.filter((one) => one !== undefined),
    total: await redis.zcard(listKey(account_id)),
  };
}

export async function readDisputes(redis: RedisClient, account_id: string): Promise<Map<string, Dispute>> {
  const stored = await redis.hgetall(disputesKey(account_id));
  return new Map(Object.entries(stored).map(([line_id, text]) => [line_id, JSON.parse(text) as Dispute]));
}

/** In the order of `line_ids`; those that made room are left out. */
export async function readDisputesOf(
  redis: RedisClient,
  account_id: string,
  line_ids: readonly string[],
): Promise<Dispute[]> {
  if (line_ids.length === 0) return [];
  const texts = await redis.hmget(disputesKey(account_id), ...line_ids);
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Dispute]));
}

/** Stores changed disputes, as many as there is room for. Safe to repeat. */
export async function saveDisputes(
  redis: RedisClient,
  account_id: string,
  known: ReadonlyMap<string, Dispute>,
  changed: readonly Dispute[],
): Promise<void> {
  const ids = new Set(changed.map(({ line_id }) => line_id));
  const fresh = changed.filter(({ line_id }) => !known.has(line_id)).length;
  const surplus = known.size + fresh - DISPUTES_MAX;
  const closed = [...known.values()]
    .filter(({ state, line_id }) => state !== 'open' && !ids.has(line_id))
    .toSorted((a, b) => (a.changed_at < b.changed_at ? -1 : 1))
    .slice(0, Math.max(0, surplus))
    .map(({ line_id }) => line_id);
  if (closed.length > 0) await redis.hdel(disputesKey(account_id), ...closed);
  let room = DISPUTES_MAX - known.size + closed.length;
  const kept = changed.filter(({ line_id }) => known.has(line_id) || room-- > 0);
  if (kept.length === 0) return;
  await redis.hset(
    disputesKey(account_id),
    Object.fromEntries(kept.map((one) => [one.line_id, JSON.stringify(one)])),
  );
}
