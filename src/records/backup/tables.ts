/**
 * The tables of ClickHouse in a backup. A snapshot of one moment is held in separate tables that share the parts
 * (hard links, no copy), and is read from there while the system continues. The rows of each part are one object, named
 * by the part's content: a part that an earlier backup holds is not written again. A restore also attaches whole parts,
 * so that no view counts the rows again.
 *
 * In a cluster each shard holds its own snapshot, on one of its replicas, and a backup has the parts of all. It does not say
 * where they were: a restore deals them out over the shards that there are then.
 *
 * ClickHouse's own BACKUP is not used: it does not report when its snapshot of all tables is taken, so the logs would
 * have to pause until everything is written. An external server writes it to its own disks, where this backup cannot
 * combine it with the Redis data, encrypt or verify it. In the embedded server it would need the right to write files,
 * which no user has there.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ClickHouseClient, ShardNode } from '../../clickhouse/client.ts';
import { aside } from '../../clickhouse/cluster-ddl.ts';
import { firstNode, nodeOfEachShard } from '../../clickhouse/shards.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
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

/** A part of the snapshot, and the server that holds it. */
interface Part {
  client: ClickHouseClient;
  table: string;
  part: string;
  rows: number;
  hash: string;
}

async function rowsOf<T>(clickhouse: ClickHouseClient, query: string): Promise<T[]> {
  const result = await clickhouse.query({ query, format: 'JSONCompactEachRow' });
  return result.json<T>();
}

/**
 * Tables whose rows replace each other by a key that does not tell their shard: the first shard keeps them. Of records, and of
 * events of messages, whoever reads them computes what holds, from all of their rows.
 */
const OF_FIRST_SHARD: readonly string[] = [
  ...['catalog', 'networks', 'erasures', 'spools', 'export_files'],
  // One server numbers the messages of all.
  ...['webhook_messages', 'webhook_heads', 'webhook_attempts'],
];
/** What a server notes of itself. */
const OF_SERVER = ['migrations', 'members'];

/** Every table that stores rows, except what a server notes of itself. */
async function tablesOf(clickhouse: ClickHouseClient): Promise<Table[]> {
  const { client, tables_in } = firstNode(clickhouse);
  const rows = await rowsOf<[string, string[]]>(
    client,
    `SELECT table, groupArray(name) FROM (
        SELECT table, name FROM system.columns
        WHERE database = '${tables_in}' AND default_kind NOT IN ('ALIAS', 'MATERIALIZED') ORDER BY table, position)
      WHERE table IN (SELECT name FROM system.tables WHERE database = '${tables_in}' AND engine LIKE '%MergeTree')
        AND table NOT IN (${OF_SERVER.map((name) => `'${name}'`).join(', ')})
      GROUP BY table ORDER BY table`,
  );
  return rows.map(([table, columns]) => ({ table, columns }));
}

/** Snapshots the tables into those of openBeside. Takes milliseconds. */
export async function holdTables(clickhouse: ClickHouseClient, tables: readonly Table[]): Promise<void> {
  await Promise.all(
    nodeOfEachShard(clickhouse).map(async ({ client, tables_in }) => {
      for (const { table } of tables) {
        await client.command({
          query: `ALTER TABLE ${BESIDE}.${table} ATTACH PARTITION ALL FROM ${tables_in}.${table}`,
        });
      }
    }),
  );
}

/** Empty tables beside the real ones, in place of those that were not dropped. Their parts stay as they are: nothing is merged, and nothing expires. */
export async function openBeside(clickhouse: ClickHouseClient): Promise<Table[]> {
  const tables = await tablesOf(clickhouse);
  const names = tables.map(({ table }) => table);
  await Promise.all(nodeOfEachShard(clickhouse).map((node) => openOn(node, names)));
  return tables;
}

async function openOn({ client, tables_in }: ShardNode, tables: readonly string[]): Promise<void> {
  await dropOn(client);
  await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${BESIDE}` });
  const statements = await rowsOf<[string, string]>(
    client,
    `SELECT name, create_table_query FROM system.tables WHERE database = '${tables_in}' ORDER BY name`,
  );
  for (const [table, create_table_query] of statements) {
    if (!tables.includes(table)) continue;
    await client.command({ query: aside(create_table_query, BESIDE) });
    await client.command({ query: `SYSTEM STOP MERGES ${BESIDE}.${table}` });
  }
}

export async function dropBeside(clickhouse: ClickHouseClient): Promise<void> {
  // Also on replicas that held a snapshot when they were the first to answer.
  const nodes = clickhouse.shards?.living() ?? nodeOfEachShard(clickhouse);
  await Promise.all(nodes.map(({ client }) => dropOn(client)));
}

async function dropOn(client: ClickHouseClient): Promise<void> {
  await client.command({ query: `DROP DATABASE IF EXISTS ${BESIDE} SYNC` });
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
  const parts = (await Promise.all(nodeOfEachShard(clickhouse).map(partsOn))).flat();
  const of = Map.groupBy(parts, ({ table }) => table);
  const entries: TableEntry[] = [];
  for (const { table, columns } of tables) {
    const written = await inParallel(of.get(table) ?? [], AT_ONCE, (part) =>
      writePart(part, columns, writing),
    );
    const rows = written.reduce((sum, part) => sum + part.rows, 0);
    entries.push({ table, columns, rows, parts: written });
    writing.tell(`${table}: ${rows.toLocaleString('en')} rows`);
  }
  return entries;
}

async function partsOn({ client }: ShardNode): Promise<Part[]> {
  const rows = await rowsOf<[string, string, string, string]>(
    client,
    `SELECT table, name, toString(rows), hash_of_all_files FROM system.parts
     WHERE database = '${BESIDE}' AND active AND rows > 0 ORDER BY table, name`,
  );
  return rows.map(([table, part, count, hash]) => ({ client, table, part, rows: Number(count), hash }));
}

function writePart(part: Part, columns: readonly string[], writing: Writing): Promise<ObjectEntry> {
  const { known, begun, suffix } = writing;
  const content = createHash('sha256').update(`${columns.join()} ${part.hash}`).digest('hex').slice(0, 32);
  const name = `${PARTS}${part.table}/${content}.native.zst${suffix}`;
  const there = known.get(name);
  if (there !== undefined) return Promise.resolve(there);
  const written = begun.get(name) ?? writeRows(part, columns, { name, writing });
  begun.set(name, written);
  return written;
}

async function writeRows(
  { client, table, part, rows }: Part,
  columns: readonly string[],
  { name, writing }: { name: string; writing: Writing },
): Promise<ObjectEntry> {
  const { stream } = await client.exec({
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
  const sums: Record<string, string> = {};
  for (const { client, tables_in } of nodeOfEachShard(clickhouse)) {
    const columns = await rowsOf<[string]>(
      client,
      `SELECT name FROM system.columns WHERE database = '${tables_in}' AND table = '${SUMMED}' AND NOT is_in_sorting_key
         AND match(type, '^(U?Int|Decimal)') ORDER BY name`,
    );
    const [row = []] = await rowsOf<string[]>(
      client,
      `SELECT ${columns.map(([name]) => `toString(sum(${name}))`).join(', ')} FROM ${of === 'snapshot' ? BESIDE : tables_in}.${SUMMED}`,
    );
    for (const [i, [name]] of columns.entries()) {
      sums[name] = sumOf(sums[name] ?? '0', row[i] ?? '0');
    }
  }
  return sums;
}

const sumOf = (a: string, b: string): string =>
  formatDecimal((parseDecimal(a) ?? 0n) + (parseDecimal(b) ?? 0n));

/** Throws BackupError when a table already has rows. */
export async function assertEmpty(clickhouse: ClickHouseClient): Promise<void> {
  const tables = await tablesOf(clickhouse);
  for (const { client, tables_in } of nodeOfEachShard(clickhouse)) {
    for (const { table } of tables) {
      const rows = await rowsOf(client, `SELECT 1 FROM ${tables_in}.${table} LIMIT 1`);
      if (rows.length === 0) continue;
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
  const nodes = nodeOfEachShard(clickhouse);
  for (const { table, columns, rows, parts } of entries) {
    const into = OF_FIRST_SHARD.includes(table) ? nodes.slice(0, 1) : nodes;
    await inParallel([...parts.entries()], AT_ONCE, ([i, part]) =>
      insertPart(
        (into[i % into.length] as ShardNode).client,
        `${BESIDE}.${table} (${columns.join(', ')})`,
        readObject(store, part, identities),
      ),
    );
    const counts = await Promise.all(
      nodes.map(({ client }) => rowsOf<[string]>(client, `SELECT toString(count()) FROM ${BESIDE}.${table}`)),
    );
    const count = counts.reduce((sum, [row]) => sum + Number(row?.[0]), 0);
    if (count !== rows) {
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
  for (const { client, tables_in } of nodeOfEachShard(clickhouse)) {
    for (const { table } of entries) {
      await client.command({
        query: `ALTER TABLE ${tables_in}.${table} ATTACH PARTITION ALL FROM ${BESIDE}.${table}`,
      });
    }
  }
  await dropBeside(clickhouse);
}
