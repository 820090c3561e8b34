/**
 * Removes an account's rows from ClickHouse, by one mutation of each table that has some, on every shard, and its claims
 * and notes in Redis that can only be computed from these rows. ClickHouse goes on with mutations after a restart. With
 * ClickHouse down every call rejects; each is safe to repeat.
 */
import type { ClickHouseClient, ShardNode } from '../../src/clickhouse/client.ts';
import { everyNode, nodeOfEachShard } from '../../src/clickhouse/shards.ts';
import { removalsOf } from '../../src/clicks/claim-store.ts';
import { decodeConversion, transactionKey } from '../../src/conversions/conversion.ts';
import { seenKey } from '../../src/conversions/receive/seen.ts';
import { partitionsOf } from '../../src/log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../../src/platform/redis.ts';
import { ACCOUNT_ID_IN_KEY } from '../../src/privacy/account-keys.ts';

/** Rows of one read; of a claim a few hundred bytes are in memory. */
const ROWS_PER_READ = 10_000;
const COMMANDS_PER_WRITE = 1_000;

/** The audit log keeps that the account was removed, by whom and when. */
const KEPT = "action = 'account.removed'";
/** Of a record: its key names the account, or its value does; see src/privacy/account-keys.ts. */
const OWNER_OF_KEY = `extract(key, '${ACCOUNT_ID_IN_KEY}')`;
const RECORD_OF = `(${OWNER_OF_KEY} = {account_id:String}
  OR (${OWNER_OF_KEY} = ''
    AND {account_id:String} IN (value, JSONExtractString(value, 1), JSONExtractString(value, 'account_id'))))`;
const CONDITIONS: Readonly<Record<string, string>> = {
  records: RECORD_OF,
  audit: `account_id = {account_id:String} AND NOT (${KEPT})`,
};

async function ask<Row>(
  clickhouse: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown>,
): Promise<Row[]> {
  const result = await clickhouse.query({ query, query_params, format: 'JSONEachRow' });
  return result.json<Row>();
}

/** Tables with rows of accounts, and `records`. */
async function tablesOf({ client, tables_in }: ShardNode): Promise<string[]> {
  const found = await ask<{ name: string }>(
    client,
    `SELECT name FROM system.tables WHERE database = {tables_in:String} AND engine LIKE '%MergeTree'
       AND (name = 'records' OR name IN (SELECT table FROM system.columns
         WHERE database = {tables_in:String} AND name = 'account_id')) ORDER BY name`,
    { tables_in },
  );
  return found.map(({ name }) => name);
}

/** Begins a mutation of each table that has rows of the account. */
export async function beginRemovals(clickhouse: ClickHouseClient, account_id: string): Promise<void> {
  for (const node of nodeOfEachShard(clickhouse)) {
    for (const table of await tablesOf(node)) await beginRemoval(node, table, account_id);
  }
}

async function beginRemoval(
  { client, tables_in }: ShardNode,
  table: string,
  account_id: string,
): Promise<void> {
  const where = CONDITIONS[table] ?? 'account_id = {account_id:String}';
  const [row] = await ask<{ n: string }>(
    client,
    `SELECT count() AS n FROM (SELECT 1 FROM ${tables_in}.${table} WHERE ${where} LIMIT 1)`,
    { account_id },
  );
  if (Number(row?.n) === 0) return;
  await client.command({
    query: `ALTER TABLE ${tables_in}.${table} DELETE WHERE ${where}`,
    query_params: { account_id },
    clickhouse_settings: { mutations_sync: '0' },
  });
}

/**
 * Begins to remove the records with these keys. The list of mutations is kept, so it is told hashes of the keys: the keys
 * name members and domains.
 */
export async function beginRecordRemovals(
  clickhouse: ClickHouseClient,
  account_id: string,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  const [found] = await ask<{ hashes: string[] }>(
    clickhouse,
    'SELECT arrayMap(key -> toString(sipHash64(key)), {keys:Array(String)}) AS hashes',
    { keys },
  );
  const hashes = (found?.hashes ?? []).map(BigInt).join(', ');
  // The account is in it for notRemoved, which finds the mutation by that.
  const where = `sipHash64(key) IN (${hashes}) AND {account_id:String} != ''`;
  for (const { client, tables_in } of nodeOfEachShard(clickhouse)) {
    await client.command({
      query: `ALTER TABLE ${tables_in}.records DELETE WHERE ${where}`,
      query_params: { account_id },
      clickhouse_settings: { mutations_sync: '0' },
    });
  }
}

/** What the mutations still have to do, as a text; '' when none is left. */
export async function notRemoved(clickhouse: ClickHouseClient, account_id: string): Promise<string> {
  const open = await Promise.all(
    everyNode(clickhouse).map(({ client, tables_in }) =>
      ask<{ table: string; failed: string }>(
        client,
        `SELECT table, any(latest_fail_error_code_name) AS failed FROM system.mutations
         WHERE database = {tables_in:String} AND position(command, {account_id:String}) > 0 AND NOT is_done
         GROUP BY table`,
        { account_id, tables_in },
      ),
    ),
  );
  return open
    .flat()
    .map(({ table, failed }) => (failed === '' ? table : `${table} (${failed})`))
    .join(', ');
}

/** Removes the claims of the account's first clicks. */
export async function removeClaims(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  account_id: string,
): Promise<void> {
  const query = `SELECT account_id, message_id, link_id, contact_id, offer_id, visitor FROM trackly.clicks
    WHERE account_id = {account_id:String} AND verdict != ''`;
  await eachPart<ClaimRow>(clickhouse, query, account_id, async (rows) => {
    await runParts(
      redis,
      rows.flatMap((row) => removalsOf(row, row.visitor)),
    );
  });
}

interface ClaimRow {
  account_id: string;
  message_id: string;
  link_id: string;
  contact_id: string;
  offer_id: string;
  visitor: string;
}

/** Removes the notes on what was reported of the account's transactions. */
export async function removeSeen(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  account_id: string,
): Promise<void> {
  const query = `SELECT facts FROM trackly.conversions
    WHERE account_id = {account_id:String} AND facts != ''`;
  await eachPart<{ facts: string }>(clickhouse, query, account_id, async (rows) => {
    const keys = rows.flatMap(({ facts }) => {
      const conversion = decodeConversion(facts);
      return partitionsOf(transactionKey(conversion)).map((partition) => seenKey(conversion, partition));
    });
    await runParts(
      redis,
      keys.map((key): Command => ['UNLINK', key]),
    );
  });
}

/** Calls `each` with the rows in parts, as they come: ClickHouse holds none of them back to compare it with others. */
async function eachPart<Row>(
  clickhouse: ClickHouseClient,
  query: string,
  account_id: string,
  each: (rows: Row[]) => Promise<void>,
): Promise<void> {
  const result = await clickhouse.query({ query, query_params: { account_id }, format: 'JSONEachRow' });
  let part: Row[] = [];
  for await (const rows of result.stream<Row>()) {
    for (const row of rows) part.push(row.json());
    if (part.length < ROWS_PER_READ) continue;
    await each(part);
    part = [];
  }
  await each(part);
}

async function runParts(redis: RedisClient, commands: readonly Command[]): Promise<void> {
  for (let from = 0; from < commands.length; from += COMMANDS_PER_WRITE) {
    await runAll(redis, commands.slice(from, from + COMMANDS_PER_WRITE));
  }
}
