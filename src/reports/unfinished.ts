/**
 * Marks periods whose numbers still rise: those that are not over, and those whose messages are younger than the time
 * within which a conversion still counts, which read-ripeness.ts reads. Pure.
 */

/**
 * Why the numbers of a period still rise.
 *   period       it is not over
 *   conversions  it is over, but messages sent in it may still be clicked and earn
 */
export const UNFINISHED = ['period', 'conversions'] as const;
export type Unfinished = (typeof UNFINISHED)[number] | null;

export interface Ripeness {
  now_ms: number;
  /** For how long after its end a period's numbers still rise. */
  rises_ms: number;
}

export function unfinishedAt({ now_ms, rises_ms }: Ripeness, end_ms: number): Unfinished {
  if (end_ms > now_ms) return 'period';
  return end_ms + rises_ms > now_ms ? 'conversions' : null;
}
