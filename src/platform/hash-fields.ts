/**
 * Fields of hashes, for which Redis 7.0 has neither a compare-and-set nor a time to live. A field that ends has its day at
 * the beginning of its value. With Redis down every call rejects but listValueBytes; each is safe to repeat.
 */
import { Cluster, type RedisClient, ReplyError } from './redis.ts';
import { loadScript } from './script.ts';

/** Digits of the day on which a field ends, before its value. */
export const END_DIGITS = 3;
/** Fields in one HDEL: bounded by the size of Lua's stack. */
const FIELDS_A_CALL = 1_000;

const REPLACE = loadScript(new URL('./lua/replace-field.lua', import.meta.url));
const FORGET = loadScript(new URL('./lua/forget-ended.lua', import.meta.url), { END_DIGITS, FIELDS_A_CALL });

/** A day since 1970 as END_DIGITS of base 36, which reach until 2097. */
export const endOfDay = (day: number): string => day.toString(36).padStart(END_DIGITS, '0');

/** False where the field's value is no longer `before`. */
export async function replaceField(
  redis: RedisClient,
  [hash, field]: readonly [hash: string, field: string],
  before: string,
  after: string,
): Promise<boolean> {
  return (await REPLACE.run(redis, [hash], [field, before, after])) === 1;
}

/** Removes what ended before this day from hashes of one slot; returns how many fields that were. */
export async function forgetEnded(redis: RedisClient, hashes: string[], before_day: number): Promise<number> {
  return Number(await FORGET.run(redis, hashes, [endOfDay(before_day)]));
}

/** Of a Redis that does not tell: its default. */
const LIST_VALUE_BYTES = 64;
const LIST_VALUE_SETTING = 'hash-max-listpack-value';
/** It may be set anew, or another server may have taken over. */
const ASK_AGAIN_MS = 60_000;

interface Told {
  bytes: Promise<number>;
  asked_at: number;
}

const told = new WeakMap<RedisClient, Told>();

/**
 * The longest value, in bytes, with which Redis keeps a small hash as a list without pointers: of a cluster the least of
 * all primaries. A longer one makes a table of its hash, which takes more memory and is otherwise the same. Where Redis
 * refuses to tell, its default. Asked once a minute, and only the first call waits for it; never rejects.
 */
export function listValueBytes(redis: RedisClient): Promise<number> {
  const before = told.get(redis);
  const asked_at = performance.now();
  if (before !== undefined && asked_at - before.asked_at < ASK_AGAIN_MS) return before.bytes;
  const asked = askListValue(redis);
  const now: Told = { asked_at, bytes: before?.bytes ?? asked.catch(() => LIST_VALUE_BYTES) };
  told.set(redis, now);
  asked.then(
    () => {
      now.bytes = asked;
    },
    // Redis is down: what was known stays, and what is not known is asked with the next call.
    () => before ?? told.delete(redis),
  );
  return now.bytes;
}

async function askListValue(redis: RedisClient): Promise<number> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const each = await Promise.all(
    nodes.map((node) =>
      (node.config('GET', LIST_VALUE_SETTING) as Promise<string[]>).catch((error: unknown) => {
        if (error instanceof ReplyError) return [];
        throw error;
      }),
    ),
  );
  return Math.min(...each.map(([, bytes]) => Number(bytes ?? LIST_VALUE_BYTES)));
}
