/**
 * API keys and admin keys in Redis: add, list, change, revoke. Each is a record like those of the catalog: announced to
 * the processes that hold open answers of the key, and logged for ClickHouse in case Redis loses it. With Redis down
 * every call rejects and may be repeated.
 */
import { newEntityId } from '../catalog/entity-id.ts';
import { updateRecord } from '../catalog/update-record.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import {
  type ApiKey,
  adminKeyKey,
  hashKey,
  keysOfAccount,
  keysUsed,
  newApiKey,
  prefixOf,
  recordKeyOf,
} from './api-key.ts';
import type { Scope } from './scopes.ts';

/** Keys of one account, and admin keys: more than anybody needs, and few enough to read at once. */
export const KEYS_MAX = 100;

/** The bound on keys is reached; the message says what to do. */
export class TooManyKeysError extends Error {}

export interface KeyRequest {
  name: string;
  scopes: readonly Scope[];
  /** Whether it is a test key; it stays what it is. */
  test?: boolean;
  /** ISO 8601 with an offset. */
  expires_at: string | null;
}

export interface ListedKey extends ApiKey {
  /** ISO 8601; null: never. */
  last_used_at: string | null;
}

/**
 * Makes a key; `account_id` '' makes an admin key. The answer is the only place where the key itself appears. Not safe
 * to repeat: each call makes another one. Throws TooManyKeysError.
 */
export async function addKey(
  redis: RedisClient,
  account_id: string,
  wanted: KeyRequest,
): Promise<ApiKey & { api_key: string }> {
  if ((await redis.scard(keysOfAccount(account_id))) >= KEYS_MAX) {
    throw new TooManyKeysError(`at most ${KEYS_MAX} keys at once: revoke one first`);
  }
  const api_key = newApiKey();
  const made = newRecord(account_id, api_key, wanted);
  const hash = hashKey(api_key);
  const record = recordKeyOf(account_id, hash);
  await runAll(redis, [
    ['SADD', keysOfAccount(account_id), hash],
    ['SET', record, JSON.stringify(made)],
  ]);
  await recordChanges(redis, [record]);
  return { ...made, api_key };
}

/** Newest first. */
export async function listKeys(redis: RedisClient, account_id: string): Promise<ListedKey[]> {
  const [keys, used] = await Promise.all([readKeys(redis, account_id), redis.hgetall(keysUsed(account_id))]);
  return keys
    .map(({ key }): ListedKey => {
      const used_ms = used[key.key_id];
      return { ...key, last_used_at: used_ms === undefined ? null : new Date(Number(used_ms)).toISOString() };
    })
    .sort((a, b) => b.created_at.localeCompare(a.created_at) || a.key_id.localeCompare(b.key_id));
}

/** The key as it is now; undefined where the account has none of that id. */
export async function getKey(
  redis: RedisClient,
  account_id: string,
  key_id: string,
): Promise<ListedKey | undefined> {
  return (await listKeys(redis, account_id)).find((key) => key.key_id === key_id);
}

/** Undefined where the account has no such key. Safe to repeat. */
export async function changeKey(
  redis: RedisClient,
  account_id: string,
  key_id: string,
  change: Partial<Omit<KeyRequest, 'test'>>,
): Promise<ApiKey | undefined> {
  const record = await recordOf(redis, account_id, key_id);
  if (record === undefined) return undefined;
  return updateRecord<ApiKey>(redis, record, (key) => {
    const { expires_at = key.expires_at, ...others } = change;
    return { ...key, ...others, expires_at: utc(expires_at) };
  });
}

/** Whether there was such a key. It stops working at once, and open answers to it end. Safe to repeat. */
export async function revokeKey(redis: RedisClient, account_id: string, key_id: string): Promise<boolean> {
  const record = await recordOf(redis, account_id, key_id);
  if (record === undefined) return false;
  // ADMIN_KEY of the environment would be added again by the next start: an ended record stays in its place.
  if (account_id === '') {
    await updateRecord<ApiKey>(redis, record, (key) => ({ ...key, expires_at: new Date(0).toISOString() }));
    return true;
  }
  await runAll(redis, [
    ['DEL', record],
    ['SREM', keysOfAccount(account_id), record.slice(record.indexOf(':') + 1)],
    ['HDEL', keysUsed(account_id), key_id],
  ]);
  await recordChanges(redis, [record]);
  return true;
}

/**
 * Adds the admin key of the environment, unless it is known: a key that was revoked stays revoked. Safe to repeat.
 */
export async function addFirstAdminKey(redis: RedisClient, admin_key: string): Promise<void> {
  const hash = hashKey(admin_key);
  const wanted = { name: 'ADMIN_KEY of the environment', scopes: [], expires_at: null };
  const first = newRecord('', admin_key, wanted);
  const record = adminKeyKey(hash);
  await redis.sadd(keysOfAccount(''), hash);
  if ((await redis.set(record, JSON.stringify(first), 'NX')) === 'OK') await recordChanges(redis, [record]);
}

const utc = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());

function newRecord(account_id: string, api_key: string, wanted: KeyRequest): ApiKey {
  const { name, scopes, test = false, expires_at } = wanted;
  const now = new Date().toISOString();
  return {
    key_id: newEntityId('key'),
    account_id,
    name,
    scopes,
    test,
    prefix: prefixOf(api_key),
    created_at: now,
    expires_at: utc(expires_at),
    updated_at: now,
  };
}

async function recordOf(redis: RedisClient, account_id: string, key_id: string): Promise<string | undefined> {
  return (await readKeys(redis, account_id)).find(({ key }) => key.key_id === key_id)?.record;
}

async function readKeys(redis: RedisClient, account_id: string): Promise<{ record: string; key: ApiKey }[]> {
  const hashes = await redis.smembers(keysOfAccount(account_id));
  const records = hashes.map((hash) => recordKeyOf(account_id, hash));
  const texts = await runAll(
    redis,
    records.map((record): Command => ['GET', record]),
  );
  return records.flatMap((record, i) => {
    const text = texts[i];
    return typeof text === 'string' ? [{ record, key: JSON.parse(text) as ApiKey }] : [];
  });
}
