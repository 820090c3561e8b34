/** API keys and admin keys: what they may do, when they were used, and how they end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS_MAX } from '../../src/access/key-store.ts';
import { SCOPES } from '../../src/access/scopes.ts';
import { callApi, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

/** A change reaches every process within a second. */
const SECOND_MS = 1_000;

let system: System;
let sender: Sender;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
});

afterAll(async () => {
  await system?.destroy();
});

async function newKey(wanted: object): Promise<{ key_id: string; api_key: string }> {
  const { status, body } = await sender.call('POST', '/v2/keys', wanted);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const statusOf = async (api_key: string, path = '/v2/offers'): Promise<number> =>
  (await callApi(system, api_key, 'GET', path)).status;

/** Resolves when the server has ended an answer that is being read, with how long that took. */
async function untilCut(reading: Promise<unknown>): Promise<number> {
  const from = performance.now();
  await reading.catch(() => undefined);
  return performance.now() - from;
}

describe('an API key', () => {
  it('is shown once, and afterwards by name, scopes, prefix, end and last use', async () => {
    const expires_at = '2099-01-01T01:00:00+01:00';
    const { api_key, key_id } = await newKey({ name: 'Shop', scopes: ['send', 'read'], expires_at });
    expect(api_key).toMatch(/^trk_[0-9a-f]{32}$/);
    const listed = async () => {
      const { body } = await sender.call('GET', '/v2/keys');
      expect(JSON.stringify(body)).not.toContain(api_key);
      return body.keys.find((key) => key.key_id === key_id);
    };
    expect(await listed()).toMatchObject({
      name: 'Shop',
      scopes: ['send', 'read'],
      prefix: api_key.slice(0, 12),
      expires_at: '2099-01-01T00:00:00.000Z',
      last_used_at: null,
    });
    expect(await statusOf(api_key)).toBe(200);
    await untilSeen('its last use', async () => (await listed())?.last_used_at !== null, true);
    expect(Date.now() - Date.parse((await listed())?.last_used_at ?? '')).toBeLessThan(60_000);
  });

  it('gives no more than its maker may do', async () => {
    const { api_key } = await newKey({ name: 'Administrator', scopes: ['admin'] });
    const more = { name: 'More', scopes: ['admin', 'send'] };
    expect((await callApi(system, api_key, 'POST', '/v2/keys', more)).status).toBe(403);
    const { body } = await callApi(system, api_key, 'POST', '/v2/keys', {
      name: 'As much',
      scopes: ['admin'],
    });
    const raised = await callApi(system, api_key, 'PATCH', `/v2/keys/${body.key_id}`, { scopes: SCOPES });
    expect(raised.status).toBe(403);
  });

  it.each([
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['read', 'read'] }, 'scopes'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes'],
    [{ name: '', scopes: ['read'] }, 'name'],
    [{ name: ' x', scopes: ['read'] }, 'name'],
    [{ name: 'x', scopes: ['read'], expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
  ])('%j is refused, and the message names %s', async (wanted, field) => {
    const { status, body } = await sender.call('POST', '/v2/keys', wanted);
    expect([status, (body as unknown as { message: string }).message]).toEqual([
      400,
      expect.stringContaining(field),
    ]);
  });

  it('stops at its end', async () => {
    const ended = await newKey({ name: 'Ends', scopes: ['read'] });
    expect(await statusOf(ended.api_key)).toBe(200);
    const expires_at = new Date(Date.now() + 1_500).toISOString();
    expect((await sender.call('PATCH', `/v2/keys/${ended.key_id}`, { expires_at })).status).toBe(200);
    const live = await fetch(`${system.api_url}/v2/live`, { headers: { 'x-api-key': ended.api_key } });
    expect(live.status).toBe(200);
    expect(await untilCut(live.text())).toBeLessThan(1_500 + SECOND_MS);
    expect(await statusOf(ended.api_key)).toBe(401);
  });

  it('that is revoked ends within a second everywhere: requests, live streams, uploads', async () => {
    const { key_id, api_key } = await newKey({ name: 'Leaked', scopes: ['read', 'send'] });
    const kept = await newKey({ name: 'Stays', scopes: ['read'] });
    const live = async (key: string) => {
      const answer = await fetch(`${system.api_url}/v2/live`, { headers: { 'x-api-key': key } });
      expect(answer.status).toBe(200);
      const reader = answer.body?.getReader();
      await reader?.read();
      return reader;
    };
    const cut = await live(api_key);
    const other = await live(kept.api_key);
    // A body that goes on for ever, as a download that is read slowly does.
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    const upload = await fetch(`${system.api_url}/v2/messages`, {
      method: 'POST',
      headers: { 'x-api-key': api_key, 'content-type': 'application/x-ndjson' },
      body: new ReadableStream<Uint8Array>({
        start(controller) {
          feed = controller;
          feed.enqueue(new TextEncoder().encode('{}\n'));
        },
      }),
      duplex: 'half',
    } as RequestInit);
    // It is being answered.
    expect(upload.status).toBe(200);
    const uploaded = untilCut(upload.text());

    expect((await sender.call('DELETE', `/v2/keys/${key_id}`)).status).toBe(200);
    expect(await statusOf(api_key)).toBe(401);
    const drained = async () => {
      while (!(await cut?.read())?.done);
    };
    expect(await untilCut(drained())).toBeLessThan(SECOND_MS);
    expect(await uploaded).toBeLessThan(SECOND_MS + 500);
    expect((await other?.read())?.done).toBe(false);
    await other?.cancel();
    expect((await sender.call('DELETE', `/v2/keys/${key_id}`)).status).toBe(404);
  });

  it('that loses a scope loses the streams that need it', async () => {
    const { key_id, api_key } = await newKey({ name: 'Narrowed', scopes: ['read', 'send'] });
    const live = await fetch(`${system.api_url}/v2/live`, { headers: { 'x-api-key': api_key } });
    expect((await sender.call('PATCH', `/v2/keys/${key_id}`, { scopes: ['send'] })).status).toBe(200);
    expect(await untilCut(live.text())).toBeLessThan(SECOND_MS);
    expect(await statusOf(api_key)).toBe(403);
  });

  it(`comes in ${KEYS_MAX} at most`, async () => {
    const own = await createSender(system);
    const make = () => own.call('POST', '/v2/keys', { name: 'One more', scopes: ['read'] });
    for (let made = 1; made < KEYS_MAX; made++) expect((await make()).status).toBe(201);
    expect((await make()).status).toBe(409);
  });

  it('of an account is unknown to another one', async () => {
    const { key_id } = await newKey({ name: 'Own', scopes: ['read'] });
    const foreign = await createSender(system);
    expect((await foreign.call('DELETE', `/v2/keys/${key_id}`)).status).toBe(404);
    expect((await foreign.call('PATCH', `/v2/keys/${key_id}`, { name: 'Mine' })).status).toBe(404);
  });

  it('shows the conversion secret to those alone who may report conversions', async () => {
    const { api_key } = await newKey({ name: 'Viewer', scopes: ['read'] });
    const { body } = await callApi(system, api_key, 'GET', '/v2/account');
    expect(body).not.toHaveProperty('conversion_secret');
    expect((await sender.call('GET', '/v2/account')).body).toHaveProperty('conversion_secret');
  });
});

describe('the settings of an account', () => {
  it('are changed by its own keys with the scope admin, and leave the rest as it is', async () => {
    const change = (key: string, body: object) => callApi(system, key, 'PATCH', '/v2/account', body);
    const { body: before } = await sender.call('GET', '/v2/account');
    const changed = await change(sender.api_key, { time_zone: 'Europe/Vienna', brand: { name: 'Shoes' } });
    expect(changed).toMatchObject({ status: 200, body: { time_zone: 'Europe/Vienna', name: before.name } });
    const { api_key } = await newKey({ name: 'Catalog', scopes: ['read', 'catalog'] });
    expect((await change(api_key, { name: 'Mine' })).status).toBe(403);
    expect((await change(sender.api_key, { time_zone: 'Mars' })).body).toMatchObject({ field: 'time_zone' });
    for (const of_operator of [
      { status: 'archived' },
      { requests_per_minute: 9 },
      { send_retention_days: 1 },
    ])
      expect((await change(sender.api_key, of_operator)).status).toBe(400);
    await change(sender.api_key, { time_zone: before.time_zone, brand: before.brand });
  });
});

describe('an admin key', () => {
  const operator = (key: string) => statusOf(key, '/v2/accounts');

  it('can be added and revoked without a restart; who asks keeps their own', async () => {
    const { body: made } = await callApi(system, system.admin_key, 'POST', '/v2/admin-keys', {
      name: 'Deploy',
    });
    expect(await operator(made.api_key)).toBe(200);
    const { body } = await callApi(system, made.api_key, 'GET', '/v2/admin-keys');
    expect(body.keys.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Deploy', 'ADMIN_KEY of the environment']),
    );
    expect(JSON.stringify(body)).not.toContain(made.api_key);
    const own = await callApi(system, made.api_key, 'DELETE', `/v2/admin-keys/${made.key_id}`);
    expect(own.status).toBe(409);
    const ended = await callApi(system, system.admin_key, 'DELETE', `/v2/admin-keys/${made.key_id}`);
    expect(ended.status).toBe(200);
    expect(await operator(made.api_key)).toBe(401);
  });
});
