/**
 * Priorities of statements in ClickHouse, lower first: a statement with a higher number pauses while one with a lower
 * number runs, for at most a second. A statement without a priority never pauses.
 */

/** Inserts of the workers: until an insert is done, its clicks are not in the reports. */
export const INSERT_PRIORITY = 1;
/** Reports, traces and the statements of analysts. */
export const READ_PRIORITY = 2;
