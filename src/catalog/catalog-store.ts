/**
 * Accounts, offers, creatives, campaigns and audiences in Redis: create, read, list, change. A change is written by
 * compare-and-set, so that concurrent changes are both kept. It is then announced to every process that caches, and
 * logged for ClickHouse in case Redis loses it. With Redis down every call rejects; at most a list entry remains
 * without its record, and reads skip it.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import { ConflictError } from './conflict.ts';
import { claimCoupons, releaseCoupons } from './coupons.ts';
import {
  type Account,
  accountKey,
  type EntityKind,
  type EntityOf,
  entityKey,
  type Offer,
  offerOwnerKey,
  offerTailKey,
  tailOf,
} from './definitions.ts';
import { newEntityId } from './entity-id.ts';
import { claimExternalId, ExternalIdTakenError, keepExternalId } from './external-ids.ts';
import { updateRecord } from './update-record.ts';

/** Of 238,328 tails: with 10,000 offers one try in 24 finds its tail taken. */
const TAIL_TRIES_MAX = 20;

export const ACCOUNTS_LIST = 'accounts';
export const listKey = (kind: EntityKind, account_id: string): string => `${kind}s:${account_id}`;

export interface Page<T> {
  items: T[];
  total: number;
}

/** Stores a new account. */
export async function createAccount(redis: RedisClient, account: Account): Promise<void> {
  await runAll(redis, [
    ['SET', accountKey(account.account_id), JSON.stringify(account)],
    ['ZADD', ACCOUNTS_LIST, Date.parse(account.created_at), account.account_id],
  ]);
  await recordChanges(redis, [accountKey(account.account_id)]);
}

export async function getAccount(redis: RedisClient, account_id: string): Promise<Account | undefined> {
  const text = await redis.get(accountKey(account_id));
  return text === null ? undefined : (JSON.parse(text) as Account);
}

export function listAccounts(redis: RedisClient, page: number, per_page: number): Promise<Page<Account>> {
  return listRecords<Account>(redis, ACCOUNTS_LIST, accountKey, page, per_page);
}

/** Applies the result of `change` for the newest state to the account; undefined if there is no such account. */
export function updateAccount(
  redis: RedisClient,
  account_id: string,
  change: (account: Account) => Partial<Account>,
): Promise<Account | undefined> {
  return updateRecord<Account>(redis, accountKey(account_id), (account) => ({
    ...account,
    ...change(account),
  }));
}

/**
 * Stores a new entity, and resolves with it: of two that are created with one external_id at once, one is, under the
 * id that was claimed first. Throws ExternalIdTakenError where the account has one with this external_id.
 */
export async function createEntity<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  new_id: string,
  entity: EntityOf[K],
): Promise<EntityOf[K]> {
  const { account_id, external_id } = entity;
  const free_id = kind === 'offer' ? await claimTail(redis, account_id, new_id) : new_id;
  const id = external_id ? await claimExternalId(redis, kind, entity, free_id) : free_id;
  const made = { ...entity, [`${kind}_id`]: id };
  if (kind === 'offer') {
    await claimCoupons(redis, account_id, id, (entity as Offer).coupon_codes);
    await redis.set(offerOwnerKey(id), account_id);
  }
  if (external_id) await keepExternalId(redis, kind, entity, id);
  const key = entityKey(kind, account_id, id);
  const written = await redis.set(key, JSON.stringify(made), 'NX');
  if (written === null) throw new ExternalIdTakenError(kind, external_id, id);
  await redis.zadd(listKey(kind, account_id), Date.parse(entity.created_at), id);
  const index = kind === 'offer' ? [offerOwnerKey(id), offerTailKey(account_id, tailOf(id))] : [];
  await recordChanges(redis, [key, ...index]);
  return made;
}

/** `new_id`, or another one where an offer of the account has its last characters already. */
async function claimTail(redis: RedisClient, account_id: string, new_id: string): Promise<string> {
  for (let id = new_id, tries = 0; tries < TAIL_TRIES_MAX; tries++, id = newEntityId('off')) {
    const holder = await redis.set(offerTailKey(account_id, tailOf(id)), id, 'NX', 'GET');
    if (holder === null || holder === id) return id;
  }
  throw new ConflictError('the account has too many offers.');
}

/** In order of `ids`; undefined for ids that the account does not have. */
export async function getEntities<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  account_id: string,
  ids: readonly string[],
): Promise<(EntityOf[K] | undefined)[]> {
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', entityKey(kind, account_id, id)]),
  );
  return texts.map((text) => (typeof text === 'string' ? (JSON.parse(text) as EntityOf[K]) : undefined));
}

export function listEntities<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  account_id: string,
  page: number,
  per_page: number,
): Promise<Page<EntityOf[K]>> {
  return listRecords(
    redis,
    listKey(kind, account_id),
    (id) => entityKey(kind, account_id, id),
    page,
    per_page,
  );
}

/** Applies `change`, which may throw to refuse, to the newest state; undefined if there is no such entity. */
export async function updateEntity<K extends EntityKind>(
  redis: RedisClient,
  kind: K,
  account_id: string,
  id: string,
  change: (entity: EntityOf[K]) => EntityOf[K] | Promise<EntityOf[K]>,
): Promise<EntityOf[K] | undefined> {
  const codesOf = (entity: EntityOf[K] | undefined): string[] =>
    kind === 'offer' && entity !== undefined ? (entity as Offer).coupon_codes : [];
  const [before] = await getEntities(redis, kind, account_id, [id]);
  if (before === undefined) return undefined;
  const changed = async (entity: EntityOf[K]): Promise<EntityOf[K]> => {
    const after = await change(entity);
    if (entity.external_id && after.external_id !== entity.external_id) {
      throw new ConflictError(
        `external_id: it is ${entity.external_id}, and stays as it was given.`,
        'external_id',
      );
    }
    return after;
  };
  const wanted = await changed(before);
  await claimCoupons(redis, account_id, id, codesOf(wanted));
  if (wanted.external_id && wanted.external_id !== before.external_id) {
    const holder = await claimExternalId(redis, kind, wanted, id);
    if (holder !== id) throw new ExternalIdTakenError(kind, wanted.external_id, holder);
    await keepExternalId(redis, kind, wanted, id);
  }
  const after = await updateRecord(redis, entityKey(kind, account_id, id), changed);
  await releaseCoupons(
    redis,
    account_id,
    codesOf(before).filter((code) => !codesOf(after).includes(code)),
  );
  return after;
}

/** The records of a list, newest first. */
export async function listRecords<T>(
  redis: RedisClient,
  list: string,
  key: (id: string) => string,
  page: number,
  per_page: number,
): Promise<Page<T>> {
  const from = (page - 1) * per_page;
  const [total, ids] = await Promise.all([
    redis.zcard(list),
    redis.zrevrange(list, from, from + per_page - 1),
  ]);
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', key(id)]),
  );
  const items = texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as T] : []));
  return { items, total };
}
