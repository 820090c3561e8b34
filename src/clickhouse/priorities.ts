/**
 * Priorities of statements in ClickHouse, lower first: one with a higher number pauses while one with a lower number runs,
 * for a second at most. A statement without a priority pauses for nothing.
 */

/** Inserts of the workers: clicks that wait for one are not counted yet. */
export const INSERT_PRIORITY = 1;
/** Reports, traces and the statements of analysts. */
export const READ_PRIORITY = 2;
