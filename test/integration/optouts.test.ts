/** Opting out: by the link in a message, by API and by events; what it does to the next message; what bots can't do. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandsOfRecord } from '../../src/catalog/catalog-records.ts';
import { optOutList } from '../../src/optouts/opt-out.ts';
import { BOT, PHONE } from '../support/phones.ts';
import { type CreatedMessage, callApi, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const HOUR_MS = 3_600_000;
const BROWSER = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9',
  'accept-encoding': 'gzip, deflate, br',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
  'x-forwarded-for': '81.2.69.142',
};

let system: System;
let sender: Sender;
let creative_id: string;
let campaign_id: string;
let messages: CreatedMessage[];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system, { brand: { name: 'Shoe shop' } });
  const { offer_id } = (
    await sender.call('POST', '/v2/offers', { name: 'Shoes', destination_url: 'https://shop.example/' })
  ).body;
  const creative = await sender.call('POST', '/v2/creatives', {
    ...{ name: 'Hello', body: 'Hello {{link1}} stop: {{optout_link}}' },
    offer_links: [{ key: 'link1', offer_id }],
  });
  creative_id = creative.body.creative_id;
  campaign_id = (await sender.call('POST', '/v2/campaigns', { name: 'Spring' })).body.campaign_id;
  messages = await sender.send(['ann', 'bob', 'cyd'].map(message));
});
afterAll(() => system?.destroy());

const message = (contact_id: string) => ({
  ...{ message_id: `to-${contact_id}`, contact_id, creative_id, campaign_id },
  // Within seconds of a message, robots open links.
  sent_at: new Date(Date.now() - HOUR_MS).toISOString(),
});

function linkOf(i: number, key: string): string {
  return messages[i]?.links.find((link) => link.key === key)?.link_id ?? '';
}

const open = (link_id: string, method = 'GET', user_agent = PHONE, body?: string): Promise<Response> =>
  fetch(`${system.redirect_url}/${link_id}`, {
    ...{ method, redirect: 'manual', headers: { ...BROWSER, 'user-agent': user_agent } },
    ...(body === undefined
      ? {}
      : {
          body,
          headers: {
            ...BROWSER,
            'user-agent': user_agent,
            'content-type': 'application/x-www-form-urlencoded',
          },
        }),
  });
const tokenIn = (html: string): string => /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '';
const isOut = async (contact_id: string): Promise<boolean> =>
  (await sender.call('GET', `/v2/optouts/${contact_id}`)).status === 200;

it('gives each message a link of its own in its text', () => {
  const [ann] = messages;
  expect(ann?.links.map(({ key, offer_id }) => [key, offer_id !== ''])).toEqual([
    ['link1', true],
    ['optout_link', false],
  ]);
  expect(ann?.text).toBe(`Hello ${ann?.links[0]?.short_url} stop: ${ann?.links[1]?.short_url}`);
  expect(new Set(messages.flatMap(({ links }) => links.map(({ link_id }) => link_id))).size).toBe(6);
});

it('opts nobody out by opening it, be it a phone, a bot or a HEAD, nor by a form without the page’s token', async () => {
  const link_id = linkOf(0, 'optout_link');
  for (const agent of [PHONE, BOT]) {
    const page = await open(link_id, 'GET', agent);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    expect(await page.text()).toContain('Stop messages from Shoe shop?');
  }
  expect((await open(link_id, 'HEAD')).status).toBe(200);
  expect((await open(link_id, 'POST', PHONE, 'token=')).status).toBe(200);
  expect((await open(link_id, 'POST', PHONE, 'else=1')).status).toBe(405);
  // The token of another message's page.
  const other = tokenIn(await (await open(linkOf(1, 'optout_link'))).text());
  expect(await (await open(link_id, 'POST', PHONE, `token=${other}`)).text()).toContain('<form');
  expect((await sender.call('GET', '/v2/optouts')).body).toEqual({ optouts: [], total: 0 });
});

it('opts out by the page’s button, once however often; it is no click, and is in the traces', async () => {
  const link_id = linkOf(0, 'optout_link');
  const token = tokenIn(await (await open(link_id)).text());
  for (let i = 0; i < 3; i++) {
    const done = await open(link_id, 'POST', PHONE, `token=${token}`);
    expect([done.status, (await done.text()).includes('Messages stopped')]).toEqual([200, true]);
  }
  const { body } = await sender.call('GET', '/v2/optouts/ann');
  expect(body).toMatchObject({ contact_id: 'ann', source: 'optout_link', message_id: 'to-ann' });
  await open(linkOf(0, 'link1'));
  const story = await untilSeen(
    'the opt-out, its taps and the click',
    async () => (await sender.call('GET', '/v2/messages/to-ann')).body,
    // Clicks can be seen a moment before the totals behind them.
    ({ events, refused, clicks, totals }) =>
      events?.length > 0 &&
      refused.length >= 8 &&
      clicks.length === 1 &&
      totals.clicks_total === 1 &&
      totals.sent === 1,
  );
  expect(story.events).toMatchObject([{ state: 'opted_out', provider: 'optout_link' }]);
  expect(story.message).toMatchObject({ state: null, opted_out_at: story.events[0]?.at });
  expect(new Set(story.refused.map(({ reason }) => reason))).toEqual(new Set(['opt_out']));
  expect(story.clicks).toMatchObject([{ link_key: 'link1', is_first: true }]);
  expect(story.totals).toMatchObject({ sent: 1, clicks_total: 1, clicks_unique: 1 });

  const links = await untilSeen(
    'the links of all messages',
    async () =>
      (await sender.call('GET', `/v2/reports/links?from=2020-01-01&campaign_id=${campaign_id}`)).body,
    ({ totals }) => totals.sent === 3,
  );
  expect(links.rows.map((row) => row.link_key)).toEqual(['link1', 'link1', 'link1']);
  expect(links.totals).toMatchObject({ sent: 3, clicks_total: 1 });
  const contact = (await sender.call('GET', '/v2/contacts/ann')).body;
  expect(contact.opt_out).toMatchObject({ contact_id: 'ann', source: 'optout_link', message_id: 'to-ann' });
  const [logged] = await (
    await system.clickhouse.query({
      query: `SELECT count() AS events FROM trackly.message_events WHERE account_id = {account:String}`,
      query_params: { account: sender.account_id },
      format: 'JSONEachRow',
    })
  ).json<{ events: string }>();
  expect(Number(logged?.events)).toBe(1);
});

it('refuses messages for who opted out, where the account asks for it, and sends the others', async () => {
  const post = () =>
    sender.call('POST', '/v2/messages', {
      messages: ['ann', 'dan', 'ann'].map((contact_id, i) => ({
        ...message(contact_id),
        message_id: `again-${i}`,
      })),
    });
  const refuse = (refuse_opted_out: boolean) =>
    callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${sender.account_id}`, { refuse_opted_out });
  await refuse(true);
  const { status, body } = await post();
  expect([status, body.messages.map(({ message_id }) => message_id)]).toEqual([201, ['again-1']]);
  expect(body.errors).toMatchObject([
    { index: 0, message_id: 'again-0', error: 'opted_out' },
    { index: 2, message_id: 'again-2', error: 'opted_out' },
  ]);
  // What was sent before is answered as it is.
  expect((await sender.send([message('ann')]))[0]?.links).toEqual(messages[0]?.links);
  await refuse(false);
  expect((await post()).body.messages).toHaveLength(3);
});

it('is set, listed and taken back by API; what was reported before puts nobody on the list again', async () => {
  const put = await sender.call('PUT', '/v2/optouts/eve', { at: '2026-01-31T12:00:00Z' });
  expect(put).toMatchObject({
    status: 200,
    body: { contact_id: 'eve', opted_out_at: '2026-01-31T12:00:00.000Z', source: 'api', message_id: null },
  });
  expect((await sender.call('PUT', '/v2/optouts/eve')).body).toEqual(put.body);
  const first = (await sender.call('GET', '/v2/optouts?per_page=1')).body;
  const second = (await sender.call('GET', '/v2/optouts?per_page=1&page=2')).body;
  expect([first.total, first.optouts[0]?.contact_id, second.optouts[0]?.contact_id]).toEqual([
    2,
    'ann',
    'eve',
  ]);

  expect((await sender.call('DELETE', '/v2/optouts/ann')).status).toBe(200);
  expect((await sender.call('DELETE', '/v2/optouts/ann')).status).toBe(404);
  const old = { message_id: 'to-ann', state: 'opted_out', at: new Date(Date.now() - HOUR_MS).toISOString() };
  const bob = { message_id: 'to-bob', state: 'opted_out', at: new Date().toISOString(), code: '9' };
  const early = { message_id: 'to-fay', state: 'opted_out', at: new Date().toISOString() };
  await sender.call('POST', '/v2/messages/events', { events: [old, bob, early] });
  await untilSeen('bob on the list', () => isOut('bob'), true);
  expect([await isOut('ann'), await isOut('fay')]).toEqual([false, false]);
  // Of an event that came before its message.
  await sender.send([message('fay')]);
  await untilSeen('fay on the list', () => isOut('fay'), true);
  // The link works again for who has opted in since.
  const link_id = linkOf(0, 'optout_link');
  const token = tokenIn(await (await open(link_id)).text());
  await open(link_id, 'POST', PHONE, `token=${token}`);
  expect(await isOut('ann')).toBe(true);
});

it('is a condition of audiences, and brought back from ClickHouse where Redis lost it', async () => {
  const count = async (definition: object): Promise<number> =>
    (await sender.call('POST', '/v2/audiences/count', { definition })).body.contacts;
  await untilSeen('those who opted out', () => count({ opted_out: {} }), 4);
  const sent = { was_sent: { campaign_id } };
  await untilSeen('their messages', () => count({ all: [sent, { opted_out: {} }] }), 3);
  expect(await count({ all: [sent, { not: { opted_out: {} } }] })).toBe(2);
  expect(await count({ opted_out: { window: { from: '2026-01-01', to: '2026-01-31', tz: 'UTC' } } })).toBe(1);

  for (const definition of [{ opted_out: {} }, { did_not_convert: {} }, sent]) {
    await sender.call('POST', '/v2/audiences', { name: JSON.stringify(definition), definition });
  }
  const audiencesOf = async (contact_id: string): Promise<object[]> => {
    const { body } = await sender.call('GET', `/v2/contacts/${contact_id}`);
    return body.audiences.map(({ name }) => JSON.parse(name));
  };
  expect(await audiencesOf('bob')).toEqual([sent, { did_not_convert: {} }, { opted_out: {} }]);
  // Nobody sent eve a message, so only an audience that asks for opt-outs has her.
  expect(await audiencesOf('eve')).toEqual([{ opted_out: {} }]);

  const kept = await (
    await system.clickhouse.query({
      query: `SELECT key, argMax(value, version) AS newest FROM trackly.records
        WHERE startsWith(key, {prefix:String}) GROUP BY key`,
      query_params: { prefix: `optout:{${sender.account_id}}:` },
      format: 'JSONEachRow',
    })
  ).json<{ key: string; newest: string }>();
  const commands = kept.flatMap(({ key, newest }) => commandsOfRecord(key, newest));
  expect(commands.filter(([name]) => name === 'ZADD').map(([, list]) => list)).toEqual(
    Array.from({ length: 4 }, () => optOutList(sender.account_id)),
  );
});
