/**
 * Exports whose worker is killed again and again, into a bucket of a real S3 server and into a folder: no half file, none
 * twice, and every line once. A Redis and a ClickHouse of its own, because it kills what writes.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { InstallationKeys } from '../../src/access/installation-key.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { FolderStore } from '../../src/platform/object-store/folder-store.ts';
import { getText, type ObjectStore } from '../../src/platform/object-store/object-store.ts';
import { seededRandom } from '../../src/platform/random.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { folderOf, sealKeys } from '../../src/transfer/exports/destination.ts';
import type { Destination, Export } from '../../src/transfer/exports/export.ts';
import { addExport, readExport } from '../../src/transfer/exports/export-store.ts';
import type { Manifest } from '../../src/transfer/exports/file-names.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';
import { insertExportData } from '../support/export-data.ts';
import { LONG } from '../support/long.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type S3Server, startS3 } from '../support/s3.ts';

vi.setConfig({ testTimeout: 180_000 });

const HOUR_MS = 3_600_000;
const HOURS = 4;
const MESSAGES = 40;
const FROM_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - (HOURS + 2) * HOUR_MS;
const ACCOUNT = 'acc_killed';

let database: TestClickHouse;
let server: TestRedis;
let redis: RedisClient;
let s3: S3Server;
let folder: string;
let keys: InstallationKeys;

beforeAll(async () => {
  [database, server, s3, folder] = await Promise.all([
    startClickHouse(),
    startRedis(),
    startS3(),
    mkdtemp(join(tmpdir(), 'trackly-exports-')),
  ]);
  await migrate(database.client, createLogger('test', 'silent'));
  redis = await server.connect();
  keys = await InstallationKeys.open(redis, folder);
  for (let hour = 0; hour < HOURS; hour++) {
    await insertExportData(database.client, {
      ...{ account_id: ACCOUNT, messages: MESSAGES, mark: String(hour) },
      stored_ms: FROM_MS + hour * HOUR_MS,
      happened_ms: FROM_MS - 24 * HOUR_MS,
    });
  }
});

afterAll(async () => {
  keys?.close();
  await Promise.all([database?.stop(), server?.stop(), s3?.close()]);
  await rm(folder, { recursive: true, force: true });
});

function exportTo(export_id: string, destination: Destination): Export {
  const now = new Date().toISOString();
  return {
    ...{
      export_id,
      account_id: ACCOUNT,
      name: '',
      every: 'hour',
      datasets: ['clicks', 'sends', 'conversions'],
    },
    ...{ format: 'ndjson', compression: 'none', window_by: 'stored', filters: {}, destination },
    ...{ from_ms: FROM_MS, to_ms: FROM_MS + (HOURS + 1) * HOUR_MS, state: 'waiting', written_to_ms: FROM_MS },
    ...{ cursor: null, settled_ms: 0, settling: null, waits_for: '', files: 0, rows: 0, bytes: 0 },
    ...{ error: '', failures: 0, created_by: 'test', created_at: now, updated_at: now, finished_at: null },
  };
}

/** Runs processes that are killed after a while each, until the export is done. Resolves with the number of kills. */
async function writeUnderKills(one: Export, random: () => number): Promise<number> {
  const isDone = async (): Promise<boolean> => (await readExport(redis, one))?.one.state === 'done';
  for (let kills = 0; ; kills++) {
    const child = fork(join(import.meta.dirname, '../support/export-process.ts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env['PATH'], REDIS: server.url, CLICKHOUSE: database.url, FOLDER: folder },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.once('message', resolve));
    // The lock of the one that was killed holds for as long as a worker may stand still: here nobody else writes.
    await redis.del(`export_lock:${ACCOUNT}:${one.export_id}`);
    const until = performance.now() + (kills < 4 ? 100 + random() * 900 : 60_000);
    while (performance.now() < until && !(await isDone())) await new Promise((done) => setTimeout(done, 20));
    child.kill('SIGKILL');
    await ended;
    if (await isDone()) return kills;
    if (kills > 8) throw new Error(`it is not done: ${JSON.stringify((await readExport(redis, one))?.one)}`);
  }
}

// A bucket has the harder way: its parts. A folder in every run is what exports.test.ts writes to.
it.each(LONG ? (['s3', 'folder'] as const) : (['s3'] as const))(
  'writes every line once to %s though its worker is killed',
  async (kind) => {
    const export_id = `exp_${kind}`;
    const sealed = sealKeys(keys, export_id, { access_key_id: 'S3RVER', secret_access_key: 'S3RVER' });
    const destination: Destination =
      kind === 'folder'
        ? { kind }
        : {
            ...{ kind, bucket: 'backups', prefix: '', region: 'us-east-1', sealed },
            endpoint: s3.environment['AWS_ENDPOINT_URL_S3'] ?? null,
          };
    const one = exportTo(export_id, destination);
    await addExport(redis, one);
    expect(await writeUnderKills(one, seededRandom(7))).toBeGreaterThan(1);
    const store: ObjectStore =
      kind === 'folder'
        ? new FolderStore(folderOf(`${folder}/exports`, ACCOUNT, export_id))
        : s3.store({ prefix: export_id });
    const names = await store.list('');
    const manifests = names.filter((name) => name.startsWith('manifests/'));
    const files = (
      await Promise.all(
        manifests.map(async (name) => (JSON.parse(await getText(store, name)) as Manifest).files),
      )
    ).flat();
    expect(manifests).toHaveLength(HOURS + 1);
    expect(names).toEqual([...manifests, ...files.map(({ name }) => name)].sort());
    const lines = new Map<string, string[]>();
    for (const { name, dataset, sha256, rows } of files) {
      const text = await getText(store, name);
      expect([name, createHash('sha256').update(text).digest('hex')]).toEqual([name, sha256]);
      const here = text.trimEnd().split('\n');
      expect([name, here.length]).toEqual([name, rows]);
      lines.set(dataset, [...(lines.get(dataset) ?? []), ...here]);
    }
    const all = MESSAGES * HOURS;
    const expected = {
      clicks: all + 2 * HOURS * Math.ceil(MESSAGES / 3),
      sends: all + HOURS * Math.ceil(MESSAGES / 4),
      conversions: all / 2 + 2 * HOURS * Math.ceil(MESSAGES / 10),
    };
    for (const [dataset, count] of Object.entries(expected)) {
      expect([dataset, lines.get(dataset)?.length]).toEqual([dataset, count]);
      expect(new Set(lines.get(dataset)).size).toBe(count);
    }
  },
);
