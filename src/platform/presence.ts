/**
 * Which processes run and reach Redis: each notes itself there every TELL_EVERY_MS under a name that no other start of
 * any process has, also where two machines share a host name. Times are Redis's, because the clocks of machines differ;
 * how far this one is off is a gauge. With Redis down nothing is noted, and a process counts as gone after SEEN_WITHIN_MS.
 */
import { hostname } from 'node:os';
import { Gauge, type Registry } from './metrics.ts';
import { newProducerId } from './random.ts';
import type { RedisClient } from './redis.ts';

const KEY = 'processes:present';
/** Bytes that each holds outside of Redis; those that hold none are missing. */
const SPOOLED_KEY = 'processes:spooled';
const TELL_EVERY_MS = 2_000;
const SEEN_WITHIN_MS = 10_000;
/** What ended without a word is listed for so long. */
const LISTED_MS = 10 * 60_000;

export interface Presence {
  /** Says that the process ends, and stops. Never rejects. */
  close(): Promise<void>;
}

export interface Present {
  /** `redirect-1@<host>/<start>`. */
  name: string;
  role: string;
  seen_ms_ago: number;
  /** Bytes on its disk that wait for Redis, when it was last seen. */
  spool_bytes: number;
  /** False where it was not seen for SEEN_WITHIN_MS. */
  present: boolean;
}

/**
 * `process_name` begins with the role, and may end with the host: `redirect-1@host`. `spoolBytes` tells what it holds on
 * its disk.
 */
export function announce(
  redis: RedisClient,
  registry: Registry,
  process_name: string,
  spoolBytes: () => number = () => 0,
): Presence {
  const at_host = process_name.includes('@') ? process_name : `${process_name}@${hostname()}`;
  const name = `${at_host}/${newProducerId()}`;
  const offset = new Gauge({
    name: 'trackly_clock_offset_seconds',
    help: 'By how much the clock of this machine is ahead of the clock of the server, in seconds.',
    labelNames: ['server'],
    registers: [registry],
  });

  async function tell(): Promise<void> {
    const asked_ms = Date.now();
    const redis_ms = await timeOf(redis);
    offset.set({ server: 'redis' }, ((asked_ms + Date.now()) / 2 - redis_ms) / 1_000);
    const bytes = spoolBytes();
    await (bytes > 0 ? redis.hset(SPOOLED_KEY, name, bytes) : redis.hdel(SPOOLED_KEY, name));
    await redis.zadd(KEY, redis_ms, name);
    await forgetGone(redis, redis_ms - LISTED_MS);
  }

  let telling = tell().catch(() => {});
  const timer = setInterval(() => {
    telling = tell().catch(() => {});
  }, TELL_EVERY_MS);
  return {
    async close() {
      clearInterval(timer);
      await telling;
      await Promise.all([redis.zrem(KEY, name), redis.hdel(SPOOLED_KEY, name)]).catch(() => {});
    },
  };
}

async function forgetGone(redis: RedisClient, before_ms: number): Promise<void> {
  const gone = await redis.zrangebyscore(KEY, '-inf', before_ms);
  if (gone.length === 0) return;
  await Promise.all([redis.zrem(KEY, ...gone), redis.hdel(SPOOLED_KEY, ...gone)]);
}

/** All that were seen within LISTED_MS, by name. Rejects when Redis is down. */
export async function readPresent(redis: RedisClient): Promise<Present[]> {
  const [flat, spooled, now_ms] = await Promise.all([
    redis.zrange(KEY, '0', '-1', 'WITHSCORES'),
    redis.hgetall(SPOOLED_KEY),
    timeOf(redis),
  ]);
  const present = Array.from({ length: flat.length / 2 }, (_, i): Present => {
    const name = flat[2 * i] ?? '';
    const seen_ms_ago = Math.max(0, now_ms - Number(flat[2 * i + 1]));
    return {
      name,
      role: /^[a-z]*/.exec(name)?.[0] ?? '',
      seen_ms_ago,
      spool_bytes: Number(spooled[name] ?? 0),
      present: seen_ms_ago < SEEN_WITHIN_MS,
    };
  });
  return present.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function timeOf(redis: RedisClient): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}
