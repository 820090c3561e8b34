/** What the steps that find credits are given: the worker's connections, or the API's for a preview. */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import type { BatchedReader } from '../../platform/record-cache.ts';
import type { RedisClient } from '../../platform/redis.ts';

/** What credits are found in. */
export interface CreditSources {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  /** Reads links. */
  reader: BatchedReader;
  /** The key of fingerprints of contacts. */
  contact_key: string;
  /** A preview registers nothing: what is missing is not waited for. */
  only_look?: boolean;
}
