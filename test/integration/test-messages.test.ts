/** Tests work like any other message and count nowhere: whatever is done with them, every number stays what it was. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPORT_NAMES } from '../../src/reports/definitions.ts';
import { clickIdOf, PHONE } from '../support/phones.ts';
import { type CreatedMessage, callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';
import { withoutMarks } from '../support/without-marks.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.now();
const SENT_AT = new Date(NOW_MS - HOUR_MS).toISOString();
const RANGE = `from=${new Date(NOW_MS - 24 * HOUR_MS).toISOString()}&to=${new Date(NOW_MS + 24 * HOUR_MS).toISOString()}`;
/** Every answer with a number that a message, a tap or a conversion could raise. */
const NUMBERS = [
  ...REPORT_NAMES.flatMap((name) => [`/v2/reports/${name}`, `/v2/reports/${name}?range_by=event`]),
  ...['networks', 'channels', 'conversion-days', 'bots', 'suspicious', 'refused'].map(
    (name) => `/v2/reports/${name}`,
  ),
];
/** Views in which a test must not be. report_conversions has it, with its reason. */
const VIEWS = ['report_sends', 'report_clicks', 'report_refused', 'report_verdicts', 'report_deliveries'];
/** The same; their rows merge, so that only sums stay. */
const ROLLED_UP = [
  ...['report_messages', 'report_links', 'report_quarter_hours', 'report_networks', 'report_breakdowns'],
];

let system: System;
let sender: Sender;
let campaign_id: string;
let open_creative: string;
let paused_creative: string;
let audience_id: string;

const tap = async (link_id: string) => {
  const answer = await fetch(`${system.redirect_url}/${link_id}`, {
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
    },
  });
  return { status: answer.status, location: answer.headers.get('location') ?? '' };
};

const storyOf = async (message_id: string) =>
  (await sender.call('GET', `/v2/messages/${message_id}`)).body as {
    message: { is_test: boolean };
    clicks: { click_id: string; is_test: boolean; is_first: boolean; verdict: string }[];
    refused: { is_test: boolean; reason: string }[];
  };

async function send(messages: object[], key = sender.api_key): Promise<CreatedMessage[]> {
  const { body } = await callApi(system, key, 'POST', '/v2/messages', { messages });
  expect(body.errors).toEqual([]);
  return body.messages as CreatedMessage[];
}

/** A message that is opened, one whose offer is paused, and a sale of the first; resolves once all is stored. */
async function playOut(prefix: string, contact: string, given: object, key?: string): Promise<string> {
  const common = { campaign_id, sent_at: SENT_AT, ...given };
  const [opened, paused] = await send(
    [
      { ...common, message_id: `${prefix}-1`, contact_id: contact, variant_id: 'A' },
      { ...common, message_id: `${prefix}-2`, contact_id: contact, variant_id: 'B' },
    ],
    key,
  );
  const link = opened?.links[0]?.link_id ?? '';
  const answer = await tap(link);
  expect([answer.status, (await tap(link)).status]).toEqual([302, 302]);
  expect((await tap(paused?.links[0]?.link_id ?? '')).status).toBe(410);
  const click_id = clickIdOf(answer);
  const sale = await fetch(`${system.redirect_url}/conv?click_id=${click_id}&revenue=50&txn_id=${prefix}`);
  expect(sale.status).toBe(200);
  await untilSeen('the taps', async () => (await storyOf(`${prefix}-1`)).clicks.length, 2);
  await untilSeen('the refused tap', async () => (await storyOf(`${prefix}-2`)).refused.length, 1);
  await untilSeen('the conversion', async () => (await salesOf(prefix)).length, 1);
  return click_id;
}

const salesOf = async (txn_id: string) =>
  (await sender.call('GET', `/v2/conversions?txn_id=${txn_id}`)).body.rows;

async function everyNumber(): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const path of NUMBERS) {
    const { status, body } = await sender.call('GET', `${path}${path.includes('?') ? '&' : '?'}${RANGE}`);
    expect([path, status]).toEqual([path, 200]);
    seen[path] = withoutMarks(body);
  }
  const experiment = `/v2/reports/variants?campaign_id=${campaign_id}&${RANGE}`;
  const variants = (await sender.call('GET', experiment)).body as { experiment: unknown };
  seen[experiment] = variants.experiment;
  seen['audience'] = (await sender.call('GET', `/v2/audiences/${audience_id}/count`)).body.contacts;
  expect([seen['audience'], seen[experiment]]).toEqual([1, expect.any(Object)]);
  const asked: [view: string, what: string][] = [
    ...VIEWS.map((view): [string, string] => [view, 'count()']),
    ...ROLLED_UP.map((view): [string, string] => [view, "COLUMNS('^(clicks|messages|links)_') APPLY(sum)"]),
  ];
  for (const [view, what] of asked) {
    const result = await system.clickhouse.query({
      query: `SELECT ${what} FROM ${view} WHERE account_id = {account_id:String}`,
      query_params: { account_id: sender.account_id },
      format: 'JSONEachRow',
    });
    seen[view] = await result.json();
  }
  return seen;
}

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const creativeOf = async (name: string): Promise<{ offer_id: string; creative_id: string }> => {
    const terms = { payout_type: 'cpc', payout: '0.10', currency: 'EUR' };
    const destination_url = 'https://shop.example/?click={{click_id}}';
    const { offer_id } = created(
      await sender.call('POST', '/v2/offers', { name, destination_url, ...terms }),
    );
    const { creative_id } = created(
      await sender.call('POST', '/v2/creatives', {
        ...{ name, body: 'Hello {{link1}}', offer_links: [{ key: 'link1', offer_id }] },
      }),
    );
    return { offer_id, creative_id };
  };
  const open = await creativeOf('Open');
  const paused = await creativeOf('Paused');
  await sender.call('PATCH', `/v2/offers/${paused.offer_id}`, { status: 'paused' });
  [open_creative, paused_creative] = [open.creative_id, paused.creative_id];
  const variants = [
    { variant_id: 'A', creative_id: open_creative, percent: 50 },
    { variant_id: 'B', creative_id: paused_creative, percent: 50 },
  ];
  campaign_id = created(await sender.call('POST', '/v2/campaigns', { name: 'Spring', variants })).campaign_id;
  const definition = { any: [{ was_sent: { campaign_id } }, { clicked: { campaign_id } }] };
  audience_id = created(
    await sender.call('POST', '/v2/audiences', { name: 'All of it', definition }),
  ).audience_id;
});
afterAll(() => system?.destroy());

it('leaves every number as it was, marks every story, and credits no conversion', async () => {
  await playOut('real', 'ann', {});
  await untilSeen('the sale in the report', async () => {
    const { body } = await sender.call('GET', `/v2/reports/campaigns?${RANGE}`);
    return [body.totals.sent, body.totals.clicks_unique, body.totals.revenue];
  }, [2, 1, '50.00']);
  const before = await everyNumber();

  const click_id = await playOut('test', 'ann', { test: true });
  await playOut('only-tests', 'bob', { test: true });
  expect(await everyNumber()).toEqual(before);

  const story = await storyOf('test-1');
  expect(story.message.is_test).toBe(true);
  expect(story.clicks).toMatchObject([
    { is_test: true, is_first: false, verdict: 'human' },
    { is_test: true, is_first: false },
  ]);
  expect((await storyOf('test-2')).refused).toMatchObject([{ is_test: true, reason: 'offer_paused' }]);
  expect((await storyOf('real-1')).message.is_test).toBe(false);
  const click = (await sender.call('GET', `/v2/clicks/${click_id}`)).body;
  expect(click).toMatchObject({ click: { is_test: true, payout: '0.00' }, reports: [] });
  const link = (await sender.call('GET', `/v2/links/${click.click.link_id}`)).body;
  expect([link.link.is_test, link.totals.clicks_total, link.clicks.length]).toEqual([true, 0, 2]);
  const contact = (await sender.call('GET', '/v2/contacts/ann')).body;
  expect(contact.messages.map(({ message_id, is_test }) => [message_id, is_test]).sort()).toEqual([
    ['real-1', false],
    ['real-2', false],
    ['test-1', true],
    ['test-2', true],
  ]);
  expect(await salesOf('test')).toMatchObject([{ status: 'unattributed', reason: 'test' }]);
  expect(await salesOf('real')).toMatchObject([{ status: 'attributed' }]);
});

it('takes nothing back from a real sale, whatever a test reports about its transaction', async () => {
  const [test] = await send([
    { message_id: 'taker', contact_id: 'ann', creative_id: open_creative, test: true },
  ]);
  const click_id = clickIdOf(await tap(test?.links[0]?.link_id ?? ''));
  for (const event of ['refund', 'void']) {
    await fetch(`${system.redirect_url}/conv?click_id=${click_id}&txn_id=real&event=${event}`);
  }
  await untilSeen('both reports', async () => (await salesOf('real')).length, 3);
  const { body } = await sender.call('GET', `/v2/reports/campaigns?${RANGE}`);
  expect(body.totals).toMatchObject({ revenue: '50.00', refunds: '0.00', conversions: 1 });
});

it('balances the click ledger with the tests in a line of their own', async () => {
  const from = new Date(NOW_MS - HOUR_MS).toISOString();
  const ledger = async () =>
    (await callApi(system, system.admin_key, 'GET', `/v2/ledger?from=${from}`)).body as {
      totals: { tests: number; drift_rows: number };
    };
  const { totals } = await untilSeen('a ledger with the tests', ledger, (seen) => seen.totals.tests >= 7);
  expect(totals.drift_rows).toBe(0);
});

it('a test key makes tests, reads, and does nothing that counts', async () => {
  const wanted = { name: 'CI', scopes: ['send', 'read'], test: true };
  const { api_key, key_id } = created(await sender.call('POST', '/v2/keys', wanted));
  const message = { contact_id: 'cyd', creative_id: open_creative };
  const ask = (path: string, body: object) => callApi(system, api_key, 'POST', path, body);
  const [made] = await send([{ ...message, message_id: 'by-key' }], api_key);
  expect(made).toMatchObject({ message_id: 'by-key', is_test: true });
  const refused = await ask('/v2/messages', { messages: [{ ...message, test: false }] });
  expect(refused.body).toMatchObject({ messages: [], errors: [{ error: 'invalid_message' }] });
  const conflict = await ask('/v2/messages', {
    messages: [{ ...message, contact_id: 'ann', message_id: 'real-1' }],
  });
  expect(conflict.body).toMatchObject({ errors: [{ error: 'message_conflict' }] });
  const link = await ask('/v2/links/shorten', { url: 'https://shop.example/' });
  expect(link.body).toMatchObject({ is_test: true });
  expect((await ask('/v2/links/shorten', { url: 'https://shop.example/', test: false })).status).toBe(400);
  const event = { message_id: 'real-1', state: 'delivered', at: SENT_AT };
  expect((await ask('/v2/messages/events', { events: [event] })).status).toBe(403);
  expect((await callApi(system, api_key, 'GET', '/v2/messages/by-key')).status).toBe(200);
  const more = await sender.call('PATCH', `/v2/keys/${key_id}`, { scopes: ['conversions'] });
  expect(more.status).toBe(400);
  expect((await sender.call('POST', '/v2/keys', { ...wanted, scopes: ['admin'] })).status).toBe(400);
});

it('a link that counts can not be made for a test', async () => {
  const link = { url: 'https://shop.example/', message_id: 'test-1', contact_id: 'ann' };
  expect((await sender.call('POST', '/v2/links/shorten', link)).status).toBe(400);
  const { status, body } = await sender.call('POST', '/v2/links/shorten', { ...link, test: true });
  expect([status, body.is_test]).toEqual([201, true]);
});

it('binds no contact to the variant that a test was given', async () => {
  const contacts = Array.from({ length: 20 }, (_, i) => `chosen-${i}`);
  const variants = (a: number) => ({
    variants: [
      { variant_id: 'A', creative_id: open_creative, percent: a },
      { variant_id: 'B', creative_id: open_creative, percent: 100 - a },
    ],
  });
  const made = await sender.call('POST', '/v2/campaigns', { name: 'Chosen', ...variants(99) });
  const chosen = async (given: object): Promise<number> => {
    const messages = contacts.map((contact_id) => ({
      ...given,
      contact_id,
      campaign_id: created(made).campaign_id,
    }));
    const answers = (await send(messages)) as (CreatedMessage & { variant_id: string })[];
    return answers.filter(({ variant_id }) => variant_id === 'A').length;
  };
  expect(await chosen({ test: true })).toBeGreaterThan(10);
  await sender.call('PATCH', `/v2/campaigns/${created(made).campaign_id}`, variants(1));
  expect(await chosen({})).toBeLessThan(10);
});
