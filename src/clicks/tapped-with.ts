/**
 * What people tap with, as rollups have it: one text of its parts, so that one grouping answers for each of them. Parts are
 * of short lists (see agent.ts) and have no tab. In SQL; pure.
 */

/** In their order in the text; columns of clicks. */
export const TAPPED_WITH = ['country', 'device', 'os', 'browser', 'in_app'] as const;

/** Of a row of clicks. */
export const tappedWith = (row: string): string =>
  `concat(${TAPPED_WITH.map((name) => `${row}.${name}`).join(", '\\t', ")})`;

/** One part. ClickHouse finds it once for each value of the column, and not for each row. */
export const partOf = (name: (typeof TAPPED_WITH)[number], column: string): string =>
  `regexpExtract(${column}, '^(?:[^\\t]*\\t){${TAPPED_WITH.indexOf(name)}}([^\\t]*)', 1)`;

/** All parts, in order. */
export const partsOf = (column: string): string => `splitByChar('\\t', ${column})`;
