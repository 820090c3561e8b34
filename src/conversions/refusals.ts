/**
 * Counts the reports that an account's own rules refused, by day and reason, so that a wrong secret is visible beside
 * the unattributed conversions. Counts are kept in memory and added to Redis once a second; killing the process loses
 * up to one second of them.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';

const FLUSH_EVERY_MS = 1_000;
/** Days that are kept. */
const KEPT_DAYS = 35;
/** Accounts × reasons in memory between flushes; beyond this bound, refusals are counted for the installation only. */
const WAITING_MAX = 10_000;
const DAY_MS = 24 * 3_600_000;

const keyOf = (account_id: string, day: string): string => `refused:${account_id}:${day}`;
const dayOf = (time_ms: number): string => new Date(time_ms).toISOString().slice(0, 10);

export interface Refusal {
  /** UTC, `2026-11-30`. */
  day: string;
  error: string;
  reports: number;
}

export class RefusalCounter {
  readonly #redis: RedisClient;
  readonly #timer: NodeJS.Timeout;
  #waiting = new Map<string, { account_id: string; error: string; count: number }>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#timer = setInterval(() => void this.flush().catch(() => {}), FLUSH_EVERY_MS);
  }

  count(account_id: string, error: string): void {
    const key = `${account_id} ${error}`;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) waiting.count++;
    else if (this.#waiting.size < WAITING_MAX) this.#waiting.set(key, { account_id, error, count: 1 });
  }

  /** Flushes the counts to Redis. If Redis is down, they are lost. */
  async flush(): Promise<void> {
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    const day = dayOf(Date.now());
    await runAll(
      this.#redis,
      waiting.flatMap(({ account_id, error, count }): Command[] => [
        ['HINCRBY', keyOf(account_id, day), error, count],
        ['EXPIRE', keyOf(account_id, day), (KEPT_DAYS * DAY_MS) / 1_000],
      ]),
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush().catch(() => {});
  }
}

/** Refusals on the days that overlap the range, newest first. Days older than KEPT_DAYS are deleted. */
export async function readRefusals(
  redis: RedisClient,
  account_id: string,
  from_ms: number,
  to_ms: number,
  now_ms: number,
): Promise<Refusal[]> {
  const days: string[] = [];
  const oldest_ms = Math.max(from_ms, now_ms - KEPT_DAYS * DAY_MS);
  for (let at_ms = Math.min(to_ms, now_ms); at_ms >= oldest_ms - DAY_MS; at_ms -= DAY_MS) {
    if (dayOf(at_ms) >= dayOf(oldest_ms)) days.push(dayOf(at_ms));
  }
  const counts = await Promise.all(days.map((day) => redis.hgetall(keyOf(account_id, day))));
  return days.flatMap((day, i) =>
    Object.entries(counts[i] ?? {}).map(([error, reports]) => ({ day, error, reports: Number(reports) })),
  );
}
