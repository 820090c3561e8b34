/** Opens a client for the product's database, which is first created and migrated if it is not up to date. */

import { text } from 'node:stream/consumers';
import { READER_USER, readAsReader, readFiltered } from '../analysts/access.ts';
import { REPORT_VIEWS } from '../analysts/report-views.ts';
import { defaultReserve } from '../platform/disk-reserve.ts';
import type { Logger } from '../platform/logger.ts';
import { clockFault, ServerFault } from '../platform/server-fault.ts';
import { within } from '../platform/within.ts';
import { type ClickHouseClient, ClickHouseError, createClickHouse } from './client.ts';
import { openCluster } from './cluster.ts';
import { type ClusterTables, DATABASE, SHARD_DATABASE } from './cluster-ddl.ts';
import { clickHouseFault, isOlder } from './faults.ts';
import { CLUSTER_GRANTS, REPLICATED_GRANTS, SYSTEM_GRANTS } from './grants.ts';
import { migrate } from './migrate.ts';
import { nodeAddresses } from './node-addresses.ts';
import { assertOneServer } from './one-server.ts';
import { reportViewStatements } from './report-view-statements.ts';

/** Of the grants (wildcards), and of CHECK GRANT. */
const VERSION_MIN = '24.10';
const ASK_WITHIN_MS = 2_000;
/** A later version's migration may have to read all rows. */
const MIGRATION_WITHIN_MS = 3_600_000;

/**
 * The server at `url`, or the cluster whose nodes it lists. Rejects with ServerFault when ClickHouse can't be used, and when a
 * migration fails. Safe to run from many processes.
 */
export async function openClickHouse(
  url: string,
  logger: Logger,
  tables?: ClusterTables,
): Promise<ClickHouseClient> {
  if (tables !== undefined) {
    const grants = [...CLUSTER_GRANTS, ...(tables.replicated ? REPLICATED_GRANTS : [])];
    return openCluster(nodeAddresses(url) ?? [url], {
      tables,
      logger,
      check: (node, node_url) => checkServer(node, node_url, [...SYSTEM_GRANTS, ...grants]),
      migrate: (node) => bringUpToDate(node, logger, tables),
    });
  }
  if ((nodeAddresses(url) ?? []).length > 1) {
    throw new ServerFault('CLICKHOUSE_URL', url, {
      found: 'several nodes are given, and CLICKHOUSE_CLUSTER is not set: the nodes hold different data',
      advice: 'set it to the name that they give the cluster in remote_servers, or give one server',
      passes: false,
    });
  }
  // Without a database, because a client cannot name one that does not exist yet.
  const client = createClickHouse(url, { request_timeout_ms: MIGRATION_WITHIN_MS });
  try {
    await checkServer(client, url, SYSTEM_GRANTS);
    await assertNoNode(client, url);
    await bringUpToDate(client, logger, undefined);
    const identity = await assertOneServer(url);
    return Object.assign(createClickHouse(url, { database: DATABASE }), { identity });
  } catch (error) {
    throw clickHouseFault(url, error) ?? error;
  } finally {
    await client.close();
  }
}

/** Rejects with ServerFault where the server has the rows of one shard: those of the others would be missing. */
async function assertNoNode(client: ClickHouseClient, url: string): Promise<void> {
  if ((await answerOf(client, `EXISTS DATABASE ${SHARD_DATABASE}`)) === '0') return;
  throw new ServerFault('CLICKHOUSE_URL', url, {
    found: 'it is a node of a cluster',
    advice: 'name the cluster in CLICKHOUSE_CLUSTER and list all of its nodes',
    passes: false,
  });
}

async function bringUpToDate(
  client: ClickHouseClient,
  logger: Logger,
  tables: ClusterTables | undefined,
): Promise<void> {
  await migrate(client, logger, undefined, tables);
  const statements = tables === undefined ? undefined : reportViewStatements(tables);
  for (const view of await viewsToSecure(client)) {
    const statement = statements?.get(view);
    await client.command({ query: statement === undefined ? readAsReader(view) : readFiltered(statement) });
  }
}

/** Rejects with ServerFault where the server is too old, or its user lacks one of `grants`. */
async function checkServer(client: ClickHouseClient, url: string, grants: readonly string[]): Promise<void> {
  const version = await answerOf(client, 'SELECT version()');
  if (isOlder(version, VERSION_MIN)) {
    const [found, advice] = [`it is version ${version}`, `version ${VERSION_MIN} or later is needed`];
    throw new ServerFault('CLICKHOUSE_URL', url, { found, advice, passes: false });
  }
  const granted = await Promise.all(grants.map((grant) => answerOf(client, `CHECK GRANT ${grant}`)));
  const missing = grants.filter((_, i) => granted[i] === '0');
  if (missing.length === 0) return;
  throw new ServerFault('CLICKHOUSE_URL', url, {
    found: `this user lacks ${missing.join('; ')}`,
    advice: 'grant it what deploy/clickhouse-user.sql lists',
    passes: false,
  });
}

/** The text that a statement answers: CHECK GRANT takes no FORMAT. */
async function answerOf(client: ClickHouseClient, query: string): Promise<string> {
  const { stream } = await client.exec({ query });
  return (await text(stream)).trim();
}

/** Asks a ClickHouse that is in use whether it still can be, and is still the same. Rejects with ServerFault. */
export async function askClickHouse(client: ClickHouseClient, url: string): Promise<void> {
  if (client.identity === undefined) return void (await askTime(client, url));
  await within(ASK_WITHIN_MS, () => assertOneServer(url, client.identity, 1)).catch((error: unknown) => {
    throw clickHouseFault(url, error) ?? error;
  });
}

/** The nodes of a cluster that are not away, or the only server. */
const askedNodes = (client: ClickHouseClient): ClickHouseClient[] =>
  client.shards?.living().map((node) => node.client) ?? [client];

/**
 * Rejects with ServerFault where the clocks of ClickHouse and of this machine differ too much; with another error where
 * one can't be asked, which says nothing about clocks.
 */
export async function askClickHouseClock(client: ClickHouseClient, url: string): Promise<void> {
  for (const node of askedNodes(client)) {
    const asked_ms = Date.now();
    const server_ms = await within(ASK_WITHIN_MS, () => timeOf(node));
    const fault = clockFault('CLICKHOUSE_URL', url, { asked_ms, answered_ms: Date.now(), server_ms });
    if (fault !== undefined) throw fault;
  }
}

/** Servers of ClickHouse that have no room for batches: what was found of each. */
export type WithoutRoom = Map<ClickHouseClient, string>;

/**
 * Notes in `without_room` which servers have a disk with less left than half of the reserve, which is `reserve_bytes` or a
 * part of the disk. Rejects with ServerFault where that is all of them: of a cluster the others go on. A user who may not
 * read system.disks sees no disk.
 */
export async function askClickHouseRoom(
  client: ClickHouseClient,
  url: string,
  reserve_bytes: number | undefined,
  without_room: WithoutRoom,
): Promise<void> {
  const nodes = askedNodes(client);
  const found = await within(ASK_WITHIN_MS, () =>
    Promise.all(nodes.map((node) => fullDisk(node, reserve_bytes))),
  );
  without_room.clear();
  for (const [i, full] of found.entries()) {
    if (full !== undefined) without_room.set(nodes[i] as ClickHouseClient, full);
  }
  const [full] = without_room.values();
  if (full === undefined || without_room.size < nodes.length) return;
  throw new ServerFault('CLICKHOUSE_URL', url, {
    found: full,
    advice: 'make room there; rows wait in the logs until there is some',
    passes: true,
  });
}

/** A disk of the server with less left than that, in words. */
async function fullDisk(
  node: ClickHouseClient,
  reserve_bytes: number | undefined,
): Promise<string | undefined> {
  const query = `SELECT name, toFloat64(unreserved_space) AS free_bytes, toFloat64(total_space) AS size_bytes
    FROM system.disks WHERE type = 'Local'`;
  const result = await node.query({ query, format: 'JSONEachRow' });
  const disks = await result.json<{ name: string; free_bytes: number; size_bytes: number }>();
  const full = disks.find(
    ({ free_bytes, size_bytes }) => free_bytes < (reserve_bytes ?? defaultReserve(size_bytes)) / 2,
  );
  return full && `its disk "${full.name}" has ${Math.floor(full.free_bytes / 1_024 ** 2)} MiB left`;
}

/** The server's clock, in Unix milliseconds. Rejects when ClickHouse is down. */
export async function timeOf(client: ClickHouseClient): Promise<number> {
  const query = 'SELECT toFloat64(toUnixTimestamp64Milli(now64(3))) AS server_ms';
  const result = await client.query({ query, format: 'JSONEachRow' });
  const [row] = await result.json<{ server_ms: number }>();
  return row?.server_ms ?? Date.now();
}

/** The same in time, or a ServerFault. */
async function askTime(client: ClickHouseClient, url: string): Promise<number> {
  return within(ASK_WITHIN_MS, () => timeOf(client)).catch((error: unknown) => {
    throw clickHouseFault(url, error) ?? error;
  });
}

/** Whether the server has the product's database; rejects with ServerFault when it can't be asked. */
export async function hasDatabase(url: string): Promise<boolean> {
  const addresses = nodeAddresses(url) ?? [url];
  // Of a cluster any node that answers can tell.
  const asked = await Promise.allSettled(addresses.map(askForDatabase));
  const told = asked.find((one) => one.status === 'fulfilled');
  if (told !== undefined) return told.value;
  throw (asked[0] as PromiseRejectedResult).reason;
}

async function askForDatabase(url: string): Promise<boolean> {
  const client = createClickHouse(url);
  try {
    const result = await client.query({ query: 'EXISTS DATABASE trackly', format: 'JSONEachRow' });
    const [row] = await result.json<{ result: number }>();
    return row?.result === 1;
  } catch (error) {
    throw clickHouseFault(url, error) ?? error;
  } finally {
    await client.close();
  }
}

/** The report views of a cluster that would show analysts the rows of other accounts; there should be none. */
export async function unfilteredViews({ shards }: ClickHouseClient): Promise<string[]> {
  const query = `SELECT name FROM system.tables
    WHERE database = '${DATABASE}' AND name IN {views:Array(String)}
      AND position(create_table_query, 'DEFINER = ${READER_USER}') > 0
      AND position(create_table_query, 'getClientHTTPHeader') = 0`;
  const found = (shards?.living() ?? []).map(async ({ client }) => {
    const result = await client.query({
      query,
      query_params: { views: REPORT_VIEWS },
      format: 'JSONEachRow',
    });
    return (await result.json<{ name: string }>()).map(({ name }) => name);
  });
  return [...new Set((await Promise.all(found)).flat())];
}

/**
 * The report views that do not yet read with the rights of READER_USER; see analysts/access.ts. Empty if the server
 * does not have that user, or does not let this user see it.
 */
async function viewsToSecure(client: ClickHouseClient): Promise<string[]> {
  const query = `SELECT name FROM system.tables
    WHERE database = 'trackly' AND name IN {views:Array(String)}
      AND position(create_table_query, concat('DEFINER = ', {reader:String})) = 0
      AND {reader:String} IN (SELECT name FROM system.users)`;
  const query_params = { views: REPORT_VIEWS, reader: READER_USER };
  try {
    const result = await client.query({ query, query_params, format: 'JSONEachRow' });
    return (await result.json<{ name: string }>()).map(({ name }) => name);
  } catch (error) {
    if (error instanceof ClickHouseError && error.type === 'ACCESS_DENIED') return [];
    throw error;
  }
}
