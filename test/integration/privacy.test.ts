/** What an account lets be stored of a recipient's address, and what is still known of a click without it. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, type RedisClient, scanKeys, untilReady } from '../../src/platform/redis.ts';
import { KEY_FAMILIES } from '../../src/privacy/stored-keys.ts';
import { startInOne } from '../support/one-period.ts';
import { PHONE } from '../support/phones.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

/** Addresses of a carrier. `ANN` is a person and `SCANNER` a bot by the account's rules. */
const ANN = '172.56.10.21';
const BEN = '172.56.10.22';
const SCANNER = '172.56.10.23';
const BOT_RULES = { bot: { addresses: [`${SCANNER}/32`] }, person: { addresses: [ANN] } };

/** A visitor is one for a day (UTC). */
const DAY_MS = 24 * 3_600_000;
/** Many times what a few taps take. */
const TAPS_MS = 10_000;

let system: System;
let redis: RedisClient;

beforeAll(async () => {
  system = await sharedSystem();
  redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  await untilReady(redis, 5_000);
});

afterAll(async () => {
  redis?.disconnect();
  await system?.destroy();
});

/** Opens a link as a phone's browser from `ip`; resolves with the answer's Location. */
function openFrom(link_id: string, ip: string, headers: object = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(`${system.redirect_url}/${link_id}`, {
      headers: {
        'user-agent': PHONE,
        accept: 'text/html',
        'accept-language': 'de',
        'x-forwarded-for': ip,
        ...headers,
      },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      response.resume();
      response.once('end', () => resolve(response.headers.location ?? ''));
    });
    call.end();
  });
}

interface Stored {
  ip: string;
  ip_storage: string;
  asn: number;
  country: string;
  verdict: string;
  is_first: number;
  bot_reasons: string[];
}

/** The clicks on a link in order, as they are stored, once there are `count`. */
async function stored(link_id: string, count: number): Promise<Stored[]> {
  const query = `SELECT toString(ip) AS ip, ip_storage, asn, country, verdict, is_first, bot_reasons
    FROM trackly.clicks WHERE link_id = '${link_id}' ORDER BY clicked_at, click_id`;
  return untilSeen(
    'stored clicks',
    async () => (await system.clickhouse.query({ query, format: 'JSONEachRow' })).json<Stored>(),
    (rows) => rows.length >= count,
  );
}

async function newLink(sender: Sender): Promise<string> {
  const { body } = await sender.call('POST', '/v2/links/shorten', { url: 'https://shop.example/' });
  return body.link_id;
}

/** Everything that the account's clicks have in Redis, as text, without what is deleted after two minutes. */
async function leftInRedis(account_id: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of scanKeys(redis, '*')) {
    found.push(...keys.filter((key) => key.includes(ANN) && !key.startsWith('opened:')));
  }
  for (const partition of [0, 1, 2, 3]) {
    const entries = await redis.xrange(`clicks:{p${partition}}`, '-', '+');
    found.push(...entries.map((entry) => JSON.stringify(entry)).filter((text) => text.includes(account_id)));
  }
  return found;
}

describe.each([
  ['full', [`::ffff:${ANN}`, `::ffff:${BEN}`, `::ffff:${SCANNER}`]],
  ['truncated', ['::ffff:172.56.10.0', '::ffff:172.56.10.0', '::ffff:172.56.10.0']],
  ['none', ['::', '::', '::']],
])('ip_storage: %s', (ip_storage, [ann = '', ben = '', scanner = '']) => {
  it('is applied after judging and looking up, and a rejudgement changes nothing', async () => {
    const sender = await createSender(system, { ip_storage, bot_rules: BOT_RULES });
    const link_id = await newLink(sender);
    await startInOne(DAY_MS, TAPS_MS);
    for (const ip of [ANN, ANN, BEN, SCANNER]) await openFrom(link_id, ip);
    const place = { ip_storage, country: 'US', asn: 21_928 };
    const clicks = await stored(link_id, 4);
    expect(clicks).toMatchObject([
      { ip: ann, ...place, verdict: 'human', is_first: 1 },
      { ip: ann, ...place, verdict: 'human', is_first: 0 },
      // Another visitor of a link without a contact, although both addresses may be stored alike.
      { ip: ben, ...place, verdict: 'human', is_first: 1 },
      { ip: scanner, ...place, verdict: 'bot', bot_reasons: expect.arrayContaining(['address:rule']) },
    ]);
    expect(await untilSeen('left in Redis', () => leftInRedis(sender.account_id), [])).toEqual([]);

    const { body } = await sender.call('POST', '/v2/rejudgements', { from: '2020-01-01' });
    const done = await untilSeen(
      'the rejudgement',
      async () => (await sender.call('GET', `/v2/rejudgements/${body.rejudgement}`)).body,
      ({ state }) => state === 'done',
    );
    expect(done).toMatchObject({ judged: 4, changed: 0 });
  });
});

it('a tap with Sec-GPC: 1 is stored as one, and leads on without the contact', async () => {
  const sender = await createSender(system);
  const url = 'https://shop.example/?k={{click_id}}&c={{contact_id}}';
  const { body } = await sender.call('POST', '/v2/links/shorten', { url, contact_id: 'ann', query: 'pass' });
  expect(await openFrom(`${body.link_id}?gclid=1`, ANN)).toMatch(/\?k=\w{29}&c=ann&gclid=1$/);
  expect(await openFrom(`${body.link_id}?gclid=1`, ANN, { 'sec-gpc': '1' })).toMatch(/\?k=\w{29}&c=$/);
  await stored(body.link_id, 2);
  const query = `SELECT is_gpc, query['gclid'] AS gclid, contact_id FROM trackly.report_clicks
    WHERE account_id = '${sender.account_id}' ORDER BY clicked_at, click_id`;
  const rows = await (await system.clickhouse.query({ query, format: 'JSONEachRow' })).json();
  const kept = { gclid: '1', contact_id: 'ann' };
  expect(rows).toEqual([
    { is_gpc: 0, ...kept },
    { is_gpc: 1, ...kept },
  ]);
});

it('every key of a running system is in the record of processing, once', async () => {
  const keys: string[] = [];
  for await (const found of scanKeys(redis, '*')) keys.push(...found);
  expect(keys.length).toBeGreaterThan(20);
  const families = (key: string): number => KEY_FAMILIES.filter((family) => family.keys.test(key)).length;
  expect(keys.filter((key) => families(key) !== 1)).toEqual([]);
});
