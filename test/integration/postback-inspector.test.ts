/** The postback inspector: what came is shown as it came, without secrets, with what became of it; replay; the test button. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptReport } from '../../src/client/openapi.ts';
import { connectRedis, probeRedis, untilReady } from '../../src/platform/redis.ts';
import { eraseReports } from '../../src/privacy/erase-reports.ts';
import { clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

/** Of this file alone: wrong secrets are limited by address. */
const ADDRESS = '198.51.100.213';

let system: System;
let sender: Sender;
let offer_id: string;
let postback_secret: string;
let link_id: string;
let click_id: string;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system, { ip_storage: 'truncated' });
  const offer = { name: 'Shop', destination_url: 'https://shop.example/?click={{click_id}}', payout: '2.00' };
  ({ offer_id } = created(await sender.call('POST', '/v2/offers', offer)));
  const offer_links = [{ key: 'link1', offer_id }];
  const creative = { name: 'C', body: '{{link1}}', offer_links };
  const { creative_id } = created(await sender.call('POST', '/v2/creatives', creative));
  const [message] = await sender.send([{ message_id: 'm-1', contact_id: 'inspected', creative_id }]);
  link_id = message?.links[0]?.link_id ?? '';
  const phones = createPhones(system.redirect_url, 1);
  click_id = clickIdOf((await phones.open(link_id, PHONE)) as never);
  phones.close();
  const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
  postback_secret = body.postback_secret;
});
afterAll(() => system?.destroy());

const post = (path: string, body: string, type: string): Promise<Response> =>
  fetch(system.redirect_url + path, {
    method: 'POST',
    headers: { 'content-type': type, 'x-forwarded-for': ADDRESS },
    body,
  });
const get = (query: string): Promise<Response> =>
  fetch(`${system.redirect_url}/conv/offer?${query}`, { headers: { 'x-forwarded-for': ADDRESS } });

async function reports(filter = '', of = offer_id): Promise<KeptReport[]> {
  const { status, body } = await sender.call(
    'GET',
    `/v2/offers/${of}/reports${filter}` as '/v2/offers/x/reports',
  );
  expect(status).toBe(200);
  return (body as unknown as { reports: KeptReport[] }).reports;
}

/** The report whose query or body has the text, once it is as wanted. */
async function seen(text: string, state: string, of = offer_id): Promise<KeptReport> {
  let found: KeptReport | undefined;
  await until(
    async () => {
      found = (await reports('', of)).find(({ query, body }) => (query + body).includes(text));
      return found?.state === state;
    },
    HANGS_AFTER_MS,
    () => `${text}: ${JSON.stringify(found)}`,
  );
  return found as KeptReport;
}

describe('a report', () => {
  it('is shown as it came, without its secret, with what was read, booked and ignored', async () => {
    await get(
      `offer_id=${offer_id}&postback_secret=${postback_secret}&click_id=${click_id}&revenue=49.90&txn_id=i-1&sub2=blue`,
    );
    const report = await seen('txn_id=i-1', 'attributed');
    expect(report).toMatchObject({
      channel: 'offer',
      method: 'GET',
      address: '198.51.100.0',
      query: `offer_id=${offer_id}&postback_secret=…&click_id=${click_id}&revenue=49.90&txn_id=i-1&sub2=blue`,
      read: { offer_id, click_id, revenue: '49.90', txn_id: 'i-1' },
      ignored: ['sub2'],
      status: 200,
      explanation: expect.stringContaining('first human click'),
      booked: { status: 'attributed', revenue: '49.90', payout: '2.00', currency: 'USD' },
      replayable: true,
    });
    expect(report.conversion_url).toBe(`/v2/conversions/${report.conversion_id}`);
    const { body } = await sender.call(
      'GET',
      `/v2/offers/${offer_id}/reports/${report.report_id}` as '/v2/offers/x/reports/y',
    );
    expect(body).toEqual(report);
  });

  it('is shown with why it was refused: a wrong secret, an unreadable body', async () => {
    await get(`offer_id=${offer_id}&postback_secret=wrong-one&txn_id=i-wrong`);
    const refused = await seen('txn_id=i-wrong', 'refused');
    expect(refused).toMatchObject({ status: 403, error: 'wrong_secret', booked: null });
    expect(refused.query).not.toContain('wrong-one');
    await post(`/conv/offer?offer_id=${offer_id}`, '{"txn_id": "i-broken"', 'application/json');
    expect(await seen('i-broken', 'refused')).toMatchObject({ error: 'invalid_json', replayable: false });
    expect((await reports('?state=refused')).map(({ error }) => error)).toEqual([
      'invalid_json',
      'wrong_secret',
    ]);
  });

  it('of every channel is kept, and of no known offer with the account', async () => {
    await fetch(`${system.redirect_url}/pixel/${link_id}.gif?click_id=${click_id}&txn_id=i-pixel`);
    expect(await seen('i-pixel', 'attributed')).toMatchObject({ channel: 'pixel' });
    await sender.call('POST', '/v2/conversions', { conversions: [{ click_id, txn_id: 'i-api' }] });
    expect(await seen('i-api', 'attributed')).toMatchObject({ channel: 'api', address: '' });
    const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
    const { conversion_secret } = body;
    await fetch(
      `${system.redirect_url}/conv?secret=${conversion_secret}&click_id=&txn_id=i-nothing&message_id=`,
    );
    const lost = await seen('i-nothing', 'unattributed', 'unknown');
    expect(lost.query).toBe('secret=…&click_id=&txn_id=i-nothing&message_id=');
  });
});

describe('a replay', () => {
  const replay = (report_id: string) =>
    sender.call(
      'POST',
      `/v2/offers/${offer_id}/reports/${report_id}/replay` as '/v2/offers/x/reports/y/replay',
    );

  it('of a refused report books it once, at the time at which it came', async () => {
    await get(`offer_id=${offer_id}&postback_secret=old&click_id=${click_id}&revenue=7&txn_id=i-late`);
    const refused = await seen('txn_id=i-late', 'refused');
    const first = await replay(refused.report_id);
    expect(first).toMatchObject({ status: 200, body: { status: 'accepted', error: '' } });
    const again = await replay(refused.report_id);
    expect(again.body).toMatchObject({ status: 'duplicate', conversion_id: first.body.conversion_id });
    const booked = await seen(`"txn_id":"i-late"`, 'attributed');
    expect(booked).toMatchObject({ replay_of: refused.report_id, channel: 'api' });
    const { body } = await sender.call('GET', `/v2/conversions/${first.body.conversion_id}`);
    expect(body.conversion.converted_at.slice(0, 23)).toBe(refused.received_at.slice(0, 23));
  });

  it('of a report that counts is a duplicate, and of what was not read is refused', async () => {
    const counted = await seen('txn_id=i-1', 'attributed');
    expect((await replay(counted.report_id)).body).toMatchObject({
      status: 'duplicate',
      conversion_id: counted.conversion_id,
    });
    const broken = await seen('i-broken', 'refused');
    expect(await replay(broken.report_id)).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect((await replay('rpt_none')).status).toBe(404);
    expect((await reports('', 'off_none').catch(() => 'no')) as unknown).toBe('no');
  });
});

describe('a test of a postback', () => {
  const test = async (network: string) => {
    const path = `/v2/offers/${offer_id}/postbacks/${network}/test` as '/v2/offers/x/postbacks/y/test';
    return (await sender.call('POST', path)).body;
  };

  it('makes every check by the public way in, and books nothing', async () => {
    const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
    for (const { network } of body.postbacks) {
      const result = await test(network);
      expect(result, JSON.stringify(result.steps)).toMatchObject({ network, passed: true });
      expect(result.url).not.toContain(postback_secret);
      expect(result.steps.map(({ step }) => step)).toEqual([
        ...['address', 'secret', 'signature', 'caller', 'values', 'click', 'booking'],
      ]);
    }
    let tests: KeptReport[] = [];
    await until(
      async () => {
        tests = await reports('?state=test');
        return tests.length === body.postbacks.length;
      },
      HANGS_AFTER_MS,
      () => JSON.stringify(tests),
    );
    expect(JSON.stringify(tests)).not.toContain(postback_secret);
    const listed = await sender.call('GET', `/v2/conversions?offer_id=${offer_id}&from=2020-01-01`);
    expect(JSON.stringify(listed.body)).not.toContain('test-');
  });

  it('says what was not checked, and signs where the offer asks for it', async () => {
    await sender.call('PATCH', `/v2/offers/${offer_id}`, { postback_signature_required: true });
    await callApi(system, system.admin_key, 'PATCH', `/v2/accounts/${sender.account_id}`, {
      conversion_addresses: ['203.0.113.0/24'],
    });
    let result = await test('tune');
    await until(
      async () => {
        result = await test('tune');
        return result.steps.some(({ step, result: of }) => step === 'caller' && of === 'not_checked');
      },
      HANGS_AFTER_MS,
      () => JSON.stringify(result),
    );
    expect(result.steps.find(({ step }) => step === 'signature')).toMatchObject({ result: 'passed' });
    expect(result.passed).toBe(true);
  });

  it('is no way in: a token of another offer or an old one books as everything does', async () => {
    const reply = await get(
      `offer_id=${offer_id}&postback_secret=${postback_secret}&trackly_test=abc.${'x'.repeat(22)}`,
    );
    expect(((await reply.json()) as { status?: string }).status).not.toBe('test');
  });
});

it('an erasure removes the reports that name the contact, by id, click, link or message', async () => {
  const redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
  const contact_key = (await redis.get('contact_key')) ?? '';
  expect(JSON.stringify(await reports('?per_page=1000'))).toContain(click_id);
  await post(
    `/conv/offer?offer_id=${offer_id}`,
    `{"contact_id": "inspected", "txn_id": "i-nearly",}`,
    'application/json',
  );
  await seen('i-nearly', 'refused');
  const contacts = [{ account_id: sender.account_id, contact_id: 'inspected' }];
  const removed = await eraseReports(redis, contact_key, contacts).finally(() => redis.disconnect());
  expect(removed).toBeGreaterThan(3);
  const left = JSON.stringify(await reports('?per_page=1000'));
  expect(left).not.toContain(click_id);
  expect(left).not.toContain('i-nearly');
  expect(left).toContain('i-broken');
});
