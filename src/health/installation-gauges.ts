/**
 * The gauges of the whole installation, from what the watch has found: every API process has them, all the same, so a
 * rule takes their maximum. What was not found yet is missing. No server is asked.
 */
import { Gauge, type Registry } from '../platform/metrics.ts';
import type { RedisShard } from '../platform/redis-shards.ts';
import { healthOf } from './checks.ts';
import { STATES } from './finding.ts';
import type { Found } from './found.ts';

const ROLES = ['redirect', 'worker', 'api'] as const;

type Labels = Record<string, string>;
type Line = [name: string, help: string, labels: string[], read: (found: Found) => [Labels, number][]];

/** A value without labels; none where it was not found yet. */
const one = (value: number | undefined): [Labels, number][] => (value === undefined ? [] : [[{}, value]]);

/** A value for each shard; none for those of which it is not known. */
const ofShards = (
  shards: readonly RedisShard[] | undefined,
  read: (shard: RedisShard) => number | undefined,
): [Labels, number][] =>
  (shards ?? []).flatMap((one): [Labels, number][] => {
    const value = read(one);
    return value === undefined ? [] : [[{ shard: String(one.shard) }, value]];
  });

const LINES: Line[] = [
  [
    'trackly_health_state',
    'Each check of GET /v2/health: 0 ok, 1 degraded, 2 failing.',
    ['check'],
    (found) =>
      healthOf(found, Date.now()).checks.map(({ name, state }) => [{ check: name }, STATES.indexOf(state)]),
  ],
  [
    'trackly_processes',
    'Processes of a role that run and reach Redis, on all machines.',
    ['role'],
    ({ parts: { processes } }) =>
      processes === undefined
        ? []
        : ROLES.map((role) => [
            { role },
            processes.filter((process) => process.role === role && process.present).length,
          ]),
  ],
  [
    'trackly_stream_entries',
    'Stream entries that wait to be processed.',
    ['log'],
    ({ parts: { waiting } }) => waiting?.logs.map(({ log, entries }) => [{ log }, entries]) ?? [],
  ],
  [
    'trackly_stream_bytes',
    'Bytes of payload that wait to be processed; LOG_MB bounds them.',
    ['log'],
    ({ parts: { waiting } }) => waiting?.logs.map(({ log, bytes }) => [{ log }, bytes]) ?? [],
  ],
  [
    'trackly_fullest_partition_entries',
    'Stream entries that wait in the partition of a log that holds the most.',
    ['log'],
    ({ parts: { waiting } }) => waiting?.logs.map(({ log, fullest }) => [{ log }, fullest]) ?? [],
  ],
  [
    'trackly_partitions',
    'Partitions of each log that take rows.',
    [],
    ({ parts: { waiting } }) => one(waiting?.partitions.count),
  ],
  [
    'trackly_emptying_entries',
    'Stream entries that wait in partitions from before the last change of their number.',
    [],
    ({ parts: { waiting } }) => one(waiting?.partitions.emptying_entries),
  ],
  [
    'trackly_behind_seconds',
    'Age of the oldest click that is not in the reports yet; 0 if none waits.',
    [],
    ({ parts: { waiting } }) => one(waiting && waiting.behind_ms / 1_000),
  ],
  [
    'trackly_queue_jobs',
    'Batches that wait in the queue.',
    [],
    ({ parts: { waiting } }) => one(waiting?.queue_jobs),
  ],
  [
    // One series a log, not one a partition: 1,024 of them for each log would be more series than all others together.
    'trackly_fullest_partition_bytes',
    'Bytes of payload that wait in the partition of a log that holds the most; its part of LOG_MB bounds them.',
    ['log'],
    ({ parts: { waiting } }) => waiting?.logs.map(({ log, fullest_bytes }) => [{ log }, fullest_bytes]) ?? [],
  ],
  [
    'trackly_dead_letters',
    'Dead letters that were neither replayed nor discarded yet.',
    [],
    ({ parts: { waiting } }) => one(waiting?.dead_letters),
  ],
  [
    'trackly_ledger_drift_rows',
    'Rows of the last two hours by which the stages of the click ledger differ; anything but 0 is an error.',
    [],
    ({ parts: { ledger } }) => one(ledger?.drift_rows),
  ],
  [
    'trackly_records_lost',
    '1 while nothing is counted because Redis has lost its data; run npm run restore.',
    [],
    ({ records_lost }) => one(records_lost ? 1 : 0),
  ],
  [
    'trackly_redis_memory_ratio',
    'Share of its maxmemory that Redis uses; 0 where none is set.',
    [],
    ({ parts: { redis } }) => one(redis?.used_ratio),
  ],
  [
    'trackly_redis_evicts',
    '1 while Redis removes data when its memory is full.',
    [],
    ({ parts: { redis } }) => one(redis && (redis.evicts ? 1 : 0)),
  ],
  [
    'trackly_redis_shard_up',
    '1 while the shard of Redis has a master that answers; shards are numbered by their slots.',
    ['shard'],
    ({ parts: { redis_shards } }) => ofShards(redis_shards, ({ up }) => (up ? 1 : 0)),
  ],
  [
    'trackly_redis_shard_replicas',
    'Replicas of the shard of Redis that are connected.',
    ['shard'],
    ({ parts: { redis_shards } }) => ofShards(redis_shards, ({ replicas }) => replicas),
  ],
  [
    'trackly_redis_shard_memory_ratio',
    'Share of its maxmemory that the master of the shard uses; 0 where none is set.',
    ['shard'],
    ({ parts: { redis_shards } }) => ofShards(redis_shards, ({ used_ratio }) => used_ratio),
  ],
  [
    'trackly_clickhouse_disk_free_bytes',
    'Bytes that ClickHouse may still write to its disk.',
    ['disk'],
    ({ parts }) => parts.clickhouse_disks?.map((disk) => [{ disk: disk.name }, disk.free_bytes]) ?? [],
  ],
  [
    'trackly_clickhouse_disk_size_bytes',
    'Bytes that the disk of ClickHouse has.',
    ['disk'],
    ({ parts }) => parts.clickhouse_disks?.map((disk) => [{ disk: disk.name }, disk.size_bytes]) ?? [],
  ],
  [
    'trackly_clickhouse_shard_up',
    'Whether a replica of the shard answers, in a cluster of ClickHouse.',
    ['shard'],
    ({ shards }) =>
      Array.from({ length: shards?.count ?? 0 }, (_, i) => [
        { shard: String(i + 1) },
        shards?.away.includes(i + 1) ? 0 : 1,
      ]),
  ],
  [
    'trackly_domains',
    'Tracking domains of all accounts by status.',
    ['status'],
    ({ parts: { domains } }) =>
      Object.entries(domains?.by_status ?? {}).map(([status, count]) => [{ status }, count]),
  ],
  [
    'trackly_certificate_end_timestamp_seconds',
    'When the first certificate of those in use ends, in seconds since 1970.',
    [],
    ({ parts: { domains } }) => one(domains?.first_to_end && domains.first_to_end.ends_ms / 1_000),
  ],
  [
    'trackly_certificates_refused',
    'Names for which the last order of a certificate failed.',
    [],
    ({ parts: { domains } }) => one(domains?.refused.count),
  ],
  [
    'trackly_backup_last_success_timestamp_seconds',
    'When the newest complete backup was made, in seconds since 1970; 0 where there is none.',
    [],
    ({ parts: { backup } }) => one(backup && backup.succeeded_ms / 1_000),
  ],
  [
    'trackly_backup_last_verified_timestamp_seconds',
    'When a backup was last restored for trial and found whole, in seconds since 1970; 0: never.',
    [],
    ({ parts: { backup } }) => one(backup && backup.verified_ms / 1_000),
  ],
  ['trackly_webhooks', 'Webhooks of all accounts.', [], ({ parts: { webhooks } }) => one(webhooks?.count)],
  [
    'trackly_webhooks_behind_seconds',
    'Age of the oldest event that is not yet in a message to its webhook; 0 if none waits for that.',
    [],
    ({ parts: { webhooks } }) => one(webhooks?.behind_s),
  ],
  [
    'trackly_webhook_messages_waiting',
    'Messages that wait for webhooks that are not paused.',
    [],
    ({ parts: { webhooks } }) => one(webhooks?.waiting),
  ],
  [
    'trackly_webhooks_paused',
    'Webhooks that were paused by themselves.',
    [],
    ({ parts: { webhooks } }) => one(webhooks?.paused.length),
  ],
  [
    'trackly_exports_late',
    'Hourly exports that have failed, or have not written an hour two hours after they could.',
    [],
    ({ parts: { exports } }) => one(exports?.late),
  ],
  [
    'trackly_backup_failed',
    '1 where the last backup, or its verification, failed.',
    [],
    ({ parts: { backup } }) => one(backup && (backup.error === '' ? 0 : 1)),
  ],
];

/** Adds the gauges to `registry`; they read `found` when they are looked at. */
export function addInstallationGauges(registry: Registry, found: () => Found): void {
  for (const [name, help, labelNames, read] of LINES) {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        const values = read(found());
        for (const [labels, value] of values) this.set(labels, value);
        // A gauge without labels would be 0 instead.
        if (values.length === 0 && labelNames.length === 0) this.remove();
      },
    });
  }
}
