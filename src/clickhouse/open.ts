/** Opens a client for the product's database, which is first created and migrated if it is not up to date. */

import { READER_USER, readAsReader } from '../analysts/access.ts';
import { REPORT_VIEWS } from '../analysts/report-views.ts';
import { defaultReserve } from '../platform/disk-reserve.ts';
import type { Logger } from '../platform/logger.ts';
import { clockFault, ServerFault } from '../platform/server-fault.ts';
import { within } from '../platform/within.ts';
import { type ClickHouseClient, ClickHouseError, createClickHouse } from './client.ts';
import { clickHouseFault } from './faults.ts';
import { migrate } from './migrate.ts';

const ASK_WITHIN_MS = 2_000;
/** A later version's migration may have to read all rows. */
const MIGRATION_WITHIN_MS = 3_600_000;

/** Rejects with ServerFault when ClickHouse can't be used, and when a migration fails. Safe to run from many processes. */
export async function openClickHouse(url: string, logger: Logger): Promise<ClickHouseClient> {
  // Without a database, because a client cannot name one that does not exist yet.
  const client = createClickHouse(url, { request_timeout_ms: MIGRATION_WITHIN_MS });
  try {
    await migrate(client, logger);
    for (const view of await viewsToSecure(client)) await client.command({ query: readAsReader(view) });
  } catch (error) {
    throw clickHouseFault(url, error) ?? error;
  } finally {
    await client.close();
  }
  return createClickHouse(url, { database: 'trackly' });
}

/** Asks a ClickHouse that is in use whether it still can be. Rejects with ServerFault. */
export async function askClickHouse(client: ClickHouseClient, url: string): Promise<void> {
  await askTime(client, url);
}

/** Rejects with ServerFault where the clocks of ClickHouse and of this machine differ too much. */
export async function askClickHouseClock(client: ClickHouseClient, url: string): Promise<void> {
  const asked_ms = Date.now();
  const server_ms = await askTime(client, url);
  const fault = clockFault('CLICKHOUSE_URL', url, { asked_ms, answered_ms: Date.now(), server_ms });
  if (fault !== undefined) throw fault;
}

/**
 * Rejects with ServerFault where a disk of ClickHouse has less left than half of the reserve, which is `reserve_bytes` or a
 * part of the disk. A user who may not read system.disks sees no disk.
 */
export async function askClickHouseRoom(
  client: ClickHouseClient,
  url: string,
  reserve_bytes: number | undefined,
): Promise<void> {
  const query = `SELECT name, toFloat64(unreserved_space) AS free_bytes, toFloat64(total_space) AS size_bytes
    FROM system.disks WHERE type = 'Local'`;
  const disks = await within(ASK_WITHIN_MS, async () => {
    const result = await client.query({ query, format: 'JSONEachRow' });
    return result.json<{ name: string; free_bytes: number; size_bytes: number }>();
  });
  const full = disks.find(
    ({ free_bytes, size_bytes }) => free_bytes < (reserve_bytes ?? defaultReserve(size_bytes)) / 2,
  );
  if (full === undefined) return;
  throw new ServerFault('CLICKHOUSE_URL', url, {
    found: `its disk "${full.name}" has ${Math.floor(full.free_bytes / 1_024 ** 2)} MiB left`,
    advice: 'make room there; rows wait in the logs until there is some',
    passes: true,
  });
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
