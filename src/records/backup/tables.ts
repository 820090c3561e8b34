/**
 * The tables of ClickHouse in a backup. A snapshot of one moment is held in separate tables that share the parts
 * (hard links, no copy), and is read from there while the system continues. The rows of each part are one object, named
 * by the part's content: a part that an earlier backup holds is not written again. A restore also attaches whole parts,
 * so that no view counts the rows again.
 *
 * ClickHouse's own BACKUP is not used: it does not report when its snapshot of all tables is taken, so the logs would
 * have to pause until everything is written. An external server writes it to its own disks, where this backup cannot
 * combine it with the Redis data, encrypt or verify it. In the embedded server it would need the right to write files,
 * which no user has there.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { inParallel } from '../../platform/in-parallel.ts';
import type { ObjectStore } from '../../platform/object-store/object-store.ts';
import { newToken } from '../../platform/random.ts';
import type { Tell } from '../write-in-groups.ts';
import { BackupError, type ObjectEntry, PARTS, type TableEntry } from './manifest.ts';
import { type Recipients, readObject, writeObject } from './objects.ts';

/** Database of the tables that hold the snapshot. */
export const BESIDE = 'trackly_backup';
/** Parts that are read or written at a time: most are small, and wait for the storage. */
const AT_ONCE = 4;
/** Rows of one block of an insert, which ClickHouse holds in memory. */
const BLOCK_ROWS = 100_000;
/** The report whose sums are compared after a restore. */
const SUMMED = 'rollup_quarter_hours';

export interface Table {
  table: string;
  columns: string[];
}

/** A part of the snapshot. */
interface Part {
  table: string;
  part: string;
  rows: number;
  hash: string;
}

async function rowsOf<T>(clickhouse: ClickHouseClient, query: string): Promise<T[]> {
  const result = await clickhouse.query({ query, format: 'JSONCompactEachRow' });
  return result.json<T>();
}

/** Every table that stores rows, except the record of migrations. */
async function tablesOf(clickhouse: ClickHouseClient): Promise<Table[]> {
  const rows = await rowsOf<[string, string[]]>(
    clickhouse,
    `SELECT table, groupArray(name) FROM (
        SELECT table, name FROM system.columns
        WHERE database = 'trackly' AND default_kind NOT IN ('ALIAS', 'MATERIALIZED') ORDER BY table, position)
      WHERE table IN (SELECT name FROM system.tables WHERE database = 'trackly' AND engine LIKE '%MergeTree')
        AND table != 'migrations'
      GROUP BY table ORDER BY table`,
  );
  return rows.map(([table, columns]) => ({ table, columns }));
}

/** Snapshots the tables into those of openBeside. Takes milliseconds. */
export async function holdTables(clickhouse: ClickHouseClient, tables: readonly Table[]): Promise<void> {
  for (const { table } of tables) {
    await clickhouse.command({
      query: `ALTER TABLE ${BESIDE}.${table} ATTACH PARTITION ALL FROM trackly.${table}`,
    });
  }
}

/** Empty tables beside the real ones, in place of those that were not dropped. Their parts stay as they are: nothing is merged, and nothing expires. */
export async function openBeside(clickhouse: ClickHouseClient): Promise<Table[]> {
  await dropBeside(clickhouse);
  await clickhouse.command({ query: `CREATE DATABASE IF NOT EXISTS ${BESIDE}` });
  const tables = await tablesOf(clickhouse);
  for (const { table } of tables) {
    await clickhouse.command({ query: `CREATE TABLE ${BESIDE}.${table} AS trackly.${table}` });
    await clickhouse.command({ query: `SYSTEM STOP MERGES ${BESIDE}.${table}` });
  }
  return tables;
}

export async function dropBeside(clickhouse: ClickHouseClient): Promise<void> {
  await clickhouse.command({ query: `DROP DATABASE IF EXISTS ${BESIDE} SYNC` });
}

export interface Writing {
  store: ObjectStore;
  recipients: Recipients;
  /** Ends the names of encrypted objects; changes with the key. */
  suffix: string;
  /** Objects that earlier backups hold, by name. */
  known: ReadonlyMap<string, ObjectEntry>;
  /** Objects of this backup, by name: two parts may have the same content. */
  begun: Map<string, Promise<ObjectEntry>>;
  tell: Tell;
}

/** Writes the parts of the snapshot of holdTables that are not known. */
export async function writeTables(
  clickhouse: ClickHouseClient,
  tables: readonly Table[],
  writing: Writing,
): Promise<TableEntry[]> {
  const parts = (
    await rowsOf<[string, string, string, string]>(
      clickhouse,
      `SELECT table, name, toString(rows), hash_of_all_files FROM system.parts
       WHERE database = '${BESIDE}' AND active AND rows > 0 ORDER BY table, name`,
    )
  ).map(([table, part, rows, hash]): Part => ({ table, part, rows: Number(rows), hash }));
  const of = Map.groupBy(parts, ({ table }) => table);
  const entries: TableEntry[] = [];
  for (const { table, columns } of tables) {
    const written = await inParallel(of.get(table) ?? [], AT_ONCE, (part) =>
      writePart(clickhouse, part, columns, writing),
    );
    const rows = written.reduce((sum, part) => sum + part.rows, 0);
    entries.push({ table, columns, rows, parts: written });
    writing.tell(`${table}: ${rows.toLocaleString('en')} rows`);
  }
  return entries;
}

function writePart(
  clickhouse: ClickHouseClient,
  part: Part,
  columns: readonly string[],
  writing: Writing,
): Promise<ObjectEntry> {
  const { known, begun, suffix } = writing;
  const content = createHash('sha256').update(`${columns.join()} ${part.hash}`).digest('hex').slice(0, 32);
  const name = `${PARTS}${part.table}/${content}.native.zst${suffix}`;
  const there = known.get(name);
  if (there !== undefined) return Promise.resolve(there);
  const written = begun.get(name) ?? writeRows(clickhouse, part, columns, { name, writing });
  begun.set(name, written);
  return written;
}

async function writeRows(
  clickhouse: ClickHouseClient,
  { table, part, rows }: Part,
  columns: readonly string[],
  { name, writing }: { name: string; writing: Writing },
): Promise<ObjectEntry> {
  const { stream } = await clickhouse.exec({
    query: `SELECT ${columns.join(', ')} FROM ${BESIDE}.${table} WHERE _part = {part:String} FORMAT Native`,
    query_params: { part },
  });
  return { name, rows, ...(await writeObject(writing.store, name, stream, writing.recipients)) };
}

/** Sums of the numbers of a report, in the snapshot or in the tables themselves; merging rows does not change them. */
export async function readSums(
  clickhouse: ClickHouseClient,
  of: 'snapshot' | 'tables',
): Promise<Record<string, string>> {
  const columns = await rowsOf<[string]>(
    clickhouse,
    `SELECT name FROM system.columns WHERE database = 'trackly' AND table = '${SUMMED}' AND NOT is_in_sorting_key
       AND match(type, '^(U?Int|Decimal)') ORDER BY name`,
  );
  const database = of === 'snapshot' ? BESIDE : 'trackly';
  const sums = columns.map(([name]) => `toString(sum(${name}))`);
  const [row = []] = await rowsOf<string[]>(
    clickhouse,
    `SELECT ${sums.join(', ')} FROM ${database}.${SUMMED}`,
  );
  return Object.fromEntries(columns.map(([name], i) => [name, row[i] ?? '']));
}

/** Throws BackupError when a table already has rows. */
export async function assertEmpty(clickhouse: ClickHouseClient): Promise<void> {
  for (const { table } of await tablesOf(clickhouse)) {
    const rows = await rowsOf(clickhouse, `SELECT 1 FROM trackly.${table} LIMIT 1`);
    if (rows.length > 0) {
      throw new BackupError(
        `the table ${table} already has rows: a backup is restored into an empty installation. Set DATA_DIR to an empty folder (or give an empty ClickHouse).`,
      );
    }
  }
}

/** Reads the tables' rows into the tables beside, and counts them. */
export async function loadTables(
  clickhouse: ClickHouseClient,
  entries: readonly TableEntry[],
  store: ObjectStore,
  identities: readonly string[],
  tell: Tell,
): Promise<void> {
  await openBeside(clickhouse);
  for (const { table, columns, rows, parts } of entries) {
    await inParallel(parts, AT_ONCE, (part) =>
      insertPart(
        clickhouse,
        `${BESIDE}.${table} (${columns.join(', ')})`,
        readObject(store, part, identities),
      ),
    );
    const [[count] = ['']] = await rowsOf<[string]>(
      clickhouse,
      `SELECT toString(count()) FROM ${BESIDE}.${table}`,
    );
    if (Number(count) !== rows) {
      throw new BackupError(
        `${count} rows of ${table} came back, but the backup holds ${rows}: use another backup.`,
      );
    }
    tell(`${table}: ${rows.toLocaleString('en')} rows`);
  }
}

/** The first error of the source is the reason, not that of the insert which it cuts. */
async function insertPart(clickhouse: ClickHouseClient, into: string, source: Readable): Promise<void> {
  let reason: unknown;
  source.once('error', (error) => {
    reason ??= error;
  });
  try {
    const { stream } = await clickhouse.exec({
      query: `INSERT INTO ${into} FORMAT Native`,
      values: source,
      clickhouse_settings: {
        async_insert: 0,
        // Of its own, because two parts may have the same rows. Newer servers pass over insert_deduplicate = 0.
        insert_deduplication_token: newToken(),
        optimize_on_insert: 0,
        wait_end_of_query: 1,
        max_insert_block_size: String(BLOCK_ROWS),
        min_insert_block_size_rows: String(BLOCK_ROWS),
      },
    });
    for await (const _ of stream as Readable);
  } catch (error) {
    throw reason ?? error;
  } finally {
    source.destroy();
  }
}

/** Moves the loaded parts into the tables. */
export async function attachTables(
  clickhouse: ClickHouseClient,
  entries: readonly TableEntry[],
): Promise<void> {
  for (const { table } of entries) {
    await clickhouse.command({
      query: `ALTER TABLE trackly.${table} ATTACH PARTITION ALL FROM ${BESIDE}.${table}`,
    });
  }
  await dropBeside(clickhouse);
}
