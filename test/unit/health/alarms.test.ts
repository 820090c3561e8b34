import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AlarmWatch, RULES } from '../../../src/health/alarms.ts';
import type { Found } from '../../../src/health/found.ts';
import { LagHistory, POINT_EVERY_MS } from '../../../src/health/lag-history.ts';

const FILE = readFileSync(join(import.meta.dirname, '../../../deploy/alerts.yml'), 'utf8');
const NOW_MS = Date.parse('2026-11-29T12:00:00Z');

const found = (other: Partial<Found> = {}): Found => ({
  parts: {},
  ...{ redis_up: true, redis_fault: '', clickhouse_up: true, clickhouse_fault: '' },
  ...{ records_lost: false, log_bytes_max: 1_000 },
  ...other,
});

const WAITING = {
  logs: [{ log: 'clicks', entries: 7, bytes: 70, fullest: 3, fullest_bytes: 30 }],
  partitions: { count: 4, emptying_entries: 0 },
  ...{ behind_ms: 900, queue_jobs: 0, dead_letters: 0 },
};

it('has the alarms of deploy/alerts.yml, as urgent as there, and firing after as long', () => {
  const seconds = (text = '0s'): number =>
    Number.parseInt(text, 10) * ({ s: 1, m: 60, h: 3_600 }[text.at(-1) ?? 's'] ?? 1);
  const of_file = FILE.split(/^ {6}- alert: /m)
    .slice(1)
    .map((rule) => ({
      name: /^\w+/.exec(rule)?.[0],
      severity: /severity: (\w+)/.exec(rule)?.[1],
      for_s: seconds(/^ {8}for: (\w+)$/m.exec(rule)?.[1]),
    }));
  expect(RULES.map(({ name, severity, for_s }) => ({ name, severity, for_s }))).toEqual(of_file);
});

it('fires nothing while all is well, or before anything was looked at', () => {
  const states = new AlarmWatch().alarms(found(), NOW_MS).map(({ state }) => state);
  expect(new Set(states)).toEqual(new Set(['quiet', 'elsewhere']));
});

it('fires once a cause has lasted, says since when, and is quiet after it', () => {
  const watch = new AlarmWatch();
  const ill = found({ redis_up: false });
  const stateAt = (now: Found, at_ms: number) =>
    watch.alarms(now, at_ms).find(({ name }) => name === 'TracklyRedisAway');
  expect(stateAt(ill, NOW_MS)).toMatchObject({ state: 'pending', since_ms: NOW_MS });
  expect(stateAt(ill, NOW_MS + 15_000)).toMatchObject({ state: 'firing', since_ms: NOW_MS });
  expect(stateAt(found(), NOW_MS + 16_000)).toMatchObject({ state: 'quiet', since_ms: null, found: '' });
  expect(stateAt(ill, NOW_MS + 17_000)?.state).toBe('pending');
});

it.each([
  ['TracklyReportsBehind', { ...WAITING, behind_ms: 21_000 }, '21 s ago'],
  ['TracklyDeadLetters', { ...WAITING, dead_letters: 3 }, '3 rows'],
  [
    'TracklyBacklog',
    { ...WAITING, logs: [{ log: 'audit', entries: 9, bytes: 2 ** 27, fullest: 9, fullest_bytes: 2 ** 27 }] },
    'audit (9 entries)',
  ],
  [
    'TracklyPartitionSkewed',
    { ...WAITING, logs: [{ log: 'clicks', entries: 9, bytes: 2 ** 26, fullest: 9, fullest_bytes: 2 ** 26 }] },
    'clicks',
  ],
])('%s says what was found', (name, waiting, words) => {
  const alarm = new AlarmWatch()
    .alarms(found({ parts: { waiting } }), NOW_MS)
    .find((one) => one.name === name);
  expect(alarm?.found).toContain(words);
});

it('tells a spool that fills, that stays and that is half full apart', () => {
  const process = (name: string, notes: object) => ({
    ...{ name: `${name}/x`, role: 'redirect', seen_ms_ago: 1, present: true },
    notes: { spool_bytes: 0, clock_offset_s: 0, spool_bytes_max: 100, ...notes },
  });
  const processes = [
    process('fills', { spool_bytes: 10, spooling: true }),
    process('stays', { spool_bytes: 10, spooling: false }),
    process('full', { spool_bytes: 60, spooling: true }),
    process('worker', { spool_bytes: 0 }),
  ];
  const alarms = new AlarmWatch().alarms(found({ parts: { processes } }), NOW_MS);
  const wordsOf = (name: string): string => alarms.find((one) => one.name === name)?.found ?? '';
  expect(wordsOf('TracklySpooling')).toContain('fills, full.');
  expect(wordsOf('TracklySpoolStays')).toContain(': stays.');
  expect(wordsOf('TracklySpoolFilling')).toContain(': full.');
});

it('keeps an hour of the lag, a point every ten seconds, and none of what nobody knew', () => {
  const lag = new LagHistory();
  for (let s = 0; s < 4_000; s += 2) lag.note(found({ parts: { waiting: WAITING } }), NOW_MS + s * 1_000);
  expect(lag.points).toHaveLength(360);
  expect(lag.points[0]?.at_ms).toBe(NOW_MS + 4_000_000 - 360 * POINT_EVERY_MS);
  expect(lag.points.at(-1)).toMatchObject({ behind_ms: 900, entries: 7 });
  lag.note(found({ redis_up: false, parts: { waiting: WAITING } }), NOW_MS + 5_000_000);
  expect(lag.points.at(-1)).toMatchObject({ behind_ms: null, entries: null });
});
