/**
 * Exports of the running system: Parquet, CSV and NDJSON in the server's folder and in a bucket of a real S3 server, once
 * and by the hour. The files are read back by ClickHouse, and their sums held against the reports.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { columnsOfDataset } from '../../src/transfer/exports/datasets.ts';
import {
  DATASETS,
  dueMember,
  EXPORTS_DUE,
  EXPORTS_LATE_AT,
  type Export,
  endOf,
  exportKey,
} from '../../src/transfer/exports/export.ts';
import type { Manifest } from '../../src/transfer/exports/file-names.ts';
import { SUSPENSION } from '../../workers/transfer/run-export.ts';
import { insertExportData, SUMS } from '../support/export-data.ts';
import { type S3Server, startS3 } from '../support/s3.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

vi.setConfig({ testTimeout: 120_000 });

const HOUR_MS = 3_600_000;
const THIS_HOUR_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const MESSAGES = 60;
const COUNTED = [
  ...[
    'sent',
    'clicks_total',
    'clicks_human',
    'clicks_bot',
    'clicks_unique',
    'conversions',
    'revenue',
    'payout',
  ],
];

let system: System;
let sender: Sender;
let s3: S3Server;
let redis: RedisClient;
const databases: string[] = [];

beforeAll(async () => {
  system = await sharedSystem();
  [sender, s3] = await Promise.all([createSender(system), startS3()]);
  redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
  // What happened two days before it was stored: late rows. What changed it was stored in the hour after.
  for (const [mark, hours] of [
    ['a', 5],
    ['b', 4],
  ] as const) {
    await insertExportData(system.clickhouse, {
      ...{ account_id: sender.account_id, messages: MESSAGES, mark },
      stored_ms: THIS_HOUR_MS - hours * HOUR_MS,
      happened_ms: THIS_HOUR_MS - 48 * HOUR_MS,
    });
  }
});

afterAll(async () => {
  for (const name of databases) await system.clickhouse.command({ query: `DROP DATABASE IF EXISTS ${name}` });
  redis?.disconnect();
  await s3?.close();
  await system?.destroy();
});

const bucket = (given: object = {}) => ({
  kind: 's3',
  bucket: 'backups',
  prefix: 'lake/of',
  endpoint: s3.environment['AWS_ENDPOINT_URL_S3'],
  access_key_id: 'S3RVER',
  secret_access_key: 'S3RVER',
  ...given,
});

const one = async (export_id: string) => (await sender.call('GET', `/v2/exports/${export_id}`)).body;
const untilDone = (export_id: string) =>
  untilSeen(
    'the export',
    () => one(export_id),
    ({ state }) => state === 'done',
  );
async function start(body: object): Promise<string> {
  return created(await sender.call('POST', '/v2/exports', body)).export_id;
}

async function download(export_id: string, name: string, key = sender.api_key): Promise<Buffer> {
  const answer = await fetch(
    `${system.api_url}/v2/exports/${export_id}/file?name=${encodeURIComponent(name)}`,
    { headers: { 'x-api-key': key } },
  );
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Reads files into tables of a database of their own. */
async function load(files: { dataset: string; bytes: Buffer }[], format: string): Promise<string> {
  const name = `trackly_test_${crypto.randomUUID().replaceAll('-', '')}`;
  databases.push(name);
  const { clickhouse } = system;
  await clickhouse.command({ query: `CREATE DATABASE ${name}` });
  for (const dataset of DATASETS) {
    const columns = Object.entries(columnsOfDataset(dataset)).map(
      ([column, { type }]) => `${column} ${type}`,
    );
    await clickhouse.command({
      query: `CREATE TABLE ${name}.${dataset} (${columns.join(', ')}) ENGINE = MergeTree ORDER BY tuple()`,
    });
  }
  for (const { dataset, bytes } of files) {
    const { stream } = await clickhouse.exec({
      query: `INSERT INTO ${name}.${dataset} FORMAT ${format}`,
      values: Readable.from([bytes], { objectMode: false }),
      clickhouse_settings: { async_insert: 0, wait_end_of_query: 1, date_time_input_format: 'best_effort' },
    });
    for await (const _ of stream as AsyncIterable<unknown>);
  }
  return name;
}

async function ask<Row>(query: string): Promise<Row[]> {
  const result = await system.clickhouse.query({ query, format: 'JSONEachRow' });
  return result.json<Row>();
}

async function sums(database: string): Promise<Record<string, string | number>> {
  const [row] = await ask<Record<string, string>>(SUMS.replaceAll('{db}', database));
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
}

/** The same from what the lines add up to for each contact. */
async function contactSums(database: string): Promise<Record<string, number>> {
  const [row] = await ask<Record<string, string>>(
    `SELECT sum(sign * messages) AS sent, ${COUNTED.slice(1)
      .map((name) => `toString(sum(sign * ${name})) AS ${name}`)
      .join(', ')} FROM ${database}.contacts`,
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
}

async function reported(): Promise<Record<string, number>> {
  const from = new Date(THIS_HOUR_MS - 72 * HOUR_MS).toISOString();
  const path = `/v2/reports/campaigns?from=${from}&range_by=event&money_by=conversion`;
  const { totals } = (await sender.call('GET', path as '/v2/reports/campaigns')).body as unknown as {
    totals: Record<string, string | number>;
  };
  return Object.fromEntries(COUNTED.map((name) => [name, Number(totals[name])]));
}

describe('an export of a range', () => {
  it.each([
    ['parquet', 'none', 'Parquet'],
    ['csv', 'gzip', 'CSVWithNames'],
    ['ndjson', 'none', 'JSONEachRow'],
  ] as const)(
    'writes %s files that sum to the reports, and a manifest of them',
    async (format, compression, read_as) => {
      const export_id = await start({
        ...{ datasets: DATASETS, format, compression },
        from: new Date(THIS_HOUR_MS - 72 * HOUR_MS).toISOString(),
      });
      const done = await untilDone(export_id);
      expect(done).toMatchObject({ state: 'done', error: '', waits_for: '' });
      const manifest = JSON.parse(String(await download(export_id, 'manifest.json'))) as Manifest;
      const files = [];
      for (const file of manifest.files)
        files.push({ ...file, content: await download(export_id, file.name) });
      for (const { content, bytes, sha256: told } of files) {
        expect(content.length).toBe(bytes);
        expect(sha256(content)).toBe(told);
      }
      const database = await load(
        files.map(({ dataset, name, content }) => ({
          dataset,
          bytes: name.endsWith('.gz') ? gunzipSync(content) : content,
        })),
        read_as,
      );
      for (const dataset of DATASETS) {
        const [row] = await ask<{ rows: string }>(`SELECT count() AS rows FROM ${database}.${dataset}`);
        const told = manifest.files.filter((file) => file.dataset === dataset);
        expect([dataset, Number(row?.rows)]).toEqual([
          dataset,
          told.reduce((sum, file) => sum + file.rows, 0),
        ]);
      }
      expect(await sums(database)).toEqual(await reported());
      // What is taken back again is left out of a range.
      const [row] = await ask(
        `SELECT min(sign) AS least, uniqExact(click_id) = count() AS single FROM ${database}.clicks`,
      );
      expect(row).toEqual({ least: 1, single: 1 });
      expect(await contactSums(database)).toEqual(await reported());
    },
  );

  it('has only the lines that its filters ask for', async () => {
    const export_id = await start({
      ...{ datasets: ['clicks'], format: 'ndjson', filters: { campaign_id: ['cam_0'], verdict: ['bot'] } },
      from: new Date(THIS_HOUR_MS - 72 * HOUR_MS).toISOString(),
    });
    await untilDone(export_id);
    const { files } = (await sender.call('GET', `/v2/exports/${export_id}/files`)).body;
    const name = files.find(({ dataset }) => dataset === 'clicks')?.name ?? '';
    const lines = String(await download(export_id, name))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ campaign_id: 'cam_0', verdict: 'bot', sign: 1 });
  });

  it('is refused where a dataset lacks the column of a filter, or the bucket is at a private address', async () => {
    const refused = async (body: object) => (await sender.call('POST', '/v2/exports', body)).body;
    expect(await refused({ datasets: ['sends'], filters: { verdict: ['bot'] } })).toMatchObject({
      error: 'invalid_request',
      field: 'filters.verdict',
    });
    for (const endpoint of ['http://user:secret@s3.example', 'file:///etc', 'https://s3.example/../x?y'])
      expect(await refused({ datasets: ['clicks'], destination: bucket({ endpoint }) })).toHaveProperty(
        'error',
      );
    expect(
      await refused({ datasets: ['clicks'], destination: bucket({ prefix: '../other' }) }),
    ).toHaveProperty('error');
  });

  it('is nobody else’s', async () => {
    const other = await createSender(system);
    const export_id = await start({ datasets: ['sends'], format: 'csv' });
    await untilDone(export_id);
    for (const path of ['', '/files'] as const)
      expect((await other.call('GET', `/v2/exports/${export_id}${path}` as '/v2/exports/x')).status).toBe(
        404,
      );
    expect((await other.call('DELETE', `/v2/exports/${export_id}`)).status).toBe(404);
    await expect(download(export_id, 'manifest.json', other.api_key)).rejects.toThrow('404');
    for (const name of ['../../../keys', '/etc/passwd', 'manifest.json.part'])
      await expect(download(export_id, name)).rejects.toThrow('404');
  });

  it('is removed with its files', async () => {
    const export_id = await start({ datasets: ['sends'], format: 'csv' });
    await untilDone(export_id);
    const folder = join(system.data_dir, 'exports', sender.account_id, export_id);
    expect(existsSync(join(folder, 'manifest.json'))).toBe(true);
    expect((await sender.call('DELETE', `/v2/exports/${export_id}`)).body).toEqual({
      export_id,
      removed: true,
    });
    await untilSeen('its folder', () => existsSync(folder), false);
    expect((await sender.call('GET', `/v2/exports/${export_id}`)).status).toBe(404);
  });
});

describe('an export of every hour', () => {
  const hourly = (given: object = {}) => ({
    ...{
      datasets: ['clicks', 'sends', 'conversions', 'contacts'],
      every: 'hour',
      destination: bucket(given),
    },
    from: new Date(THIS_HOUR_MS - 5 * HOUR_MS).toISOString(),
    to: new Date(THIS_HOUR_MS - 2 * HOUR_MS).toISOString(),
  });
  const objects = (export_id: string) => s3.store({ prefix: `lake/of/${export_id}` }).list('');
  async function read(export_id: string, name: string): Promise<Buffer> {
    const chunks = [];
    for await (const chunk of s3.store({ prefix: `lake/of/${export_id}` }).get(name)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('writes each hour once into a bucket; late rows and second verdicts are in later files, with a sign', async () => {
    const [export_id, again] = [await start(hourly()), await start({ ...hourly(), datasets: ['clicks'] })];
    expect(await untilDone(export_id)).toMatchObject({
      error: '',
      destination: { place: 's3://backups/lake/of' },
    });
    await untilDone(again);
    const names = await objects(export_id);
    const manifests = names.filter((name) => name.startsWith('manifests/'));
    expect(manifests).toHaveLength(3);
    const files = (
      await Promise.all(
        manifests.map(async (name) => (JSON.parse(String(await read(export_id, name))) as Manifest).files),
      )
    ).flat();
    // Nothing else is there: no half file, and none twice.
    expect([...files.map(({ name }) => name), ...manifests].sort()).toEqual(names);
    const contents = await Promise.all(files.map(({ name }) => read(export_id, name)));
    expect(contents.map(sha256)).toEqual(files.map((file) => file.sha256));
    // The same hours have the same names and bytes, whenever they are written.
    const same = files.map(({ name }, i) => [name, sha256(contents[i] as Buffer)] as const);
    for (const [name, told] of same.filter(([name]) => name.startsWith('clicks/')))
      expect([name, sha256(await read(again, name))]).toEqual([name, told]);
    const database = await load(
      files.map(({ dataset }, i) => ({ dataset, bytes: contents[i] as Buffer })),
      'Parquet',
    );
    expect(await sums(database)).toEqual(await reported());
    expect(await contactSums(database)).toEqual(await reported());
    const [row] = await ask<{ taken_back: string }>(
      `SELECT countIf(sign = -1) AS taken_back FROM ${database}.clicks`,
    );
    expect(Number(row?.taken_back)).toBe((2 * MESSAGES) / 3);
    // A line of a second verdict has what only the click knows.
    expect(
      await ask(`SELECT DISTINCT user_agent, ip, query FROM ${database}.clicks WHERE sign = -1 LIMIT 1`),
    ).toMatchObject([{ ip: '192.0.2.7', user_agent: 'a "quoted", agent\nof two lines' }]);
  });

  it('keeps the keys of its bucket secret, says what is wrong with them, and goes on with others', async () => {
    const secret = `wrong-${crypto.randomUUID()}`;
    const export_id = await start({
      ...hourly({ secret_access_key: secret }),
      ...{ datasets: ['clicks'], to: new Date(THIS_HOUR_MS - 4 * HOUR_MS).toISOString() },
    });
    const failing = await untilSeen(
      'the failure',
      () => one(export_id),
      ({ failures }) => failures > 0,
    );
    expect(failing.error).toContain('secret_access_key does not fit access_key_id');
    // It has two hours to write what it can, and is late from then on: TracklyExportsLate.
    const member = dueMember({ account_id: sender.account_id, export_id });
    const late_at = await untilSeen(
      'when it is late',
      () => redis.zscore(EXPORTS_LATE_AT, member),
      (at) => at !== null,
    );
    const late_ms = Number(late_at) - 2 * HOUR_MS;
    expect(Math.abs(late_ms - Date.now())).toBeLessThan(HOUR_MS / 2);
    const everywhere = [
      JSON.stringify(failing),
      JSON.stringify((await sender.call('GET', '/v2/exports')).body),
      (await redis.get(exportKey({ account_id: sender.account_id, export_id }))) ?? '',
      JSON.stringify(await ask(`SELECT * FROM trackly.records WHERE key LIKE 'export:%'`)),
      JSON.stringify((await sender.call('GET', '/v2/audit')).body),
      readFileSync(join(system.data_dir, 'clickhouse', 'clickhouse.log'), 'utf8'),
    ].join();
    expect(everywhere).not.toContain(secret);
    expect(everywhere).not.toContain('"S3RVER"');
    const keys = { access_key_id: 'S3RVER', secret_access_key: 'S3RVER' };
    expect((await sender.call('PATCH', `/v2/exports/${export_id}`, { keys })).status).toBe(200);
    expect(await untilDone(export_id)).toMatchObject({ error: '', failures: 0 });
    // Noted by the worker once the record is stored.
    await untilSeen('that it is not late', () => redis.zscore(EXPORTS_LATE_AT, member), null);
  });

  it('writes nothing while it is paused', async () => {
    const export_id = await start({ ...hourly(), datasets: ['sends'], to: undefined });
    await sender.call('PATCH', `/v2/exports/${export_id}`, { status: 'paused' });
    expect(await one(export_id)).toMatchObject({ state: 'paused', next_at: null });
    await sender.call('PATCH', `/v2/exports/${export_id}`, { status: 'active' });
    const waiting = await untilSeen(
      'the next hour',
      () => one(export_id),
      ({ next_at }) => next_at !== null && Date.parse(next_at) > Date.now(),
    );
    expect(waiting.state).toBe('running');
    await sender.call('DELETE', `/v2/exports/${export_id}`);
  });
});

it('of a suspended account stops and says so, and goes on once it is active again', async () => {
  const own = await createSender(system);
  const { export_id } = created(
    await own.call('POST', '/v2/exports', {
      ...{ datasets: ['clicks'], every: 'hour', format: 'csv' },
      from: new Date(THIS_HOUR_MS - 4 * HOUR_MS).toISOString(),
    }),
  );
  const place = { account_id: own.account_id, export_id };
  const stored = async () => JSON.parse((await redis.get(exportKey(place))) ?? '{}') as Export;
  const { written_to_ms } = await untilWritten(stored);
  const change = async (body: object) => {
    const answer = await fetch(`${system.api_url}/v2/accounts/${own.account_id}`, {
      ...{ method: 'PATCH', body: JSON.stringify(body) },
      headers: { 'x-api-key': system.admin_key, 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
  };
  await change({ status: 'suspended', reason: 'a test' });
  // As if an hour had gone by.
  await redis.set(
    exportKey(place),
    JSON.stringify({ ...(await stored()), written_to_ms: written_to_ms - HOUR_MS }),
  );
  await redis.zadd(EXPORTS_DUE, 0, dueMember(place));
  await untilSeen('what it waits for', async () => (await stored()).waits_for, SUSPENSION);
  await untilSeen('that it is not late', () => redis.zscore(EXPORTS_LATE_AT, dueMember(place)), null);
  await change({ status: 'active' });
  // The hour may have turned meanwhile: then it has written one more.
  const after = await untilWritten(stored);
  expect(after).toMatchObject({ waits_for: '', state: 'running' });
  expect(after.written_to_ms).toBeGreaterThanOrEqual(written_to_ms);
});

/** An hourly export that has written what it can. */
const untilWritten = (stored: () => Promise<Export>): Promise<Export> =>
  untilSeen(
    'the hours',
    stored,
    ({ written_to_ms }) => written_to_ms >= endOf({ every: 'hour', to_ms: null }, Date.now()),
  );

it('an erasure lists the files that name the contact, and no others', async () => {
  const own = await createSender(system);
  await insertExportData(system.clickhouse, {
    ...{ account_id: own.account_id, messages: 3, mark: 'e' },
    stored_ms: THIS_HOUR_MS - 5 * HOUR_MS,
    happened_ms: THIS_HOUR_MS - 48 * HOUR_MS,
  });
  const body = {
    ...{ datasets: ['clicks', 'sends', 'deliveries'], format: 'csv' },
    from: new Date(THIS_HOUR_MS - 96 * HOUR_MS).toISOString(),
  };
  const { export_id } = created(await own.call('POST', '/v2/exports', body));
  await untilSeen(
    'the export',
    async () => (await own.call('GET', `/v2/exports/${export_id}`)).body.state,
    'done',
  );
  const { files } = (await own.call('GET', `/v2/exports/${export_id}/files`)).body;
  const { erasure_id } = (await own.call('DELETE', '/v2/contacts/c1-e')).body;
  const erasure = await untilSeen(
    'the files',
    async () => (await own.call('GET', `/v2/erasures/${erasure_id}`)).body,
    ({ exported_files }) => exported_files.length > 0,
  );
  expect(erasure.exported_files).toEqual(
    files
      .filter(({ dataset }) => dataset === 'clicks' || dataset === 'sends')
      .map(({ name }) => ({ export_id, place: 'exports', name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
});
