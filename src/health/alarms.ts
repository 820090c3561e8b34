/**
 * The alarms of deploy/alerts.yml as they stand now, from what this process has found of the installation. Those that
 * only Prometheus can judge, because they read the metrics of single processes, are named without a state. The names, how
 * urgent they are and how long a cause lasts before they fire are those of the file; a test compares both. Pure, but for
 * the memory of AlarmWatch.
 */
import { machineOf, named, percent } from './finding.ts';
import type { Found } from './found.ts';
import {
  BACKUP_AGE_MS,
  BEHIND_MS_MAX,
  CERTIFICATE_LEFT_MS,
  CLOCK_OFF_S,
  DISK_FULL,
  HOUR_MS,
  REDIS_FULL,
  SKEWED_BY,
  SKEWED_BYTES_MIN,
  WEBHOOKS_BEHIND_S,
} from './thresholds.ts';

export type Severity = 'page' | 'ticket';

interface Rule {
  name: string;
  severity: Severity;
  /** How long the cause must last, in s. */
  for_s: number;
  /** What was found, in a sentence, while the cause is there; undefined: Prometheus judges. */
  cause?: (found: Found, now_ms: number) => string | undefined;
}

const LOG_HALF_BYTES = 1_073_741_824;
const AUDIT_HALF_BYTES = 67_108_864;
const ENTRIES_MAX = 500_000;
const SPOOL_HALF = 0.5;

type Cause = NonNullable<Rule['cause']>;

/** A list of what is wrong, as a sentence; undefined where nothing is. */
const some = (names: readonly string[], what: string): string | undefined =>
  names.length === 0 ? undefined : `${what}: ${named(names.slice(0, 5), names.length)}.`;
const when = (is: boolean | undefined, sentence: string): string | undefined => (is ? sentence : undefined);

const noneOf =
  (role: string): Cause =>
  ({ redis_up, parts: { processes } }) =>
    when(
      redis_up && processes !== undefined && !processes.some((one) => one.role === role && one.present),
      `No ${role} process reaches Redis.`,
    );

const present = ({ parts: { processes = [] } }: Found) => processes.filter((one) => one.present);

const replicaLost: Cause = ({ parts: { redis_shards = [] } }) => {
  const most = Math.max(0, ...redis_shards.map(({ replicas }) => replicas));
  const short = redis_shards.filter(({ replicas }) => replicas < most);
  return some(
    short.map(({ shard }) => String(shard)),
    'Shards of Redis with fewer replicas than the others',
  );
};

const backlog: Cause = ({ parts: { waiting } }) => {
  const count = waiting?.partitions.count ?? 1;
  const full = (waiting?.logs ?? []).filter(
    ({ log, bytes, fullest_bytes, entries }) =>
      bytes > LOG_HALF_BYTES ||
      fullest_bytes * count > LOG_HALF_BYTES ||
      entries > ENTRIES_MAX ||
      (log === 'audit' && bytes > AUDIT_HALF_BYTES),
  );
  return some(
    full.map(({ log, entries }) => `${log} (${entries} entries)`),
    'Logs that are half full',
  );
};

const skewed: Cause = ({ parts: { waiting } }) => {
  const count = waiting?.partitions.count ?? 1;
  const uneven = (waiting?.logs ?? []).filter(
    ({ bytes, fullest_bytes }) =>
      fullest_bytes > SKEWED_BYTES_MIN && fullest_bytes > (SKEWED_BY * bytes) / count,
  );
  return some(
    uneven.map(({ log }) => log),
    'Logs of which one partition holds most',
  );
};

const spoolOf =
  (what: string, is: (notes: ReturnType<typeof present>[number]['notes']) => boolean): Cause =>
  (found) =>
    some(
      present(found)
        .filter(({ notes }) => is(notes))
        .map(machineOf),
      what,
    );

const fullDisks: Cause = (found) =>
  some(
    present(found).flatMap((one) => {
      const { disk_free_bytes: free, disk_size_bytes: size } = one.notes;
      return free !== undefined && size !== undefined && free < DISK_FULL * size
        ? [`${machineOf(one)} (${percent(free / size)} free)`]
        : [];
    }),
    'Nearly full disks of DATA_DIR',
  );

const clocksOff: Cause = (found) => {
  const { clickhouse } = found.parts;
  const off = present(found).filter(({ notes }) => Math.abs(notes.clock_offset_s) > CLOCK_OFF_S);
  const server = Math.abs(clickhouse?.clock_offset_s ?? 0) > CLOCK_OFF_S ? ['ClickHouse'] : [];
  return some([...off.map(machineOf), ...server], 'Clocks that are off by more than 2 s');
};

const certificateEnding: Cause = ({ parts: { domains } }, now_ms) => {
  const first = domains?.first_to_end;
  return first !== undefined && first.ends_ms - now_ms < CERTIFICATE_LEFT_MS
    ? `The certificate of ${first.name} ends on ${new Date(first.ends_ms).toISOString().slice(0, 10)}.`
    : undefined;
};

/** By Prometheus alone. */
const other = (name: string, severity: Severity, for_s: number): Rule => ({ name, severity, for_s });
const rule = (name: string, severity: Severity, for_s: number, cause: Cause): Rule => ({
  ...{ name, severity, for_s, cause },
});

/** In the order of the file. */
export const RULES: readonly Rule[] = [
  other('TracklyScrapeFails', 'page', 15),
  other('TracklyNoMetrics', 'page', 15),
  other('TracklyNoApi', 'page', 15),
  rule('TracklyNoWorker', 'page', 15, noneOf('worker')),
  rule('TracklyNoRedirect', 'page', 15, noneOf('redirect')),
  other('TracklyProcessDown', 'page', 20),
  other('TracklyRestarts', 'ticket', 0),
  rule('TracklyRedisAway', 'page', 15, ({ redis_up, redis_fault }) =>
    redis_up ? undefined : redis_fault || 'Redis does not answer the API, or takes no writes.',
  ),
  other('TracklyRedisSlow', 'ticket', 15),
  rule('TracklyRedisEvicts', 'page', 0, ({ parts: { redis } }) =>
    when(redis?.evicts, 'Redis is set to remove data when its memory is full.'),
  ),
  rule('TracklyRedisFilling', 'page', 15, ({ parts: { redis } }) =>
    redis !== undefined && redis.used_ratio > REDIS_FULL
      ? `Redis uses ${percent(redis.used_ratio)} of its maxmemory.`
      : undefined,
  ),
  rule('TracklyRedisShardAway', 'page', 15, ({ parts: { redis_shards = [] } }) =>
    some(
      redis_shards.filter(({ up }) => !up).map(({ shard }) => String(shard)),
      'Shards of Redis without a master that answers',
    ),
  ),
  rule('TracklyRedisReplicaLost', 'ticket', 15, replicaLost),
  rule('TracklyRecordsLost', 'page', 0, ({ records_lost }) =>
    when(records_lost, 'Redis came back without its data.'),
  ),
  rule('TracklyClickHouseAway', 'page', 15, ({ clickhouse_up, clickhouse_fault }) =>
    clickhouse_up ? undefined : clickhouse_fault || 'ClickHouse does not answer the API.',
  ),
  rule('TracklyClickHouseShardAway', 'page', 15, ({ shards }) =>
    some((shards?.away ?? []).map(String), 'Shards of ClickHouse that are away'),
  ),
  other('TracklyBatchesFail', 'page', 15),
  rule('TracklyReportsBehind', 'page', 15, ({ parts: { waiting } }) =>
    waiting !== undefined && waiting.behind_ms > BEHIND_MS_MAX
      ? `Clicks of ${Math.round(waiting.behind_ms / 1_000)} s ago are not in the reports.`
      : undefined,
  ),
  rule('TracklyBacklog', 'page', 15, backlog),
  rule('TracklyPartitionSkewed', 'ticket', 15, skewed),
  rule(
    'TracklySpooling',
    'page',
    10,
    spoolOf('Processes whose clicks go to their spools', ({ spooling }) => spooling === true),
  ),
  rule(
    'TracklySpoolStays',
    'ticket',
    300,
    spoolOf(
      'Processes with clicks in their spools though Redis takes clicks',
      ({ spool_bytes, spooling }) => spool_bytes > 0 && spooling !== true,
    ),
  ),
  rule(
    'TracklySpoolFilling',
    'page',
    15,
    spoolOf(
      'Spools that are half full',
      ({ spool_bytes, spool_bytes_max = Number.POSITIVE_INFINITY }) =>
        spool_bytes > SPOOL_HALF * spool_bytes_max,
    ),
  ),
  other('TracklyClicksLost', 'page', 0),
  other('TracklyUnavailable', 'page', 0),
  rule('TracklyDrift', 'page', 30, ({ parts: { ledger } }) =>
    when((ledger?.drift_rows ?? 0) > 0, `Stages of the click ledger differ by ${ledger?.drift_rows} rows.`),
  ),
  rule('TracklyDeadLetters', 'ticket', 0, ({ parts: { waiting } }) =>
    when((waiting?.dead_letters ?? 0) > 0, `${waiting?.dead_letters} rows could not be processed.`),
  ),
  rule('TracklyDiskFilling', 'page', 15, fullDisks),
  other('TracklyDiskBroken', 'page', 10),
  other('TracklyDiskSlow', 'ticket', 15),
  rule('TracklyClickHouseDiskFilling', 'page', 15, ({ parts: { clickhouse_disks = [] } }) =>
    some(
      clickhouse_disks
        .filter(({ free_bytes, size_bytes }) => free_bytes < DISK_FULL * size_bytes)
        .map(({ name }) => name),
      'Nearly full disks of ClickHouse',
    ),
  ),
  other('TracklyMemoryNearLimit', 'page', 15),
  other('TracklyBusy', 'ticket', 30),
  rule('TracklyClockOff', 'ticket', 15, clocksOff),
  rule('TracklyDnsAway', 'ticket', 15, (found) =>
    some(
      [...new Set(present(found).flatMap(({ notes }) => notes.resolvers_away ?? []))],
      'Resolvers that do not answer',
    ),
  ),
  rule('TracklyDomainsFailing', 'ticket', 15, ({ parts: { domains } }) =>
    domains !== undefined && domains.by_status.failing > 0
      ? `Domains that no longer work: ${named(domains.failing, domains.by_status.failing)}.`
      : undefined,
  ),
  rule('TracklyCertificateEnding', 'page', 15, certificateEnding),
  rule('TracklyCertificatesRefused', 'ticket', 15, ({ parts: { domains } }) =>
    domains !== undefined && domains.refused.count > 0
      ? `No new certificate for ${named(domains.refused.names, domains.refused.count)}: ${domains.refused.why}`
      : undefined,
  ),
  rule('TracklyBackupOld', 'ticket', 15, ({ parts: { backup } }, now_ms) =>
    backup !== undefined && backup.succeeded_ms > 0 && now_ms - backup.succeeded_ms > BACKUP_AGE_MS
      ? `The newest backup is ${Math.floor((now_ms - backup.succeeded_ms) / HOUR_MS)} hours old.`
      : undefined,
  ),
  rule('TracklyNoBackup', 'ticket', 3_600, ({ parts: { backup } }) =>
    when(backup !== undefined && backup.succeeded_ms === 0, 'No backup was ever made.'),
  ),
  rule('TracklyBackupFailed', 'ticket', 15, ({ parts: { backup } }) =>
    backup !== undefined && backup.error !== '' ? `The last backup failed: ${backup.error}` : undefined,
  ),
  other('TracklyGuessing', 'ticket', 0),
  other('TracklyStrangers', 'ticket', 0),
  other('TracklyMailsFail', 'ticket', 0),
  rule('TracklyWebhooksBehind', 'page', 15, ({ parts: { webhooks } }) =>
    webhooks !== undefined && webhooks.behind_s > WEBHOOKS_BEHIND_S
      ? `Events of ${webhooks.behind_s} s ago are not sent to webhooks yet.`
      : undefined,
  ),
  other('TracklyWebhooksPaused', 'ticket', 0),
  rule('TracklyExportsLate', 'ticket', 15, ({ parts: { exports } }) =>
    exports === undefined || exports.late === 0
      ? undefined
      : `Hourly exports that are late: ${named(exports.export_ids, exports.late)}.`,
  ),
  other('TracklyOffersSilent', 'ticket', 15),
];

export const ALARM_STATES = ['firing', 'pending', 'quiet', 'elsewhere'] as const;

export interface Alarm {
  name: string;
  severity: Severity;
  for_s: number;
  /** `pending`: the cause is there, not yet for so long. `elsewhere`: Prometheus judges it. */
  state: (typeof ALARM_STATES)[number];
  /** '' where there is no cause. */
  found: string;
  /** Since when this process has seen the cause, Unix time in ms. */
  since_ms: number | null;
}

/** Remembers since when each cause is there. */
export class AlarmWatch {
  readonly #since = new Map<string, number>();

  /** To be called every few seconds. */
  look(found: Found, now_ms: number): void {
    for (const { name, cause } of RULES) {
      if (cause?.(found, now_ms) === undefined) this.#since.delete(name);
      else if (!this.#since.has(name)) this.#since.set(name, now_ms);
    }
  }

  alarms(found: Found, now_ms: number): Alarm[] {
    this.look(found, now_ms);
    return RULES.map(({ name, severity, for_s, cause }) => {
      const since_ms = this.#since.get(name) ?? null;
      const lasts = since_ms !== null && now_ms - since_ms >= for_s * 1_000;
      const state = since_ms === null ? 'quiet' : lasts ? 'firing' : 'pending';
      return {
        ...{ name, severity, for_s, since_ms },
        state: cause === undefined ? 'elsewhere' : state,
        found: cause?.(found, now_ms) ?? '',
      };
    });
  }
}
