/**
 * The limits of one API process: what is counted and held now, under the bounds of bounds.ts. Made once and passed to
 * the API and to the analysts' listener. What is refused is counted by limit; `registry` is published with the metrics.
 */
import { Counter, Registry } from '../../platform/metrics.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { Shares } from '../../platform/shares.ts';
import { Turns } from '../../platform/turns.ts';
import {
  AT_ONCE,
  type AtOnceBound,
  type AtOnceLimit,
  type RateBound,
  REQUESTS,
  STATEMENTS,
  WRONG_KEYS,
} from './bounds.ts';
import type { Quota } from './quota.ts';
import { Refusals } from './refusals.ts';
import { type Asker, RequestRates } from './request-rates.ts';
import { WrongKeys } from './wrong-keys.ts';

/** What refused a request; `connections` and `slow_body` are of src/api/http/. */
export const REFUSED_BY = [
  ...['requests', 'statement', 'rejudgement', 'wrong_keys', 'connections', 'slow_body'],
  ...Object.keys(AT_ONCE),
] as readonly RefusedBy[];
export type RefusedBy =
  | AtOnceLimit
  | 'requests'
  | 'statement'
  | 'rejudgement'
  | 'wrong_keys'
  | 'connections'
  | 'slow_body';

/** For tests; everything else uses the bounds of bounds.ts. */
export interface OtherBounds {
  requests?: RateBound;
  at_once?: Partial<Record<AtOnceLimit, AtOnceBound>>;
}

export class Limits {
  readonly rates: RequestRates;
  readonly statements = new Turns(STATEMENTS);
  readonly wrong_keys = new WrongKeys(WRONG_KEYS);
  readonly registry = new Registry();
  readonly refusals: Refusals;
  readonly #at_once: ReadonlyMap<AtOnceLimit, { bound: AtOnceBound; shares: Shares }>;
  readonly #refused: Counter<'limit'>;

  constructor(redis: RedisClient, { requests = REQUESTS, at_once = {} }: OtherBounds = {}) {
    this.rates = new RequestRates(redis, requests);
    this.refusals = new Refusals(redis);
    const bounds = Object.entries({ ...AT_ONCE, ...at_once }) as [AtOnceLimit, AtOnceBound][];
    this.#at_once = new Map(
      bounds.map(([limit, bound]) => {
        const { all_max: places, account_max: each_max, key_max: part_max } = bound;
        return [limit, { bound, shares: new Shares({ places, each_max, part_max }) }];
      }),
    );
    this.#refused = new Counter({
      name: 'trackly_limit_refused_total',
      help: 'Requests, statements and connections that the API refused, by limit.',
      labelNames: ['limit'],
      registers: [this.registry],
    });
    for (const limit of REFUSED_BY) this.#refused.inc({ limit }, 0);
  }

  /** Takes a place among the requests that are answered at the same time. */
  take(limit: AtOnceLimit, { account_id, id }: Asker): { quota: Quota; bound: AtOnceBound; end(): void } {
    const { bound, shares } = this.#at_once.get(limit) as { bound: AtOnceBound; shares: Shares };
    const end = shares.take(account_id, id);
    const quota = {
      policy: limit,
      max: bound.key_max,
      left: shares.left(account_id, id),
      exceeded: end === undefined,
    };
    return { quota, bound, end: end ?? (() => {}) };
  }

  /** `account_id` where it is known. */
  noteRefused(limit: RefusedBy, account_id?: string): void {
    this.#refused.inc({ limit });
    if (account_id !== undefined) this.refusals.note(account_id, limit);
  }
}
