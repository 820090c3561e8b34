/** The time window of a condition: the last days, or from a time to a time. Pure. */
import { z } from 'zod';
import { InvalidReportError, readExactRange } from '../reports/report-range.ts';

const DAYS_MAX = 3_650;
const DAY_MS = 24 * 3_600_000;
/** Replaces a missing end; the limits of a report's range. */
const FIRST_DAY = '2000-01-01';
const LAST_DAY = '2099-12-31';

/** Either the days up to now, which move on, or a time from (included) and to, as in the reports. */
export interface Window {
  last_days?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
  tz?: string | undefined;
}

const when = z.string().max(40).optional();

export const window = z
  .strictObject({
    last_days: z.int().min(1).max(DAYS_MAX).optional().describe('This many days up to now, of 24 hours each'),
    from: when.describe('Date or ISO 8601 time; without an offset it is in tz'),
    to: when.describe('The same, not included; a plain date includes that day'),
    tz: z.string().max(64).optional().describe('IANA time zone, such as Europe/Berlin. Default: UTC'),
  })
  .superRefine((value, context) => {
    const message = windowError(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** From `from_ms` up to, not including, `to_ms`. Throws InvalidReportError where it is not a window. */
export function rangeOf(window: Window, now_ms: number): { from_ms: number; to_ms: number } {
  const { last_days, from = FIRST_DAY, to = LAST_DAY, tz = 'UTC' } = window;
  return last_days === undefined
    ? readExactRange(from, to, tz, now_ms)
    : { from_ms: now_ms - last_days * DAY_MS, to_ms: now_ms + 1 };
}

function windowError(window: Window): string | undefined {
  const between = window.from !== undefined || window.to !== undefined;
  if (between === (window.last_days !== undefined)) return 'give last_days, or from and to';
  if (!between && window.tz !== undefined) return 'tz goes with from and to';
  try {
    rangeOf(window, 0);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidReportError) return error.message;
    throw error;
  }
}
