/**
 * Takes links, offers and domains down, and lifts that again. The record of a take-down is written before what it is
 * about, and removed after it: a call that was cut off is completed by repeating it. With Redis down every call
 * rejects.
 */
import { listRecords, type Page, updateEntity } from '../catalog/catalog-store.ts';
import { offerOwnerKey } from '../catalog/definitions.ts';
import { ownerOf, updateDomain } from '../domains/domain-store.ts';
import { refreshLinkDomain } from '../domains/primary-domain.ts';
import { isLinkId } from '../links/link.ts';
import { changeLink, readLink } from '../links/link-store.ts';
import type { BatchedReader } from '../platform/record-cache.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import {
  type Closure,
  TAKEDOWNS_LIST,
  type Takedown,
  type TakedownKind,
  takedownId,
  takedownKey,
  withClosure,
} from './takedown.ts';

export interface TakedownStore {
  redis: RedisClient;
  /** Reads links that have left Redis as well. */
  reader: BatchedReader;
}

type Thing = Pick<Takedown, 'kind' | 'id' | 'account_id'>;

/**
 * Takes a thing down, or gives a take-down another reason. Undefined where there is no such thing, or it is another
 * account's than `account_id`; '' for any account's. Every process knows it within a second.
 */
export async function takeDown(
  store: TakedownStore,
  kind: TakedownKind,
  id: string,
  { account_id, reason }: { account_id: string; reason: string },
): Promise<Takedown | undefined> {
  const owner = await accountOf(store, kind, id);
  if (owner === undefined || (account_id !== '' && owner !== account_id)) return undefined;
  const takedown_id = takedownId(kind, id);
  const before = await getTakedown(store.redis, takedown_id);
  const created_at = before?.created_at ?? new Date().toISOString();
  const takedown: Takedown = { takedown_id, kind, id, account_id: owner, reason, created_at };
  await runAll(store.redis, [
    ['SET', takedownKey(takedown_id), JSON.stringify(takedown)],
    ['ZADD', TAKEDOWNS_LIST, Date.parse(created_at), takedown_id],
  ]);
  await recordChanges(store.redis, [takedownKey(takedown_id)]);
  await close(store, takedown, { reason, at: created_at });
  return takedown;
}

/** Lifts a take-down; false where there is none. */
export async function liftTakedown(store: TakedownStore, takedown_id: string): Promise<boolean> {
  const takedown = await getTakedown(store.redis, takedown_id);
  if (takedown === undefined) return false;
  await close(store, takedown, undefined);
  await runAll(store.redis, [
    ['DEL', takedownKey(takedown_id)],
    ['ZREM', TAKEDOWNS_LIST, takedown_id],
  ]);
  await recordChanges(store.redis, [takedownKey(takedown_id)]);
  return true;
}

export async function getTakedown(redis: RedisClient, takedown_id: string): Promise<Takedown | undefined> {
  const text = await redis.get(takedownKey(takedown_id));
  return text === null ? undefined : (JSON.parse(text) as Takedown);
}

/** Newest first. */
export function listTakedowns(redis: RedisClient, page: number, per_page: number): Promise<Page<Takedown>> {
  return listRecords<Takedown>(redis, TAKEDOWNS_LIST, takedownKey, page, per_page);
}

async function accountOf({ redis, reader }: TakedownStore, kind: TakedownKind, id: string) {
  switch (kind) {
    case 'link':
      return isLinkId(id) ? (await readLink(reader, id))?.account_id : undefined;
    case 'offer':
      return (await redis.get(offerOwnerKey(id))) ?? undefined;
    case 'domain':
      return (await ownerOf(redis, id)) ?? undefined;
  }
}

/** Writes the closure into the thing's own record, or removes it. What no longer exists needs none. */
async function close(
  { redis, reader }: TakedownStore,
  { kind, id, account_id }: Thing,
  closure: Closure | undefined,
): Promise<void> {
  switch (kind) {
    case 'link':
      await changeLink({ redis, reader }, account_id, id, (link) => withClosure(link, closure));
      break;
    case 'offer':
      await updateEntity(redis, 'offer', account_id, id, (offer) => withClosure(offer, closure));
      break;
    case 'domain':
      await updateDomain(redis, account_id, id, (domain) => withClosure(domain, closure));
      // New links are made on another domain of the account meanwhile.
      await refreshLinkDomain(redis, account_id);
  }
}
