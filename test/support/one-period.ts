/** For what has to happen within one period of the clock, such as a day of counters. */
import { until } from './until.ts';

/**
 * Resolves at once where at least `needs_ms` of the present period are left, else when the next one has begun. Periods
 * are counted from 1970 in UTC.
 */
export async function startInOne(period_ms: number, needs_ms: number): Promise<void> {
  const period = (): number => Math.floor(Date.now() / period_ms);
  const ends_ms = (period() + 1) * period_ms;
  if (ends_ms - Date.now() >= needs_ms) return;
  await until(
    () => Date.now() >= ends_ms,
    2 * needs_ms,
    () => 'the period does not end',
  );
}
