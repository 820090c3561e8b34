/**
 * Notices that batches wait while no worker takes one. A BullMQ consumer can lose its connection without noticing, and
 * then still reports that it is running. Pure.
 */

/** Much longer than a worker needs to take the next batch, or to reconnect after Redis was away. */
const MISSING_MS_MAX = 15_000;

export class TakerWatchdog {
  #since_ms: number | undefined;

  /** True once every call within the last MISSING_MS_MAX saw waiting jobs and no active job. */
  missing(waiting: number, active: number, now_ms: number): boolean {
    if (waiting === 0 || active > 0) {
      this.#since_ms = undefined;
      return false;
    }
    this.#since_ms ??= now_ms;
    return now_ms - this.#since_ms >= MISSING_MS_MAX;
  }
}
