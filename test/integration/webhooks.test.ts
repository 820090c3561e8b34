/**
 * Webhooks and postbacks in the API: who may make them, what is shown of them, requests that are tried out, deliveries
 * that are searched and sent again, and the file for Google Ads. When events are sent is in webhook-delivery.test.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { endReplay, firstReplay } from '../../src/webhooks/replays.ts';
import { WEBHOOKS_MAX } from '../../src/webhooks/webhook.ts';
import { getWebhook } from '../../src/webhooks/webhook-store.ts';
import type { BodyOf } from '../support/api-types.ts';
import { blocksOf } from '../support/documents.ts';
import { joinAs } from '../support/members.ts';
import { createPhones, PHONE } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { callApi, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;
let sender: Sender;
let other: Sender;
let redis: RedisClient;
let receiver: Server;
let address: string;
const received: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
/** What the receiver answers, first of all. */
const answers: number[] = [];

beforeAll(async () => {
  system = await sharedSystem();
  [sender, other] = await Promise.all([createSender(system), createSender(system)]);
  redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body });
    response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end('it says so');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

afterAll(async () => {
  receiver?.close();
  redis?.disconnect();
  await system?.destroy();
});

type Made = BodyOf<'POST', '/v2/webhooks'>;
const make = async (given: object = {}, by = sender): Promise<Made> =>
  created(await by.call('POST', '/v2/webhooks', { url: `${address}/in`, events: ['click.human'], ...given }));
const postback = (template: object = {}, given: object = {}) =>
  make({
    kind: 'postback',
    url: `${address}/pb?cid={{sub1}}&sum={{revenue}}`,
    events: ['conversion.booked'],
    template,
    ...given,
  });
const at = <Rest extends string = ''>(webhook_id: string, rest = '' as Rest) =>
  `/v2/webhooks/${webhook_id}${rest}` as const;

describe('a webhook', () => {
  it('is made, read, changed, paused, resumed and removed', async () => {
    const made = await make({ name: 'CRM', filter: { country: ['US'] }, batch: { events_max: 500 } });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { body: read } = await sender.call('GET', at(made.webhook_id));
    expect(read).toMatchObject({
      ...{ name: 'CRM', kind: 'webhook', url: `${address}/in`, host: new URL(address).host },
      ...{ filter: { country: ['US'] }, batch: { events_max: 500 }, fields: null, template: null },
      ...{ status: 'active', paused: null },
      state: { waiting: 0, last_sequence: 0, last_attempt: null },
    });
    expect(JSON.stringify(read)).not.toContain(made.secret);
    const paused = await sender.call('PATCH', at(made.webhook_id), {
      status: 'paused',
      fields: ['click_id'],
    });
    expect(paused.body).toMatchObject({
      status: 'paused',
      paused: { reason: 'request' },
      fields: ['click_id'],
    });
    const resumed = await sender.call('PATCH', at(made.webhook_id), {
      status: 'active',
      url: `${address}/b`,
    });
    expect(resumed.body).toMatchObject({ status: 'active', paused: null, url: `${address}/b` });
    expect((await sender.call('GET', '/v2/webhooks')).body.webhooks).toMatchObject([
      { name: 'CRM', url: null },
    ]);
    expect((await sender.call('DELETE', at(made.webhook_id))).body).toMatchObject({ removed: true });
    expect((await sender.call('GET', at(made.webhook_id))).status).toBe(404);
    expect((await sender.call('GET', '/v2/webhooks')).body.webhooks).toEqual([]);
  });

  it('is of nobody but its account', async () => {
    const { webhook_id } = await make({}, other);
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { status: 'paused' }],
      ['DELETE', '', undefined],
      ['POST', '/rotate', {}],
      ['POST', '/test', {}],
      ['POST', '/replay', { ids: ['evt_1'] }],
      ['GET', '/deliveries', undefined],
      ['GET', '/deliveries/evt_1', undefined],
    ] as const)
      expect((await sender.call(method, at(webhook_id, rest), body)).status, `${method} ${rest}`).toBe(404);
    expect((await other.call('GET', at(webhook_id))).body.status).toBe('active');
  });

  it('has its address and secrets sealed in Redis, and its address shown only to who may change it', async () => {
    const made = await make({ url: `${address}/very-secret-path` });
    const text = JSON.stringify(
      await getWebhook(redis, { account_id: sender.account_id, webhook_id: made.webhook_id }),
    );
    expect(text).not.toContain('very-secret-path');
    expect(text).not.toContain(made.secret);
    const viewer = await joinAs(system, sender, 'viewer', 'viewer@hooks.example');
    const seen = (await viewer.get(at(made.webhook_id))).body;
    expect(seen).toMatchObject({ webhook_id: made.webhook_id, url: null });
    expect((await viewer.send('PATCH', at(made.webhook_id), { status: 'paused' })).status).toBe(403);
    const audit = await untilSeen(
      'the entry',
      async () => (await sender.call('GET', `/v2/audit?subject_id=${made.webhook_id}`)).body,
      // The list and the count are two questions, and the entry may come between them.
      ({ entries, total }) => entries.length === 1 && total === 1,
    );
    expect(JSON.stringify(audit)).not.toMatch(/very-secret-path|whsec_|v1\./);
    expect(audit.entries).toMatchObject([{ action: 'webhook.created', after: { events: ['click.human'] } }]);
  });

  it('needs the right to read what it is sent', async () => {
    const { body } = await sender.call('POST', '/v2/keys', { name: 'Writes', scopes: ['catalog'] });
    const given = { url: `${address}/in`, events: ['click.human'] };
    const answer = await callApi(system, body.api_key, 'POST', '/v2/webhooks', given);
    expect([answer.status, answer.body]).toMatchObject([403, { error: 'forbidden' }]);
    const { webhook_id } = await make();
    for (const [method, rest, asked] of [
      ['PATCH', '', { status: 'paused' }],
      ['POST', '/rotate', {}],
      ['POST', '/test', {}],
      ['POST', '/replay', { ids: ['evt_1'] }],
    ] as const) {
      const statusOf = async (id: string) =>
        (await callApi(system, body.api_key, method, at(id, rest), asked)).status;
      // What is not there is said first.
      expect([await statusOf('whk_none'), await statusOf(webhook_id)], `${method} ${rest}`).toEqual([
        404, 403,
      ]);
    }
    await sender.call('DELETE', at(webhook_id));
  });

  it.each([
    [{ url: 'mailto:a@b.example' }, 'url'],
    [{ url: 'https://u:p@a.example/' }, 'url'],
    [{ events: [] }, 'events'],
    [{ events: ['click.human', 'click.human'] }, 'events'],
    [{ events: ['click.maybe'] }, 'events'],
    [{ filter: { colour: ['red'] } }, 'filter'],
    [{ filter: { country: [] } }, 'filter'],
    [{ fields: ['secret'] }, 'fields'],
    [{ batch: { events_max: 501 } }, 'batch'],
    [{ template: { method: 'GET' } }, 'template'],
    [{ kind: 'postback', url: 'https://a.example/{{nothing}}' }, 'url'],
    [{ kind: 'postback', fields: ['click_id'] }, 'fields'],
    [{ kind: 'postback', batch: { events_max: 5 } }, 'batch'],
    [{ kind: 'postback', template: { headers: { Host: 'x' } } }, 'template'],
    [{ kind: 'postback', template: { method: 'POST', body: '{{revenue}' } }, 'template'],
    [{ kind: 'postback', template: { body: 'x' } }, 'template'],
  ])('that is %j is refused with what to do', async (given, field) => {
    const answer = await sender.call('POST', '/v2/webhooks', {
      url: `${address}/in`,
      events: ['click.human'],
      ...given,
    });
    expect([answer.status, answer.body]).toMatchObject([400, { error: 'invalid_request' }]);
    expect(answer.body['field']).toMatch(new RegExp(`^${field}`));
  });

  it(`is one of ${WEBHOOKS_MAX} at most`, async () => {
    const many = await createSender(system);
    for (let i = 0; i < WEBHOOKS_MAX; i++) await make({}, many);
    const answer = await many.call('POST', '/v2/webhooks', { url: address, events: ['click.human'] });
    expect([answer.status, answer.body.error]).toEqual([409, 'conflict']);
  });
});

describe('a test', () => {
  it('is a signed request at once, with the fields that were chosen; after a rotation with two signatures', async () => {
    const made = await make({ events: ['click.first', 'click.human'], fields: ['click_id', 'query'] });
    const { body } = await sender.call('POST', at(made.webhook_id, '/test'));
    expect(body).toMatchObject({ delivered: true, status: 200, error: '', answer: 'it says so' });
    const [first] = received.splice(0);
    const event = new Receiver(made.secret ?? '').verify(first?.body ?? '', first?.headers as never);
    expect(event).toMatchObject({ type: 'click.first', data: { test: true, click_id: 'test_click' } });
    expect(Object.keys((event as { data: object }).data).sort()).toEqual(['click_id', 'query', 'test']);
    const { body: rotated } = await sender.call('POST', at(made.webhook_id, '/rotate'));
    await sender.call('POST', at(made.webhook_id, '/test'), { type: 'click.human' });
    const [second] = received.splice(0);
    for (const secret of [made.secret, rotated.secret])
      new Receiver(secret ?? '').verify(second?.body ?? '', second?.headers as never);
    const { body: read } = await sender.call('GET', at(made.webhook_id));
    expect(read.secrets.map(({ expires_at }) => expires_at !== null)).toEqual([false, true]);
    // A third secret ends the first one.
    await sender.call('POST', at(made.webhook_id, '/rotate'));
    expect((await sender.call('GET', at(made.webhook_id))).body.secrets).toHaveLength(2);
    const wrong = await sender.call('POST', at(made.webhook_id, '/test'), { type: 'click.bot' });
    expect([wrong.status, wrong.body]).toMatchObject([400, { field: 'type' }]);
  });

  it('is taken by the receiver of the guide, which knows a wrong secret and a repetition', async () => {
    const [port = 0] = await testPorts(1);
    const made = await make({ url: `http://127.0.0.1:${port}/`, batch: { events_max: 10 } });
    const [block] = blocksOf('src/guides/webhooks.md').filter(({ language }) => language === 'js');
    const receive = (secrets: string): ChildProcess =>
      spawn(process.execPath, ['--input-type=module', '-e', block?.text ?? ''], {
        env: { PORT: String(port), WEBHOOK_SECRETS: secrets },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const test = async () => (await sender.call('POST', at(made.webhook_id, '/test'))).body;
    const running = receive(`whsec_d3Jvbmc= ${made.secret}`);
    let said = '';
    running.stdout?.on('data', (part) => {
      said += part;
    });
    await untilSeen('the test', test, ({ delivered }) => delivered);
    await untilSeen('what it has printed', () => said, 'click.human test_click\n');
    running.kill();
    await once(running, 'exit');
    const wrong = receive('whsec_d3Jvbmc=');
    await untilSeen('the refusal', test, ({ status }) => status === 401);
    wrong.kill();
  });

  it('of a batch is a batch', async () => {
    const made = await make({ batch: { events_max: 2 } });
    await sender.call('POST', at(made.webhook_id, '/test'));
    const [got] = received.splice(0);
    expect(JSON.parse(got?.body ?? '')).toMatchObject({ events: [{ type: 'click.human' }] });
    expect(got?.headers['webhook-id']).toMatch(/^msg_/);
  });

  it('says what was wrong, and follows no redirect', async () => {
    const { webhook_id } = await make();
    answers.push(302, 500);
    for (const status of [302, 500]) {
      const { body } = await sender.call('POST', at(webhook_id, '/test'));
      expect(body).toMatchObject({ delivered: false, status });
      expect(body.error).toContain(String(status));
    }
    expect(received.splice(0).map(({ url }) => url)).toEqual(['/in', '/in']);
    const closed = await make({ url: 'http://127.0.0.1:1/' });
    const { body } = await sender.call('POST', at(closed.webhook_id, '/test'));
    expect(body).toMatchObject({ delivered: false, status: 0, error: 'no answer came: ECONNREFUSED' });
  });
});

describe('a postback', () => {
  it('is the partner’s request, and its headers are never shown', async () => {
    const made = await postback({
      method: 'POST',
      body: '{"v": {{revenue}}}',
      headers: { 'X-Key': 'k-123' },
    });
    expect(made).toMatchObject({
      secret: null,
      template: { headers: ['x-key'], body: '{"v": {{revenue}}}' },
    });
    const { body } = await sender.call('POST', at(made.webhook_id, '/test'));
    expect(body.request).toMatchObject({ method: 'POST', body: '{"v":10.00}', headers: { 'x-key': '…' } });
    const [got] = received.splice(0);
    expect(got).toMatchObject({ url: '/pb?cid=test_sub1&sum=10.00', headers: { 'x-key': 'k-123' } });
    expect(got?.headers['webhook-signature']).toBeUndefined();
    // Kept where the change says null.
    const change = { method: 'POST', body: '{}', headers: { 'x-key': null, 'x-other': 'o' } };
    const after = await sender.call('PATCH', at(made.webhook_id), { template: change });
    expect(JSON.stringify(after.body)).not.toContain('k-123');
    await sender.call('POST', at(made.webhook_id, '/test'));
    expect(received.splice(0)[0]?.headers).toMatchObject({ 'x-key': 'k-123', 'x-other': 'o' });
    const rotated = await sender.call('POST', at(made.webhook_id, '/rotate'));
    expect(rotated.status).toBe(409);
  });

  it('is previewed without being sent or stored', async () => {
    const before = (await sender.call('GET', '/v2/webhooks')).body.webhooks.length;
    const { body } = await sender.call('POST', '/v2/webhooks/preview', {
      kind: 'postback',
      url: `${address}/x?c={{sub1}}&t={{type}}`,
      events: ['conversion.booked', 'conversion.reversed'],
      template: { headers: { key: 'k' } },
      type: 'conversion.reversed',
    });
    expect(body).toMatchObject({
      method: 'GET',
      url: `${address}/x?c=test_sub1&t=conversion.reversed`,
      headers: { key: '…' },
    });
    expect(received).toEqual([]);
    expect((await sender.call('GET', '/v2/webhooks')).body.webhooks).toHaveLength(before);
  });

  it('has templates of partners, fields and macros to choose from', async () => {
    const { body: answered } = await sender.call('GET', '/v2/webhooks/options');
    const body = answered as Extract<typeof answered, { presets: unknown }>;
    expect(body.presets.map(({ preset }) => preset)).toEqual([
      ...['everflow', 'voluum', 'keitaro', 'redtrack', 'meta', 'tiktok', 'custom'],
    ]);
    expect(Object.keys(body.macros)).toEqual(expect.arrayContaining(['click_id', 'sub1', 'fbc', 'revenue']));
    expect(Object.keys(body.fields)).toContain('conversion_id');
  });
});

describe('deliveries', () => {
  let webhook_id: string;
  const DAY_MS = 24 * 3_600_000;
  const made_ms = (i: number): number => Date.now() - DAY_MS + i * 60_000;
  const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

  beforeAll(async () => {
    ({ webhook_id } = await make({ name: 'Delivered' }));
    // So that nobody delivers what is put there.
    await sender.call('PATCH', at(webhook_id), { status: 'paused' });
    const { account_id } = sender;
    const message = (i: number, types: string[], event_ids: string[]) => ({
      ...{
        account_id,
        webhook_id,
        sequence: i,
        message_id: `msg_${i}`,
        shard: 0,
        event_ids,
        types,
        block: i,
      },
      ...{ batches: ['b'], happened_at: time(made_ms(i)), made_at: time(made_ms(i)) },
      ...{ events_from: time(made_ms(i)), events_to: time(made_ms(i)) },
    });
    const attempt = (sequence: number, n: number, outcome: string, rest: object = {}) => ({
      ...{ account_id, webhook_id, message_id: `msg_${sequence}`, sequence, n, outcome, duration_ms: 12 },
      ...{ at: time(made_ms(sequence) + n * 1_000), status: outcome === 'delivered' ? 200 : 500 },
      ...{
        error: outcome === 'delivered' ? '' : 'answered 500',
        next_at: '1970-01-01 00:00:00.000',
        replay: '',
      },
      ...rest,
    });
    await system.clickhouse.insert({
      table: 'trackly.webhook_messages',
      values: [
        message(1, ['click.human'], ['evt_a', 'evt_b']),
        message(2, ['click.human', 'click.first'], ['evt_c', 'evt_d']),
        message(3, ['click.first'], ['evt_e']),
        message(4, ['click.human'], ['evt_f']),
      ],
      format: 'JSONEachRow',
    });
    await system.clickhouse.insert({
      table: 'trackly.webhook_attempts',
      values: [
        attempt(1, 1, 'again', { next_at: time(made_ms(1) + 5_000) }),
        attempt(1, 2, 'delivered'),
        // Of a replay: what was delivered stays so.
        attempt(1, 3, 'again', { replay: 'rpl_1', next_at: time(made_ms(9)) }),
        attempt(2, 1, 'failed'),
        attempt(3, 1, 'again', { next_at: time(made_ms(9)) }),
      ],
      format: 'JSONEachRow',
    });
  });

  const list = async (query = '') => (await sender.call('GET', at(webhook_id, `/deliveries?${query}`))).body;

  it('are listed newest first with how each stands, in pages', async () => {
    const { deliveries, total } = await list();
    expect(total).toBe(4);
    expect(deliveries.map(({ sequence, state, attempts }) => [sequence, state, attempts])).toEqual([
      ...[
        [4, 'waiting', 0],
        [3, 'again', 1],
        [2, 'failed', 1],
      ],
      [1, 'delivered', 3],
    ]);
    expect(deliveries[1]).toMatchObject({ last: { status: 500, error: 'answered 500' } });
    expect(deliveries[1]?.next_at).not.toBeNull();
    expect(deliveries[3]?.next_at).toBeNull();
    const page = await list('per_page=1&page=3');
    expect([page.total, page.deliveries.map(({ sequence }) => sequence)]).toEqual([4, [2]]);
    expect((await list('page=9')).deliveries).toEqual([]);
  });

  it.each([
    ['state=failed', [2]],
    ['state=waiting', [4]],
    ['state=ended', []],
    ['type=click.first', [3, 2]],
    ['id=evt_d', [2]],
    ['id=msg_3', [3]],
    ['id=nothing', []],
    ['state=again&type=click.first', [3]],
    ['from=2020-01-01&to=2020-01-02', []],
  ])('are searched by %s', async (query, expected) => {
    const { deliveries, total } = await list(query);
    expect(deliveries.map(({ sequence }) => sequence)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  it('have every try of one', async () => {
    const { body } = await sender.call('GET', at(webhook_id, '/deliveries/msg_1'));
    expect(body.tries.map(({ n, outcome, replay }) => [n, outcome, replay])).toEqual([
      [3, 'again', 'rpl_1'],
      [2, 'delivered', ''],
      [1, 'again', ''],
    ]);
    // Its events were never there, as when they are kept no longer.
    expect(body.payload).toEqual([]);
    expect((await sender.call('GET', at(webhook_id, '/deliveries/msg_9'))).status).toBe(404);
  });

  it('are counted in its state', async () => {
    const { state } = (await sender.call('GET', at(webhook_id))).body;
    expect(state).toMatchObject({ waiting: 2, last_sequence: 4, last_attempt: { outcome: 'again' } });
    expect(Date.parse(state?.failing_since ?? '')).toBeGreaterThan(
      Date.parse(state?.last_delivered_at ?? ''),
    );
  });

  it('are put up for being sent again by id and by time, once each', async () => {
    const place = { account_id: sender.account_id, webhook_id };
    const replay = (body: object) => sender.call('POST', at(webhook_id, '/replay'), body);
    const by_id = await replay({ ids: ['evt_a', 'evt_b', 'msg_2'] });
    expect([by_id.status, by_id.body.messages]).toEqual([202, 2]);
    const first = await firstReplay(redis, place);
    expect(first).toMatchObject({ replay_id: by_id.body.replay_id, ids: ['msg_1', 'msg_2'] });
    if (first !== undefined) await endReplay(redis, first);
    const iso = (ms: number): string => new Date(ms).toISOString();
    const by_time = await replay({ from: iso(made_ms(2) - 30_000), to: iso(made_ms(4) - 30_000) });
    expect(by_time.body.messages).toBe(2);
    expect(await firstReplay(redis, place)).toMatchObject({ ids: null });
    for (const [body, why] of [
      [{ ids: ['evt_of_nobody'] }, /evt_of_nobody was not made/],
      [{}, /ids, or from and to/],
      [{ ids: ['msg_1'], from: iso(0) }, /not both/],
      [{ from: iso(1), to: iso(1) }, /not after/],
      [{ from: iso(1), to: iso(2) }, /no message/],
    ] as const) {
      const refused = await replay(body);
      expect([refused.status, refused.body.message]).toEqual([400, expect.stringMatching(why)]);
    }
    await sender.call('DELETE', at(webhook_id));
    expect(await firstReplay(redis, place)).toBeUndefined();
  });
});

describe('a partner', () => {
  it('is told of conversions whose tap brought its parameter, of its kind, and of no other', async () => {
    const by = await createSender(system);
    const { webhook_id } = await make(
      {
        kind: 'postback',
        url: `${address}/partner?cid={{sub1}}&sum={{revenue}}&e={{event}}&id={{event_id}}`,
        events: ['conversion.booked'],
        filter: { parameter: ['sub1'], event: ['sale'] },
        template: { headers: { key: 'k' } },
      },
      by,
    );
    const link = async (): Promise<string> =>
      created(await by.call('POST', '/v2/links/shorten', { url: 'https://shop.example/' })).link_id;
    const [told, untold] = [await link(), await link()];
    const phones = createPhones(system.redirect_url, 1);
    await phones.open(`${told}?sub1=p%2F1`, PHONE);
    await phones.open(untold, PHONE);
    phones.close();
    const report = (link_id: string, event: string, txn_id: string): Promise<Response> => {
      const params = { link_id, event, txn_id, revenue: '12.50', currency: 'USD' };
      return fetch(`${system.redirect_url}/conv?${new URLSearchParams(params)}`);
    };
    await report(untold, 'sale', 't-1');
    await report(told, 'lead', 't-2');
    await report(told, 'sale', 't-3');
    const list = async () => (await by.call('GET', at(webhook_id, '/deliveries'))).body.deliveries;
    const found = await untilSeen('the delivery', list, ([one]) => one?.state === 'delivered');
    const got = received.filter(({ url }) => url.startsWith('/partner'));
    expect(got).toMatchObject([
      {
        method: 'GET',
        url: `/partner?cid=p%2F1&sum=12.50&e=sale&id=${found[0]?.message_id}`,
        headers: { key: 'k' },
      },
    ]);
    expect(found).toHaveLength(1);
  });
});

describe('the file for Google Ads', () => {
  it('has the conversions whose tap brought a gclid, as Google’s template has them', async () => {
    const offer = created(
      await sender.call('POST', '/v2/offers', {
        name: 'Shoes',
        destination_url: 'https://shop.example/?c={{click_id}}',
      }),
    );
    const shorten = async (): Promise<string> =>
      created(await sender.call('POST', '/v2/links/shorten', { offer_id: offer.offer_id })).link_id;
    const [with_gclid, without, iphone] = [await shorten(), await shorten(), await shorten()];
    const phones = createPhones(system.redirect_url, 1);
    await phones.open(`${with_gclid}?gclid=Cj0%2CKC-1&wbraid=w-1`, PHONE);
    await phones.open(without, PHONE);
    await phones.open(`${iphone}?wbraid=w-2`, PHONE);
    phones.close();
    for (const link_id of [with_gclid, without, iphone]) {
      const params = new URLSearchParams({
        link_id,
        revenue: '12.50',
        currency: 'USD',
        txn_id: `t-${link_id}`,
      });
      await fetch(`${system.redirect_url}/conv?${params}`);
    }
    const file = async (query: string): Promise<string> => {
      const url = `${system.api_url}/v2/conversions/google-ads.csv?conversion_name=Shop%2C+sale${query}`;
      return (await fetch(url, { headers: { 'x-api-key': sender.api_key } })).text();
    };
    // gbraid and wbraid only where they are asked for: a line has one id, a gclid first.
    const all = await untilSeen(
      'both lines',
      () => file('&from=2026-01-01&click_ids=all&ad_user_data=granted&ad_personalization=denied'),
      (found) => found.includes('Cj0') && found.includes('w-2'),
    );
    expect(all.split('\r\n').toSorted()).toEqual([
      '',
      expect.stringMatching(/^"Cj0,KC-1",,,"Shop, sale",.*,Granted,Denied$/),
      expect.stringMatching(/^,,w-2,"Shop, sale",.*,Granted,Denied$/),
      'Google Click ID,GBRAID,WBRAID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency,Order ID,Ad User Data,Ad Personalization',
    ]);
    const text = await file('&from=2026-01-01');
    const [head, line, end, ...more] = text.split('\r\n');
    expect(head).toBe(
      'Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency,Order ID,Ad User Data,Ad Personalization',
    );
    expect(line).toMatch(
      new RegExp(
        `^"Cj0,KC-1","Shop, sale",\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\+0000,12.50,USD,t-${with_gclid},,$`,
      ),
    );
    expect([end, more]).toEqual(['', []]);
    expect((await file('&from=2026-01-01&event=lead')).split('\r\n')).toEqual([head, '']);
  });
});
