import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPORT_VIEWS } from '../../src/analysts/report-views.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';
import { insertData, randomData } from '../support/report-data.ts';

const log = createLogger('test', 'silent');
let engine: TestClickHouse;
let folder: string;

beforeAll(async () => {
  engine = await startClickHouse();
  folder = await mkdtemp(join(tmpdir(), 'trackly-migrations-'));
});

afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

async function rows(query: string): Promise<Record<string, unknown>[]> {
  return (await engine.client.query({ query, format: 'JSONEachRow' })).json();
}

const directory = (): URL => pathToFileURL(`${folder}/`);

it('stops at a broken migration, says where, and repeats it whole once it is mended', async () => {
  const file = join(folder, '0001_try.sql');
  await writeFile(
    file,
    'CREATE TABLE IF NOT EXISTS trackly.try_one (n UInt8) ENGINE = MergeTree ORDER BY n; SELEC 1;',
  );
  await expect(migrate(engine.client, log, directory())).rejects.toThrow(
    /Migration 0001_try.sql failed at "SELEC 1/,
  );
  await writeFile(
    file,
    "CREATE TABLE IF NOT EXISTS trackly.try_one (n UInt8) ENGINE = MergeTree ORDER BY n; SELECT ';';",
  );
  expect(await migrate(engine.client, log, directory())).toBe(1);
  expect(await migrate(engine.client, log, directory())).toBe(0);
});

it('stops when a file that was applied has changed', async () => {
  await writeFile(join(folder, '0001_try.sql'), 'SELECT 2;');
  await expect(migrate(engine.client, log, directory())).rejects.toThrow(/changed after it was applied/);
});

it('is applied once, whether two processes migrate at once or one after the other', async () => {
  const applied = await Promise.all([migrate(engine.client, log), migrate(engine.client, log)]);
  expect(Math.max(...applied)).toBeGreaterThan(0);
  expect(await migrate(engine.client, log)).toBe(0);
});

it('changes nothing when every statement runs again, as after a kill before the file was noted down', async () => {
  const tables = () =>
    rows(
      "SELECT name, create_table_query FROM system.tables WHERE database = 'trackly' AND name != 'try_one' ORDER BY name",
    );
  const once = await tables();
  await engine.client.command({ query: 'TRUNCATE TABLE trackly.migrations' });
  expect(await migrate(engine.client, log)).toBeGreaterThan(0);
  expect(await tables()).toEqual(once);
});

it('explains every table, view and column', async () => {
  const silent = await rows(`
    SELECT name FROM system.tables WHERE database = 'trackly' AND comment = '' AND engine != 'MaterializedView' AND name != 'try_one'
    UNION ALL
    SELECT table || '.' || name FROM system.columns
    WHERE database = 'trackly' AND comment = '' AND table != 'try_one' AND table NOT LIKE '%\\_to\\_%'`);
  expect(silent).toEqual([]);
  const views = await rows(
    "SELECT name FROM system.tables WHERE database = 'trackly' AND engine = 'View' ORDER BY name",
  );
  expect(views.map((view) => view['name'])).toEqual([...REPORT_VIEWS].sort());
});

it('syncs what it confirms, and keeps parts until what they were merged into is written, in every table', async () => {
  const settings = ['fsync_after_insert = 1', 'fsync_part_directory = 1', 'old_parts_lifetime = 120'];
  const loose = await rows(`
    SELECT name FROM system.tables
    WHERE database = 'trackly' AND engine LIKE '%MergeTree' AND name NOT IN ('migrations', 'try_one')
      AND NOT (${settings.map((one) => `create_table_query LIKE '%${one}%'`).join(' AND ')})`);
  expect(loose).toEqual([]);
});

it('takes a batch once into the raw tables and both rollups, however often it is sent', async () => {
  const counts = () =>
    rows(`
      SELECT (SELECT count() FROM trackly.sends) AS sends, (SELECT count() FROM trackly.clicks) AS clicks,
        (SELECT (sum(messages_sent), sum(offers_sent), sum(clicks_total), sum(first_clicks)) FROM trackly.rollup_quarter_hours) AS by_quarter_hour,
        (SELECT (sum(messages_sent), sum(offers_sent), sum(links_sent), sum(clicks_total), sum(first_clicks)) FROM trackly.rollup_links) AS by_link`);
  const data = randomData(1, 'acc_own', 500);
  await insertData(engine.client, data, 'batch-1');
  const once = await counts();
  expect(Number(once[0]?.['sends'])).toBe(500);
  await insertData(engine.client, data, 'batch-1');
  await insertData(
    engine.client,
    { sends: [...data.sends].reverse(), clicks: [...data.clicks].reverse() },
    'batch-1',
  );
  expect(await counts()).toEqual(once);
  await insertData(engine.client, randomData(2, 'acc_own', 500), 'batch-2');
  expect(Number((await counts())[0]?.['sends'])).toBe(1_000);
});

it('keeps the counts of rows that have expired', async () => {
  const before = await rows('SELECT sum(clicks_total) AS clicks FROM trackly.rollup_links');
  await engine.client.command({
    query:
      "ALTER TABLE trackly.clicks UPDATE expires_at = '2020-01-01 00:00:00' WHERE 1 SETTINGS mutations_sync = 1",
  });
  await engine.client.command({ query: 'OPTIMIZE TABLE trackly.clicks FINAL' });
  expect(await rows('SELECT count() AS clicks FROM trackly.clicks')).toEqual([
    { clicks: expect.toSatisfy((n) => Number(n) === 0) },
  ]);
  expect(await rows('SELECT sum(clicks_total) AS clicks FROM trackly.rollup_links')).toEqual(before);
});
