/** The alarms: each fires within a minute of its cause, has a page in the runbook, and reads metrics that there are. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../support/programs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DEPLOY = join(ROOT, 'deploy');
const read = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');
const RULES = read('alerts.yml');
const alerts = [...RULES.matchAll(/^ {6}- alert: (\w+)$/gm)].map(([, name = '']) => name);

/** Series by the text of Prometheus, with their values every 5 s: for a minute all is well, then comes the cause. */
type Series = Record<string, string>;
const WELL_S = 60;
const CAUSE_S = 60;
const turns = (well: number, ill: number): string => `${well}x${WELL_S / 5 - 1} ${ill}x${CAUSE_S / 5}`;
/** A counter that begins to grow by so much in 5 s. */
const grows = (step: number): string => `0x${WELL_S / 5 - 1} ${step}+${step}x${CAUSE_S / 5}`;

const A = 'instance="a:9464",job="trackly"';
const WORKER = `${A},process="worker-1"`;
const REDIRECT = `${A},process="redirect-1"`;
const API = `${A},process="api"`;
const api = (name: string, labels = ''): string => `${name}{${API}${labels}}`;
const NOW_S = WELL_S + CAUSE_S;
const DAY_S = 86_400;

/** By alarm: what causes it, and labels by which it names the cause. The clock of a rules' test begins at 0. */
const CAUSES: Record<string, [Series, string?]> = {
  TracklyScrapeFails: [{ [`up{${A}}`]: turns(1, 0) }, A],
  TracklyNoMetrics: [{ [`up{${A}}`]: `1x${WELL_S / 5 - 1} stale` }, 'job="trackly"'],
  TracklyNoApi: [{ [`trackly_process_up{${API},role="api"}`]: turns(1, 0) }],
  TracklyNoWorker: [{ [api('trackly_processes', ',role="worker"')]: turns(2, 0) }],
  TracklyNoRedirect: [{ [`trackly_process_up{${REDIRECT},role="redirect"}`]: turns(1, 0) }],
  TracklyProcessDown: [
    { [`trackly_process_up{${WORKER},role="worker"}`]: turns(1, 0) },
    `${WORKER},role="worker"`,
  ],
  TracklyRestarts: [{ [`trackly_process_restarts_total{${WORKER},role="worker"}`]: grows(1) }, WORKER],
  TracklyRedisAway: [{ [`trackly_server_up{${REDIRECT},server="redis"}`]: turns(1, 0) }, REDIRECT],
  TracklyRedisSlow: [{ [`trackly_redis_write_seconds{${REDIRECT}}`]: turns(0.001, 0.4) }, REDIRECT],
  TracklyRedisEvicts: [{ [api('trackly_redis_evicts')]: turns(0, 1) }],
  TracklyRedisFilling: [{ [api('trackly_redis_memory_ratio')]: turns(0.5, 0.9) }],
  TracklyRedisShardAway: [{ [api('trackly_redis_shard_up', ',shard="2"')]: turns(1, 0) }, 'shard="2"'],
  TracklyRedisReplicaLost: [
    { [api('trackly_redis_shard_replicas', ',shard="3"')]: turns(1, 0) },
    'shard="3"',
  ],
  TracklyRecordsLost: [{ [api('trackly_records_lost')]: turns(0, 1) }],
  TracklyClickHouseAway: [{ [api('trackly_server_up', ',server="clickhouse"')]: turns(1, 0) }, API],
  TracklyClickHouseShardAway: [
    { [api('trackly_clickhouse_shard_up', ',shard="2"')]: turns(1, 0) },
    'shard="2"',
  ],
  TracklyBatchesFail: [
    { [`trackly_batch_failures_total{${WORKER},log="clicks"}`]: grows(1) },
    'log="clicks",process="worker-1"',
  ],
  TracklyReportsBehind: [{ [api('trackly_behind_seconds')]: turns(1, 25) }],
  TracklyBacklog: [{ [api('trackly_stream_entries', ',log="clicks"')]: turns(10, 600_000) }, 'log="clicks"'],
  TracklyPartitionSkewed: [
    {
      [api('trackly_fullest_partition_bytes', ',log="sends"')]: turns(10, 50_000_000),
      [api('trackly_stream_bytes', ',log="sends"')]: turns(40, 60_000_000),
      [api('trackly_partitions')]: turns(4, 4),
    },
    'log="sends"',
  ],
  TracklySpooling: [{ [`trackly_spooling{${REDIRECT}}`]: turns(0, 1) }, 'instance="a:9464"'],
  TracklySpoolFilling: [
    {
      [`trackly_spool_bytes{${REDIRECT}}`]: turns(0, 3_000),
      [`trackly_spool_limit_bytes{${REDIRECT}}`]: turns(4_096, 4_096),
    },
    'instance="a:9464"',
  ],
  TracklyClicksLost: [{ [`trackly_clicks_refused_total{${REDIRECT}}`]: grows(1) }, 'instance="a:9464"'],
  TracklyUnavailable: [
    { [`trackly_redirect_requests_total{${REDIRECT},outcome="unavailable"}`]: grows(5) },
    'instance="a:9464"',
  ],
  TracklyDrift: [{ [api('trackly_ledger_drift_rows')]: turns(0, 2) }],
  TracklyDeadLetters: [{ [api('trackly_dead_letters')]: turns(0, 1) }],
  TracklyDiskFilling: [
    { [`trackly_disk_free_bytes{${A}}`]: turns(50, 9), [`trackly_disk_size_bytes{${A}}`]: turns(100, 100) },
    A,
  ],
  TracklyDiskBroken: [{ [`trackly_disk_writable{${A}}`]: turns(1, 0) }, A],
  TracklyDiskSlow: [{ [`trackly_disk_sync_seconds{${A}}`]: turns(0.01, 2) }, A],
  TracklyClickHouseDiskFilling: [
    {
      [api('trackly_clickhouse_disk_free_bytes', ',disk="default"')]: turns(50, 9),
      [api('trackly_clickhouse_disk_size_bytes', ',disk="default"')]: turns(100, 100),
    },
    'disk="default"',
  ],
  TracklyMemoryNearLimit: [
    {
      [`trackly_memory_used_bytes{${A}}`]: turns(50, 95),
      [`trackly_memory_limit_bytes{${A}}`]: turns(100, 100),
    },
    A,
  ],
  TracklyBusy: [{ [`trackly_event_loop_busy_seconds_total{${REDIRECT}}`]: grows(5) }, REDIRECT],
  TracklyClockOff: [
    { [`trackly_clock_offset_seconds{${WORKER},server="redis"}`]: turns(0, -3_600) },
    'process="worker-1",server="redis"',
  ],
  TracklyDnsAway: [{ [`trackly_dns_up{${WORKER},resolver="9.9.9.9"}`]: turns(1, 0) }, 'resolver="9.9.9.9"'],
  TracklyDomainsFailing: [{ [api('trackly_domains', ',status="failing"')]: turns(0, 1) }],
  TracklyCertificateEnding: [
    { [api('trackly_certificate_end_timestamp_seconds')]: turns(60 * DAY_S, 13 * DAY_S) },
  ],
  TracklyCertificatesRefused: [{ [api('trackly_certificates_refused')]: turns(0, 1) }],
  // The last backup was made before the test's clock began.
  TracklyBackupOld: [{ [api('trackly_backup_last_success_timestamp_seconds')]: turns(0, -26 * 3_600) }],
  TracklyBackupFailed: [{ [api('trackly_backup_failed')]: turns(0, 1) }],
  TracklyGuessing: [{ [`trackly_guessing_addresses_total{${REDIRECT}}`]: grows(1) }, REDIRECT],
  TracklyStrangers: [{ [api('trackly_limit_refused_total', ',limit="wrong_keys"')]: grows(50) }],
  TracklyMailsFail: [{ [`trackly_report_messages_total{${WORKER},by="mail",result="failed"}`]: grows(1) }],
  TracklyWebhooksBehind: [{ [api('trackly_webhooks_behind_seconds')]: turns(0, 90) }],
  TracklyWebhooksPaused: [
    { [`trackly_webhook_pauses_total{${WORKER},reason="failing"}`]: grows(1) },
    'reason="failing"',
  ],
  TracklyExportsLate: [{ [api('trackly_exports_late')]: turns(0, 1) }],
  TracklyOffersSilent: [{ [`trackly_offers_silent{${WORKER}}`]: turns(0, 3) }],
};

/** Alarms of what is slow by its nature. */
const LATE: Record<string, [Series, number, string]> = {
  TracklySpoolStays: [
    { [`trackly_spool_bytes{${REDIRECT}}`]: '0x5 4096x80', [`trackly_spooling{${REDIRECT}}`]: '0x100' },
    360,
    'instance="a:9464"',
  ],
  // An hour after a failover the old master is still away: the other shards have a replica, and this one has none.
  TracklyRedisReplicaLost: [
    {
      [api('trackly_redis_shard_replicas', ',shard="1"')]: '1x800',
      [api('trackly_redis_shard_replicas', ',shard="2"')]: '1x10 0x790',
    },
    4_000,
    'shard="2"',
  ],
  // The log holds little, and one partition has all that it may hold.
  TracklyBacklog: [
    {
      [api('trackly_fullest_partition_bytes', ',log="clicks"')]: '20000000x60',
      [api('trackly_stream_bytes', ',log="clicks"')]: '60000000x60',
      [api('trackly_partitions')]: '64x60',
    },
    120,
    'log="clicks"',
  ],
  TracklyNoBackup: [{ [api('trackly_backup_last_success_timestamp_seconds')]: '0x730' }, 3_630, ''],
  // Half full, and 1 % less every minute.
  TracklyDiskFilling: [
    { [`trackly_disk_free_bytes{${A}}`]: '480-1x60', [`trackly_disk_size_bytes{${A}}`]: '1000x60' },
    300,
    A,
  ],
};

interface RulesTest {
  interval: string;
  input_series: { series: string; values: string }[];
  promql_expr_test: { expr: string; eval_time: string; exp_samples: { labels: string; value: number }[] }[];
}

const firing = (alert: string, labels = ''): string =>
  `count(ALERTS{alertname="${alert}",alertstate="firing"${labels === '' ? '' : `,${labels}`}})`;
const seriesOf = (series: Series): RulesTest['input_series'] =>
  Object.entries(series).map(([name, values]) => ({ series: name, values }));
const shown = (expr: string, at_s: number, is: boolean): RulesTest['promql_expr_test'][number] => ({
  expr,
  eval_time: `${at_s}s`,
  exp_samples: is ? [{ labels: '{}', value: 1 }] : [],
});

/** Causes that come at the same moment, after a minute in which all is well and nothing fires. */
const together = (causes: [alert: string, cause: [Series, string?]][]): RulesTest => ({
  interval: '5s',
  input_series: causes.flatMap(([, [series]]) => seriesOf(series)),
  promql_expr_test: [
    shown('count(ALERTS{alertstate="firing"})', WELL_S - 5, false),
    ...causes.map(([alert, [, labels]]) => shown(firing(alert, labels), NOW_S, true)),
  ],
});

const causes = Object.entries(CAUSES);
const isOfAbsence = ([alert]: [string, unknown]): boolean => alert === 'TracklyNoMetrics';
const tests: RulesTest[] = [
  together(causes.filter((cause) => !isOfAbsence(cause))),
  {
    ...together(causes.filter(isOfAbsence)),
    input_series: seriesOf({
      ...CAUSES['TracklyNoMetrics']?.[0],
      [`trackly_process_up{${API},role="api"}`]: '1x60',
    }),
  },
  ...Object.entries(LATE).map(([alert, [series, at_s, labels]]) => ({
    interval: '5s',
    input_series: seriesOf(series),
    promql_expr_test: [shown(firing(alert, labels), at_s, true)],
  })),
];

const promtool = findProgram('promtool');
const folder = mkdtempSync(join(tmpdir(), 'trackly-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(promtool === undefined)('Prometheus', () => {
  const run = (...args: string[]): string =>
    execFileSync(promtool ?? '', args, { encoding: 'utf8', cwd: DEPLOY });

  it('takes the rules and the sample of its configuration', () => {
    expect(run('check', 'rules', 'alerts.yml')).toContain('SUCCESS');
    expect(run('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
  });

  it('fires every alarm within a minute of its cause, with the labels that name it, and none without', () => {
    const file = join(folder, 'tests.yml');
    const rule_files = [join(DEPLOY, 'alerts.yml')];
    writeFileSync(file, JSON.stringify({ rule_files, evaluation_interval: '5s', tests }));
    expect(run('test', 'rules', file)).toContain('SUCCESS');
  });
});

it.skipIf(findProgram('amtool') === undefined)('Alertmanager takes the sample of its configuration', () => {
  const amtool = findProgram('amtool') ?? '';
  expect(
    execFileSync(amtool, ['check-config', join(DEPLOY, 'alertmanager.yml')], { encoding: 'utf8' }),
  ).toContain('SUCCESS');
});

it('has a cause in this test for every alarm', () => {
  expect([...new Set([...Object.keys(CAUSES), ...Object.keys(LATE)])].toSorted()).toEqual(alerts.toSorted());
});

it('has a page of the runbook for every alarm, and none of an alarm that there is not', () => {
  const runbook = [...read('RUNBOOK.md').matchAll(/^#### (Trackly\w+)$/gm)].map(([, name = '']) => name);
  expect(runbook.toSorted()).toEqual(alerts.toSorted());
  for (const alert of alerts) expect(RULES).toContain(`runbook_url: RUNBOOK.md#${alert.toLowerCase()}\n`);
});

it('names a cause in every summary, and says how urgent it is', () => {
  expect(RULES.match(/^ {10}summary: (?:'.{20,}'|".{20,}")$/gm)).toHaveLength(alerts.length);
  expect(RULES.match(/^ {8}labels: \{ severity: (?:page|ticket) \}$/gm)).toHaveLength(alerts.length);
});

it('reads only metrics that the processes have: in alarms, dashboards, guides and the runbook', () => {
  const sources = ['src', 'workers'].flatMap((part) =>
    readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(ROOT, part, file), 'utf8')),
  );
  const own = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/['"]((?:trackly|process)_[a-z0-9_]+)['"]/g)].map(([, name]) => name),
    ),
  );
  const guides = readdirSync(join(ROOT, 'src/guides')).filter((file) => file.endsWith('.md'));
  const texts = {
    ...Object.fromEntries(
      [
        ...['alerts.yml', 'grafana-operators.json', 'RUNBOOK.md'],
        ...['redirect', 'worker'].map((role) => `helm/trackly/templates/${role}.yaml`),
      ].map((file) => [file, read(file)]),
    ),
    ...Object.fromEntries(guides.map((file) => [file, readFileSync(join(ROOT, 'src/guides', file), 'utf8')])),
  };
  const unknown = Object.entries(texts).flatMap(([file, text]) =>
    // Names of metrics, not of users and cookies.
    [...text.matchAll(/(?<![\w.-])(?:trackly|process)_[a-z0-9_]+(?=[\s{`[)"\\]|$)/g)]
      .map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ''))
      .filter((name) => !own.has(name) && !/^trackly_(?:analyst|session)/.test(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
  expect(own.size).toBeGreaterThan(60);
});
