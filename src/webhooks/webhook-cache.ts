/**
 * What workers know of the webhooks of accounts: read from Redis once an account, kept until a change of one of them is
 * announced (platform/change-log.ts). An account without webhooks costs one look into memory. With Redis down what is
 * cached still answers; the rest rejects.
 */
import { LRUCache } from 'lru-cache';
import type { ChangeListener } from '../platform/change-log.ts';
import type { RedisClient } from '../platform/redis.ts';
import type { Webhook } from './webhook.ts';
import { listWebhooks, placeOfKey } from './webhook-store.ts';

/** An account without webhooks takes about a hundred bytes, one with the most about 60 kB. */
const ACCOUNTS_CACHED_MAX = 10_000;

export class WebhookCache implements ChangeListener {
  readonly #redis: RedisClient;
  readonly #accounts = new LRUCache<string, readonly Webhook[]>({ max: ACCOUNTS_CACHED_MAX });
  readonly #loading = new Map<string, Promise<readonly Webhook[]>>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Those of an account, oldest first, also the paused ones. */
  async of(account_id: string): Promise<readonly Webhook[]> {
    return this.#accounts.get(account_id) ?? this.#loading.get(account_id) ?? this.#load(account_id);
  }

  #load(account_id: string): Promise<readonly Webhook[]> {
    const load = listWebhooks(this.#redis, account_id)
      .then((webhooks) => {
        // An answer from before a change that was announced meanwhile is not kept.
        if (this.#loading.get(account_id) === load) this.#accounts.set(account_id, webhooks);
        return webhooks;
      })
      .finally(() => {
        if (this.#loading.get(account_id) === load) this.#loading.delete(account_id);
      });
    this.#loading.set(account_id, load);
    return load;
  }

  changed(key: string): void {
    const account_id = placeOfKey(key)?.account_id;
    if (account_id === undefined) return;
    this.#accounts.delete(account_id);
    this.#loading.delete(account_id);
  }

  missed(): void {
    this.#accounts.clear();
    this.#loading.clear();
  }
}
