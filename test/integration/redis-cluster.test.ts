/**
 * The whole system on a Redis Cluster that speaks TLS and asks for a password: the same code, the same counts. Nothing
 * listens at the first of its addresses.
 */
// Own system: its Redis is a cluster.
// @long: chaos/machines.test.ts creates, counts, credits and loses a primary on a cluster in every run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sessionKey } from '../../src/access/session.ts';
import { hashToken } from '../../src/access/token-hash.ts';
import { findLink, readAnyLink } from '../../src/links/stored-links.ts';
import { appendAll } from '../../src/log/append.ts';
import { backlogOf } from '../../src/log/backlog.ts';
import { freeze, read } from '../../src/log/batches.ts';
import { currentPartitions } from '../../src/log/partitions.ts';
import { connectRedis, untilReady } from '../../src/platform/redis.ts';
import { readShards } from '../../src/platform/redis-shards.ts';
import { planClicks, runClicks } from '../support/click-plan.ts';
import { type Ended, runTrackly } from '../support/commands.ts';
import { removeOldPartsSoon } from '../support/erasure-search.ts';
import { joinAs, PASSWORD } from '../support/members.ts';
import { makeCertificate, trustInThisProcess } from '../support/pebble.ts';
import { createPhones, PHONE } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { createNetwork } from '../support/postback.ts';
import { startRedisCluster, type TestRedisCluster } from '../support/redis-cluster.ts';
import { createCampaign, createSender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

const MESSAGES = 300;
const CLICKS = 1_000;

let folder: string;
let cluster: TestRedisCluster;
let url: string;
let system: System;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackly-cluster-'));
  makeCertificate(folder, 'redis', ['127.0.0.1']);
  const certificate = join(folder, 'redis.crt');
  await trustInThisProcess(certificate);
  cluster = await startRedisCluster({ tls: { certificate, key: join(folder, 'redis.key') } });
  const [closed] = await testPorts(1);
  url = cluster.url.replace('@', `@127.0.0.1:${closed},`);
  system = await startSystem({ REDIS_URL: url, NODE_EXTRA_CA_CERTS: certificate });
  await removeOldPartsSoon(system);
});

afterAll(async () => {
  await system?.destroy();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('sees its shards', async () => {
  const redis = connectRedis({ url, cluster: true }, 'fast');
  await untilReady(redis, HANGS_AFTER_MS);
  expect(await readShards(redis)).toEqual(
    [1, 2, 3].map((shard) => ({
      ...{ shard, master: expect.stringMatching(/^127\.0\.0\.1:\d+$/), up: true, replicas: 0, used_ratio: 0 },
    })),
  );
  redis.disconnect();
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
  const redis = connectRedis({ url, cluster: true }, 'fast');
  try {
    await untilReady(redis, 5_000);
    const entries = Array.from({ length: 20 }, (_, i) => ({
      entry: {
        partition: i % 4,
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
    for (const partition of currentPartitions()) {
      const batch = await freeze(redis, 'together', partition, Date.now(), 0);
      const rows = batch === undefined ? [] : await read(redis, batch);
      const expected = entries.filter(({ entry }) => entry.partition === partition);
      expect(rows.map(({ text }) => text)).toEqual(expected.map(({ entry }) => entry.payload));
    }
  } finally {
    redis.disconnect();
  }
});

// chaos.test.ts erases contacts under kills.
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
  const redis = connectRedis({ url, cluster: true }, 'fast');
  await untilReady(redis, 5_000);
  const found = await Promise.all(
    messages.map(async ({ links }) => {
      const link_id = String(links[0]?.link_id);
      const { of_key, of_bucket } = await findLink(redis, link_id);
      return readAnyLink(link_id, of_key || of_bucket).own;
    }),
  );
  redis.disconnect();
  expect(found.filter(({ contact_id }) => contact_id.startsWith('erased_'))).toHaveLength(20);
  expect(found.filter(({ fields }) => Object.keys(fields).length > 0)).toEqual([]);
});

it('counts nothing once a shard has lost its data, and goes on as before when that is restored', async () => {
  const sender = await createSender(system);
  const { campaign_id, creative_ids } = await createCampaign(sender, 'Lost');
  const messages = await sender.send(
    Array.from({ length: 100 }, (_, i) => ({
      ...{ message_id: `lost-${i}`, contact_id: `c${i}`, creative_id: creative_ids[0], campaign_id },
      fields: { first_name: 'A' },
    })),
  );
  const phones = createPhones(system.redirect_url, 8);
  const tapAll = async (): Promise<void> => {
    const answers = await Promise.all(
      messages.map(({ links }) => phones.open(links[0]?.link_id ?? '', PHONE)),
    );
    expect([...new Set(answers.map((answer) => answer?.status))]).toEqual([302]);
  };
  const counts = async (): Promise<unknown> => {
    const { body } = await sender.call('GET', `/v2/reports/campaigns?campaign_id=${campaign_id}`);
    const { sent, clicks_total, clicks_unique } = body.rows?.[0] ?? {};
    return { sent, clicks_total, clicks_unique };
  };
  await tapAll();
  const first = { sent: 100, clicks_total: 100, clicks_unique: 100 };
  await untilSeen('the first clicks', counts, (seen) => isDeepStrictEqual(seen, first));

  // Of a person who is signed in; the limits of the addresses and keys in that shard go with it.
  const member = await joinAs(system, sender, 'owner', 'anna@example.com');
  const [, token = ''] = member.cookie() ?? [];
  // What is in the log alone goes with the shard.
  const redis = connectRedis({ url, cluster: true }, 'blocking');
  await untilSeen('the records', async () => Math.max(...(await backlogOf(redis, 'records')).entries), 0);
  redis.disconnect();
  await cluster.lose(cluster.nodeOf(sessionKey(hashToken(token))));
  expect(await member.get('/session')).toMatchObject({ status: 200, body: { kind: 'nobody' } });
  expect((await member.get('/v2/offers')).status).toBeOneOf([401, 503]);
  const ready = async (): Promise<string> => (await fetch(`${system.api_url}/readyz`)).text();
  await untilSeen('the loss', ready, (text) => text.includes('run npm run restore'));
  await tapAll();
  const settings = { DATA_DIR: system.data_dir, REDIS_URL: url };
  const restore = (): Promise<Ended> =>
    runTrackly(['restore'], { ...settings, NODE_EXTRA_CA_CERTS: join(folder, 'redis.crt') });
  expect(await restore()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('A running system continues'),
  });
  await untilSeen('the API', ready, (text) => text.includes('"ready":true'));
  expect((await member.get('/v2/offers')).status).toBe(401);
  const signed_in = await member.send('POST', '/session', { email: member.email, password: PASSWORD });
  expect([signed_in.status, (await member.get('/v2/offers')).status]).toEqual([204, 200]);
  await tapAll();
  // What was tapped meanwhile, and again: none of it is a first click.
  const all = { sent: 100, clicks_total: 300, clicks_unique: 100 };
  await untilSeen('the clicks', counts, (seen) => isDeepStrictEqual(seen, all));
  expect(await restore()).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to restore') });
  phones.close();
});
