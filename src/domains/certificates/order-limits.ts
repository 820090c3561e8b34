/**
 * When an order may be tried: failures of each name, orders of the installation, and what the authority asked for, kept
 * in Redis and so shared by all processes. The bounds stay below those of Let's Encrypt
 * (https://letsencrypt.org/docs/rate-limits): 5 failed validations of a name an hour, 300 new orders in 3 hours. With
 * Redis down every call rejects.
 */
import { createHash } from 'node:crypto';
import type { RedisClient } from '../../platform/redis.ts';
import { AuthorityError } from './authority.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BACKOFF_MS_MIN = MINUTE_MS;
const BACKOFF_MS_MAX = DAY_MS;
/** Waits are up to a tenth longer, so that names that failed together are not tried together. */
const JITTER = 0.1;
/** Failures of one name within an hour; the next one is tried when the first of them is an hour old. */
export const FAILURES_PER_HOUR_MAX = 4;
/** Orders within an hour of the clock. Three hours touch four of them: 280. */
export const ORDERS_PER_HOUR_MAX = 70;
/** Longest time for which one name waits because the authority said so. */
const RETRY_AFTER_MS_MAX = 8 * DAY_MS;
/** How long no name is ordered after the authority said that it is asked too often. It may have meant one name only. */
const PAUSE_MS_MAX = 15 * MINUTE_MS;
const FAILURES_KEPT_MS = RETRY_AFTER_MS_MAX + DAY_MS;

export interface Failures {
  /** In a row. */
  count: number;
  /** Unix times in ms of the last FAILURES_PER_HOUR_MAX, oldest first. */
  last_ms: number[];
  /** What went wrong last; a sentence. */
  hint: string;
  next_at_ms: number;
}

const failuresKey = (name: string): string => `certificate_failures:${name}`;
const ordersKey = (hour: number): string => `acme_orders:${hour}`;
const PAUSED = 'acme_paused_until';

/** When to try again after `failures`, the last of them now. Pure: the jitter is the name's own. */
export function nextTry(
  name: string,
  { count, last_ms }: Pick<Failures, 'count' | 'last_ms'>,
  retry_after_ms: number,
): number {
  const now_ms = last_ms.at(-1) ?? 0;
  const backoff_ms = Math.min(BACKOFF_MS_MIN * 2 ** (count - 1), BACKOFF_MS_MAX);
  const wait_ms = Math.max(backoff_ms, Math.min(retry_after_ms, RETRY_AFTER_MS_MAX));
  const [oldest = 0] = last_ms;
  const hour_is_full = last_ms.length >= FAILURES_PER_HOUR_MAX && oldest > now_ms - HOUR_MS;
  return Math.round(
    Math.max(now_ms + wait_ms, hour_is_full ? oldest + HOUR_MS : 0) + wait_ms * JITTER * share(name, count),
  );
}

/** From 0 to 1, always the same for a name and a count. */
function share(name: string, count: number): number {
  return createHash('sha256').update(`${name} ${count}`).digest().readUInt32BE(0) / 2 ** 32;
}

export async function readFailures(redis: RedisClient, name: string): Promise<Failures | undefined> {
  const text = await redis.get(failuresKey(name));
  return text === null ? undefined : (JSON.parse(text) as Failures);
}

/** Remembers one more failure, and that the authority asked to be left alone. Resolves with what is known now. */
export async function rememberFailure(
  redis: RedisClient,
  name: string,
  error: Error,
  now_ms: number,
): Promise<Failures> {
  const before = await readFailures(redis, name);
  const retry_after_ms = error instanceof AuthorityError ? error.retry_after_ms : 0;
  const count = (before?.count ?? 0) + 1;
  const last_ms = [...(before?.last_ms ?? []), now_ms].slice(-FAILURES_PER_HOUR_MAX);
  const failures: Failures = {
    count,
    last_ms,
    hint: error.message,
    next_at_ms: nextTry(name, { count, last_ms }, retry_after_ms),
  };
  await redis.set(failuresKey(name), JSON.stringify(failures), 'PX', FAILURES_KEPT_MS);
  if (error instanceof AuthorityError && error.problem === 'rateLimited') {
    const pause_ms = Math.min(Math.max(retry_after_ms, MINUTE_MS), PAUSE_MS_MAX);
    await redis.set(PAUSED, now_ms + pause_ms, 'PX', Math.ceil(pause_ms));
  }
  return failures;
}

export async function forgetFailures(redis: RedisClient, name: string): Promise<void> {
  await redis.del(failuresKey(name));
}

/** Counts one order. 0: go on; otherwise the Unix time in ms before which the installation may not order. */
export async function takeOrder(redis: RedisClient, now_ms: number): Promise<number> {
  const paused_until = Number((await redis.get(PAUSED)) ?? 0);
  if (paused_until > now_ms) return paused_until;
  const hour = Math.floor(now_ms / HOUR_MS);
  const key = ordersKey(hour);
  const orders = await redis.incr(key);
  await redis.pexpire(key, 2 * HOUR_MS);
  return orders <= ORDERS_PER_HOUR_MAX ? 0 : (hour + 1) * HOUR_MS;
}
