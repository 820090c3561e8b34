/** Waits for a condition instead of a time, and says what it saw last where that never comes. */
import { isDeepStrictEqual } from 'node:util';

const CHECK_EVERY_MS = 25;
const CHECK_EVERY_MS_MAX = 250;
/**
 * What has not come for long, or takes long to check, is checked less often, so that waiting leaves the machine to what
 * is waited for. It is seen a tenth of its time later at most.
 */
const REST_PER_WAIT = 0.1;
const REST_PER_CHECK = 4;
/** Finds what hangs, and says nothing about how fast anything is: a busy machine may take long. */
export const HANGS_AFTER_MS = 150_000;
const SEEN_CHARACTERS_MAX = 2_000;

/** Resolves when `condition` holds; rejects with `message()` after `within_ms`, or with what it throws. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  within_ms: number,
  message: () => string,
): Promise<void> {
  const started = performance.now();
  const deadline = started + within_ms;
  for (;;) {
    const began = performance.now();
    if (await condition()) return;
    const now = performance.now();
    if (now > deadline) throw new Error(`${message()} (waited ${Math.round(within_ms / 1_000)} s)`);
    const waited_ms = Math.min(CHECK_EVERY_MS_MAX, REST_PER_WAIT * (now - started));
    const rest_ms = Math.max(CHECK_EVERY_MS, waited_ms, REST_PER_CHECK * (now - began));
    await new Promise((done) => setTimeout(done, rest_ms));
  }
}

/**
 * Resolves when `read` gives what is `wanted`, a value or a condition; rejects with what it gave last after
 * `within_ms`, or with what it throws. `what` says in the error what was waited for.
 */
export async function untilSeen<T>(
  what: string,
  read: () => T | Promise<T>,
  wanted: T | ((seen: T) => boolean),
  within_ms: number = HANGS_AFTER_MS,
): Promise<T> {
  const isWanted = (typeof wanted === 'function' ? wanted : (seen: T) => isDeepStrictEqual(seen, wanted)) as (
    seen: T,
  ) => boolean;
  const told = (value: unknown): string => String(JSON.stringify(value)).slice(0, SEEN_CHARACTERS_MAX);
  let seen: T | undefined;
  await until(
    async () => {
      seen = await read();
      return isWanted(seen);
    },
    within_ms,
    () => `${what}: saw ${told(seen)}${typeof wanted === 'function' ? '' : `, wanted ${told(wanted)}`}`,
  );
  return seen as T;
}
