/**
 * The time from the send of a message to a click on it, in steps: fine in the first minute, in which programs open links.
 * In SQL; pure.
 */

/** The step of clicks before the send. */
const BEFORE_S = -1;
/** Where each step begins, in seconds; it ends where the next begins. */
export const DELAYS_S = [BEFORE_S, 0, 1, 2, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400] as const;

/** Whole seconds, rounded down, of a row of clicks or verdicts; BEFORE_S of clicks before the send. */
export const delaySql = (row: string): string =>
  `greatest(toInt64(floor((toUnixTimestamp64Milli(${row}.clicked_at) - toUnixTimestamp64Milli(${row}.sent_at)) / 1000)), ${BEFORE_S})`;

/** The step that it is in: one of DELAYS_S. */
export const delayStepSql = (row: string): string => `roundDown(${delaySql(row)}, [${DELAYS_S.join(', ')}])`;
