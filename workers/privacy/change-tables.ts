/**
 * Replaces erased contacts in ClickHouse's tables, by one mutation of each table, and waits until nothing of the replaced
 * parts is left on its disk. ClickHouse goes on with mutations after a restart. With ClickHouse down every call rejects;
 * each is safe to repeat.
 */
import type { ClickHouseClient, ShardNode } from '../../src/clickhouse/client.ts';
import { everyNode, nodeOfEachShard } from '../../src/clickhouse/shards.ts';
import { TEST_TABLES } from '../../src/clickhouse/test-rows.ts';
import type { RoundContact } from '../../src/privacy/erased-contacts.ts';
import { type Changed, NOTHING_CHANGED } from '../../src/privacy/erasure.ts';
import {
  ERASING_COLUMNS,
  ERASING_DATABASE,
  ERASING_TABLE,
  TABLE_CHANGES,
  updateOf,
} from '../../src/privacy/table-changes.ts';
import { IMPORT_PREFIX } from '../../src/transfer/imports/import.ts';

const TABLES = TABLE_CHANGES.map(({ table }) => table);
/** The database that holds a backup's snapshot, which shares its parts. */
const SNAPSHOT_DATABASE = 'trackly_backup';

async function ask<Row>(
  clickhouse: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown> = {},
): Promise<Row[]> {
  const result = await clickhouse.query({ query, query_params, format: 'JSONEachRow' });
  return result.json<Row>();
}

/**
 * Writes the contacts for the mutations to read, in one step, and only if they are not there: a mutation that an earlier
 * try began may be reading them. Every node gets them, because replicas run a mutation each by itself. Their ids travel as data, because statements are kept in logs and on disks.
 */
async function writeContacts(
  clickhouse: ClickHouseClient,
  contacts: readonly RoundContact[],
  hold: () => Promise<void>,
): Promise<void> {
  const columns = ERASING_COLUMNS.map((name) => `${name} String`).join(', ');
  await clickhouse.command({ query: `CREATE DATABASE IF NOT EXISTS ${ERASING_DATABASE}` });
  await clickhouse.command({
    query: `CREATE TABLE IF NOT EXISTS ${ERASING_TABLE} (${columns}) ENGINE = MergeTree ORDER BY name`,
  });
  const [written] = await ask<{ pseudonym: string; contacts: string }>(
    clickhouse,
    `SELECT any(pseudonym) AS pseudonym, count() AS contacts FROM ${ERASING_TABLE}`,
  );
  const ours = contacts.some(({ pseudonym }) => pseudonym === written?.pseudonym);
  if (ours && Number(written?.contacts) === contacts.length) return;
  // Whoever stood still meanwhile must not touch what another round reads, nor bring back what it has removed.
  await hold();
  if (Number(written?.contacts) > 0) {
    await removeFrom(clickhouse);
    return writeContacts(clickhouse, contacts, hold);
  }
  await clickhouse.insert({
    table: ERASING_TABLE,
    values: contacts.map((contact) => ({
      ...contact,
      name: `${contact.account_id}\n${contact.contact_id}`,
      contact_json: JSON.stringify(contact.contact_id),
    })),
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
  });
}

/** Removes that table from the disk. */
export async function removeContacts(clickhouse: ClickHouseClient): Promise<void> {
  for (const { client } of everyNode(clickhouse)) await removeFrom(client);
}

async function removeFrom(node: ClickHouseClient): Promise<void> {
  await node.command({ query: `DROP DATABASE IF EXISTS ${ERASING_DATABASE} SYNC` });
}

/** Which count of an erasure a table's rows are. */
const COUNTED: Readonly<Record<string, keyof Changed>> = {
  clicks: 'clicks',
  [TEST_TABLES.clicks]: 'clicks',
  sends: 'messages',
  [TEST_TABLES.sends]: 'messages',
  conversions: 'conversions',
  records: 'links',
};

/**
 * Begins a mutation of each table that has rows of these contacts. Resolves with the number of rows by account. `hold`
 * is called before each change; it throws to give up.
 */
export async function beginMutations(
  clickhouse: ClickHouseClient,
  contacts: readonly RoundContact[],
  hold: () => Promise<void>,
): Promise<Record<string, Changed>> {
  for (const { client } of everyNode(clickhouse)) await writeContacts(client, contacts, hold);
  const changed: Record<string, Changed> = {};
  for (const { client, tables_in } of nodeOfEachShard(clickhouse)) {
    await mutateTables(client, tables_in, changed, hold);
  }
  return changed;
}

/** Adds the rows of each account to `changed`. */
async function mutateTables(
  clickhouse: ClickHouseClient,
  tables_in: string,
  changed: Record<string, Changed>,
  hold: () => Promise<void>,
): Promise<void> {
  for (const change of TABLE_CHANGES) {
    const found = await ask<{ id: string; rows: string }>(
      clickhouse,
      `SELECT ${change.account} AS id, countIf(${change.told ?? 'true'}) AS rows FROM ${tables_in}.${change.table} WHERE ${change.where} GROUP BY id`,
    );
    for (const { id, rows } of found) {
      const name = COUNTED[change.table];
      if (name === undefined) continue;
      const before = changed[id] ?? NOTHING_CHANGED;
      changed[id] = { ...before, [name]: before[name] + Number(rows) };
    }
    if (found.length === 0) continue;
    await hold();
    await clickhouse.command({
      query: updateOf(change, tables_in),
      clickhouse_settings: { mutations_sync: '0', allow_nondeterministic_mutations: 1 },
    });
  }
}

/** What the mutations still have to do, as a text; '' when they are done. Throws with ClickHouse's reason if one fails. */
export async function unmutated(clickhouse: ClickHouseClient): Promise<string> {
  const open = await Promise.all(everyNode(clickhouse).map(unmutatedOn));
  return open.filter((text) => text !== '').join(', ');
}

async function unmutatedOn({ client: clickhouse, tables_in }: ShardNode): Promise<string> {
  const open = await ask<{ table: string; parts: string; failed: string }>(
    clickhouse,
    `SELECT table, sum(parts_to_do) AS parts, any(latest_fail_error_code_name) AS failed FROM system.mutations
     WHERE database = {tables_in:String} AND table IN {tables:Array(String)} AND NOT is_done GROUP BY table`,
    { tables: TABLES, tables_in },
  );
  return open
    .map(({ table, parts, failed }) => `${parts} parts of ${table}${failed === '' ? '' : ` (${failed})`}`)
    .join(', ');
}

/** Whether statements of imports are under way on any node, as a text; '' when none is. */
export async function importing(clickhouse: ClickHouseClient): Promise<string> {
  const query = `SELECT count() AS n FROM system.processes WHERE startsWith(Settings['insert_deduplication_token'], {prefix:String})`;
  const found = await Promise.all(
    everyNode(clickhouse).map(({ client }) => ask<{ n: string }>(client, query, { prefix: IMPORT_PREFIX })),
  );
  return found.some(([row]) => Number(row?.n) > 0) ? 'an import that is storing rows' : '';
}

/** The time by the clock of ClickHouse, in s; of several nodes the latest. */
export async function clockOf(clickhouse: ClickHouseClient): Promise<number> {
  const query = 'SELECT toUnixTimestamp(now()) AS now_s';
  const found = await Promise.all(
    everyNode(clickhouse).map(({ client }) => ask<{ now_s: number }>(client, query)),
  );
  return Math.max(...found.map(([row]) => Number(row?.now_s)));
}

/**
 * What is left on the disk of parts that were replaced up to `until_s`, as a text; '' when nothing is. Parts that
 * ClickHouse itself has put aside, because they were broken or doubled after a crash, are removed.
 */
export async function leftOnDisk(clickhouse: ClickHouseClient, until_s: number): Promise<string> {
  const left = await Promise.all(everyNode(clickhouse).map((node) => leftOnNode(node, until_s)));
  return left.filter((text) => text !== '').join(', ');
}

async function leftOnNode({ client: clickhouse, tables_in }: ShardNode, until_s: number): Promise<string> {
  const old = await ask<{ table: string; parts: string }>(
    clickhouse,
    `SELECT table, count() AS parts FROM system.parts
     WHERE database = {tables_in:String} AND table IN {tables:Array(String)} AND NOT active
       AND remove_time <= toDateTime({until_s:UInt32}) GROUP BY table`,
    { tables: TABLES, until_s, tables_in },
  );
  if (old.length > 0) {
    return old.map(({ table, parts }) => `${parts} replaced parts of ${table} to leave the disk`).join(', ');
  }
  const [snapshot] = await ask<{ n: string }>(
    clickhouse,
    'SELECT count() AS n FROM system.databases WHERE name = {name:String}',
    { name: SNAPSHOT_DATABASE },
  );
  if (Number(snapshot?.n) > 0) return 'a backup that is being made';
  return removeDetached(clickhouse, tables_in);
}

async function removeDetached(clickhouse: ClickHouseClient, tables_in: string): Promise<string> {
  const detached = await ask<{ table: string; name: string; reason: string }>(
    clickhouse,
    `SELECT table, name, reason FROM system.detached_parts
     WHERE database = {tables_in:String} AND table IN {tables:Array(String)}`,
    { tables: TABLES, tables_in },
  );
  for (const { table, name } of detached.filter(({ reason }) => reason !== '')) {
    await clickhouse.command({
      query: `ALTER TABLE ${tables_in}.${table} DROP DETACHED PART {name:String}`,
      query_params: { name },
      clickhouse_settings: { allow_drop_detached: 1 },
    });
  }
  const own = detached.find(({ reason }) => reason === '');
  return own === undefined ? '' : `somebody to attach or drop the detached part ${own.name} of ${own.table}`;
}
