/**
 * Tests are kept in tables of their own, each with the columns of the table that it stands beside, so that no report can
 * count them by mistake. Whoever shows single things reads both. Pure.
 */

/** The table of tests beside each table. */
export const TEST_TABLES = {
  sends: 'test_sends',
  clicks: 'test_clicks',
  refused_taps: 'test_refused_taps',
} as const;

export type TestedTable = keyof typeof TEST_TABLES;

/**
 * Rows of a test are kept for so many days, or as long as the account keeps others where that is shorter: nobody asks for
 * an old test.
 */
export const TEST_DAYS_MAX = 30;

/** What withTests adds to the columns of a table. */
export const IS_TEST = {
  type: 'UInt8',
  personal: 'none',
  meaning: '1 for a test: no report counts it',
} as const;

/** Selects `columns` of both tables where `condition` holds, and `is_test`: 1 for rows of tests. */
export function withTests(table: TestedTable, columns: string, condition: string): string {
  return [
    `SELECT ${columns}, 0 AS is_test FROM trackly.${table} WHERE ${condition}`,
    `SELECT ${columns}, 1 AS is_test FROM trackly.${TEST_TABLES[table]} WHERE ${condition}`,
  ].join(' UNION ALL ');
}
