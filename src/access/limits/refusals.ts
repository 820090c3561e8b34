/**
 * Which accounts were refused something lately, by which limit, over all API processes: counted in memory and added to
 * Redis every few seconds, in one hash an hour. What is refused is not slowed down by it; with Redis down the counts wait,
 * bounded, and are lost with their process.
 */
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';

const HOUR_MS = 3_600_000;
export const REFUSALS_SHOWN_HOURS = 24;
const KEPT_S = (REFUSALS_SHOWN_HOURS + 1) * 3_600;
const WRITE_EVERY_MS = 2_000;
/** Pairs of an account and a limit that wait to be written; further ones are not counted. */
const WAITING_MAX = 10_000;

const keyOf = (hour: number): string => `requests:refused:${hour}`;

export interface Refusal {
  account_id: string;
  limit: string;
  count: number;
}

export class Refusals {
  readonly #redis: RedisClient;
  readonly #waiting = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  note(account_id: string, limit: string): void {
    const field = `${limit} ${account_id}`;
    if (!this.#waiting.has(field) && this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.set(field, (this.#waiting.get(field) ?? 0) + 1);
    this.#timer ??= setTimeout(() => void this.#write(), WRITE_EVERY_MS).unref();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const counted = [...this.#waiting];
    this.#waiting.clear();
    const key = keyOf(Math.floor(Date.now() / HOUR_MS));
    const commands = counted.map(([field, count]): Command => ['HINCRBY', key, field, count]);
    await runAll(this.#redis, [...commands, ['EXPIRE', key, KEPT_S]]).catch(() => {
      // Whether they were added is not known: too few are better than too many.
    });
  }

  /** Of the last hours, the most first. Rejects when Redis is down. */
  async read(now_ms: number): Promise<Refusal[]> {
    const hour = Math.floor(now_ms / HOUR_MS);
    const keys = Array.from({ length: REFUSALS_SHOWN_HOURS }, (_, i) => keyOf(hour - i));
    const sums = new Map<string, number>();
    const hashes = await Promise.all(keys.map((key) => this.#redis.hgetall(key)));
    for (const [field, count] of hashes.flatMap((hash) => Object.entries(hash)))
      sums.set(field, (sums.get(field) ?? 0) + Number(count));
    return [...sums]
      .map(([field, count]) => {
        const [limit = '', account_id = ''] = field.split(' ');
        return { limit, account_id, count };
      })
      .toSorted((a, b) => b.count - a.count);
  }
}
