/**
 * `trackly demo`: every report of the account that it makes has something to show and agrees with a plain count over its
 * rows. Then it is removed: nothing of the account is left in Redis and ClickHouse, and what another account sees has not
 * changed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellEmptied, tellRedis } from '../../src/clicks/spools.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { type Ended, runTrackly } from '../support/commands.ts';
import { findInRedis, findInTables } from '../support/erasure-search.ts';
import { joinAs } from '../support/members.ts';
import { callApi, createCampaign, createSender, type Sender, senderAt } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

/** Fewer than the command makes unless told: the test has seconds. */
const MESSAGES = 4_000;
const RANGE = 'from=2020-01-01&to=2099-01-01';
const REPORTS = ['messages', 'links', 'offers', 'creatives', 'campaigns', 'variants', 'hours'] as const;

let system: System;
let redis: RedisClient;
let neighbour: Sender;
let before: unknown;
let demo: Sender;

beforeAll(async () => {
  system = await sharedSystem();
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
  neighbour = await createSender(system);
  const { campaign_id, creative_ids } = await createCampaign(neighbour, 'Neighbour');
  const [creative_id] = creative_ids;
  await neighbour.send([
    { contact_id: 'ann', creative_id, campaign_id, variant_id: 'A', fields: { first_name: 'Ann' } },
  ]);
  before = await untilSeen('the neighbour', lookAtNeighbour, ({ campaigns }) => campaigns.rows.length === 1);
});

afterAll(async () => {
  redis?.disconnect();
  await system?.destroy();
});

const lookAtNeighbour = async () => ({
  campaigns: (await neighbour.call('GET', `/v2/reports/campaigns?${RANGE}`)).body,
  offers: (await neighbour.call('GET', '/v2/offers')).body,
  account: (await neighbour.call('GET', '/v2/account')).body,
});

const run = (...args: string[]): Promise<Ended> =>
  runTrackly(['demo', ...args], {
    DATA_DIR: system.data_dir,
    API_PORT: new URL(system.api_url).port,
    ADMIN_KEY: system.admin_key,
  });

async function rowsOf<Row>(query: string): Promise<Row[]> {
  const { account_id } = demo;
  const result = await system.clickhouse.query({
    query,
    query_params: { account_id },
    format: 'JSONEachRow',
  });
  return result.json<Row>();
}

/** The numbers of a statement's first row. */
async function numbersOf(query: string): Promise<Record<string, number>> {
  const [row = {}] = await rowsOf<Record<string, string>>(query);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

it('asks before it is made beside other accounts', async () => {
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toMatch(/has \d+ accounts? already.*npm run demo -- --yes/);
});

it('makes an account that says what it is, once', async () => {
  const made = await run('--yes', '--messages', String(MESSAGES));
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('The account "Demo" has 30 days') });
  const [api_key = ''] = /trk_[0-9a-f]{32}/.exec(made.stdout) ?? [];
  const { body } = await senderAt(system, '', api_key).call('GET', '/v2/account');
  expect(body).toMatchObject({ name: 'Demo', demo: true });
  demo = senderAt(system, body.account_id, api_key);
  const again = await run('--yes');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('The demo is there already') });
  expect(again.stdout).toContain(api_key);
});

it('every report has something to show', async () => {
  const reports = [...REPORTS, 'bots', 'countries', 'refused', 'unattributed', 'networks'];
  for (const report of reports) {
    const { status, body } = await demo.call('GET', `/v2/reports/${report}?${RANGE}`);
    expect([report, status, (body as { rows: [] }).rows.length > 0]).toEqual([report, 200, true]);
  }
  const { body: list } = await demo.call('GET', '/v2/audiences');
  for (const { audience_id } of list.audiences) {
    const { body } = await demo.call('GET', `/v2/audiences/${audience_id}/count`);
    expect(body.contacts).toBeGreaterThan(0);
  }
  const { body: compared } = await demo.call('GET', '/v2/conversions/reconciliations');
  expect(compared).toMatchObject({
    reconciliations: [{ counts: { missing_here: 1, missing_there: 3, different: 2 } }],
  });
});

it.each(REPORTS)('the report %s agrees with a plain count over the rows', async (report) => {
  const { body } = await demo.call('GET', `/v2/reports/${report}?${RANGE}&per_page=1`);
  const of_offers = report === 'offers' || report === 'links';
  const first = of_offers ? 'is_first_for_offer' : 'is_first';
  const sent =
    report === 'offers' ? 'length(arrayDistinct(offer_ids))' : report === 'links' ? 'length(link_ids)' : '1';
  const counted = {
    ...(await numbersOf(
      `SELECT sum(${sent}) AS sent FROM trackly.sends WHERE account_id = {account_id:String}`,
    )),
    ...(await numbersOf(`SELECT count() AS clicks_total, countIf(verdict = 'human') AS clicks_human,
      countIf(verdict = 'bot') AS clicks_bot, sum(${first}) AS clicks_unique
      FROM trackly.clicks WHERE account_id = {account_id:String}`)),
    ...(await numbersOf(`SELECT sum(sign * conversions) AS conversions
      FROM trackly.conversions WHERE account_id = {account_id:String}`)),
  };
  expect(counted['clicks_unique']).toBeGreaterThan(100);
  expect(body.totals).toMatchObject(counted);
});

it('revenue by currency agrees with the money ledger', async () => {
  const { body } = await demo.call('GET', `/v2/reports/offers?${RANGE}`);
  const reported = Map.groupBy(body.rows, ({ currency }) => currency);
  const booked = await rowsOf<{ currency: string; revenue: string }>(
    `SELECT currency, toString(sum(sign * (sales - refunds))) AS revenue FROM trackly.conversions
     WHERE account_id = {account_id:String} AND status = 'attributed' GROUP BY currency`,
  );
  expect(booked.map(({ currency }) => currency).toSorted()).toEqual(['EUR', 'USD']);
  for (const { currency, revenue } of booked) {
    const sum = (reported.get(currency) ?? []).reduce((total, row) => total + Number(row.revenue), 0);
    expect([currency, sum.toFixed(2)]).toEqual([currency, Number(revenue).toFixed(2)]);
  }
});

it('is removed without a trace, and others see what they saw', async () => {
  const { account_id } = demo;
  const [{ offer_id = '' } = {}] = (await demo.call('GET', '/v2/offers')).body.offers;
  const member = 'someone@demo-removed.example';
  await joinAs(system, demo, 'member', member);
  await untilSeen(
    'the record of the member',
    () => rowsOf(`SELECT 1 FROM trackly.records WHERE key = 'person:${member}'`),
    (rows) => rows.length > 0,
  );
  const account = `/v2/accounts/${account_id}`;
  const operate = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    callApi(system, system.admin_key, method, path, body);
  const spool = {
    owner: 'spool-elsewhere',
    process: 'redirect-1',
    host: 'elsewhere',
    folder: '/spool',
    bytes: 1,
  };
  await tellRedis(redis, { ...spool, clicks: 1, at_ms: Date.now() });
  expect(await operate('DELETE', account)).toMatchObject({ status: 202, body: { step: 'drain' } });
  const refused = await Promise.all([
    operate('PATCH', account, { status: 'active' }),
    operate('POST', `${account}/keys`, {}),
    operate('POST', `${account}/members`, { email: 'other@demo-removed.example', role: 'owner' }),
    operate('POST', `${account}/rejudgements`, { from: '2026-01-01', to: '2026-01-02' }),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
  await untilSeen(
    'a removal that waits for a spool',
    async () => (await operate('DELETE', account)).body as { waits_for: string },
    ({ waits_for }) => waits_for === 'clicks in the spool spool-elsewhere on elsewhere',
  );
  await tellEmptied(redis, spool.owner, Date.now());
  const gone = await run('remove');
  expect(gone).toMatchObject({ code: 0, stdout: expect.stringContaining('The demo is gone') });
  const traces = [account_id, offer_id, 'demo-message-', 'demo-00', 'demo-removed.example'];
  expect(await findInRedis(redis, traces)).toEqual([]);
  // The names of finished mutations, and who has removed it.
  expect(await findInTables(system, traces)).toEqual(['table trackly.audit', 'mutations']);
  expect(
    await rowsOf(`SELECT action, before FROM trackly.audit WHERE account_id = {account_id:String}`),
  ).toEqual([{ action: 'account.removed', before: '{"name":"Demo"}' }]);
  expect(await demo.call('GET', '/v2/account')).toMatchObject({ status: 401 });
  expect(await lookAtNeighbour()).toEqual(before);
  expect(await run('remove')).toMatchObject({ code: 0, stdout: 'There is no demo to remove.\n' });
});
