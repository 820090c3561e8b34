/**
 * Fields of hashes, for which Redis 7.0 has neither a compare-and-set nor a time to live. A field that ends has its day at
 * the beginning of its value. With Redis down every call rejects; each is safe to repeat.
 */
import type { RedisClient } from './redis.ts';
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
