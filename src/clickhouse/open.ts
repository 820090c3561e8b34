/** Opens a client for the product's database, which is first created and migrated if it is not up to date. */

import { READER_USER, readAsReader } from '../analysts/access.ts';
import { REPORT_VIEWS } from '../analysts/report-views.ts';
import type { Logger } from '../platform/logger.ts';
import { type ClickHouseClient, ClickHouseError, createClickHouse } from './client.ts';
import { clickHouseFault } from './faults.ts';
import { migrate } from './migrate.ts';

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
