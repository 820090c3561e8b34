/**
 * How far reports lagged in the last hour, as this process has seen it: a point every POINT_EVERY_MS, in memory, so that it
 * can be read while every server is away. A process that has just begun knows less.
 */
import type { Found } from './found.ts';

export const POINT_EVERY_MS = 10_000;
const POINTS_MAX = 360;

export interface LagPoint {
  /** Unix time in ms. */
  at_ms: number;
  /** Age of the oldest click that was not in the reports; null while Redis was away. */
  behind_ms: number | null;
  /** Entries that waited in all logs; null while Redis was away. */
  entries: number | null;
}

export class LagHistory {
  readonly #points: LagPoint[] = [];

  /** Oldest first. */
  get points(): readonly LagPoint[] {
    return this.#points;
  }

  note({ redis_up, parts: { waiting } }: Found, now_ms: number): void {
    const last = this.#points.at(-1);
    if (last !== undefined && now_ms - last.at_ms < POINT_EVERY_MS) return;
    const known = redis_up ? waiting : undefined;
    this.#points.push({
      at_ms: now_ms,
      behind_ms: known?.behind_ms ?? null,
      entries: known?.logs.reduce((sum, { entries }) => sum + entries, 0) ?? null,
    });
    if (this.#points.length > POINTS_MAX) this.#points.shift();
  }
}
