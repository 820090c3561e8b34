/**
 * The tables of ClickHouse in a backup. A snapshot of one moment is held in separate tables that share the parts
 * (hard links, no copy), and is read from there while the system continues. A restore also attaches whole parts, so
 * that no view counts the rows again.
 *
 * ClickHouse's own BACKUP is not used: it does not report when its snapshot of all tables is taken, so the logs would
 * have to pause until everything is written. An external server writes it to its own disks, where this backup cannot
 * combine it with the Redis data or verify it. In the embedded server it would need the right to write files, which
 * no user has there.
 */

import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import type { Tell } from '../write-in-groups.ts';
import { readLines, writeLines } from './lines.ts';
import { BackupError, checksumOf, type TableEntry } from './manifest.ts';

/** Database of the tables that hold the snapshot. */
const BESIDE = 'trackly_backup';
/** Size of one insert, which both sides hold in memory. */
const INSERT_BYTES = 32 * 1024 * 1024;

interface Table {
  table: string;
  columns: string[];
}

/** Every table that stores rows, except the record of migrations. */
async function tablesOf(clickhouse: ClickHouseClient): Promise<Table[]> {
  const result = await clickhouse.query({
    query: `SELECT table, groupArray(name) FROM (
        SELECT table, name FROM system.columns
        WHERE database = 'trackly' AND default_kind NOT IN ('ALIAS', 'MATERIALIZED') ORDER BY table, position)
      WHERE table IN (SELECT name FROM system.tables WHERE database = 'trackly' AND engine LIKE '%MergeTree')
        AND table != 'migrations'
      GROUP BY table ORDER BY table`,
    format: 'JSONCompactEachRow',
  });
  return (await result.json<[string, string[]]>()).map(([table, columns]) => ({ table, columns }));
}

/** Snapshots the tables. Takes milliseconds; replaces an earlier snapshot that was not dropped. */
export async function holdTables(clickhouse: ClickHouseClient): Promise<Table[]> {
  await dropBeside(clickhouse);
  const tables = await tablesOf(clickhouse);
  for (const { table } of tables) await besideOf(clickhouse, table);
  for (const { table } of tables) {
    await clickhouse.command({
      query: `ALTER TABLE ${BESIDE}.${table} ATTACH PARTITION ALL FROM trackly.${table}`,
    });
  }
  return tables;
}

async function besideOf(clickhouse: ClickHouseClient, table: string): Promise<void> {
  await clickhouse.command({ query: `CREATE DATABASE IF NOT EXISTS ${BESIDE}` });
  await clickhouse.command({ query: `CREATE TABLE ${BESIDE}.${table} AS trackly.${table}` });
}

export async function dropBeside(clickhouse: ClickHouseClient): Promise<void> {
  await clickhouse.command({ query: `DROP DATABASE IF EXISTS ${BESIDE} SYNC` });
}

/** Writes the snapshot of holdTables, one file for each table. */
export async function writeTables(
  clickhouse: ClickHouseClient,
  tables: readonly Table[],
  folder: string,
  tell: Tell,
): Promise<TableEntry[]> {
  const entries: TableEntry[] = [];
  for (const { table, columns } of tables) {
    const file = `clickhouse.${table}.tsv.gz`;
    const path = join(folder, file);
    const rows = await writeLines(path, rowsOf(clickhouse, table, columns));
    entries.push({ table, columns, file, rows, sha256: await checksumOf(path) });
    tell(`${table}: ${rows.toLocaleString('en')} rows`);
  }
  return entries;
}

async function* rowsOf(
  clickhouse: ClickHouseClient,
  table: string,
  columns: readonly string[],
): AsyncGenerator<string[]> {
  const result = await clickhouse.query({
    query: `SELECT ${columns.join(', ')} FROM ${BESIDE}.${table}`,
    format: 'TabSeparated',
  });
  for await (const rows of result.stream()) yield rows.map(({ text }) => text);
}

/** Throws BackupError when a table already has rows. */
export async function assertEmpty(clickhouse: ClickHouseClient): Promise<void> {
  for (const { table } of await tablesOf(clickhouse)) {
    const result = await clickhouse.query({
      query: `SELECT 1 FROM trackly.${table} LIMIT 1`,
      format: 'JSONCompactEachRow',
    });
    if ((await result.json()).length > 0) {
      throw new BackupError(
        `the table ${table} already has rows: a backup is restored into an empty installation. Set DATA_DIR to an empty folder (or give an empty ClickHouse).`,
      );
    }
  }
}

/** Restores the tables, which must be empty. */
export async function readTables(
  clickhouse: ClickHouseClient,
  entries: readonly TableEntry[],
  folder: string,
  tell: Tell,
): Promise<void> {
  await dropBeside(clickhouse);
  for (const { table, columns, file, rows } of entries) {
    await besideOf(clickhouse, table);
    for await (const lines of readLines(join(folder, file), INSERT_BYTES)) {
      await clickhouse.insert({
        table: `${BESIDE}.${table}`,
        columns: columns as [string, ...string[]],
        values: Readable.from([lines], { objectMode: false }),
        format: 'TabSeparated',
        clickhouse_settings: { insert_deduplicate: 0, async_insert: 0, wait_end_of_query: 1 },
      });
    }
    await clickhouse.command({
      query: `ALTER TABLE trackly.${table} ATTACH PARTITION ALL FROM ${BESIDE}.${table}`,
    });
    tell(`${table}: ${rows.toLocaleString('en')} rows`);
  }
  await dropBeside(clickhouse);
}
