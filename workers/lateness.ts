/**
 * Whether clicks come late into the reports: as long as they do, what is told to others gives way to what counts. Pure. A
 * process knows of the batches that it has processed itself.
 */

/** Clicks are to be in the reports within this time. */
const LATE_MS = 2_000;
/** So long one late batch is remembered: longer than from one batch to the next. */
const REMEMBERED_MS = 3_000;

export class Lateness {
  #late_at_ms = Number.NEGATIVE_INFINITY;

  /** A batch is in the reports: its oldest click was made at `oldest_ms`. */
  counted(oldest_ms: number, now_ms: number): void {
    if (now_ms - oldest_ms > LATE_MS) this.#late_at_ms = now_ms;
  }

  isLate(now_ms: number): boolean {
    return Math.abs(now_ms - this.#late_at_ms) < REMEMBERED_MS;
  }
}
