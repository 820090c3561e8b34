/** The whole system on a Redis Cluster: the same code, the same counts. */
// Own system: its Redis is a cluster.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendAll } from '../../src/log/append.ts';
import { freeze, read } from '../../src/log/batches.ts';
import { PARTITIONS } from '../../src/log/partitions.ts';
import { connectRedis, untilReady } from '../../src/platform/redis.ts';
import { planClicks, runClicks } from '../support/click-plan.ts';
import { removeOldPartsSoon } from '../support/erasure-search.ts';
import { createPhones, PHONE } from '../support/phones.ts';
import { createNetwork } from '../support/postback.ts';
import { startRedisCluster, type TestRedisCluster } from '../support/redis-cluster.ts';
import { createCampaign, createSender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const MESSAGES = 300;
const CLICKS = 1_000;

let cluster: TestRedisCluster;
let system: System;

beforeAll(async () => {
  cluster = await startRedisCluster();
  system = await startSystem({ REDIS_URL: cluster.url });
  await removeOldPartsSoon(system);
});

afterAll(async () => {
  await system?.destroy();
  await cluster?.stop();
});

it('creates messages, redirects, counts, credits conversions and takes changes on a cluster', async () => {
  const sender = await createSender(system);
  const { campaign_id, creative_ids, offer_ids } = await createCampaign(sender, 'Cluster');
  const message = (i: number): object => ({
    message_id: `m${i}`,
    contact_id: `c${i}`,
    creative_id: creative_ids[0],
    campaign_id,
    fields: { first_name: 'A' },
  });
  const messages = await sender.send(Array.from({ length: MESSAGES }, (_, i) => message(i)));
  expect(await sender.send([message(7)])).toEqual([{ ...messages[7], index: 0 }]);

  const phones = createPhones(system.redirect_url, 8);
  const run = await runClicks(phones, messages, planClicks(1, CLICKS, MESSAGES), 8);
  expect([run.answered.length, run.unanswered, run.wrong]).toEqual([CLICKS, 0, []]);
  const people = new Set(run.answered.filter((click) => !click.bot).map((click) => click.message)).size;
  const row = async () => (await sender.call('GET', '/v2/reports/campaigns')).body.rows[0];
  await until(
    async () => (await row())?.clicks_total === CLICKS && (await row())?.sent === MESSAGES,
    HANGS_AFTER_MS,
    () => system.output(),
  );
  expect(await row()).toMatchObject({ sent: MESSAGES, clicks_total: CLICKS, clicks_unique: people });

  // Conversions of a third of the messages, each twice, some before their click; and a coupon.
  const network = createNetwork(system.redirect_url, 8);
  const reports = messages.flatMap(({ links }, i) =>
    i % 3 === 0 ? [{ link_id: links[0]?.link_id ?? '', revenue: '2.50', txn_id: `t${i}` }] : [],
  );
  const replies = await Promise.all([...reports, ...reports].map((one) => network.report('/conv', one)));
  expect(replies.filter((reply) => reply?.body.status === 'accepted')).toHaveLength(reports.length);
  for (const { link_id } of reports) await phones.open(link_id, PHONE);
  const { body } = await sender.call('GET', `/v2/offers/${offer_ids[0]}/postbacks`);
  const coupon = { secret: body.conversion_secret, code: 'CLUSTER', revenue: '1.00', txn_id: 'coupon' };
  expect((await network.report('/conv/coupon', coupon))?.body).toMatchObject({
    unattributed: 'unknown_coupon',
  });
  await sender.call('PATCH', `/v2/offers/${offer_ids[0]}`, { coupon_codes: ['cluster'] });
  const offer = async () =>
    (await sender.call('GET', `/v2/reports/offers?offer_id=${offer_ids[0]}`)).body.rows[0];
  await until(
    async () => (await offer())?.conversions === reports.length + 1,
    HANGS_AFTER_MS,
    () => system.output(),
  );
  expect((await offer())?.revenue).toBe(`${(reports.length * 2.5 + 1).toFixed(2)}`);
  network.close();

  await sender.call('PATCH', `/v2/offers/${offer_ids[0]}`, { destination_url: 'https://new.example/' });
  const link_id = messages[0]?.links[0]?.link_id ?? '';
  await until(
    async () => (await phones.open(link_id, 'curl'))?.location === 'https://new.example/',
    HANGS_AFTER_MS,
    () => 'the change did not arrive',
  );
  phones.close();
});

it('adds entries together, those of each partition in their order', async () => {
  const redis = connectRedis({ url: cluster.url, cluster: true }, 'fast');
  try {
    await untilReady(redis, 5_000);
    const entries = Array.from({ length: 20 }, (_, i) => ({
      entry: {
        partition: i % PARTITIONS,
        producer: 'p',
        sequence: i + 1,
        rows: 1,
        payload: `row ${i}`,
        process: '',
      },
    }));
    for (let tries = 0; tries < 2; tries++) {
      const answers = await appendAll(redis, 'together', entries);
      expect(answers.every((minute) => typeof minute === 'number')).toBe(true);
    }
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const batch = await freeze(redis, 'together', partition, Date.now(), 0);
      const rows = batch === undefined ? [] : await read(redis, batch);
      const expected = entries.filter(({ entry }) => entry.partition === partition);
      expect(rows.map(({ text }) => text)).toEqual(expected.map(({ entry }) => entry.payload));
    }
  } finally {
    redis.disconnect();
  }
});

it('erases contacts on every node', async () => {
  const sender = await createSender(system);
  const { creative_ids } = await createCampaign(sender, 'Erased');
  const contact_ids = Array.from({ length: 20 }, () => crypto.randomUUID());
  const messages = await sender.send(
    contact_ids.map((contact_id) => ({
      ...{ contact_id, creative_id: creative_ids[0] },
      fields: { first_name: 'A' },
    })),
  );
  const { body } = await sender.call('POST', '/v2/erasures', { contact_ids });
  const path = `/v2/erasures/${body.erasure_id}` as '/v2/erasures/{id}';
  await untilSeen('the erasure', async () => (await sender.call('GET', path)).body.state, 'done', 300_000);
  const redis = connectRedis({ url: cluster.url, cluster: true }, 'fast');
  await untilReady(redis, 5_000);
  const texts = await Promise.all(
    messages.map(({ links }) => redis.get(`link:${links[0]?.link_id}`).then(String)),
  );
  redis.disconnect();
  expect(texts.filter((text) => text.includes('"erased_'))).toHaveLength(20);
  expect(texts.filter((text) => contact_ids.some((id) => text.includes(id)))).toEqual([]);
});
