/** The connections, caches and counters that a worker passes to its steps, instead of globals. */

import type { Judge } from '../src/bots/judge.ts';
import type { ClickHouseClient } from '../src/clickhouse/client.ts';
import type { Agents } from '../src/clicks/agent.ts';
import type { ReplicaBarrier } from '../src/log/replica-barrier.ts';
import type { Logger } from '../src/platform/logger.ts';
import type { BatchedReader } from '../src/platform/record-cache.ts';
import type { RedisClient } from '../src/platform/redis.ts';
import type { Tracer } from '../src/platform/telemetry/traces.ts';
import type { ErasedContacts } from '../src/privacy/erased-contacts.ts';
import type { WebhookCache } from '../src/webhooks/webhook-cache.ts';
import type { AccountCache } from './batch/keeping.ts';
import type { OfferCache } from './clicks/click-payouts.ts';
import type { Lateness } from './lateness.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface WorkerContext {
  redis: RedisClient;
  /** With CLICK_ACK=replicated. */
  barrier?: ReplicaBarrier | undefined;
  clickhouse: ClickHouseClient;
  /** Reads records from Redis, and those that have left Redis from ClickHouse. */
  reader: BatchedReader;
  accounts: AccountCache;
  offers: OfferCache;
  webhooks: WebhookCache;
  judge: Judge;
  /** What clicks were made with, by their user agents. */
  agents: Agents;
  /** Networks whose names this worker has stored; at most those of the data, some 80,000. */
  named_networks: Set<number>;
  /** Contacts whose rows are stored under a pseudonym. */
  erased: ErasedContacts;
  /** The key of fingerprints of contacts. */
  contact_key: string;
  /** The installation's own domain. */
  own_domain: string;
  metrics: WorkerMetrics;
  /** Of this process's batches of clicks. */
  lateness: Lateness;
  /** Undefined unless traces are asked for. */
  tracer: Tracer | undefined;
  logger: Logger;
}
