/** ClickHouse killed between noting an insert's token and putting its part in place: the retry is taken. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { forgetLostInserts } from '../../src/clickhouse/embedded/forget-lost-inserts.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';

let server: TestClickHouse;

beforeAll(async () => {
  server = await startClickHouse();
});

afterAll(async () => {
  await server?.stop();
});

const insert = (client: ClickHouseClient, n: number): Promise<unknown> =>
  client.insert({
    table: 'trackly_kept.rows',
    values: [
      { at: '2026-01-01', n },
      { at: '2026-02-01', n },
    ],
    format: 'JSONEachRow',
    clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: `token-${n}`, async_insert: 0 },
  });

async function rows(client: ClickHouseClient): Promise<string[]> {
  const query = "SELECT concat(toString(at), ' ', toString(n)) AS one FROM trackly_kept.rows ORDER BY one";
  const result = await client.query({ query, format: 'JSONEachRow' });
  return (await result.json<{ one: string }>()).map(({ one }) => one);
}

const folder = (): string => join(server.data_dir, 'clickhouse');
const store = (): string[] =>
  readdirSync(join(folder(), 'store'), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder(), 'store', name),
  );

it('takes the retry of an insert that was noted and never put in place, and no other', async () => {
  const { client } = server;
  await client.command({ query: 'CREATE DATABASE trackly_kept' });
  await client.command({
    query: `CREATE TABLE trackly_kept.rows (at Date, n UInt32) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY n
      SETTINGS non_replicated_deduplication_window = 100`,
  });
  for (const n of [1, 2, 3]) await insert(client, n);
  await client.command({ query: 'OPTIMIZE TABLE trackly_kept.rows PARTITION 202601 FINAL' });
  await server.kill();
  // What a kill between the two leaves behind: a line without its part, and one that was cut off.
  const lost = store().find((path) => /\/202602_6_6_0$/.test(path)) as string;
  rmSync(lost, { recursive: true });
  const log = store().find((path) => path.endsWith('deduplication_log_1.txt')) as string;
  writeFileSync(log, '1\t202601_9_9', { flag: 'a' });
  await server.start();
  expect(await rows(client)).toHaveLength(5);
  for (const n of [1, 2, 3]) await insert(client, n);
  expect(await rows(client)).toEqual(
    [1, 2].flatMap((month) => [1, 2, 3].map((n) => `2026-0${month}-01 ${n}`)),
  );
  expect(readFileSync(log, 'utf8')).not.toContain('202601_9_9');
});

it('forgets nothing of a folder that is whole, and makes do with one that is empty', async () => {
  await server.end();
  expect(forgetLostInserts(folder())).toEqual([]);
  expect(forgetLostInserts(join(folder(), 'none'))).toEqual([]);
});
