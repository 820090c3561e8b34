/** A client on the product's database, which is made and migrated first where it is not up to date. */
import type { ClickHouseClient } from '@clickhouse/client';
import type { Log } from '../platform/log.ts';
import { createClickHouse } from './client.ts';
import { migrate } from './migrate.ts';

/** A migration may have to fill in what was counted before it. */
const MIGRATION_WITHIN_MS = 3_600_000;

/** Rejects when ClickHouse can't be reached or a migration fails. Safe to run from many processes. */
export async function openClickHouse(url: string, log: Log): Promise<ClickHouseClient> {
  // Without a database: a client can't name one that does not exist yet.
  const client = createClickHouse(url, { request_timeout_ms: MIGRATION_WITHIN_MS });
  try {
    await migrate(client, log);
  } finally {
    await client.close();
  }
  return createClickHouse(url, { database: 'trackly' });
}
