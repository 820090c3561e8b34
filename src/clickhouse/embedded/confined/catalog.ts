/**
 * ClickHouse's catalog for confined sessions. Tools ask `system.tables` for everything (`SELECT *`), and its sizes
 * count what all accounts have together; so they are given views over it in which sizes and paths are blank. Row
 * policies leave out the tables that nobody may see.
 */
import type { Engine } from '../engine.ts';

export const CATALOG = 'confined_catalog';

/** Blank columns of system tables that stand in the catalog under the same name. */
const BLANK: Record<string, string> = {
  tables: [
    ...[
      'total_rows',
      'total_bytes',
      'total_bytes_uncompressed',
      'parts',
      'active_parts',
      'total_marks',
      'lifetime_rows',
      'lifetime_bytes',
    ].map((name) => `CAST(NULL, 'Nullable(UInt64)') AS ${name}`),
    'emptyArrayString() AS data_paths',
    "'' AS metadata_path",
  ].join(', '),
  columns: ['data_compressed_bytes', 'data_uncompressed_bytes', 'marks_bytes']
    .map((name) => `toUInt64(0) AS ${name}`)
    .join(', '),
};

export const inCatalog = (table: string): boolean => table in BLANK;

/** Makes the views, anew at every start: their columns are those of this version. Safe to repeat. */
export async function prepareCatalog(engine: Engine): Promise<void> {
  const run = (sql: string): Promise<unknown> =>
    engine.run({ sql, database: 'default', settings: {}, params: {}, default_format: 'Null' }, 'write');
  await run(`CREATE DATABASE IF NOT EXISTS ${CATALOG}`);
  for (const [table, blank] of Object.entries(BLANK)) {
    await run(
      `CREATE OR REPLACE VIEW ${CATALOG}.${table} AS SELECT * REPLACE (${blank}) FROM system.${table}`,
    );
  }
}
