/**
 * Links and messages that have left Redis by their age: a tap brings them back from ClickHouse, all that can be done
 * with a young one can be done with them, and made-up ids cost nothing while none can have left.
 */
// Own system: it has LINK_DAYS, empties Redis and freezes ClickHouse.
// @long: redis-lost.test.ts serves links from ClickHouse in every run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { removeLinks } from '../../src/links/link-store.ts';
import { bucketKeepsFor, findLink } from '../../src/links/stored-links.ts';
import { messageKey } from '../../src/messages/message-store.ts';
import { connectRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { readMetrics } from '../support/metrics.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { type CreatedMessage, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const MESSAGES = 30;
const DAY_S = 24 * 3_600;

let system: System;
let sender: Sender;
let redis: RedisClient;
let phones: Phones;
let messages: CreatedMessage[];

beforeAll(async () => {
  system = await startSystem({ LINK_DAYS: '2' });
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
  sender = await createSender(system);
  const { creative_ids } = await createCampaign(sender, 'Old');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      message_id: `m:${i}`,
      contact_id: `c${i}`,
      creative_id: creative_ids[0],
      fields: { first_name: 'Kim' },
    })),
  );
  phones = createPhones(system.redirect_url, 4);
});

afterAll(async () => {
  phones?.close();
  redis?.disconnect();
  await system?.destroy();
});

const linkOf = (i: number, at = 0): string => messages[i]?.links[at]?.link_id ?? '';
const status = async (link_id: string): Promise<number | undefined> =>
  (await phones.open(link_id, PHONE))?.status;

/** As its end does: resolves with the number of places where it was. */
async function letGo(link_id: string): Promise<number> {
  const { of_key, of_bucket } = await findLink(redis, link_id);
  await removeLinks(redis, [link_id]);
  return Number(of_key !== '') + Number(of_bucket !== '');
}

async function metric(name: string): Promise<number> {
  const text = await readMetrics(system);
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

it('keeps links and messages in Redis for LINK_DAYS, and asks nobody else while they are all there', async () => {
  const ttl = await redis.ttl(messageKey(sender.account_id, 'm:0'));
  expect(ttl).toBeGreaterThan(2 * DAY_S - 60);
  expect(ttl).toBeLessThanOrEqual(2 * DAY_S);
  const { of_key, of_bucket } = await findLink(redis, linkOf(0));
  const link_ttl =
    of_key === '' ? bucketKeepsFor(linkOf(0), of_bucket) : await redis.ttl(`link:${linkOf(0)}`);
  expect(link_ttl).toBeGreaterThan(2 * DAY_S - 60);
  expect(link_ttl).toBeLessThanOrEqual(3 * DAY_S);
  // Within a second a redirect process sees that a new installation is complete.
  let taps = 0;
  await untilSeen(
    'keys that ClickHouse is asked for, by an unknown link',
    async () => {
      const asked = await metric('trackly_archive_keys_asked_total');
      const read = await metric('trackly_redis_keys_read_total');
      expect(await status(`nosuch${taps++}`)).toBe(404);
      await untilSeen(
        `more than ${read} keys read from Redis`,
        () => metric('trackly_redis_keys_read_total'),
        (now) => now > read,
      );
      return (await metric('trackly_archive_keys_asked_total')) - asked;
    },
    0,
  );
});

it('brings a link back by a tap, and counts the tap as any other', async () => {
  await untilSettled(system, 0, MESSAGES);
  // As if two days had passed since all was complete, and Redis had let go of everything.
  await redis.hset('records:complete', 'since', Date.now() - 3 * DAY_S * 1_000);
  const keys = messages.map(({ message_id }) => messageKey(sender.account_id, message_id));
  expect(await redis.del(...keys)).toBe(MESSAGES);
  for (const { links } of messages) {
    for (const { link_id } of links) expect(await letGo(link_id)).toBe(1);
  }
  await untilSeen('the link that has left Redis', () => status(linkOf(0)), 302);
  const again = await phones.open(linkOf(0), PHONE);
  expect(again?.location).toMatch(/^https:\/\/shop1\.example\/\?click=\w{29}&contact=c0$/);
  expect(await redis.ttl(`link:${linkOf(0)}`)).toBeGreaterThan(6 * DAY_S);
  const click_id = again === undefined ? '' : clickIdOf(again);
  await untilSeen(
    'the trace of the click',
    async () => (await sender.call('GET', `/v2/clicks/${click_id}`)).status,
    200,
  );
  const { body } = await sender.call('GET', `/v2/clicks/${click_id}`);
  expect(body.click).toMatchObject({ message_id: 'm:0', contact_id: 'c0', link_key: 'link1' });
  expect(await status('nosuch2')).toBe(404);
});

it('opens many of them at once, each once from ClickHouse', async () => {
  const links = messages
    .slice(1)
    .flatMap(({ links: [one, two] }) => [one?.link_id ?? '', two?.link_id ?? '']);
  const answers = await Promise.all([...links, ...links].map(status));
  expect([...new Set(answers)]).toEqual([302]);
});

it('disables, traces and credits what has left', async () => {
  const link_id = linkOf(5, 1);
  await letGo(link_id);
  expect(await sender.call('PATCH', `/v2/links/${link_id}`, { status: 'disabled' })).toMatchObject({
    status: 200,
    body: { status: 'disabled' },
  });
  expect(await redis.ttl(`link:${link_id}`)).toBeGreaterThan(0);
  await untilSeen('the disabled link', () => status(link_id), 410);
  await untilSettled(system, 1, MESSAGES);
  // The change has left Redis, too: ClickHouse has the newest version.
  await letGo(link_id);
  expect(await sender.call('GET', `/v2/links/${link_id}`)).toMatchObject({
    body: { link: { status: 'disabled', contact_id: 'c5' } },
  });
  const url_params = { utm_content: '{{contact_id}}' };
  const active = { status: 'active', url_params, query: 'pass' };
  expect(await sender.call('PATCH', `/v2/links/${link_id}`, active)).toMatchObject({ body: active });
  await untilSettled(system, 1, MESSAGES);
  await letGo(link_id);
  expect(await sender.call('GET', `/v2/links/${link_id}`)).toMatchObject({ body: { link: active } });
  await letGo(link_id);
  await untilSeen(
    'its own parameters',
    async () => (await phones.open(`${link_id}?a=1`, PHONE))?.location.replace(/click=\w+&/, ''),
    'https://shop2.example/?contact=c5&utm_content=c5&a=1',
  );
  expect(await sender.call('GET', '/v2/messages/m%3A7')).toMatchObject({
    status: 200,
    body: { message: { contact_id: 'c7', fields: { first_name: 'Kim' } } },
  });
  const reported = await sender.call('POST', '/v2/conversions', {
    conversions: [
      { message_id: 'm:7', offer_id: messages[7]?.links[0]?.offer_id, txn_id: 't7', revenue: '1' },
    ],
  });
  expect(reported).toMatchObject({ status: 200, body: { errors: [] } });
});

it('asks to try again where ClickHouse is away, and goes on with what is known', async () => {
  await letGo(linkOf(9));
  await system.kill('redirect-1');
  await untilSeen('a link in the new redirect process', () => status(linkOf(0)), 302);
  await system.freeze('clickhouse', async () => {
    expect(await status(linkOf(9))).toBe(503);
    expect(await status(linkOf(0))).toBe(302);
  });
  await untilSeen('the link once ClickHouse is back', () => status(linkOf(9)), 302);
});
