/** A contact is erased everywhere, the reports stay as they are, and what comes later has the pseudonym. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEverywhere } from '../support/erasure-search.ts';
import { type Answer, clickIdOf, PHONE } from '../support/phones.ts';
import { createNetwork, type Network } from '../support/postback.ts';
import {
  type Campaign,
  type CreatedMessage,
  createCampaign,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';
import { withoutMarks } from '../support/without-marks.ts';

/** Texts that are nowhere else. */
const mark = (what: string): string => `${what}${crypto.randomUUID().replaceAll('-', '')}`;
/** As short as ids of contacts are. */
const ERASED = mark('Ann').slice(0, 26);
const NAME = mark('Name');
const OTHER = mark('Bob');
const AGENT_MARK = mark('Agent');
const ADDRESS = '2001:db8:77:1234::beef';
const ERASED_WITHIN_MS = 300_000;

let system: System;
let sender: Sender;
let campaign: Campaign;
let network: Network;
let messages: CreatedMessage[];
let own_link: string;

function tap(link_id: string, agent = PHONE): Promise<Answer> {
  const { hostname, port } = new URL(system.redirect_url);
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': agent, 'x-forwarded-for': ADDRESS };
    const call = request({ hostname, port, path: `/${link_id}?utm=${NAME}`, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '' });
    });
    call.once('error', reject).end();
  });
}

async function rows<Row>(query: string): Promise<Row[]> {
  const result = await system.clickhouse.query({
    query,
    query_params: { account_id: sender.account_id },
    format: 'JSONEachRow',
  });
  return result.json<Row>();
}

const count = async (query: string): Promise<number> => Number((await rows<{ n: string }>(query))[0]?.n);

const message = (contact_id: string, n = 0): object => ({
  message_id: `m-${contact_id.slice(0, 3)}-${n}`,
  contact_id,
  campaign_id: campaign.campaign_id,
  creative_id: campaign.creative_ids[0],
  fields: { first_name: contact_id === ERASED ? NAME : 'Kim' },
});

/** What an export of the contact has, by kind. */
async function exported() {
  const response = await fetch(`${system.api_url}/v2/contacts/${ERASED}/export`, {
    headers: { 'x-api-key': sender.api_key },
  });
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return Object.groupBy(lines, ({ kind }) => String(kind));
}

async function reports(): Promise<unknown> {
  const answers = await Promise.all(
    ['campaigns', 'messages', 'links', 'offers', 'hours'].map((name) =>
      sender.call('GET', `/v2/reports/${name}?from=2026-01-01&to=2030-01-01` as '/v2/reports/campaigns'),
    ),
  );
  return answers.map(({ status, body }) => {
    expect(status).toBe(200);
    return withoutMarks(body);
  });
}

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'Erasure');
  network = createNetwork(system.redirect_url, 2);
  const plain = await sender.call('POST', '/v2/creatives', {
    name: 'Plain',
    body: '{{link1}} or {{link2}}',
    offer_links: campaign.offer_ids.map((offer_id, i) => ({ key: `link${i + 1}`, offer_id })),
  });
  const { creative_id } = plain.body as { creative_id: string };
  messages = await sender.send([
    ...[message(ERASED), message(OTHER), message(ERASED, 1)],
    // A test's rows are in tables of their own. Without fields its links are short enough for a bucket.
    { message_id: 'm-Ann-9', contact_id: ERASED, creative_id, test: true },
  ]);
  const { body } = await sender.call('POST', '/v2/links/shorten', {
    url: `https://shop.example/of/${ERASED}?who={{contact_id}}`,
    contact_id: ERASED,
    fields: { name: NAME },
  });
  own_link = body.link_id;
});

afterAll(async () => {
  network?.close();
  await system?.destroy();
});

const link = (n: number, key = 0): string => messages[n]?.links[key]?.link_id ?? '';

describe('the erasure of a contact', () => {
  let before: unknown;
  let first_click: string;

  it('begins with everything that is known of it', async () => {
    const agent = `${PHONE} ${AGENT_MARK}`;
    await sender.call('PUT', `/v2/optouts/${ERASED}` as '/v2/optouts/{contact_id}');
    first_click = clickIdOf(await tap(link(0), agent));
    for (const link_id of [link(0), link(0, 1), link(2), own_link]) await tap(link_id, agent);
    await tap(link(1));
    await tap(link(3), agent);
    await untilSeen(
      'the click of a test',
      () => count('SELECT count() AS n FROM test_clicks WHERE account_id = {account_id:String}'),
      1,
    );
    for (const [table, stored] of [
      ['sends', 3],
      ['test_sends', 1],
    ] as const) {
      const query = `SELECT count() AS n FROM ${table} WHERE account_id = {account_id:String}`;
      await untilSeen(table, () => count(query), stored);
    }
    await untilSeen(
      'clicks',
      () => count('SELECT count() AS n FROM clicks WHERE account_id = {account_id:String}'),
      6,
    );
    const report = { click_id: first_click, event: 'sale', revenue: '12.34', currency: 'USD' };
    const { body } = await sender.call('POST', '/v2/conversions', {
      conversions: [
        report,
        { code: mark('NOCODE'), contact_id: ERASED, revenue: '1.00', txn_id: mark('txn') },
      ],
    });
    expect(body.errors).toEqual([]);
    await untilSeen(
      'lines',
      () => count('SELECT count() AS n FROM conversions WHERE account_id = {account_id:String}'),
      2,
    );

    const wanted = { message: 3, link: 7, opt_out: 1, click: 6, conversion: 2 };
    // A link of its own is found by its record, which reaches its table by a batch of its own.
    const kinds = await untilSeen('what is known of it', exported, (seen) =>
      Object.entries(wanted).every(([kind, count]) => seen[kind]?.length === count),
    );
    expect(Object.keys(kinds)).toEqual(Object.keys(wanted));
    expect(kinds['message']?.[0]).toMatchObject({ contact_id: ERASED, fields: { first_name: NAME } });
    expect(kinds['click']?.[0]).toMatchObject({ ip: ADDRESS, query: { utm: NAME }, click_id: first_click });
    expect(kinds['conversion']?.map(({ sales }) => sales).sort()).toEqual(['0.000000', '12.340000']);

    // Otherwise the search below proves nothing.
    const places = [
      'redis link:',
      'redis links:',
      'redis message:',
      'redis optout:',
      'table trackly.clicks',
      'table trackly.sends',
      'table trackly.conversions',
      'table trackly.records',
      'table trackly.test_clicks',
      'table trackly.test_sends',
      'file /redis/',
      'file /clickhouse/store',
    ];
    await untilSeen('places where nothing of it is', async () => {
      const found = await findEverywhere(system, [ERASED, NAME, AGENT_MARK]);
      return places.filter((place) => !found.some((one) => one.startsWith(place)));
    }, []);
    before = await reports();
  });

  it('leaves nothing of it anywhere, and the reports as they were', async () => {
    const { status, body } = await sender.call(
      'DELETE',
      `/v2/contacts/${ERASED}` as '/v2/contacts/{contact_id}',
    );
    expect(status).toBe(202);
    const { erasure_id } = body as { erasure_id: string };
    const path = `/v2/erasures/${erasure_id}` as '/v2/erasures/{id}';
    const done = await untilSeen(
      'the erasure',
      async () => (await sender.call('GET', path)).body as { state: string; changed: object },
      ({ state }) => state === 'done',
      ERASED_WITHIN_MS,
    );
    expect(done).toMatchObject({
      contacts: 1,
      waits_for: '',
      changed: { clicks: 6, messages: 3, conversions: 2, links: 7 },
    });
    expect(await findEverywhere(system, [ERASED, AGENT_MARK])).toEqual([]);
    expect(await reports()).toEqual(before);
    const clicks =
      await rows<object>(`SELECT DISTINCT startsWith(contact_id, 'erased_') AS pseudonym, ip = toIPv6('::') AS no_ip,
        user_agent, headers, query FROM clicks WHERE account_id = {account_id:String} AND contact_id != '${OTHER}'`);
    expect(clicks).toEqual([{ pseudonym: 1, no_ip: 1, user_agent: '', headers: {}, query: {} }]);
    expect(
      await count(`SELECT uniqExact(contact_id) AS n FROM clicks WHERE account_id = {account_id:String}`),
    ).toBe(2);
    expect(
      await count(
        `SELECT count() AS n FROM sends WHERE account_id = {account_id:String} AND notEmpty(fields)`,
      ),
    ).toBe(1);
    const answer = await fetch(`${system.api_url}/v2/contacts/${ERASED}/export`, {
      headers: { 'x-api-key': sender.api_key },
    });
    expect(await answer.text()).toBe('');
  });

  it('leaves its opt-out in force, under the pseudonym', async () => {
    const { optouts } = (await sender.call('GET', '/v2/optouts')).body;
    expect(optouts.map(({ contact_id }) => contact_id.slice(0, 7))).toEqual(['erased_']);
    const own = await sender.call('GET', `/v2/optouts/${ERASED}` as '/v2/optouts/{contact_id}');
    expect(own).toMatchObject({ status: 200, body: { source: 'api' } });
    const records = `SELECT uniqExact(key) AS n FROM records WHERE startsWith(key, 'optout:{')
      AND JSONExtractString(value, 1) = {account_id:String} AND startsWith(contact_id, 'erased_')`;
    expect(await count(records)).toBe(1);
  });

  it('lets its links open, and stores these clicks under the pseudonym', async () => {
    const answer = await tap(link(0), `${PHONE} ${AGENT_MARK}`);
    expect(answer.status).toBe(302);
    expect(new URL(answer.location).searchParams.get('contact')).toMatch(/^erased_/);
    expect((await tap(own_link, PHONE)).location).toMatch(/\/of\/erased_\w+\?who=erased_/);
    const click_id = clickIdOf(answer);
    const stored = `SELECT click_id, is_first, user_agent, startsWith(contact_id, 'erased_') AS pseudonym, verdict FROM clicks
      WHERE account_id = {account_id:String} AND click_id = '${click_id}'`;
    await untilSeen('the click', () => rows(stored), [
      { click_id, is_first: 0, user_agent: '', pseudonym: 1, verdict: 'human' },
    ]);
    const own = `SELECT count() AS n FROM report_clicks WHERE account_id = {account_id:String} AND link_id = '${own_link}'`;
    await untilSeen('both clicks on its own link', () => count(own), 2);
    const again = await sender.call('POST', '/v2/conversions', {
      conversions: [{ click_id: first_click, event: 'sale', revenue: '12.34', currency: 'USD' }],
    });
    expect(again.body.conversions[0]).toMatchObject({ status: 'duplicate' });
  });

  it('leaves the money ledger as workers would have written it: a refund books itself and nothing else', async () => {
    await sender.call('POST', '/v2/conversions', {
      conversions: [{ click_id: first_click, event: 'refund', revenue: '2.34', currency: 'USD' }],
    });
    const lines = `SELECT event, sum(sign) AS lines, count() AS bookings, toString(sum(sign * (sales - refunds))) AS revenue
      FROM conversions WHERE account_id = {account_id:String} AND click_id = '${first_click}' GROUP BY event ORDER BY event`;
    await untilSeen(
      'the refund',
      async () => (await rows<{ event: string }>(lines)).map(({ event }) => event),
      ['refund', 'sale'],
    );
    expect(await rows(lines)).toEqual([
      { event: 'refund', lines: 1, bookings: 1, revenue: '-2.34' },
      { event: 'sale', lines: 1, bookings: 1, revenue: '12.34' },
    ]);
  });

  it('keeps the verdicts of its clicks when clicks are rejudged', async () => {
    const query = `SELECT countIf(verdict = 'human') AS n FROM report_clicks WHERE account_id = {account_id:String}`;
    const humans = await count(query);
    const { body } = await sender.call('POST', '/v2/rejudgements', { from: '2026-01-01' });
    const path = `/v2/rejudgements/${body.rejudgement}` as '/v2/rejudgements/{id}';
    await untilSeen('the rejudgement', async () => (await sender.call('GET', path)).body.state, 'done');
    expect(await count(query)).toBe(humans);
  });

  it('takes a contact that is sent to again for a new one, and refuses pseudonyms', async () => {
    const [again] = await sender.send([message(ERASED, 2)]);
    await tap(again?.links[0]?.link_id ?? '');
    const stored = `SELECT contact_id, is_first FROM clicks WHERE account_id = {account_id:String} AND message_id = 'm-Ann-2'`;
    await untilSeen('the click', () => rows(stored), [{ contact_id: ERASED, is_first: 1 }]);
    const refused = await sender.call('POST', '/v2/messages', { messages: [message('erased_x')] });
    expect(refused.status).toBe(400);
    const twice = await sender.call('POST', '/v2/erasures', { contact_ids: [ERASED, ERASED, 'nobody'] });
    expect(twice).toMatchObject({ status: 202, body: { contacts: 2 } });
  });
});
