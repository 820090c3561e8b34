/** Bad input of every kind: a clear error for what is wrong, and nothing else disturbed. */
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../../src/api/http/write-types.ts';
import type { ApiError } from '../../src/client/openapi.ts';
import { inParallel } from '../../src/platform/in-parallel.ts';
import {
  type Campaign,
  type CreatedMessage,
  callApi,
  createCampaign,
  createSender,
  type Sender,
} from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';

let system: System;
let sender: Sender;
let campaign: Campaign;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'Bad');
});

afterAll(() => system?.destroy());

const LONG = 'x'.repeat(64 * 1024);

const good = (contact_id: string): object => ({
  contact_id,
  creative_id: campaign.creative_ids[0],
  fields: { first_name: 'Ann' },
});

/** A created message, or what was wrong with its line. */
type Line = Partial<CreatedMessage & ApiError>;

async function ndjson(body: string, key = sender.api_key): Promise<{ status: number; lines: Line[] }> {
  const response = await fetch(`${system.api_url}/v2/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/x-ndjson' },
    body,
  });
  const text = (await response.text()).trim();
  return {
    status: response.status,
    lines: text === '' ? [] : text.split('\n').map((line) => JSON.parse(line)),
  };
}

describe('NDJSON', () => {
  it('with broken JSON in line 500 fails that line only, and keeps the order', async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) =>
      JSON.stringify({ ...good(`c${i}`), message_id: `nd${i}` }),
    );
    lines[499] = '{"contact_id": "c499", ';
    const { lines: answers } = await ndjson(lines.join('\n'));
    expect(answers).toHaveLength(1_000);
    expect(answers[499]).toMatchObject({ index: 499, error: 'invalid_json', message: expect.any(String) });
    for (const i of [0, 498, 500, 999]) expect(answers[i]?.message_id).toBe(`nd${i}`);
    expect(answers.filter((answer) => answer.error !== undefined)).toHaveLength(1);
  });

  it('with a line that is too long fails that line only', async () => {
    const { lines } = await ndjson(
      [
        JSON.stringify(good('a')),
        JSON.stringify({ ...good('b'), fields: { first_name: LONG } }),
        JSON.stringify(good('c')),
      ].join('\n'),
    );
    expect(lines.map((line) => line.error ?? 'ok')).toEqual(['ok', 'line_too_long', 'ok']);
  });

  it('with a million bytes and no line break answers one error', async () => {
    const { lines } = await ndjson('x'.repeat(1_000_000));
    expect(lines).toEqual([{ index: 0, error: 'line_too_long', message: expect.any(String) }]);
  });

  it('that hangs up half-way stops there and disturbs nobody', async () => {
    const { hostname, port } = new URL(system.api_url);
    const half = `${JSON.stringify({ ...good('h'), message_id: 'half1' })}\n{"contact_id":"h2","crea`;
    await new Promise<void>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => {
        socket.write(
          `POST /v2/messages HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${sender.api_key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n${half}`,
        );
        socket.once('data', () => socket.destroy());
      });
      socket.once('close', () => resolve());
    });
    const { lines } = await ndjson(JSON.stringify({ ...good('h'), message_id: 'half1' }));
    expect(lines[0]?.message_id).toBe('half1');
  });
});

describe('what could only be kept by changing it', () => {
  const send = (path: string, type: string, body: Buffer, headers: Record<string, string> = {}) =>
    fetch(`${system.api_url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': sender.api_key, 'content-type': type, ...headers },
      body: new Uint8Array(body),
    });
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

  it('is refused in JSON that is not UTF-8', async () => {
    const response = await send('/v2/offers', 'application/json', latin1('{"name":"caf\xe9"}'));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'invalid_json',
      message: expect.stringContaining('UTF-8'),
    });
  });

  it('is refused line by line in NDJSON, and with the whole file in CSV', async () => {
    const lines = `${JSON.stringify(good('u1'))}\n{"contact_id":"\xe9"}\n${JSON.stringify(good('u2'))}\n`;
    const messages = (await (await send('/v2/messages', 'application/x-ndjson', latin1(lines))).text())
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).error ?? 'ok');
    expect(messages).toEqual(['ok', 'invalid_json', 'ok']);
    const csv = 'code,revenue,txn_id\nNOPE,1.00,a1\nNOPE,1.00,\xe9\nNOPE,49,90,a3\n';
    const answer = await (await send('/v2/conversions', 'text/csv', latin1(csv))).json();
    expect(answer).toMatchObject({
      error: 'invalid_request',
      failed: 2,
      errors: [
        { line: 3, error: 'invalid_conversion', message: expect.stringContaining('UTF-8') },
        { line: 4, error: 'invalid_conversion', message: expect.stringContaining('more values') },
      ],
    });
  });

  it.each(['/v2/offers', '/v2/messages', '/v2/conversions'])(
    'is taken at %s as gzip, and refused in any other compression',
    async (path) => {
      const type = path === '/v2/offers' ? 'application/json' : 'application/x-ndjson';
      const taken = await send(path, type, gzipSync('{"odd":1}\n'), { 'content-encoding': 'gzip' });
      expect(await taken.text()).toMatch(/odd|name/);
      const response = await send(path, type, brotliCompressSync('{}\n'), { 'content-encoding': 'br' });
      expect([response.status, await errorOf(response)]).toEqual([415, 'unsupported_media_type']);
    },
  );

  it.each([
    'from=2027-02-29',
    'from=2026-11-30T10:00:00%2B15:00',
    'to=2026-11-31',
    'from=2026-11-01&from=2026-11-02',
    'tz=%E9',
  ])('is refused in a report’s %s', async (query) => {
    const { status, body } = await callApi(
      system,
      sender.api_key,
      'GET',
      `/v2/reports/campaigns?${query}` as '/v2/reports/campaigns',
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'invalid_request', message: expect.any(String) });
  });
});

describe('HEAD', () => {
  /** Every path without parameters that the API answers GET at. */
  const paths = async (): Promise<string[]> => {
    const document = (await (await fetch(`${system.api_url}/openapi.json`)).json()) as OpenApiDocument;
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      'get' in methods && !path.includes('{') ? [path] : [],
    );
    return [
      ...documented,
      '/',
      '/campaigns',
      '/docs/',
      '/guides',
      '/guides/bots',
      '/schema',
      '/healthz',
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/session',
    ];
  };

  it('is answered as GET is, without its body, at every path', async () => {
    const head = async (path: string, headers: Record<string, string>): Promise<number> =>
      (
        await fetch(`${system.api_url}${path}`, {
          method: 'HEAD',
          headers,
          signal: AbortSignal.timeout(30_000),
        })
      ).status;
    const get = async (path: string, headers: Record<string, string>): Promise<number> => {
      const response = await fetch(`${system.api_url}${path}`, { headers });
      void response.body?.cancel();
      return response.status;
    };
    const key = { 'x-api-key': sender.api_key };
    // Below what a key may ask for at once: one of the two would be refused otherwise.
    await inParallel(await paths(), 8, async (path) => {
      const statuses = await Promise.all([head(path, key), get(path, key)]);
      expect([path, statuses[0]]).toEqual([path, statuses[1]]);
    });
    expect(await head('/v2/offers', { cookie: `trackly_session=${sender.api_key}` })).toBe(401);
  });

  it('and other methods: a path that has not the method says which it has', async () => {
    for (const [path, allow] of [
      ['/v2/offers', 'GET, HEAD, POST'],
      ['/healthz', 'GET, HEAD'],
      ['/metrics', 'GET, HEAD'],
      ['/session', 'DELETE, GET, HEAD, POST'],
    ] as const) {
      const response = await fetch(`${system.api_url}${path}`, { method: 'PUT' });
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow]);
    }
  });
});

describe('a message', () => {
  const cases: [string, object, string][] = [
    ['with an unknown creative', { creative_id: 'cre_nope' }, 'unknown_creative'],
    ['without a value for a placeholder', { fields: {} }, 'missing_field'],
    ['with an unknown campaign', { campaign_id: 'cam_nope' }, 'unknown_campaign'],
    ['with a variant but no campaign', { variant_id: 'A' }, 'invalid_message'],
    ['with a line break in its contact', { contact_id: 'a\r\nb' }, 'invalid_message'],
    ['with 64 kB of contact', { contact_id: LONG }, 'invalid_message'],
    ['with a line break in a field', { fields: { first_name: 'a\r\nSet-Cookie: x' } }, 'invalid_message'],
    ['with 64 kB in a field', { fields: { first_name: LONG } }, 'invalid_message'],
    ['with an empty id', { message_id: '' }, 'invalid_message'],
    ['with half a character', { contact_id: '\ud800' }, 'invalid_message'],
    ['with an unknown property', { first_name: 'Ann' }, 'invalid_message'],
    ['with a wrong time', { sent_at: 'yesterday' }, 'invalid_message'],
    ['with a day that does not exist', { expires_at: '2027-02-29' }, 'invalid_message'],
    ['with hour 24', { expires_at: '2027-02-28T24:00:00Z' }, 'invalid_message'],
    ['with an offset that no clock has', { expires_at: '2027-02-28T10:00:00+15:00' }, 'invalid_message'],
    ['with a number that JSON does not keep', { fields: { first_name: 2 ** 53 } }, 'invalid_message'],
    ['with a time long ago', { sent_at: '1999-01-01T00:00:00Z' }, 'invalid_message'],
  ];

  it.each(cases)('%s fails by itself', async (_name, part, code) => {
    const { status, body } = await sender.call('POST', '/v2/messages', {
      messages: [good('before'), { ...good('x'), ...part }, good('after')],
    });
    expect(status).toBe(201);
    expect(body.errors).toEqual([{ index: 1, error: code, message: expect.stringMatching(/\S/) }]);
    expect(body.messages).toHaveLength(2);
  });

  it('that exists with another contact is a conflict, with the same one it is the same', async () => {
    const send = (contact_id: string) =>
      sender.call('POST', '/v2/messages', { messages: [{ ...good(contact_id), message_id: 'same' }] });
    const first = await send('one');
    expect((await send('one')).body).toEqual(first.body);
    expect((await send('two')).body.errors[0]?.error).toBe('message_conflict');
  });

  it('created fifty times at once has one set of links', async () => {
    const send = () =>
      sender.call('POST', '/v2/messages', {
        messages: [
          { ...good('p'), message_id: 'parallel' },
          { ...good('p'), message_id: 'parallel' },
        ],
      });
    const answers = await Promise.all(Array.from({ length: 25 }, send));
    const links = answers.flatMap(({ body }) =>
      body.messages.map((message) => JSON.stringify(message.links)),
    );
    expect(links).toHaveLength(50);
    expect(new Set(links).size).toBe(1);
  });

  it('of another account can not be used or seen', async () => {
    const other = await createSender(system);
    const { body } = await other.call('POST', '/v2/messages', { messages: [good('x')] });
    expect(body.errors[0]?.error).toBe('unknown_creative');
  });
});

describe('the catalog', () => {
  const offer = { name: 'x', destination_url: 'https://x.example/' };

  it.each([
    'javascript:alert(1)',
    '/relative',
    'x.example',
    '//x.example/',
    'ftp://x.example/',
    'data:text/html,x',
    'https://',
    'https://{{contact_id}}.example/',
    'https://x.example:{{port}}/',
    'https://user:secret@x.example/',
    'https:///{{contact_id}}/',
    'https:///user:secret@x.example/',
    'https://x.example/\r\nSet-Cookie: a=b',
    'https://x.example/{{Bad Macro}}',
    `https://x.example/${LONG}`,
    'https://x.example\\@evil.example/',
  ])('refuses the destination %s', async (destination_url) => {
    const { status, body } = await sender.call('POST', '/v2/offers', { ...offer, destination_url });
    expect(status).toBe(400);
    expect(body).toEqual({
      error: 'invalid_request',
      message: expect.stringMatching(/^destination_url: /),
      field: 'destination_url',
    });
  });

  it.each([
    ['name', 'a\r\nb'],
    ['name', LONG],
    ['name', ''],
    ['payout', '1,50'],
    ['payout', 1.5],
    ['currency', 'euro'],
    ['metadata', { a: 'x\ny' }],
    ['coupon_codes', [LONG]],
    ['click_window_days', 0],
    ['fallback_url', 'javascript:x'],
    ['unknown', 1],
  ])('refuses an offer whose %s is wrong', async (field, value) => {
    const { status, body } = await sender.call('POST', '/v2/offers', { ...offer, [field]: value });
    expect(status).toBe(400);
    expect(body.error).toBe('invalid_request');
    expect(body.message).toContain(field);
  });

  it.each([
    ['Hi {{link1}} {{link2}}', [{ key: 'link1' }], 'link2'],
    ['Hi', [{ key: 'link1' }], 'link1'],
    ['Hi {{link1}}', [{ key: 'link1' }, { key: 'link1' }], 'twice'],
    ['Hi {{First Name}} {{link1}}', [{ key: 'link1' }], 'First Name'],
    ['Hi {{link1}}', [{ key: 'link1', offer_id: 'off_nope' }], 'off_nope'],
  ])('refuses the creative "%s"', async (body, links, said) => {
    const answer = await sender.call('POST', '/v2/creatives', {
      name: 'x',
      body,
      offer_links: links.map((link) => ({ offer_id: campaign.offer_ids[0], ...link })),
    });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(said);
  });

  it('refuses a campaign whose percents do not add up, or with a creative that is not there', async () => {
    const post = (variants: object[]) => sender.call('POST', '/v2/campaigns', { name: 'x', variants });
    const variant = { variant_id: 'A', creative_id: campaign.creative_ids[0], percent: 60 };
    expect((await post([variant])).body.message).toContain('100');
    expect((await post([{ ...variant, percent: 100, creative_id: 'cre_nope' }])).body.message).toContain(
      'cre_nope',
    );
  });

  it('keeps a change that was made at the same time as another one', async () => {
    const { body } = await sender.call('POST', '/v2/offers', offer);
    const path = `/v2/offers/${body.offer_id}`;
    await Promise.all([
      sender.call('PATCH', path, { name: 'new name' }),
      sender.call('PATCH', path, { payout: '3.50' }),
      sender.call('PATCH', path, { currency: 'EUR' }),
    ]);
    expect((await sender.call('GET', path)).body).toMatchObject({
      name: 'new name',
      payout: '3.50',
      currency: 'EUR',
    });
  });

  it('refuses an archived offer in new messages, and lists it still', async () => {
    const made = await createCampaign(sender, 'Old');
    await sender.call('PATCH', `/v2/offers/${made.offer_ids[1]}`, { status: 'archived' });
    const { body } = await sender.call('POST', '/v2/messages', {
      messages: [{ contact_id: 'c', creative_id: made.creative_ids[0], fields: { first_name: 'A' } }],
    });
    expect(body.errors[0]?.error).toBe('archived');
    const list = (await sender.call('GET', '/v2/offers?per_page=1000')).body.offers;
    expect(list.map(({ offer_id }) => offer_id)).toContain(made.offer_ids[1]);
  });
});

describe('a key', () => {
  it.each([undefined, '', 'wrong', `trk_${'0'.repeat(32)}`, LONG.slice(0, 5_000)])(
    '"%s" is refused',
    async (key) => {
      const response = await fetch(`${system.api_url}/v2/offers`, {
        headers: key === undefined ? {} : { 'x-api-key': key },
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: 'unauthorized', message: expect.any(String) });
    },
  );

  it('of an account can not make accounts, and the admin’s can not send', async () => {
    expect((await sender.call('POST', '/v2/accounts', { name: 'x' })).status).toBe(403);
    expect((await callApi(system, system.admin_key, 'GET', '/v2/offers')).status).toBe(403);
  });

  it('can be replaced, and the old one ends', async () => {
    const other = await createSender(system);
    const path = `/v2/accounts/${other.account_id}/keys` as const;
    const { body } = await callApi(system, system.admin_key, 'POST', path, { revoke_others: true });
    expect((await other.call('GET', '/v2/account')).status).toBe(401);
    expect((await callApi(system, body.api_key, 'GET', '/v2/account')).body.account_id).toBe(
      other.account_id,
    );
  });

  it('is nowhere in the data folder in clear', async () => {
    const { execFileSync } = await import('node:child_process');
    const found = (): string => {
      try {
        return execFileSync('grep', ['-rl', sender.api_key, system.data_dir], { encoding: 'utf8' });
      } catch {
        return '';
      }
    };
    expect(found()).toBe('');
  });
});

const errorOf = async (response: Response): Promise<string> => ((await response.json()) as ApiError).error;

describe('the API', () => {
  it('says where it is wrong: broken JSON, unknown route, wrong media type, another account’s id', async () => {
    const call = (path: string, init: RequestInit): Promise<Response> =>
      fetch(`${system.api_url}${path}`, {
        ...init,
        headers: { 'x-api-key': sender.api_key, ...init.headers },
      });
    const json = { 'content-type': 'application/json' };
    const broken = await call('/v2/offers', { method: 'POST', headers: json, body: '{"name": ' });
    expect([broken.status, await errorOf(broken)]).toEqual([400, 'invalid_json']);
    const unknown = await call('/v2/nothing', {});
    expect([unknown.status, await errorOf(unknown)]).toEqual([404, 'not_found']);
    const xml = await call('/v2/offers', {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<a/>',
    });
    expect([xml.status, await errorOf(xml)]).toEqual([415, 'unsupported_media_type']);
    const large = await call('/v2/offers', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ name: 'x'.repeat(33 * 1024 * 1024) }),
    });
    expect([large.status, await errorOf(large)]).toEqual([413, 'too_large']);
    const many = await call('/v2/messages', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ messages: Array(10_001).fill({}) }),
    });
    expect([many.status, await errorOf(many)]).toEqual([400, 'invalid_request']);
  });

  it('serves its OpenAPI 3.1 document and a page to read it', async () => {
    const document = (await (await fetch(`${system.api_url}/openapi.json`)).json()) as OpenApiDocument & {
      openapi: string;
    };
    expect(document.openapi).toBe('3.1.0');
    for (const path of ['/v2/messages', '/v2/offers/{id}', '/v2/reports/campaigns', '/v2/clicks/{id}']) {
      expect(Object.keys(document.paths)).toContain(path);
    }
    expect((await fetch(`${system.api_url}/docs`)).status).toBe(200);
  });
});
