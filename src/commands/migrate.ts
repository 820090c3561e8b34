/**
 * `trackly migrate`: brings the schema of the ClickHouse at CLICKHOUSE_URL up to date, and ends. Before an upgrade, so
 * that no role waits for it; roles do the same when they start. Safe to repeat, and beside running roles. A ClickHouse
 * that is away is waited for, one that can never be used ends it with a sentence.
 */
import { openClickHouse } from '../clickhouse/open.ts';
import { ConfigError, readConfig } from '../config.ts';
import { createLogger } from '../platform/logger.ts';
import { untilServes } from '../platform/server-fault.ts';
import { readArguments } from './errors.ts';

export async function migrateSchema(args: string[]): Promise<void> {
  readArguments(args, {});
  const { clickhouse_url, clickhouse_cluster, log_level } = readConfig();
  if (clickhouse_url === undefined) {
    throw new ConfigError(
      'CLICKHOUSE_URL is not set: there is nothing to migrate before npm start, which does it itself.',
    );
  }
  const logger = createLogger('trackly', log_level);
  const clickhouse = await untilServes(
    () => openClickHouse(clickhouse_url, logger, clickhouse_cluster),
    logger,
  );
  await clickhouse.close();
  console.log('The schema is up to date.');
}
