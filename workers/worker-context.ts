/** What the steps of a worker are handed: connections and counters, no globals. */

import type { Judge } from '../src/bots/judge.ts';
import type { ClickHouseClient } from '../src/clickhouse/client.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { BatchedReader } from '../src/platform/record-cache.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import type { AccountCache } from './batch/row-expiry.ts';
import type { OfferCache } from './clicks/click-payouts.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface WorkerContext {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  /** Reads records from Redis, and what has left it from ClickHouse. */
  reader: BatchedReader;
  accounts: AccountCache;
  offers: OfferCache;
  judge: Judge;
  metrics: WorkerMetrics;
  logger: Logger;
}
