/**
 * Faults that recipients must not notice, one test for each, on a Redis that a test can take
 * away for longer than a supervisor would: links redirect on, and every answered click is counted once.
 *
 * Faults of the same settings come to the same system, one after the other: each test has messages of its own, and
 * clicks are compared with all that were answered so far.
 */
// @long: machines.test.ts freezes and kills the same servers in every run, handle-tap.test.ts has what a tap is answered then.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Method } from '../support/api-types.ts';
import { rowOfClick, someClick } from '../support/click-rows.ts';
import { itIfLong, LONG } from '../support/long.ts';
import { readMetrics, sumOverProcesses } from '../support/metrics.ts';
import { type Answer, clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type CreatedMessage, callApi, createCampaign, createSender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const MESSAGES = 40;
/** redis-outage.test.ts takes Redis away as well. */
const HOW_REDIS_IS_LOST = LONG ? ['gone', 'frozen'] : ['frozen'];

let redis: TestRedis;
let system: System;
let metrics_port: number;
let phones: Phones;
let campaign_id: string;
let messages: CreatedMessage[];
/** Of this system, as is what it was sent. */
let answered: string[];
let sent: number;

const canDoAll = async (): Promise<boolean> => (await page('/readyz')).text.includes('"cannot":[]');

/** The system of a `describe`, and new messages for each of its tests. */
function useSystem(settings: Record<string, string>): void {
  beforeAll(async () => {
    redis = await startRedis();
    [metrics_port = 0] = await testPorts(1);
    const METRICS_PORT = String(metrics_port);
    system = await startSystem({ REDIS_URL: redis.url, METRICS_PORT, ...settings });
    phones = createPhones(system.redirect_url, 16);
    answered = [];
    sent = 0;
  });

  beforeEach(async () => {
    const sender = await createSender(system);
    const campaign = await createCampaign(sender, 'Faults');
    campaign_id = campaign.campaign_id;
    messages = await sender.send(
      Array.from({ length: MESSAGES }, (_, i) => ({
        contact_id: `c${i}`,
        campaign_id,
        creative_id: campaign.creative_ids[i % 2],
        fields: { first_name: 'Kim' },
      })),
    );
    sent += MESSAGES;
  });

  afterAll(async () => {
    phones?.close();
    await system?.destroy();
    await redis?.stop();
  });
}

const linkOf = (message: number, link = 0): string => messages[message]?.links[link]?.link_id ?? '';

/** Opens a link and writes the click down that the answer names. */
async function tap(message: number, link = 0): Promise<Answer | undefined> {
  const answer = await phones.open(linkOf(message, link), PHONE);
  if (answer?.status === 302) answered.push(clickIdOf(answer));
  return answer;
}

async function tapAll(rounds: number): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: rounds * MESSAGES }, (_, i) => tap(i % MESSAGES)));
  return [...new Set(answers.map((answer) => answer?.status ?? 0))];
}

async function page(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${system.redirect_url}${path}`, { redirect: 'manual' });
  return { status: response.status, text: await response.text() };
}

/** Zero before the first of its kind. */
async function metric(name: string): Promise<number> {
  const text = await readMetrics(system);
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}

/** Waits until an operator sees `line` in the metrics, whatever is away. */
async function untilShown(line: string): Promise<void> {
  const read = async (): Promise<boolean> => {
    const response = await fetch(`http://127.0.0.1:${metrics_port}/metrics`);
    return (
      response.ok &&
      sumOverProcesses(await response.text())
        .split('\n')
        .includes(line)
    );
  };
  await untilSeen(line, read, true);
}

/** All that was answered is in the reports, once, and nothing else but what `besides` allows. */
async function expectCounted(besides = 0): Promise<void> {
  await untilSettled(system, answered.length, sent);
  const result = await system.clickhouse.query({
    query: 'SELECT click_id FROM clicks',
    format: 'JSONCompactEachRow',
  });
  const ids = (await result.json<[string]>()).map(([id]) => id);
  const counted = new Set(ids);
  expect(answered.filter((id) => !counted.has(id))).toEqual([]);
  expect(ids).toHaveLength(counted.size);
  expect(counted.size).toBeLessThanOrEqual(answered.length + besides);
}

/** The last test of a system: its spool is gone after it. */
async function loseDiskAndRedis(when_full: 'refuse' | 'redirect'): Promise<void> {
  expect(await tapAll(1)).toEqual([302]);
  const held = answered.length;
  const refused = await metric('trackly_clicks_refused_total');
  const said = system.output().length;
  // A file where the spool's folder would be: the disk takes nothing.
  await rm(join(system.data_dir, 'spool'), { recursive: true, force: true });
  await writeFile(join(system.data_dir, 'spool'), '');
  await redis.kill();
  expect(await tapAll(1)).toEqual([when_full === 'refuse' ? 503 : 302]);
  const ready = await page('/readyz');
  expect([ready.status, ready.text]).toEqual([
    503,
    expect.stringMatching(/"ready":false.*"answer taps","why":"[^"]*the spool takes no more: /),
  ]);
  answered.length = held;
  await redis.start();
  await untilSeen('/readyz', canDoAll, true);
  expect(await tapAll(1)).toEqual([302]);
  await expectCounted();
  await untilSeen(
    'refused clicks in the metrics',
    () => metric('trackly_clicks_refused_total'),
    refused + MESSAGES,
  );
  expect(await metric('trackly_clicks_lost_total')).toBe(when_full === 'refuse' ? 0 : MESSAGES);
  expect(system.output().slice(said)).toContain('Redis does not take clicks');
}

describe('with the usual settings', () => {
  useSystem({});

  // First: its ledger has nothing else in it.
  it('one event that can not be processed: a dead letter with its reason, to replay or discard', async () => {
    expect(await tapAll(1)).toEqual([302]);
    const [{ append }, { connectRedis, untilReady }] = await Promise.all([
      import('../../src/log/append.ts'),
      import('../../src/platform/redis.ts'),
    ]);
    const client = connectRedis(redis.target, 'fast');
    await untilReady(client, 2_000);
    const good = (await client.xrange('clicks:{p0}', '-', '+')) as unknown[];
    expect(good).toBeDefined();
    const click = (id: string, ip: string): string =>
      rowOfClick(
        someClick({
          click_id: id.padEnd(29, '0'),
          clicked_at_ms: Date.now(),
          sent_at_ms: Date.now(),
          ip,
          user_agent: PHONE,
        }),
      );
    const payload = [
      'not a row',
      click('a', '10.0.0.1'),
      click('b', 'fe80::1%eth0'),
      click('c', '10.0.0.2'),
    ].join('\n');
    const entry = { partition: 1, producer: 'poison', sequence: 1, rows: 4, payload, process: 'redirect-9' };
    await append(client, 'clicks', entry);
    client.disconnect();
    answered.push('a'.padEnd(29, '0'), 'c'.padEnd(29, '0'));
    await expectCounted();
    const admin = <M extends Method, Path extends string>(method: M, path: Path) =>
      callApi(system, system.admin_key, method, path);
    const { body } = await admin('GET', '/v2/dead-letters');
    expect(body.total).toBe(2);
    const reasons = body.dead_letters.map((letter: { reason: string }) => letter.reason).join('\n');
    expect(reasons).toMatch(/JSON/);
    expect(reasons).toMatch(/CANNOT_PARSE|UNEXPECTED_DATA|INCORRECT|eth0/);
    const [first, second] = body.dead_letters.map((letter: { dead_letter_id: string }) =>
      encodeURIComponent(letter.dead_letter_id),
    );
    expect((await admin('POST', `/v2/dead-letters/${first}/replay`)).status).toBe(200);
    expect((await admin('POST', `/v2/dead-letters/${first}/replay`)).status).toBe(404);
    expect((await admin('DELETE', `/v2/dead-letters/${second}`)).status).toBe(200);
    // What was put back is as unreadable as before.
    await untilSeen(
      'dead letters once the replayed row has come back',
      async () => (await admin('GET', '/v2/dead-letters')).body.total,
      1,
    );
    // Its minute over, the ledger balances: read = kept + dead-lettered, kept = inserted.
    await untilSeen(
      'a ledger that balances',
      async () => {
        const { rows } = (await admin('GET', '/v2/ledger')).body as {
          rows: { state: string; process: string; dead_lettered: number }[];
        };
        expect(rows.filter(({ state }) => state === 'drift')).toEqual([]);
        return rows;
      },
      (rows) => rows.length >= 2 && rows.every(({ state }) => state === 'balanced'),
      120_000,
    );
    const { totals } = (await admin('GET', '/v2/ledger')).body;
    expect(totals).toMatchObject({
      answered: MESSAGES,
      logged: MESSAGES + 4,
      read: MESSAGES + 4,
      kept: MESSAGES + 2,
      dead_lettered: 2,
      inserted: MESSAGES + 2,
      drift_rows: 0,
    });
  }, 240_000);

  it.each(HOW_REDIS_IS_LOST)(
    'Redis %s: links redirect on, from memory and from ClickHouse; what nobody knows tries again once',
    async (how) => {
      const spooled_before = await metric('trackly_clicks_spooled_total');
      expect(await tapAll(1)).toEqual([302]);
      await untilSettled(system, answered.length, sent);
      const judged = await metric('trackly_clicks_judged_total{verdict="human"}');
      await untilShown('trackly_processes{role="redirect"} 1');
      if (how === 'gone') await redis.kill();
      else redis.freeze();
      expect(await tapAll(5)).toEqual([302]);
      await untilShown('trackly_server_up{server="redis"} 0');
      await untilShown(`trackly_clicks_judged_total{verdict="human"} ${judged}`);
      const away = await page('/readyz');
      expect([away.status, away.text]).toEqual([
        200,
        expect.stringMatching(/"put clicks into Redis","why":"[^"]*bytes of clicks are in the spool/),
      ]);
      // What is not in memory is looked up in ClickHouse; what that does not know either may be newer than it.
      expect((await tap(0, 1))?.status).toBe(302);
      const unknown = how === 'gone' ? 'unknown' : 'nowhere';
      const cold = await page(`/${unknown}`);
      expect(cold.status).toBe(503);
      expect(cold.text).toContain('<meta http-equiv="refresh" content="2;url=?again">');
      const again = await page(`/${unknown}?again`);
      expect(again.status).toBe(503);
      expect(again.text).not.toContain('http-equiv');
      if (how === 'gone') {
        await system.kill('redirect-1');
        await until(
          async () => (await tap(1, 1).catch(() => undefined))?.status === 302,
          HANGS_AFTER_MS,
          () => `a process that starts while Redis is gone does not serve\n${system.output()}`,
        );
        expect(await tapAll(1)).toEqual([302]);
      }
      if (how === 'gone') await redis.start();
      else redis.thaw();
      await until(canDoAll, HANGS_AFTER_MS, () => `the spool was not drained\n${system.output()}`);
      expect(await tapAll(1)).toEqual([302]);
      expect((await tap(0, 1))?.status).toBe(302);
      await expectCounted();
      const spooled = how === 'gone' ? MESSAGES : 5 * MESSAGES;
      await untilSeen(
        `${spooled} spooled clicks in the metrics`,
        () => metric('trackly_clicks_spooled_total'),
        (clicks) => clicks - spooled_before >= spooled,
      );
    },
  );

  it('Redis at maxmemory: clicks go to the spool, and the API says that it is full', async () => {
    expect(await tapAll(1)).toEqual([302]);
    const { connectRedis, untilReady } = await import('../../src/platform/redis.ts');
    const client = connectRedis(redis.target, 'fast');
    await untilReady(client, 2_000);
    await client.config('SET', 'maxmemory', '1');
    expect(await tapAll(3)).toEqual([302]);
    expect((await page('/readyz')).text).toMatch(/its memory is full; \d+ bytes of clicks are in the spool/);
    await client.config('SET', 'maxmemory', '0');
    client.disconnect();
    await expectCounted();
  });

  // chaos.test.ts freezes and kills ClickHouse as well.
  itIfLong('ClickHouse gone: nobody notices, and the backlog goes in in a few large parts', async () => {
    await system.freeze('clickhouse', async () => {
      // Every round would be a batch of its own, were ClickHouse there.
      for (let round = 0; round < 12; round++) {
        expect(await tapAll(10)).toEqual([302]);
        await new Promise((done) => setTimeout(done, 500));
      }
      await untilShown('trackly_server_up{server="clickhouse"} 0');
    });
    await untilShown('trackly_server_up{server="clickhouse"} 1');
    await expectCounted();
    const result = await system.clickhouse.query({
      query: 'SELECT uniqExact(batch) FROM clicks WHERE campaign_id = {campaign_id:String}',
      query_params: { campaign_id },
      format: 'JSONCompactEachRow',
    });
    // For each partition the one that was open, and one with all the rest.
    expect(Number((await result.json<[string]>())[0]?.[0])).toBeLessThanOrEqual(4 * 3);
  });

  it('disk and Redis gone: taps are refused', () => loseDiskAndRedis('refuse'));
});

// WHEN_FULL=redirect is a line of log-click.ts, which handle-tap.test.ts has in every run.
describe.runIf(LONG)('with a small log, and WHEN_FULL=redirect', () => {
  useSystem({ LOG_MB: '1', WHEN_FULL: 'redirect' });

  // click-log.test.ts fills a log.
  itIfLong(
    'the worker gone: at LOG_MB clicks go to the spool, and all are counted when it is back',
    async () => {
      const sends = 1 + Math.ceil((2 * 1_024 * 1_024) / (250 * MESSAGES));
      await system.freeze('worker-1', async () => {
        for (let round = 0; round < sends; round++) expect(await tapAll(1)).toEqual([302]);
        expect((await page('/readyz')).text).toMatch(/full/);
      });
      await expectCounted();
    },
  );

  it('disk and Redis gone: taps are redirected, and not counted', () => loseDiskAndRedis('redirect'));
});
