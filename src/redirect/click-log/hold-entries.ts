/**
 * Holds entries durably: in Redis, and where Redis does not take one within SPOOL_AFTER_MS (away, frozen, full), in
 * the local spool, under the same producer and sequence number. Whether Redis has the entry after all then makes no
 * difference: an append that repeats a number changes nothing. An entry that the spool does not take is held nowhere.
 */

import type { Entry } from '../../log/append.ts';
import { sleep } from '../../platform/sleep.ts';
import { within } from '../../platform/within.ts';
import type { ClickStream, SpoolFallback } from './spool-fallback.ts';

/** Redis restarts within a fraction of this; a recipient hardly notices it. */
const SPOOL_AFTER_MS = 500;
const RETRY_MS_MIN = 10;
const RETRY_MS_MAX = 200;

/** The minute in which each entry was logged, 0 where that is not known; entries that nothing holds are missing. */
export type Held = ReadonlyMap<Entry, number>;

export class EntryHolder {
  /** Clicks that Redis has acknowledged, and the entries that carried them. */
  appended = 0;
  entries = 0;
  /** Appends that were sent again. */
  retries = 0;
  /** Clicks that went to the spool. */
  spooled = 0;
  readonly #stream: ClickStream;
  readonly #fallback: SpoolFallback;

  constructor(stream: ClickStream, fallback: SpoolFallback) {
    this.#stream = stream;
    this.#fallback = fallback;
  }

  /** One call at a time, so that the entries of a partition keep their order. */
  async hold(entries: readonly Entry[]): Promise<Held> {
    const held = new Map<Entry, number>();
    let left = entries;
    const until = performance.now() + SPOOL_AFTER_MS;
    for (let wait_ms = RETRY_MS_MIN; !this.#fallback.active; wait_ms = Math.min(wait_ms * 2, RETRY_MS_MAX)) {
      const tried = await this.#append(left, until, held);
      left = tried.left;
      if (left.length === 0) return held;
      // Whatever the reason, an entry may or may not be there: only its number can tell.
      this.retries++;
      if (performance.now() + wait_ms >= until) this.#fallback.begin(tried.why);
      else await sleep(wait_ms);
    }
    await Promise.all(left.map((entry) => this.#spool(entry, held)));
    return held;
  }

  /** Notes in `held` what Redis took. Resolves with what it did not take, and why. */
  async #append(
    entries: readonly Entry[],
    until: number,
    held: Map<Entry, number>,
  ): Promise<{ left: readonly Entry[]; why: unknown }> {
    let why: unknown;
    try {
      const appending = entries.map((entry) => ({ entry }));
      const answers = await within(until - performance.now(), () => this.#stream.append(appending));
      const left = entries.filter((entry, i) => {
        const answer = answers[i];
        if (typeof answer !== 'number') {
          why = answer;
          return true;
        }
        held.set(entry, answer);
        this.appended += entry.rows;
        this.entries++;
        return false;
      });
      return { left, why };
    } catch (error) {
      return { left: entries, why: error };
    }
  }

  async #spool(entry: Entry, held: Map<Entry, number>): Promise<void> {
    try {
      await this.#fallback.write(entry);
      held.set(entry, 0);
      this.spooled += entry.rows;
    } catch {
      // Held nowhere.
    }
  }
}
