/**
 * An export of many clicks while Redis and ClickHouse are killed: every click is in one file, once, and no half file is
 * left. EXPORT_ROWS=10000000 makes it as large as a month of a large sender, without kills; times, sizes and memory are
 * written out. A Redis and a ClickHouse of its own, because it kills them.
 */
// @long: kills both servers three times; exports-killed.test.ts kills the worker in every run.
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { FolderStore } from '../../src/platform/object-store/folder-store.ts';
import { getText } from '../../src/platform/object-store/object-store.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { folderOf } from '../../src/transfer/exports/destination.ts';
import type { Export } from '../../src/transfer/exports/export.ts';
import { addExport, readExport } from '../../src/transfer/exports/export-store.ts';
import type { Manifest } from '../../src/transfer/exports/file-names.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const ROWS = Number(process.env['EXPORT_ROWS'] ?? 200_000);
const KILLS = ROWS < 1_000_000 ? 3 : 0;
const FILE_ROWS = KILLS > 0 ? 10_000 : 1_000_000;
const WITHIN_MS = 240_000 + ROWS / 5;
const ACCOUNT = 'acc_large';
const FROM_MS = Date.UTC(2026, 9, 1);
const TO_MS = Date.UTC(2026, 10, 1);
const ROWS_PER_INSERT = 200_000;

let database: TestClickHouse;
let server: TestRedis;
let redis: RedisClient;
let folder: string;
let worker: ChildProcess;

beforeAll(async () => {
  [database, server, folder] = await Promise.all([
    startClickHouse(),
    startRedis(),
    mkdtemp(join(tmpdir(), 'trackly-exports-')),
  ]);
  await migrate(database.client, createLogger('test', 'silent'));
  await dropViews();
  redis = await server.connect();
  for (let from = 0; from < ROWS; from += ROWS_PER_INSERT) await insertClicks(from);
}, WITHIN_MS);

afterAll(async () => {
  worker?.kill('SIGKILL');
  await Promise.all([database?.stop(), server?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** An export reads raw rows alone: nothing has to be added up for reports. */
async function dropViews(): Promise<void> {
  const views = await database.client.query({
    query: "SELECT database, name FROM system.tables WHERE engine = 'MaterializedView'",
    format: 'JSONEachRow',
  });
  for (const { database: of, name } of await views.json<{ database: string; name: string }>())
    await database.client.command({ query: `DROP TABLE ${of}.${name}` });
}

/** Of a month, in no order, each with an address and a user agent of its own, as taps have them. */
async function insertClicks(from: number): Promise<void> {
  await database.client.command({
    query: `INSERT INTO trackly.clicks (account_id, click_id, clicked_at, link_id, link_key, message_id, contact_id, creative_id,
        campaign_id, variant_id, offer_id, sent_at, domain, method, ip, user_agent, device, verdict, is_first, batch, expires_at, inserted_at)
      SELECT '${ACCOUNT}', concat('k', toString(number), hex(sipHash64(number))),
        fromUnixTimestamp64Milli(toInt64(${FROM_MS} + sipHash64(number) % ${TO_MS - FROM_MS})), leftPad(toString(number % 5000), 7, '0'), 'link1',
        concat('m', hex(sipHash128(number))), concat('c', toString(number % 1000000)), 'cre_1', concat('cam_', toString(number % 5)), 'A',
        concat('off_', toString(number % 2)), fromUnixTimestamp64Milli(toInt64(${FROM_MS})), 'go.example', 'GET',
        toIPv6(concat('::ffff:198.51.', toString(number % 250), '.', toString(intDiv(number, 250) % 250))),
        concat('Mozilla/5.0 (iPhone; CPU iPhone OS 17_', toString(number % 9), ' like Mac OS X) AppleWebKit/605.1.15 Safari/604.1'),
        'phone', if(number % 10 = 0, 'bot', 'human'), number % 3 = 0, 'b', 4000000000, now64(3)
      FROM numbers(${from}, ${Math.min(ROWS_PER_INSERT, ROWS - from)})`,
    clickhouse_settings: { max_partitions_per_insert_block: '0' },
  });
}

const EXPORT: Export = {
  ...{ export_id: 'exp_large', account_id: ACCOUNT, name: '', every: 'once', datasets: ['clicks'] },
  ...{ format: KILLS > 0 ? 'ndjson' : 'parquet', compression: 'none', window_by: 'event', filters: {} },
  ...{ destination: { kind: 'folder' }, from_ms: FROM_MS, to_ms: TO_MS, state: 'waiting' },
  ...{ written_to_ms: FROM_MS, cursor: null, settled_ms: 0, settling: null, waits_for: '', files: 0 },
  ...{ rows: 0, bytes: 0, error: '', failures: 0, created_by: 'test', finished_at: null },
  ...{ created_at: new Date().toISOString(), updated_at: new Date().toISOString() },
};

const read = async (): Promise<Export | undefined> =>
  (await readExport(redis, EXPORT).catch(() => undefined))?.one;

const untilExport = (what: string, holds: (one: Export) => boolean): Promise<void> =>
  until(
    async () => {
      const one = await read();
      return one !== undefined && holds(one);
    },
    WITHIN_MS,
    () => what,
  );

/** Resident memory and the time that was computed, of a process. */
async function costOf(pid: number | undefined): Promise<{ mb: number; cpu_s: number }> {
  const [status, stat] = await Promise.all(
    ['status', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
  );
  const [user = 0, system = 0] = (stat ?? '').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return {
    mb: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status ?? '')?.[1] ?? 0) / 1_024),
    cpu_s: (user + system) / 100,
  };
}

it(
  'has every click in one file, once, whatever is killed',
  async () => {
    worker = fork(join(import.meta.dirname, '../support/export-process.ts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...{ PATH: process.env['PATH'], REDIS: server.url, CLICKHOUSE: database.url, FOLDER: folder },
        FILE_ROWS: String(FILE_ROWS),
      },
    });
    await new Promise((resolve) => worker.once('message', resolve));
    const peak = { worker: 0, clickhouse: 0 };
    const watching = setInterval(async () => {
      peak.worker = Math.max(peak.worker, (await costOf(worker.pid)).mb);
      peak.clickhouse = Math.max(peak.clickhouse, (await costOf(database.process().pid)).mb);
    }, 200);
    const before = (await costOf(database.process().pid)).mb;
    const began = performance.now();
    await addExport(redis, EXPORT);
    for (let kill = 0; kill < KILLS; kill++) {
      const { files = 0 } = (await read()) ?? {};
      await untilExport('files are written', (one) => one.files > files + 1 || one.state === 'done');
      await server.kill();
      await server.start();
      const { files: then = 0 } = (await read()) ?? {};
      await untilExport('files are written on', (one) => one.files > then || one.state === 'done');
      await database.kill();
      await database.start();
    }
    await untilExport('it is done', ({ state }) => state === 'done');
    const took_s = (performance.now() - began) / 1_000;
    clearInterval(watching);

    const store = new FolderStore(folderOf(`${folder}/exports`, ACCOUNT, EXPORT.export_id));
    const { files } = JSON.parse(await getText(store, 'manifest.json')) as Manifest;
    expect((await store.list('')).sort()).toEqual(['manifest.json', ...files.map(({ name }) => name)].sort());
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
    const ids = new Set<string>();
    for (const { name, sha256, rows } of KILLS > 0 ? files : []) {
      const text = await getText(store, name);
      expect([name, createHash('sha256').update(text).digest('hex')]).toEqual([name, sha256]);
      const lines = text.trimEnd().split('\n');
      expect([name, lines.length]).toEqual([name, rows]);
      for (const line of lines) ids.add((JSON.parse(line) as { click_id: string }).click_id);
    }
    if (KILLS > 0) expect(ids.size).toBe(ROWS);
    const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
    process.stdout.write(
      `${ROWS} clicks in ${files.length} files of ${Math.round(bytes / 1e6)} MB: ${took_s.toFixed(1)} s; worker at most ${peak.worker} MB and ${(await costOf(worker.pid)).cpu_s} s of processor, ClickHouse at most ${peak.clickhouse} MB, ${before} before\n`,
    );
  },
  2 * WITHIN_MS,
);
