/**
 * Brings the schema in ClickHouse up to date at the start, before anything is inserted: applies the numbered files of
 * schema/ in order, each once, and records the name and checksum of each. Placeholders such as {columns:clicks} are
 * filled first (column-sql.ts); the checksum is that of the filled text. To change the schema of an installation in
 * use, add a new file with the next number.
 * Every node of a cluster is migrated and notes it by itself, with what cluster-ddl.ts makes of each statement.
 * A run that was killed is repeated from the file's first statement, so every statement must say IF NOT EXISTS or be
 * harmless when repeated; therefore two processes may also migrate at once. With ClickHouse down it throws.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Logger } from '../platform/logger.ts';
import type { ClickHouseClient } from './client.ts';
import { type ClusterTables, DATABASE, onNode, SHARD_DATABASE } from './cluster-ddl.ts';
import { filled } from './column-sql.ts';
import { splitStatements } from './split-statements.ts';

const SCHEMA = new URL('./schema/', import.meta.url);
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;

const CREATE_RECORD = `
CREATE TABLE IF NOT EXISTS trackly.migrations (
  name String COMMENT 'File of the migration',
  checksum String COMMENT 'SHA-256 of the file as it was applied, with its columns',
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was applied, UTC'
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY (name, checksum)
COMMENT 'Migrations that were applied to this database.'`;

/** The schema cannot be brought up to date; `message` is a sentence for the operator. */
class MigrationError extends Error {
  readonly code = 'migration';
}

/**
 * Applies the missing files and resolves with their number. Safe to repeat, also at the same
 * time in another process. `directory` holds files named `0001_what_it_does.sql`.
 * Throws MigrationError when a file that was applied has changed since. `tables`: the client is of a node of a cluster.
 */
export async function migrate(
  client: ClickHouseClient,
  logger: Logger,
  directory = SCHEMA,
  tables?: ClusterTables,
): Promise<number> {
  const noted_in = tables === undefined ? DATABASE : SHARD_DATABASE;
  for (const database of new Set([noted_in, DATABASE])) {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  }
  for (const query of statementsOf(CREATE_RECORD, tables)) await client.command({ query });
  const recorded = await readRecorded(client, noted_in);
  let applied = 0;
  for (const name of (await readdir(directory)).filter((file) => FILE_NAME.test(file)).sort()) {
    const sql = filled(await readFile(new URL(name, directory), 'utf8'));
    const checksum = createHash('sha256').update(sql).digest('hex');
    const before = recorded.get(name);
    if (before === undefined) {
      await apply(client, name, sql, tables);
      await client.insert({
        table: `${noted_in}.migrations`,
        columns: ['name', 'checksum'],
        values: [{ name, checksum }],
        format: 'JSONEachRow',
        clickhouse_settings: { async_insert: 0 },
      });
      applied += 1;
      logger.info({ migration: name }, 'migration applied');
    } else if (before !== checksum) {
      throw new MigrationError(
        `Migration ${name} was changed after it was applied to this database: restore the file and put the change into a new migration.`,
      );
    }
  }
  return applied;
}

const statementsOf = (sql: string, tables: ClusterTables | undefined): string[] =>
  splitStatements(sql).flatMap((statement) =>
    tables === undefined ? [statement] : onNode(statement, tables),
  );

async function readRecorded(client: ClickHouseClient, noted_in: string): Promise<Map<string, string>> {
  const result = await client.query({
    query: `SELECT name, checksum FROM ${noted_in}.migrations ORDER BY applied_at`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ name: string; checksum: string }>();
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

async function apply(
  client: ClickHouseClient,
  name: string,
  sql: string,
  tables: ClusterTables | undefined,
): Promise<void> {
  for (const query of statementsOf(sql, tables)) {
    try {
      await client.command({ query });
    } catch (error) {
      const statement = query.slice(0, 80).replace(/\s+/g, ' ');
      const reason = error instanceof Error ? error.message : String(error);
      throw new MigrationError(`Migration ${name} failed at "${statement}…": ${reason}`, { cause: error });
    }
  }
}
