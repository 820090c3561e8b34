import { expect, it } from 'vitest';
import { countingOf, healthOf } from '../../../src/health/checks.ts';
import type { Findings } from '../../../src/health/findings.ts';
import type { Found } from '../../../src/health/found.ts';
import { addInstallationGauges } from '../../../src/health/installation-gauges.ts';
import { Registry } from '../../../src/platform/metrics.ts';
import type { Present } from '../../../src/platform/presence.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:00Z');
const HOUR_MS = 3_600_000;
const MB = 1024 * 1024;

const process = (name: string, notes: Partial<Present['notes']> = {}, present = true): Present => ({
  name: `${name}/x1`,
  role: name.replace(/-.*/, ''),
  seen_ms_ago: present ? 900 : 20_000,
  present,
  notes: {
    ...{ spool_bytes: 0, clock_offset_s: 0.01, disk_free_bytes: 50, disk_size_bytes: 100 },
    ...notes,
  },
});

const PARTS: Findings = {
  redis: { used_ratio: 0.2, evicts: false },
  redis_shards: [1, 2, 3].map((shard) => ({
    ...{ shard, master: `10.0.0.${shard}:6379`, up: true, replicas: 1, used_ratio: 0.2 },
  })),
  processes: [process('redirect-1@a'), process('worker-1@a'), process('api@a')],
  waiting: {
    logs: [{ log: 'clicks', entries: 3, bytes: 10, fullest: 2, fullest_bytes: 8 }],
    partitions: { count: 4, emptying_entries: 0 },
    ...{ behind_ms: 900, queue_jobs: 1, dead_letters: 0 },
  },
  clickhouse: { clock_offset_s: 0.02 },
  clickhouse_disks: [{ name: 'default', free_bytes: 60, size_bytes: 100 }],
  ledger: { minutes: 120, balanced: 5, open: 1, drift_rows: 0, spooled: 0, answered: 10, inserted: 10 },
  domains: {
    by_status: { pending_dns: 0, verified: 0, active: 2, failing: 0, retired: 0 },
    failing: [],
    first_to_end: { name: 'go.example', ends_ms: NOW_MS + 60 * 24 * HOUR_MS },
    refused: { count: 0, names: [], why: '' },
  },
  exports: { late: 0, export_ids: [] },
  webhooks: { count: 2, behind_s: 0, waiting: 3, paused: [] },
  backup: { succeeded_ms: NOW_MS - HOUR_MS, finished_ms: NOW_MS - HOUR_MS, verified_ms: 0, error: '' },
};

const found = (parts: Partial<Findings> = {}, other: Partial<Found> = {}): Found => ({
  parts: { ...PARTS, ...parts },
  ...{ redis_up: true, redis_fault: '', clickhouse_up: true, clickhouse_fault: '' },
  ...{ records_lost: false, log_bytes_max: 100 * MB },
  ...other,
});

it('is ok, and has nothing to do, while all is well', () => {
  const { state, checks } = healthOf(found(), NOW_MS);
  expect([state, checks.filter((one) => one.state !== 'ok' || one.do !== '')]).toEqual(['ok', []]);
});

it('claims nothing before it has looked', () => {
  expect(healthOf(found({}, { parts: {} }), NOW_MS).state).toBe('ok');
  expect(healthOf(found({}, { parts: {}, redis_up: false, clickhouse_up: false }), NOW_MS).state).toBe(
    'failing',
  );
});

const { waiting, domains } = PARTS;
/** MiB that wait in the log of clicks, and in its fullest partition. */
const logOf = (mb: number, most_mb: number): Findings['waiting']['logs'][number] => ({
  ...{ log: 'clicks', entries: 9, bytes: mb * MB, fullest: 8, fullest_bytes: most_mb * MB },
});
const shardsWith = (second: Partial<Findings['redis_shards'][number]>): Findings['redis_shards'] =>
  PARTS.redis_shards.map((shard) => (shard.shard === 2 ? { ...shard, ...second } : shard));
it.each<[string, string, string, RegExp, Found]>([
  [
    'Redis',
    'failing',
    'of the fault',
    /nothing listens there/,
    found({}, { redis_up: false, redis_fault: 'REDIS_URL (a:1): nothing listens there' }),
  ],
  ['Redis', 'failing', 'evicting', /removes data/, found({ redis: { used_ratio: 0.1, evicts: true } })],
  ['Redis', 'degraded', 'filling', /90 %/, found({ redis: { used_ratio: 0.9, evicts: false } })],
  ['Records', 'failing', 'lost', /without its data/, found({}, { records_lost: true })],
  ['ClickHouse', 'failing', 'away', /does not answer/, found({}, { clickhouse_up: false })],
  [
    'Redirect processes',
    'failing',
    'none',
    /No redirect process/,
    found({ processes: [process('worker-1@a')] }),
  ],
  ['Workers', 'failing', 'none', /No worker/, found({ processes: [process('redirect-1@a')] })],
  [
    'Workers',
    'degraded',
    'one of two',
    /worker-1@b ended without a word/,
    found({ processes: [...PARTS.processes, process('worker-1@b', {}, false)] }),
  ],
  ['Reports', 'degraded', 'behind', /30\.0 s/, found({ waiting: { ...waiting, behind_ms: 30_000 } })],
  [
    'Logs',
    'degraded',
    'filling',
    /log of clicks holds 60 %/,
    found({ waiting: { ...waiting, logs: [logOf(60, 15)] } }),
  ],
  [
    'Logs',
    'degraded',
    'skewed',
    /log of clicks, 90 % are in one of 4 partitions/,
    found({ waiting: { ...waiting, logs: [logOf(40, 36)] } }),
  ],
  [
    'Redis shards',
    'failing',
    'one is away',
    /2 of 3 shards of Redis: no master/,
    found({ redis_shards: shardsWith({ up: false, master: '' }) }),
  ],
  [
    'Redis shards',
    'degraded',
    'one has no replica',
    /2 \(10\.0\.0\.2:6379\) of 3 shards of Redis: fewer replicas/,
    found({ redis_shards: shardsWith({ replicas: 0 }) }),
  ],
  [
    'Spools',
    'degraded',
    'one',
    /7 bytes .* redirect-1@a/,
    found({ processes: [process('redirect-1@a', { spool_bytes: 7 }), process('worker-1@a')] }),
  ],
  ['Click ledger', 'degraded', 'drift', /differ by 2/, found({ ledger: { ...PARTS.ledger, drift_rows: 2 } })],
  ['Dead letters', 'degraded', 'some', /3 rows/, found({ waiting: { ...waiting, dead_letters: 3 } })],
  [
    'Disks',
    'degraded',
    'of a machine',
    /DATA_DIR of worker-1@a \(5 % free\)/,
    found({ processes: [process('redirect-1@a'), process('worker-1@a', { disk_free_bytes: 5 })] }),
  ],
  [
    'Disks',
    'degraded',
    'of ClickHouse',
    /ClickHouse's default/,
    found({ clickhouse_disks: [{ name: 'default', free_bytes: 1, size_bytes: 100 }] }),
  ],
  [
    'Clocks',
    'degraded',
    'of a machine',
    /redirect-1@a by 3600\.0 s/,
    found({ processes: [process('redirect-1@a', { clock_offset_s: 3600 }), process('worker-1@a')] }),
  ],
  ['Clocks', 'degraded', 'of ClickHouse', /ClickHouse by -5/, found({ clickhouse: { clock_offset_s: -5 } })],
  [
    'Domains',
    'degraded',
    'failing',
    /go\.example and 6 more/,
    found({
      domains: { ...domains, by_status: { ...domains.by_status, failing: 7 }, failing: ['go.example'] },
    }),
  ],
  [
    'Certificates',
    'degraded',
    'near its end',
    /ends in 3 days/,
    found({ domains: { ...domains, first_to_end: { name: 'a.b', ends_ms: NOW_MS + 73 * HOUR_MS } } }),
  ],
  [
    'Certificates',
    'failing',
    'ended',
    /a\.b has ended/,
    found({ domains: { ...domains, first_to_end: { name: 'a.b', ends_ms: NOW_MS - 1 } } }),
  ],
  [
    'Certificates',
    'degraded',
    'refused',
    /a\.b: no way/,
    found({ domains: { ...domains, refused: { count: 1, names: ['a.b'], why: 'no way' } } }),
  ],
  [
    'DNS',
    'degraded',
    'away',
    /9\.9\.9\.9/,
    found({ processes: [process('redirect-1@a'), process('worker-1@a', { resolvers_away: ['9.9.9.9'] })] }),
  ],
  [
    'Webhooks',
    'degraded',
    'behind',
    /90 s ago/,
    found({ webhooks: { count: 1, behind_s: 90, waiting: 0, paused: [] } }),
  ],
  [
    'Exports',
    'degraded',
    'late',
    /exp_1 and 2 more|exp_1/,
    found({ exports: { late: 3, export_ids: ['exp_1'] } }),
  ],
  ['Backups', 'degraded', 'none', /ever made/, found({ backup: { ...PARTS.backup, succeeded_ms: 0 } })],
  [
    'Backups',
    'degraded',
    'old',
    /30 hours/,
    found({ backup: { ...PARTS.backup, succeeded_ms: NOW_MS - 30 * HOUR_MS } }),
  ],
  ['Backups', 'degraded', 'failed', /disk full/, found({ backup: { ...PARTS.backup, error: 'disk full' } })],
])('%s: %s where %s, with what was found and what to do', (name, state, _why, words, given) => {
  const health = healthOf(given, NOW_MS);
  const check = health.checks.find((one) => one.name === name);
  expect(check).toMatchObject({
    state,
    found: expect.stringMatching(words),
    do: expect.stringMatching(/\w+ \w+/),
  });
  expect(health.state).toBe(state);
});

it('has no alarm of processes while Redis is away, when nobody can be seen', () => {
  const gone = PARTS.processes.map((one) => ({ ...one, present: false }));
  const { checks } = healthOf(found({ processes: gone }, { redis_up: false }), NOW_MS);
  expect(checks.filter(({ name }) => /processes|Workers/.test(name)).map(({ state }) => state)).toEqual([
    'ok',
    'ok',
  ]);
});

it('shows the same as gauges, and leaves out what was not found yet', async () => {
  const text = async (given: Found): Promise<string> => {
    const registry = new Registry();
    addInstallationGauges(registry, () => given);
    return registry.metrics();
  };
  const lines = (await text(found({}, { clickhouse_up: false }))).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'trackly_health_state{check="ClickHouse"} 2',
      'trackly_health_state{check="Redis"} 0',
      'trackly_processes{role="redirect"} 1',
      'trackly_stream_entries{log="clicks"} 3',
      'trackly_partitions 4',
      'trackly_fullest_partition_entries{log="clicks"} 2',
      'trackly_fullest_partition_bytes{log="clicks"} 8',
      'trackly_redis_shard_up{shard="2"} 1',
      'trackly_redis_shard_replicas{shard="3"} 1',
      'trackly_redis_shard_memory_ratio{shard="1"} 0.2',
      'trackly_behind_seconds 0.9',
      'trackly_ledger_drift_rows 0',
      'trackly_clickhouse_disk_free_bytes{disk="default"} 60',
      `trackly_backup_last_success_timestamp_seconds ${(NOW_MS - HOUR_MS) / 1_000}`,
    ]),
  );
  expect(await text(found({}, { parts: {} }))).not.toMatch(/^trackly_(?:behind|ledger|processes|backup)/m);
});

it('tells an account whether its clicks are counted, and nothing of the operator’s', () => {
  const { waiting, redis_shards } = PARTS;
  const states = [
    found({ redis: { used_ratio: 0.99, evicts: false }, processes: [] }),
    found({ waiting: { ...waiting, behind_ms: 20_001 } }),
    found({}, { clickhouse_up: false }),
    found({}, { records_lost: true }),
    found({ redis_shards: redis_shards.map((one, i) => ({ ...one, up: i > 0 })) }),
    found({}, { redis_up: false }),
  ].map(countingOf);
  expect(states).toEqual(['ok', 'degraded', 'degraded', 'failing', 'failing', 'failing']);
});
