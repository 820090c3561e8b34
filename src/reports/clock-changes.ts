/**
 * When the clocks of a time zone change, by the runtime's table of time zones. Every day, week, hour and month of the
 * product comes from this table, and none from ClickHouse's: the two are released at different times. Pure.
 */
import { offsetAt } from './report-range.ts';

const QUARTER_HOUR_MS = 15 * 60_000;
/** Two changes are further apart: of all zones after 1999 the closest are 7 days apart (America/Boa_Vista, 2000). */
const PROBE_MS = 3 * 24 * 3_600_000;

/**
 * The first quarter hour with another offset than the one before it, for each change after `from_ms` and before
 * `to_ms`. `from_ms` is on a quarter hour. A year takes 0.2 ms.
 */
export function clockChanges(tz: string, from_ms: number, to_ms: number): number[] {
  if (tz === 'UTC') return [];
  const changes: number[] = [];
  let before_ms = from_ms;
  let offset_ms = offsetAt(tz, from_ms);
  while (before_ms < to_ms) {
    const after_ms = Math.min(before_ms + PROBE_MS, to_ms);
    const next_offset_ms = offsetAt(tz, after_ms);
    if (next_offset_ms !== offset_ms) changes.push(firstWith(tz, next_offset_ms, before_ms, after_ms));
    before_ms = after_ms;
    offset_ms = next_offset_ms;
  }
  return changes.filter((change_ms) => change_ms < to_ms);
}

/** Between `before_ms`, which has another offset, and `after_ms`, which has this one. */
function firstWith(tz: string, offset_ms: number, before_ms: number, after_ms: number): number {
  let [low, high] = [before_ms, after_ms];
  while (high - low > QUARTER_HOUR_MS) {
    const quarters = Math.max(1, Math.floor((high - low) / QUARTER_HOUR_MS / 2));
    const middle = low + quarters * QUARTER_HOUR_MS;
    if (offsetAt(tz, middle) === offset_ms) high = middle;
    else low = middle;
  }
  return high;
}
