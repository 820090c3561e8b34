/**
 * Notices that batches wait while no worker takes one: a consumer that lost its connection in a way that
 * it does not see still calls itself running. Pure.
 */

/** Far above what a worker needs to take the next batch, and to come back after Redis was away. */
const MISSING_MS_MAX = 15_000;

export class TakerWatchdog {
  #since_ms: number | undefined;

  /** True once jobs have waited with none active at every look for MISSING_MS_MAX. */
  missing(waiting: number, active: number, now_ms: number): boolean {
    if (waiting === 0 || active > 0) {
      this.#since_ms = undefined;
      return false;
    }
    this.#since_ms ??= now_ms;
    return now_ms - this.#since_ms >= MISSING_MS_MAX;
  }
}
