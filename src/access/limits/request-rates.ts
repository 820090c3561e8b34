/**
 * Counts the requests of accounts and of their keys and members in Redis, so that the bound holds over all API
 * processes: a fixed window from the first request on (rate-limiter-flexible). Both counts are sent in one write, so a
 * request pays one round trip. With Redis down it rejects at once, as the request itself would.
 */
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '../../platform/redis.ts';
import type { RateBound } from './bounds.ts';
import type { Quota } from './quota.ts';

/** Who makes a request. */
export interface Asker {
  account_id: string;
  /** Of the key, or of the member. */
  id: string;
  /** The account's own bound, where the operator gave it one. */
  requests_max?: number | undefined;
}

export class RequestRates {
  readonly #bound: RateBound;
  readonly #accounts: RateLimiterRedis;
  readonly #keys: RateLimiterRedis;

  constructor(redis: RedisClient, bound: RateBound) {
    const counter = (keyPrefix: string): RateLimiterRedis =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix,
        duration: bound.window_s,
        // It only counts: bounds differ by account and are compared below.
        points: Number.MAX_SAFE_INTEGER,
        rejectIfRedisNotReady: true,
      });
    this.#bound = bound;
    this.#accounts = counter('requests:account');
    this.#keys = counter('requests:key');
  }

  /**
   * Counts one request; it is refused if a quota is exceeded. A request that its key may not make is taken off the
   * account's count again, so that one key can't use up what the others share.
   */
  async count({ account_id, id, requests_max }: Asker): Promise<Quota[]> {
    const { account_max, key_max } = this.#bound;
    const of_account = requests_max ?? account_max;
    const [account, key] = await Promise.all([
      this.#accounts.consume(account_id),
      this.#keys.consume(`${account_id}:${id}`),
    ]);
    // A key never has more than its account.
    const quota = this.#quotaOf('key', key, Math.min(of_account, key_max));
    const counted = quota.exceeded ? await this.#accounts.reward(account_id) : account;
    return [this.#quotaOf('account', counted, of_account), quota];
  }

  /** How many requests each of these accounts has made in its window. Rejects when Redis is down. */
  async madeBy(account_ids: readonly string[]): Promise<number[]> {
    const counted = await Promise.all(account_ids.map((id) => this.#accounts.get(id)));
    return counted.map((one) => one?.consumedPoints ?? 0);
  }

  #quotaOf(policy: string, { consumedPoints, msBeforeNext }: RateLimiterRes, max: number): Quota {
    return {
      policy,
      max,
      left: Math.max(0, max - consumedPoints),
      exceeded: consumedPoints > max,
      window_s: this.#bound.window_s,
      reset_s: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
    };
  }
}
