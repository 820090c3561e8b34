/**
 * What was found of the whole installation: the one source of the gauges of the API, of GET /v2/health and of its page.
 * Each part is measured by a function of its own, which rejects when a server that it asks is down; then the part stays
 * as it was last found, with the time.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { timeOf } from '../clickhouse/open.ts';
import { CLICKS_LOG } from '../clicks/click.ts';
import { type Ledger, readLedger } from '../clicks/click-ledger.ts';
import { backlogOf, oldestWaiting } from '../log/backlog.ts';
import { countDeadLetters } from '../log/dead-letters.ts';
import { currentLayout } from '../log/partitions.ts';
import { queuedBatches } from '../log/queued.ts';
import { type Present, readPresent } from '../platform/presence.ts';
import { memoryOf, type RedisClient } from '../platform/redis.ts';
import { type RedisShard, readShards } from '../platform/redis-shards.ts';
import { LOGS } from '../records/backup/redis-keys.ts';
import { lateExports } from '../transfer/exports/export-store.ts';
import { type DomainFindings, findDomains } from './domain-findings.ts';
import { type BackupFinding, findBackup } from './last-backup.ts';
import { findWebhooks, type WebhookFinding } from './webhook-findings.ts';

const LEDGER_MS = 2 * 3_600_000;

export interface Servers {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  /** The installation's own domain, and whether the redirect processes serve TLS. */
  domains: { public_domain: string; serves_tls: boolean };
}

export interface Waiting {
  /** `fullest`: entries of the partition that holds the most, and its bytes: each takes its part of what the log may hold. */
  logs: { log: string; entries: number; bytes: number; fullest: number; fullest_bytes: number }[];
  /** Partitions that take rows, and entries that wait in earlier ones. */
  partitions: { count: number; emptying_entries: number };
  /** Age of the oldest click that is not in the reports yet; 0 if none waits. */
  behind_ms: number;
  queue_jobs: number;
  dead_letters: number;
}

export interface DiskFinding {
  name: string;
  free_bytes: number;
  size_bytes: number;
}

export interface Findings {
  redis: { used_ratio: number; evicts: boolean };
  redis_shards: RedisShard[];
  processes: Present[];
  waiting: Waiting;
  clickhouse: { clock_offset_s: number };
  clickhouse_disks: DiskFinding[];
  ledger: { minutes: number; balanced: number; open: number } & Pick<
    Ledger['totals'],
    'drift_rows' | 'spooled' | 'answered' | 'inserted'
  >;
  domains: DomainFindings;
  backup: BackupFinding;
  webhooks: WebhookFinding;
  /** Hourly exports that are late, and some of them. */
  exports: { late: number; export_ids: string[] };
}

export type Part = keyof Findings;

interface Measure<P extends Part> {
  every_ms: number;
  within_ms: number;
  find(servers: Servers): Promise<Findings[P]>;
}

/** How each part is measured. */
export const PARTS: { [P in Part]: Measure<P> } = {
  redis: { every_ms: 2_000, within_ms: 1_000, find: ({ redis }) => memoryOf(redis) },
  redis_shards: { every_ms: 2_000, within_ms: 1_500, find: ({ redis }) => readShards(redis) },
  processes: { every_ms: 2_000, within_ms: 1_000, find: ({ redis }) => readPresent(redis) },
  waiting: { every_ms: 2_000, within_ms: 1_500, find: ({ redis }) => findWaiting(redis) },
  clickhouse: { every_ms: 2_000, within_ms: 1_000, find: ({ clickhouse }) => findClock(clickhouse) },
  clickhouse_disks: { every_ms: 5_000, within_ms: 3_000, find: ({ clickhouse }) => findDisks(clickhouse) },
  ledger: { every_ms: 15_000, within_ms: 10_000, find: findLedger },
  domains: {
    every_ms: 15_000,
    within_ms: 10_000,
    find: ({ redis, domains }) => findDomains(redis, domains),
  },
  backup: { every_ms: 5_000, within_ms: 1_000, find: ({ redis }) => findBackup(redis) },
  webhooks: {
    every_ms: 15_000,
    within_ms: 10_000,
    find: ({ redis, clickhouse }) => findWebhooks(redis, clickhouse),
  },
  exports: { every_ms: 5_000, within_ms: 1_000, find: ({ redis }) => findExports(redis) },
};

const LATE_NAMED_MAX = 5;

async function findExports(redis: RedisClient): Promise<Findings['exports']> {
  const { count, export_ids } = await lateExports(redis, Date.now(), LATE_NAMED_MAX);
  return { late: count, export_ids };
}

async function findWaiting(redis: RedisClient): Promise<Waiting> {
  const now_ms = Date.now();
  const logs = await Promise.all(
    LOGS.map(async (log) => {
      const { entries, bytes } = await backlogOf(redis, log);
      const earlier = sumOf(entries.slice(0, -currentLayout().count));
      const [fullest, fullest_bytes] = [Math.max(...entries), Math.max(...bytes)];
      return { log, entries: sumOf(entries), bytes: sumOf(bytes), fullest, fullest_bytes, earlier };
    }),
  );
  const oldest_ms = await oldestWaiting(redis, CLICKS_LOG);
  return {
    logs: logs.map(({ earlier: _, ...log }) => log),
    partitions: {
      count: currentLayout().count,
      emptying_entries: sumOf(logs.map(({ earlier }) => earlier)),
    },
    behind_ms: oldest_ms === undefined ? 0 : Math.max(0, now_ms - oldest_ms),
    queue_jobs: await queuedBatches(redis),
    dead_letters: await countDeadLetters(redis),
  };
}

async function findClock(clickhouse: ClickHouseClient): Promise<{ clock_offset_s: number }> {
  const asked_ms = Date.now();
  const server_ms = await timeOf(clickhouse);
  return { clock_offset_s: ((asked_ms + Date.now()) / 2 - server_ms) / 1_000 };
}

/** A user without the right to read system.disks sees none. */
async function findDisks(clickhouse: ClickHouseClient): Promise<DiskFinding[]> {
  const query = `SELECT name, toFloat64(free_space) AS free_bytes, toFloat64(total_space) AS size_bytes
    FROM system.disks WHERE total_space > 0 AND total_space < 18446744073709551615 ORDER BY name LIMIT 20`;
  return (await clickhouse.query({ query, format: 'JSONEachRow' })).json<DiskFinding>();
}

async function findLedger({ redis, clickhouse }: Servers): Promise<Findings['ledger']> {
  const now_ms = Date.now();
  const { rows, totals } = await readLedger(clickhouse, redis, now_ms - LEDGER_MS, now_ms, now_ms);
  const { drift_rows, spooled, answered, inserted } = totals;
  return {
    minutes: LEDGER_MS / 60_000,
    balanced: rows.filter(({ state }) => state === 'balanced').length,
    open: rows.filter(({ state }) => state === 'open').length,
    ...{ drift_rows, spooled, answered, inserted },
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
