/** "The link did not work": a tap that was refused is kept with its reason, seen everywhere, and counted nowhere else. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PHONE } from '../support/phones.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const WITHIN_MS = 20_000;
const HOUR_MS = 3_600_000;

let system: System;
let sender: Sender;
let offer_id: string;
let campaign_id: string;
let messages: { message_id: string; links: { link_id: string }[] }[];

const tap = (link_id: string, method = 'GET', host?: string): Promise<Response> =>
  fetch(`${system.redirect_url}/${link_id}`, {
    method,
    redirect: 'manual',
    headers: {
      'user-agent': PHONE,
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'accept-language': 'en-GB,en;q=0.9',
      'accept-encoding': 'gzip, deflate, br',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'none',
      'x-forwarded-for': '81.2.69.142',
      ...(host === undefined ? {} : { host }),
    },
  });
const linkOf = (i: number): string => messages[i]?.links[0]?.link_id ?? '';
const setStatus = async (status: string): Promise<void> => {
  expect((await sender.call('PATCH', `/v2/offers/${offer_id}`, { status })).status).toBe(200);
};
/** Until every process knows the change. */
const untilAnswered = (link_id: string, status: number): Promise<void> =>
  expect.poll(async () => (await tap(link_id, 'HEAD')).status, { timeout: WITHIN_MS }).toBe(status);

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  offer_id = (
    await sender.call('POST', '/v2/offers', { name: 'Shoes', destination_url: 'https://shop.example/' })
  ).body.offer_id;
  const creative = await sender.call('POST', '/v2/creatives', {
    ...{ name: 'Hello', body: 'Hello {{link1}}' },
    offer_links: [{ key: 'link1', offer_id }],
  });
  campaign_id = (await sender.call('POST', '/v2/campaigns', { name: 'Spring' })).body.campaign_id;
  messages = await sender.send(
    Array.from({ length: 24 }, (_, i) => ({
      ...{ contact_id: `contact ${i}`, campaign_id, creative_id: creative.body.creative_id },
      message_id: `refused-${i}`,
      // Within seconds of a message, robots open links.
      sent_at: new Date(Date.now() - HOUR_MS).toISOString(),
    })),
  );
});

afterAll(() => system?.destroy());

it('a contact who tapped while the offer was paused is answered: twice, paused, 410', async () => {
  await setStatus('paused');
  await untilAnswered(linkOf(0), 410);
  expect([(await tap(linkOf(0))).status, (await tap(linkOf(0))).status]).toEqual([410, 410]);
  const ofMessage = async () => (await sender.call('GET', '/v2/messages/refused-0')).body;
  await expect.poll(async () => (await ofMessage()).refused.length, { timeout: WITHIN_MS }).toBe(2);
  const told = { reason: 'offer_paused', status: 410, location: '', is_click: false, verdict: 'human' };
  const message = await ofMessage();
  expect(message.refused).toEqual([expect.objectContaining(told), expect.objectContaining(told)]);
  expect(message.clicks).toEqual([]);
  expect(message.totals.clicks_total).toBe(0);
  const link = (await sender.call('GET', `/v2/links/${linkOf(0)}`)).body;
  expect(link.refused).toEqual(message.refused);
  // Its send is counted by another batch than its taps.
  const contact = await untilSeen(
    'the contact',
    () => sender.call('GET', '/v2/contacts/contact%200'),
    ({ body }) => body.messages?.length > 0,
  );
  expect(contact.status).toBe(200);
  expect(contact.body).toMatchObject({
    ...{ contact_id: 'contact 0', clicks: [], conversions: [], audiences: [] },
    messages: [{ message_id: 'refused-0', campaign_id, link_ids: [linkOf(0)] }],
  });
  expect(contact.body.refused).toEqual(message.refused);
});

it('is in the report of refused taps, with names, and in SQL', async () => {
  const { rows, taps } = (await sender.call('GET', `/v2/reports/refused?offer_id=${offer_id}`)).body;
  expect(taps).toBe(2);
  expect(rows).toEqual([
    expect.objectContaining({
      ...{ reason: 'offer_paused', offer_id, offer_name: 'Shoes', campaign_id, campaign_name: 'Spring' },
      ...{ taps: 2, people: 2, contacts: 1, example_link_id: linkOf(0) },
    }),
  ]);
  const none = (await sender.call('GET', '/v2/reports/refused?reason=expired')).body;
  expect(none).toMatchObject({ rows: [], taps: 0 });
  const found = await system.clickhouse.query({
    query: `SELECT reason, offer_name, campaign_name, contact_id, is_click FROM report_refused
      WHERE account_id = {account_id:String}`,
    query_params: { account_id: sender.account_id },
    format: 'JSONEachRow',
  });
  const row = {
    ...{ reason: 'offer_paused', offer_name: 'Shoes', campaign_name: 'Spring' },
    ...{ contact_id: 'contact 0', is_click: 0 },
  };
  expect(await found.json()).toEqual([row, row]);
});

it('people who are turned away are an alert', async () => {
  for (let i = 1; i < 24; i++) await tap(linkOf(i));
  const alerts = async () => (await sender.call('GET', '/v2/alerts')).body.alerts;
  await expect
    .poll(async () => (await alerts()).map(({ kind, seen }) => [kind, seen]), { timeout: WITHIN_MS })
    .toEqual([['people_refused', 25]]);
  expect((await alerts())[0]).toMatchObject({
    ...{ offer_id, name: 'Shoes' },
    hint: expect.stringMatching(/^25 taps by people within a day found the offer paused/),
  });
});

it('a tap that is led to a fallback is a click and a refused tap under one id; a HEAD is no refused tap', async () => {
  await sender.call('PATCH', `/v2/offers/${offer_id}`, {
    ...{ status: 'archived', fallback_url: 'https://shop.example/closed' },
  });
  await untilAnswered(linkOf(5), 302);
  const answer = await tap(linkOf(5));
  expect(answer.headers.get('location')).toContain('https://shop.example/closed');
  await tap(linkOf(5), 'HEAD');
  const ofMessage = async () => (await sender.call('GET', '/v2/messages/refused-5')).body;
  // A HEAD is a row of clicks, never a human one, and no refused tap.
  const gets = async () => (await ofMessage()).clicks.filter(({ method }) => method === 'GET');
  await expect.poll(async () => (await gets()).length, { timeout: WITHIN_MS }).toBe(1);
  const { refused } = await ofMessage();
  expect(refused.map(({ reason, status, is_click }) => [reason, status, is_click])).toEqual([
    ['offer_archived', 302, true],
    ['offer_paused', 410, false],
  ]);
  expect(refused[0]?.tap_id).toBe((await gets())[0]?.click_id);
});

it('contacts are found by the beginning of their id, within the account', async () => {
  const found = await sender.call('GET', '/v2/contacts?search=contact%202&limit=3');
  expect(found.body.contacts.map(({ contact_id }) => contact_id)).toEqual([
    ...['contact 2', 'contact 20', 'contact 21'],
  ]);
  expect(found.body.contacts[0]).toMatchObject({ messages: 1 });
  const other = await createSender(system);
  expect((await other.call('GET', '/v2/contacts?search=contact')).body).toEqual({ contacts: [] });
  expect((await sender.call('GET', '/v2/contacts')).status).toBe(400);
});

it('an unknown contact, and one of another account, is not found', async () => {
  const other = await createSender(system);
  expect((await sender.call('GET', '/v2/contacts/nobody')).status).toBe(404);
  expect((await other.call('GET', '/v2/contacts/contact%200')).status).toBe(404);
});
