/**
 * A batch that was inserted before a kill is inserted again with its token, and each rollup takes what it lacks: also where
 * the kill came after some of the views, and where a view reads what another one wrote.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';
import { insertData, randomData } from '../support/report-data.ts';

const ROLLUPS_OF_CLICKS = [
  'rollup_quarter_hours',
  'rollup_links',
  'rollup_variants',
  'rollup_networks',
  'rollup_breakdowns',
  'rollup_breakdown_hours',
  'rollup_bots',
];

const data = randomData(21, 'acc_own', 300);
let server: TestClickHouse;
let before: Record<string, number[]>;

beforeAll(async () => {
  server = await startClickHouse();
  await migrate(server.client, createLogger('test', 'silent'));
  await insertData(server.client, data, 'a batch');
  before = await allSums();
});

afterAll(() => server?.stop());

async function clicksIn(table: string): Promise<number[]> {
  const counts = ['clicks_total', 'clicks_human', 'clicks_bot', 'first_clicks', 'first_offer_clicks'];
  const query = `SELECT COLUMNS('^(${counts.join('|')})$') APPLY sum FROM trackly.${table}`;
  const answer = await server.client.query({ query, format: 'JSONCompactEachRow' });
  const [row = []] = await answer.json<string[]>();
  return row.map(Number);
}

const allSums = async (): Promise<Record<string, number[]>> =>
  Object.fromEntries(
    await Promise.all(ROLLUPS_OF_CLICKS.map(async (table) => [table, await clicksIn(table)])),
  );

it.each(ROLLUPS_OF_CLICKS)(
  '%s takes from a repeated batch what it lacks, and the others take nothing',
  async (table) => {
    expect(before[table]?.some((sum) => sum > 0)).toBe(true);
    await server.client.command({ query: `TRUNCATE TABLE trackly.${table}` });
    expect((await clicksIn(table)).every((sum) => sum === 0)).toBe(true);
    await insertData(server.client, data, 'a batch');
    expect(await allSums()).toEqual(before);
  },
);
