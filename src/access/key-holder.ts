/**
 * Whose key a request carries: the key's record and its account, read anew for every request, so that a revoked key
 * and an archived account stop at once. With Redis down it rejects.
 */
import { getAccount } from '../catalog/catalog-store.ts';
import { type Account, accountKey } from '../catalog/definitions.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';
import { type ApiKey, adminKeyKey, apiKeyKey, hashKey, isApiKey, isValidAt, keysUsed } from './api-key.ts';

export interface KeyHolder {
  key: ApiKey;
  /** Undefined: the operator. */
  account: Account | undefined;
  /** Keys in Redis of the records on which the right rests (open-requests.ts). */
  records: readonly string[];
}

/** The holder of a key; undefined for what is no key, is unknown or revoked, or has ended before `now_ms`. */
export async function holderOfKey(
  redis: RedisClient,
  api_key: unknown,
  now_ms: number,
): Promise<KeyHolder | undefined> {
  return isApiKey(api_key) ? holderOfHash(redis, hashKey(api_key), now_ms) : undefined;
}

/** The same by the hash of the key, which a session has in the place of the key. */
export async function holderOfHash(
  redis: RedisClient,
  hash: string,
  now_ms: number,
): Promise<KeyHolder | undefined> {
  const names = [apiKeyKey(hash), adminKeyKey(hash)];
  const texts = await runAll(
    redis,
    names.map((name) => ['GET', name]),
  );
  const text = texts.find((found) => typeof found === 'string');
  if (typeof text !== 'string') return undefined;
  const key = JSON.parse(text) as ApiKey;
  if (!isValidAt(key, now_ms)) return undefined;
  if (key.account_id === '') return { key, account: undefined, records: names.slice(1) };
  const account = await getAccount(redis, key.account_id);
  if (account === undefined) return undefined;
  return { key, account, records: [apiKeyKey(hash), accountKey(key.account_id)] };
}

/** A key is written as used at most once in this time by each process. */
const NOTE_EVERY_MS = 30_000;
/** Keys whose last note a process remembers; a forgotten one is noted again earlier. */
const NOTED_MAX = 10_000;

/** Remembers in Redis when each key was last used, to within a minute. */
export class KeyUse {
  readonly #redis: RedisClient;
  readonly #noted = new Map<string, number>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Never throws; with Redis down the time is not written. */
  note({ account_id, key_id }: ApiKey, now_ms: number): void {
    if (now_ms - (this.#noted.get(key_id) ?? 0) < NOTE_EVERY_MS) return;
    if (this.#noted.size >= NOTED_MAX) this.#noted.clear();
    this.#noted.set(key_id, now_ms);
    this.#redis.hset(keysUsed(account_id), key_id, now_ms).catch(() => this.#noted.delete(key_id));
  }
}
