/**
 * Redis comes back without its data. Links redirect on from ClickHouse, nothing is counted wrongly meanwhile, and one
 * command brings back what people, senders and advertisers rely on.
 */
import { afterEach, expect, it } from 'vitest';
import type { Totals } from '../../src/client/openapi.ts';
import { type Business, doBusiness, lookAtAll, MESSAGES, openBusiness } from '../support/business.ts';
import { runTrackly } from '../support/commands.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

let redis: TestRedis;
let system: System;
let phones: Phones;

afterEach(async () => {
  phones?.close();
  await system?.destroy();
  await redis?.stop();
});

const api = (business: Business) => business.sender.call('GET', '/v2/offers');

it('Redis lost with all its data: links go on from ClickHouse, and npm run restore brings it back', async () => {
  redis = await startRedis();
  system = await startSystem({ REDIS_URL: redis.url, LOG_LEVEL: 'info' });
  const business = await openBusiness(system);
  await business.sender.call('PUT', '/v2/optouts/says-no');
  await doBusiness(system, business, 0, 30);
  const before = await lookAtAll(business);

  await redis.lose();
  let ready: Record<string, unknown> = {};
  await until(
    async () => {
      ready = (await (await fetch(`${system.api_url}/readyz`)).json()) as Record<string, unknown>;
      return ready['ready'] === false && JSON.stringify(ready).includes('npm run restore');
    },
    HANGS_AFTER_MS,
    () => `the API does not notice: ${JSON.stringify(ready)}`,
  );
  expect(ready).toMatchObject({
    ready: false,
    cannot: expect.arrayContaining([
      { what: 'make links', why: 'Redis has lost its data', do: 'run npm run restore' },
    ]),
  });
  expect(await api(business)).toMatchObject({ status: 503, body: { error: 'unavailable' } });

  // Nobody has them in memory: this process has never opened these links, and its offers are forgotten.
  await system.kill('redirect-1');
  phones = createPhones(system.redirect_url, 8);
  const open = async (link_id: string): Promise<string> => {
    const answer = await phones.open(link_id, PHONE);
    expect(answer?.status).toBe(302);
    return answer === undefined ? '' : clickIdOf(answer);
  };
  await until(
    async () => (await phones.open('healthz', PHONE))?.status === 200,
    HANGS_AFTER_MS,
    () => `no redirect process\n${system.output()}`,
  );
  const taps = [0, 40].map((i) => business.messages[i]?.links[1]?.link_id ?? '');
  const clicks = await Promise.all([...taps, ...business.shortened].map(open));
  expect((await phones.open(business.disabled, PHONE))?.status).toBe(410);
  expect((await phones.open('zzzzzzz', PHONE))?.status).toBe(404);

  const restored = await runTrackly(['restore'], {
    DATA_DIR: system.data_dir,
    REDIS_URL: redis.url,
  });
  expect(restored.stderr).toMatch(/· links: 123/);
  expect([restored.code, restored.stdout]).toEqual([
    0,
    expect.stringContaining('A running system continues'),
  ]);
  await untilSeen('the API after the restore', async () => (await api(business)).status, 200);

  // Message 0's contact had clicked before: those are no first clicks; message 40's is one.
  business.clicks += clicks.length;
  await untilSettled(system, business.clicks, MESSAGES);
  for (const [i, click_id] of clicks.slice(0, 2).entries()) {
    const { body } = await business.sender.call('GET', `/v2/clicks/${click_id}`);
    expect(body.first_click.is_first).toBe(i === 1);
  }
  const totals = (seen: Record<string, unknown>): Totals => (seen['campaigns'] as [unknown, Totals])[1];
  const after = await lookAtAll(business);
  expect(totals(after)).toMatchObject({
    sent: MESSAGES,
    clicks_unique: totals(before).clicks_unique + 1,
    conversions: totals(before).conversions,
  });
  for (const same of ['account', 'catalog offers', 'catalog campaigns', 'conversions']) {
    expect(after[same]).toEqual(before[same]);
  }
  // The tap that it refused a moment ago is in its story.
  const link = `link ${business.disabled}`;
  expect(after[link]).toEqual({
    ...(before[link] as object),
    refused: [expect.objectContaining({ reason: 'disabled', status: 410 })],
  });
  const opt_outs = await business.sender.call('GET', '/v2/optouts');
  expect(opt_outs.body).toMatchObject({ total: 1, optouts: [{ contact_id: 'says-no', source: 'api' }] });
  // The same message again has the same links; a repeated conversion is known.
  expect(await business.sender.send(business.inputs)).toEqual(business.messages);
  const repeated = await fetch(
    `${system.redirect_url}/conv?link_id=${business.messages[0]?.links[1]?.link_id}&txn_id=t0&revenue=12.34&currency=EUR`,
  );
  expect(await repeated.json()).toMatchObject({ status: 'duplicate' });
  // What waited for its click still does.
  await open(business.messages.at(-1)?.links[0]?.link_id ?? '');
  await untilSeen(
    'the conversion that waited for its click',
    async () => {
      const { body } = await business.sender.call(
        'GET',
        '/v2/conversions?txn_id=early0&from=2020-01-01&to=2099-01-01',
      );
      return body.rows[0]?.status;
    },
    'attributed',
  );

  const again = await runTrackly(['restore'], {
    DATA_DIR: system.data_dir,
    REDIS_URL: redis.url,
  });
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to restore')]);
});
