/** A set-up that can be run again, and answers that say what was accepted although it is probably a mistake. */
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS } from '../support/until.ts';

const YESTERDAY = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);

let system: System;
let sender: Sender;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
});

afterAll(() => system?.destroy());

const offer = { name: 'Shoes', destination_url: 'https://shop.example/?c={{click_id}}' };
const auditOf = async (subject_id: string): Promise<string[]> => {
  const { body } = await sender.call('GET', `/v2/audit?subject_id=${subject_id}`);
  return body.entries.map(({ action }: { action: string }) => action);
};

describe('a set-up that is run again', () => {
  const put = (external_id: string, body: object) =>
    sender.call('PUT', `/v2/offers/by-external-id/${external_id}`, body);

  it('changes nothing, and says so', async () => {
    const first = await put('shoes', offer);
    expect(first).toMatchObject({ status: 201, body: { outcome: 'created', external_id: 'shoes' } });
    const again = await put('shoes', offer);
    expect(again).toEqual({ status: 200, body: { ...first.body, outcome: 'unchanged' } });
    const changed = await put('shoes', { ...offer, payout: '2.00' });
    expect(changed).toMatchObject({ status: 200, body: { outcome: 'changed', payout: '2.00' } });
    const { offer_id, updated_at } = changed.body;
    expect(offer_id).toBe(first.body.offer_id);
    expect(updated_at > first.body.updated_at).toBe(true);
    // Left out is its default, but the status: what a person has paused stays so.
    await sender.call('PATCH', `/v2/offers/${offer_id}`, { status: 'paused' });
    const back = await put('shoes', offer);
    expect(back.body).toMatchObject({ outcome: 'changed', payout: '0', status: 'paused', offer_id });
  });

  it('makes one record where two run at once', async () => {
    const bodies = Array.from({ length: 12 }, (_, i) => ({
      ...offer,
      name: `Racing ${i % 2}`,
      coupon_codes: ['RACE'],
    }));
    const answers = await Promise.all(bodies.map((body) => put('race', body)));
    expect(new Set(answers.map(({ body }) => body.offer_id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.outcome === 'created')).toHaveLength(1);
    const { body } = await sender.call('GET', '/v2/offers?q=racing');
    expect(body.total).toBe(1);
  });

  it('writes what it did into the audit log, and nothing where it did nothing', async () => {
    const creative = { name: 'Hello', body: 'Hello' };
    const path = '/v2/creatives/by-external-id/hello:1';
    const { body } = await sender.call('PUT', path, creative);
    await sender.call('PUT', path, creative);
    await sender.call('PUT', path, { ...creative, body: 'Hello again' });
    await expect
      .poll(() => auditOf(body.creative_id), { timeout: HANGS_AFTER_MS })
      .toEqual(['creative.changed', 'creative.created']);
  });

  it('refuses an external_id that is taken, wrong, or given already', async () => {
    const post = (external_id: string) => sender.call('POST', '/v2/campaigns', { name: 'C', external_id });
    const made = await post('spring');
    expect(made.status).toBe(201);
    const taken = await post('spring');
    expect(taken).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect(taken.body.message).toContain(made.body.campaign_id);
    for (const wrong of ['a b', '-x', 'x'.repeat(101)]) expect((await post(wrong)).status).toBe(400);
    // The same word for a thing of another kind, and for another account.
    expect((await sender.call('PUT', '/v2/offers/by-external-id/spring', offer)).status).toBe(201);
    const other = await createSender(system);
    expect((await other.call('POST', '/v2/campaigns', { name: 'C', external_id: 'spring' })).status).toBe(
      201,
    );

    const { campaign_id } = (await post('')).body;
    const patch = (external_id: string) =>
      sender.call('PATCH', `/v2/campaigns/${campaign_id}`, { external_id });
    expect((await patch('spring')).status).toBe(409);
    expect((await patch('summer')).status).toBe(200);
    expect((await patch('autumn')).status).toBe(409);
    const put_ = await sender.call('PUT', '/v2/campaigns/by-external-id/summer', { name: 'Summer' });
    expect(put_).toMatchObject({ status: 200, body: { campaign_id, outcome: 'changed', name: 'Summer' } });
  });

  it('finds what it has made, by name, id, external_id and status', async () => {
    const own = await createSender(system);
    const names = ['Red shoes', 'Blue shoes', 'Hats'];
    for (const [i, name] of names.entries()) {
      await own.call('POST', '/v2/offers', { ...offer, name, external_id: `sku-${i}` });
    }
    const found = async (query: string): Promise<string[]> => {
      const { body } = await own.call('GET', `/v2/offers?${query}`);
      return body.offers.map(({ name }: { name: string }) => name);
    };
    expect(await found('q=SHOES')).toEqual(['Blue shoes', 'Red shoes']);
    expect(await found('q=shoes&per_page=1&page=2')).toEqual(['Red shoes']);
    expect(await found('q=sku-2')).toEqual(['Hats']);
    expect(await found('external_id=sku-0')).toEqual(['Red shoes']);
    expect(await found('external_id=none')).toEqual([]);
    const { body } = await own.call('GET', '/v2/offers?external_id=sku-0');
    await own.call('PATCH', `/v2/offers/${body.offers[0]?.offer_id}`, { status: 'archived' });
    expect(await found('status=archived')).toEqual(['Red shoes']);
    expect(await found('status=active&q=shoes')).toEqual(['Blue shoes']);
    expect(await found(`q=${body.offers[0]?.offer_id}`)).toEqual(['Red shoes']);
    expect((await own.call('GET', '/v2/offers?status=lost')).status).toBe(400);
  });
});

describe('a page that does not exist', () => {
  const get = async (path: string, accept: string, method = 'GET') => {
    const answer = await fetch(system.api_url + path, { method, headers: { accept } });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';

  it('is a page with ways back for a browser, and JSON for everything else', async () => {
    for (const path of ['/campaignz', '/guides/none', '/<script>']) {
      const { status, type, text } = await get(path, BROWSER);
      expect([status, type]).toEqual([404, 'text/html; charset=utf-8']);
      for (const href of ['/', '/guides', '/docs']) expect(text).toContain(`href="${href}"`);
      expect(text).not.toContain('<script');
    }
    const json = 'application/json; charset=utf-8';
    expect(await get('/campaignz', '*/*')).toMatchObject({ status: 404, type: json });
    expect(await get('/v2/nothing', BROWSER)).toMatchObject({ status: 404, type: json });
    expect(await get('/campaignz', BROWSER, 'POST')).toMatchObject({ status: 404, type: json });
    expect(await get('/campaigns', BROWSER, 'DELETE')).toMatchObject({ status: 405, type: json });
  });
});

describe('what is probably a mistake', () => {
  const codesOf = (answer: { warnings?: { code: string }[] } | undefined): string[] =>
    (answer?.warnings ?? []).map(({ code }) => code);
  let creative_id: string;
  let campaign_id: string;

  beforeAll(async () => {
    const { offer_id } = (await sender.call('POST', '/v2/offers', offer)).body;
    const creative = {
      name: 'Hi',
      body: 'Hi {{first_name}} {{link1}}',
      offer_links: [{ key: 'link1', offer_id }],
    };
    creative_id = (await sender.call('POST', '/v2/creatives', creative)).body.creative_id;
    const variants = [{ variant_id: 'A', creative_id, percent: 100 }];
    campaign_id = (await sender.call('POST', '/v2/campaigns', { name: 'T', variants })).body.campaign_id;
  });

  const message = (more: object = {}): object => ({
    contact_id: 'ann',
    creative_id,
    fields: { first_name: 'Ann' },
    ...more,
  });
  const post = (messages: object[], query = '') =>
    sender.call('POST', `/v2/messages${query}` as '/v2/messages', { messages });

  it('is created, and said', async () => {
    const mistaken = message({ campaign_id, message_id: 'w1', sent_at: `${YESTERDAY}T00:00:00` });
    const { status, body } = await post([mistaken, message()]);
    expect([status, body.errors]).toEqual([201, []]);
    expect(body.messages.map(({ index }: { index: number }) => index)).toEqual([0, 1]);
    // The shared system has no domain, as a first try on a laptop.
    expect(codesOf(body.messages[0])).toEqual(['no_domain', 'variant_missing', 'time_without_zone']);
    expect(codesOf(body.messages[1])).toEqual(['no_domain']);
  });

  it('answers a repeat with what is stored, and says what differs', async () => {
    const first = (await post([message({ message_id: 'r1' })])).body.messages[0];
    const again = (await post([message({ message_id: 'r1', fields: { first_name: 'Bob' } })])).body
      .messages[0];
    expect(again).toMatchObject({ text: first?.text, links: first?.links });
    expect(codesOf(again)).toEqual(['no_domain', 'repeat_differs']);
  });

  it('is an error where the account or the request is strict, and nothing is created', async () => {
    const strict = await post([message({ message_id: 's1' })], '?strict=true');
    expect(strict).toMatchObject({
      status: 400,
      body: {
        messages: [],
        errors: [{ index: 0, message_id: 's1', error: 'warned', warnings: [{ code: 'no_domain' }] }],
      },
    });
    expect((await sender.call('GET', '/v2/messages/s1')).status).toBe(404);
    const own = await createSender(system, { strict: true });
    const careless = { name: 'Hats', destination_url: 'https://shop.example/' };
    const refused = await own.call('POST', '/v2/offers', careless);
    expect(refused).toMatchObject({
      status: 422,
      body: { error: 'warned', warnings: [{ code: 'no_click_id' }] },
    });
    const put = await own.call('PUT', '/v2/offers/by-external-id/hats', careless);
    expect(put.status).toBe(422);
    const taken = await own.call('POST', '/v2/offers?strict=false', careless);
    expect([taken.status, codesOf(taken.body)]).toEqual([201, ['no_click_id']]);
    expect((await own.call('POST', '/v2/offers?strickt=true', offer)).status).toBe(400);
    const link = await own.call('POST', '/v2/links/shorten', { url: 'https://shop.example/' });
    expect(link).toMatchObject({ status: 422, body: { error: 'warned', warnings: [{ code: 'no_domain' }] } });
    const sale = { click_id: 'none', ts: `${YESTERDAY}T10:00:00` };
    const sold = await own.call('POST', '/v2/conversions', { conversions: [sale] });
    expect(sold).toMatchObject({ status: 400, body: { errors: [{ index: 0, error: 'warned' }] } });
  });

  it('is said of a link and a conversion', async () => {
    const body = { url: 'https://shop.example/', campaign_id: 'cam_typo', sent_at: YESTERDAY };
    const link = await sender.call('POST', '/v2/links/shorten', body);
    expect(codesOf(link.body)).toEqual(['no_domain', 'time_without_zone', 'unknown_reference']);
    const sale = { click_id: 'none', ts: `${YESTERDAY}T10:00:00`, txn_id: 't1' };
    const { conversions } = (await sender.call('POST', '/v2/conversions', { conversions: [sale] })).body;
    expect(conversions[0]).toMatchObject({
      index: 0,
      warnings: [{ code: 'time_without_zone', field: 'ts' }],
    });
  });

  it('has every line of NDJSON named, wrong ones too, and says no more than it must', async () => {
    const lines = Array.from({ length: 1_100 }, (_, i) => message({ message_id: `n${i}` }));
    lines[7] = { ...lines[7], creative_id: 'cre_none' };
    const answer = await fetch(`${system.api_url}/v2/messages`, {
      method: 'POST',
      headers: { 'x-api-key': sender.api_key, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    const answers = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ index, message_id }) => `${index} ${message_id}`)).toEqual(
      lines.map((_, i) => `${i} n${i}`),
    );
    expect(answers[7]).toMatchObject({ error: 'unknown_creative' });
    expect(answers.filter(({ warnings }) => warnings !== undefined)).toHaveLength(1_000);
    expect(answers.at(-1)).toMatchObject({ warnings_left_out: 1 });
  });
});

describe('a long answer', () => {
  const read = async (
    path: string,
    accepted: string,
  ): Promise<{ encoding: string | null; bytes: Buffer }> => {
    const { promise, resolve, reject } = Promise.withResolvers<{ encoding: string | null; bytes: Buffer }>();
    const headers = { 'x-api-key': sender.api_key, 'accept-encoding': accepted };
    get(`${system.api_url}${path}`, { headers }, async (response) => {
      resolve({ encoding: response.headers['content-encoding'] ?? null, bytes: await buffer(response) });
    }).on('error', reject);
    return promise;
  };

  it('is compressed for who accepts that, and is the same', async () => {
    const plain = await read('/openapi.json', 'identity');
    const packed = await read('/openapi.json', 'br, gzip');
    expect([plain.encoding, packed.encoding]).toEqual([null, 'gzip']);
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 4);
    expect((await read('/healthz', 'gzip')).encoding).toBe(null);
  });
});
