/** What a migration fills in from rows that are there already. */
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLog } from '../../src/platform/log.ts';
import { type DataClick, insertData, randomData } from '../support/report-data.ts';
import { startEngine, type TestEngine } from '../support/reports-api.ts';

const log = createLog('test', 'silent');
let engine: TestEngine;
let folder: string;

beforeAll(async () => {
  engine = await startEngine();
  folder = await mkdtemp(join(tmpdir(), 'trackly-migrations-'));
});

afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

it('fills in what was counted before there was a rollup for it, once, however often it is applied', async () => {
  const all = new URL('../../src/clickhouse/migrations/', import.meta.url);
  for (const name of await readdir(all))
    if (name < '0010') await copyFile(new URL(name, all), join(folder, name));
  const ask = async (query: string): Promise<unknown[]> =>
    (await engine.client.query({ query, format: 'JSONEachRow' })).json();
  const insert = (table: string, values: object[]): Promise<unknown> =>
    engine.client.insert({ table: `trackly.${table}`, values, format: 'JSONEachRow' });
  await migrate(engine.client, log, pathToFileURL(`${folder}/`));
  const data = randomData(3, 'acc_own', 2_000);
  await insertData(engine.client, data, 'before');
  const judged = data.clicks.filter((click) => click.is_first && click.variant_id !== '').slice(0, 50);
  await insert(
    'verdicts',
    judged.flatMap((click) => [verdict(click, -1), verdict(click, 1)]),
  );
  const subject = { sent_at_ms: data.sends[0]?.sent_at_ms };
  const line = { account_id: 'acc_own', sign: 1, status: 'attributed', credited_at: 1_800_000_000_000 };
  await insert('conversions', [
    { ...line, transaction: 'txn:click', click_id: 'click', facts: JSON.stringify({ subject }) },
    { ...line, transaction: 'txn:coupon', facts: JSON.stringify({ subject }) },
  ]);

  await Promise.all([migrate(engine.client, log), migrate(engine.client, log)]);
  const variants = (query: string): Promise<unknown[]> =>
    ask(
      `SELECT campaign_id, variant_id, at, sent, sum(firsts) AS firsts FROM (${query}) GROUP BY ALL HAVING firsts != 0 ORDER BY ALL`,
    );
  const filled_in = () =>
    variants(
      'SELECT campaign_id, variant_id, quarter_hour AS at, sent_quarter_hour AS sent, first_clicks AS firsts FROM trackly.rollup_variants',
    );
  const as_judged = () =>
    variants(`SELECT campaign_id, variant_id, toStartOfFifteenMinutes(clicked_at) AS at,
        toStartOfFifteenMinutes(sent_at) AS sent, is_first AS firsts FROM trackly.report_clicks WHERE variant_id != ''`);
  const links = (table: string): Promise<unknown[]> =>
    ask(`SELECT quarter_hour, campaign_id, variant_id, creative_id, offer_id, sum(links_sent) AS sent
        FROM trackly.${table} GROUP BY ALL HAVING sent != 0 ORDER BY ALL`);
  expect((await filled_in()).length).toBeGreaterThan(100);
  expect(await filled_in()).toEqual(await as_judged());
  expect(await links('rollup_quarter_hours')).toEqual(await links('rollup_links'));
  expect(
    await ask(
      'SELECT transaction, toUnixTimestamp64Milli(sent_at) AS ms FROM trackly.conversions ORDER BY transaction',
    ),
  ).toEqual([
    { transaction: 'txn:click', ms: subject.sent_at_ms },
    { transaction: 'txn:coupon', ms: line.credited_at },
  ]);

  // Killed before it was noted down, it is applied again; and what comes later is counted once.
  await engine.client.command({ query: "DELETE FROM trackly.migrations WHERE name >= '0010'" });
  await insertData(engine.client, randomData(4, 'acc_own', 500), 'after');
  await migrate(engine.client, log);
  expect(await filled_in()).toEqual(await as_judged());
  expect(await links('rollup_quarter_hours')).toEqual(await links('rollup_links'));
});

/** The click was first and a person's; from judgement 1 on it is a bot's. */
function verdict(click: DataClick, sign: 1 | -1): object {
  return {
    ...click,
    change: 1,
    sign,
    judgement: 1,
    verdict: sign === 1 ? 'bot' : 'human',
    is_first: sign === 1 ? 0 : 1,
    is_first_for_offer: 0,
    clicked_at: click.clicked_at_ms,
    expires_at: Date.parse('2099-01-01T00:00:00Z') / 1_000,
  };
}
