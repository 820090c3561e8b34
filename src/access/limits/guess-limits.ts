/**
 * Slows down guessing of passwords, codes and invitations: tries are counted in Redis, for all API processes together.
 * A try is counted before it is judged, so that many at once do not slip through, and given back when it was right.
 * The rules are the same for addresses that exist and for others. With Redis down it rejects: nobody signs in.
 */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '../../platform/redis.ts';
import { AccessError } from '../access-error.ts';

const MINUTE_S = 60;
const HOUR_S = 3_600;

/**
 * Wrong tries that are let through in a time. The first rule stops one guesser without locking the person out
 * elsewhere; the others bound guessers with many addresses, and guesses at many people from one.
 */
export const GUESS_RULES = {
  /** A person from one address. */
  pair: { tries: 5, within_s: 15 * MINUTE_S },
  /** A person from anywhere. */
  person: { tries: 50, within_s: HOUR_S },
  /** Anybody from one address (IPv6: one /64). */
  address: { tries: 100, within_s: HOUR_S },
  /** Codes of somebody whose password is known already. */
  code: { tries: 10, within_s: HOUR_S },
  /** Of one address, at shared reports, right or wrong: an office of people who read. */
  reader: { tries: 300, within_s: MINUTE_S },
} as const;

type Rule = keyof typeof GUESS_RULES;
type Try = [rule: Rule, key: string];

export class GuessLimits {
  readonly #limiters: Record<Rule, RateLimiterRedis>;

  constructor(redis: RedisClient) {
    const make = (rule: Rule): RateLimiterRedis =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `sign_in_tries:${rule}`,
        points: GUESS_RULES[rule].tries,
        duration: GUESS_RULES[rule].within_s,
      });
    this.#limiters = {
      pair: make('pair'),
      person: make('person'),
      address: make('address'),
      code: make('code'),
      reader: make('reader'),
    };
  }

  /** Counts a try at a password; throws `too_many_requests` where there were too many wrong ones. */
  count(email: string, address: string): Promise<Counted> {
    const from = networkOf(address);
    return this.#count([
      ['pair', digest(`${email} ${from}`)],
      ['person', digest(email)],
      ['address', digest(from)],
    ]);
  }

  /** Counts a try at a second factor. */
  countCode(email: string): Promise<Counted> {
    return this.#count([['code', digest(email)]]);
  }

  /** Counts a try at an invitation. */
  countAddress(address: string): Promise<Counted> {
    return this.#count([['address', digest(networkOf(address))]]);
  }

  /** Counts a question for a shared report. */
  async countReader(address: string): Promise<void> {
    await this.#count([['reader', digest(networkOf(address))]], 'questions');
  }

  async #count(tries: Try[], what = 'wrong tries'): Promise<Counted> {
    const results = await Promise.allSettled(tries.map(([rule, key]) => this.#limiters[rule].consume(key)));
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const broken = reasons.find((reason) => !(reason instanceof RateLimiterRes));
    if (broken !== undefined) throw broken;
    const wait_ms = Math.max(0, ...(reasons as RateLimiterRes[]).map(({ msBeforeNext }) => msBeforeNext));
    if (reasons.length > 0) throw tooMany(wait_ms, what);
    return { takeBack: async () => void (await Promise.all(tries.map((one) => this.#takeBack(one)))) };
  }

  async #takeBack([rule, key]: Try): Promise<void> {
    // Only the guesser's own rule is forgotten: a right password from one address says nothing of others.
    if (rule === 'pair' || rule === 'code') await this.#limiters[rule].delete(key);
    else await this.#limiters[rule].reward(key);
  }
}

/** A counted try. */
export interface Counted {
  /** It was right: it does not count. */
  takeBack(): Promise<void>;
}

function tooMany(wait_ms: number, what: string): AccessError {
  const seconds = Math.max(1, Math.ceil(wait_ms / 1_000));
  const minutes = Math.ceil(seconds / 60);
  return new AccessError(
    'too_many_requests',
    `too many ${what}: try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
    seconds,
  );
}

/** An address of IPv4, or the /64 of an address of IPv6: whoever has one has all of it. */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [left = '', right] = address.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const groups = [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  return groups.slice(0, 4).join(':');
}

/** Keys of one length, without an address in them. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
