/**
 * The OpenAPI document against the real API: every operation is described, every example is taken, every answer is
 * what the document says. And the client that is made of it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONVERSION_ERRORS, MESSAGE_ERRORS } from '../../src/api/http/error-list.ts';
import { ERRORS } from '../../src/api/http/errors.ts';
import { generateTypes, readDocument } from '../../src/api/http/generate-client.ts';
import type { JsonSchema, OpenApiDocument } from '../../src/api/http/write-types.ts';
import { createTrackly } from '../../src/client/client.ts';
import type { paths } from '../../src/client/openapi.ts';
import type { AnswerOf, Method } from '../support/api-types.ts';
import { clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { callApi } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

interface Body {
  schema: JsonSchema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

type Path = keyof paths;

interface DocumentedOperation {
  method: Method;
  path: Path;
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { in: string; name: string; required?: boolean; example?: string }[];
  requestBody?: { content: Record<string, Body> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

let system: System;
let account_key: string;
let operations: DocumentedOperation[];
let schemas: Record<string, JsonSchema>;
/** What stands in the place of an id of the examples, and of a parameter of a path. */
const ids: Partial<Record<Thing, string>> = {};
type Thing =
  | 'account'
  | 'offer'
  | 'creative'
  | 'campaign'
  | 'audience'
  | 'message'
  | 'link'
  | 'click'
  | 'conversion'
  | 'rejudgement';
type PathParameters = Record<string, string | undefined>;

beforeAll(async () => {
  system = await sharedSystem();
  const document = await readServed();
  schemas = document.components?.schemas ?? {};
  operations = Object.entries<Record<string, object>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...(operation as DocumentedOperation),
      method: method.toUpperCase() as Method,
      path: path as Path,
    })),
  );
});

afterAll(async () => {
  await system?.destroy();
});

type Served = OpenApiDocument & { openapi: string; info: { description: string } };
const readServed = async (): Promise<Served> =>
  (await (await fetch(`${system.api_url}/openapi.json`)).json()) as Served;

const examplesOf = ({ example, examples }: Body): unknown[] =>
  example !== undefined ? [example] : Object.values(examples ?? {}).map(({ value }) => value);

/** With the named schemas in their places. */
function whole(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_word, value) =>
    typeof value?.$ref === 'string' ? whole(schemas[value.$ref.split('/').at(-1)] ?? {}) : value,
  );
}

function fits(schema: JsonSchema, value: unknown): string {
  const { error } = z.fromJSONSchema(whole(schema) as z.core.JSONSchema.JSONSchema).safeParse(value);
  return error === undefined ? 'fits' : z.prettifyError(error);
}

function operation(method: string, path: string): DocumentedOperation {
  const found = operations.find((one) => one.method === method && one.path === path);
  if (found === undefined) throw new Error(`${method} ${path} is not documented`);
  return found;
}

/** Calls it for real and holds the answer against the document. */
async function call<M extends Method, P extends Path>(
  method: M,
  path: P,
  body?: unknown,
  parameters: PathParameters = ids,
): Promise<AnswerOf<M, P>> {
  const { responses, security, parameters: documented } = operation(method, path);
  const needed = documented?.filter((one) => one.in === 'query' && one.required === true) ?? [];
  const query = needed.map(({ name, example = '' }) => `${name}=${encodeURIComponent(example)}`);
  const named = path.replace(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(parameters[name] ?? name));
  const real = query.length === 0 ? named : `${named}?${query.join('&')}`;
  const admin = security?.some((needed) => 'admin_key' in needed);
  const key = admin ? system.admin_key : account_key;
  const sent = body === undefined ? undefined : JSON.parse(withRealIds(JSON.stringify(body)));
  const answer = await callApi(system, key, method, real, sent);
  expect(answer.status, `${method} ${real}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  const schema = responses[answer.status]?.content?.['application/json']?.schema;
  expect(schema, `${method} ${path} answers ${answer.status}, which is not documented`).toBeDefined();
  expect(fits(schema ?? {}, answer.body), `${method} ${path}`).toBe('fits');
  return answer.body as AnswerOf<M, P>;
}

function withRealIds(text: string): string {
  return text
    .replaceAll('aB3dE5g', ids.link ?? '')
    .replaceAll('off_4kTq8Zr2Xw9LmP', ids.offer ?? '')
    .replaceAll('cre_7hBn3Vc5Qs1DkR', ids.creative ?? '')
    .replaceAll('cam_9pYt2Gd6Jf4WxN', ids.campaign ?? '')
    .replaceAll('0VbtKXUu1hdx94eRQF4LZbx67BaQk', ids.click ?? '');
}

/** Sends every example of a body; resolves with the last answer. */
async function callWithExamples<M extends Method, P extends Path>(
  method: M,
  path: P,
  parameters: PathParameters = ids,
): Promise<AnswerOf<M, P>> {
  let answer: AnswerOf<M, P> | undefined;
  const body = operation(method, path).requestBody?.content['application/json'];
  for (const example of examplesOf(body ?? { schema: {} }))
    answer = await call(method, path, example, parameters);
  if (answer === undefined) throw new Error(`${method} ${path} has no example`);
  return answer;
}

describe('the document', () => {
  it('is OpenAPI 3.1, and the one that the source makes', async () => {
    const served = await readServed();
    expect(served.openapi).toBe('3.1.0');
    expect(JSON.parse(JSON.stringify(await readDocument()))).toEqual(served);
  });

  it('can be held against an answer', () => {
    const link = { link_id: 'abc1234', short_url: 'http://localhost/abc1234', counts_by: 'contact' };
    const { schema = {} } =
      operation('POST', '/v2/links/shorten').responses[201]?.content?.['application/json'] ?? {};
    expect(fits(schema, link)).toBe('fits');
    expect(fits(schema, { ...link, more: 1 })).not.toBe('fits');
    expect(fits(schema, { link_id: 'abc1234' })).not.toBe('fits');
  });

  it('says of every operation what it is for', () => {
    expect(operations.length).toBeGreaterThan(45);
    expect(operations.filter(({ summary }) => !summary).map(({ path }) => path)).toEqual([]);
    expect(operations.filter(({ tags }) => tags?.length !== 1).map(({ path }) => path)).toEqual([]);
    const said = operations.map(({ summary }) => summary);
    expect(said.filter((one, i) => said.indexOf(one) !== i)).toEqual([]);
    const names = operations.map(({ operationId }) => operationId);
    expect(names.filter((one, i) => one === undefined || names.indexOf(one) !== i)).toEqual([]);
    expect(operation('GET', '/v2/offers/{id}/caps').operationId).toBe('getOffersByIdCaps');
    const silent = operations.filter(({ responses }) => !('default' in responses));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('has an example of every body, which fits its schema', () => {
    for (const { method, path, requestBody } of operations) {
      const [body] = Object.values(requestBody?.content ?? {});
      if (body === undefined) continue;
      const examples = examplesOf(body);
      expect(examples.length, `${method} ${path} has an example`).toBeGreaterThan(0);
      for (const example of examples) expect(fits(body.schema, example), `${method} ${path}`).toBe('fits');
    }
  });

  it('explains every code of an error', async () => {
    const { info } = await readServed();
    const codes = [ERRORS, MESSAGE_ERRORS, CONVERSION_ERRORS].flatMap((list) => Object.keys(list));
    for (const code of codes) expect(info.description).toContain(`| \`${code}\` |`);
  });
});

describe('the API', () => {
  it('takes every example, and answers as it is documented', async () => {
    const account = await callWithExamples('POST', '/v2/accounts');
    ids.account = account.account_id;
    account_key = account.api_key;
    ids.offer = (await callWithExamples('POST', '/v2/offers')).offer_id;
    ids.creative = (await callWithExamples('POST', '/v2/creatives')).creative_id;
    ids.campaign = (await callWithExamples('POST', '/v2/campaigns')).campaign_id;
    ids.audience = (await callWithExamples('POST', '/v2/audiences')).audience_id;
    await callWithExamples('POST', '/v2/audiences/count');
    const { messages } = await callWithExamples('POST', '/v2/messages');
    ids.message = messages[0]?.message_id ?? '';
    ids.link = messages[0]?.links[0]?.link_id ?? '';
    await callWithExamples('POST', '/v2/links/shorten');
    await callWithExamples('POST', '/v2/links/preview');

    const phones = createPhones(system.redirect_url, 1);
    const tap = await phones.open(ids.link ?? '', PHONE);
    ids.click = clickIdOf(tap ?? { status: 0, location: '' });
    phones.close();
    const { conversions } = await callWithExamples('POST', '/v2/conversions');
    ids.conversion = conversions[0]?.conversion_id ?? '';
    ids.rejudgement = String((await callWithExamples('POST', '/v2/rejudgements')).rejudgement);
    const of = (id: string | undefined): PathParameters => ({ ...ids, id });
    await callWithExamples('POST', '/v2/accounts/{id}/rejudgements', of(ids.account));

    const read = async (path: Path, id: string | undefined): Promise<unknown> =>
      call('GET', path, undefined, of(id));
    for (const story of [`/v2/conversions/${ids.conversion}`, `/v2/clicks/${ids.click}`]) {
      await untilSeen(story, async () => (await callApi(system, account_key, 'GET', story)).status, 200);
    }
    await read('/v2/accounts/{id}', ids.account);
    await read('/v2/offers/{id}', ids.offer);
    await read('/v2/offers/{id}/postbacks', ids.offer);
    await callWithExamples('POST', '/v2/offers/{id}/attribution/preview', of(ids.offer));
    const { booking } = await callWithExamples('POST', '/v2/offers/{id}/attribution/rebook', of(ids.offer));
    await read('/v2/offers/{id}/attribution/rebookings', ids.offer);
    const one = { ...of(ids.offer), booking };
    await call('GET', '/v2/offers/{id}/attribution/rebookings/{booking}', undefined, one);
    await read('/v2/creatives/{id}', ids.creative);
    await read('/v2/campaigns/{id}', ids.campaign);
    await read('/v2/audiences/{id}', ids.audience);
    await read('/v2/audiences/{id}/count', ids.audience);
    await read('/v2/audiences/{id}/preview', ids.audience);
    await read('/v2/messages/{id}', ids.message);
    await read('/v2/links/{id}', ids.link);
    await read('/v2/clicks/{id}', ids.click);
    await read('/v2/conversions/{id}', ids.conversion);
    await read('/v2/rejudgements/{id}', ids.rejudgement);
    await call('GET', '/v2/accounts/{id}/rejudgements/{rejudgement}', undefined, of(ids.account));
    // A stream that does not end is the dashboard's test, and a file its own.
    const apart = ['/v2/live', '/v2/conversions/google-ads.csv'];
    const lists = operations.filter(
      ({ method, path }) => method === 'GET' && !path.includes('{') && !apart.includes(path),
    );
    for (const { path } of lists) await call('GET', path);

    await callWithExamples('PATCH', '/v2/accounts/{id}', of(ids.account));
    // One of the examples suspends it.
    await call('PATCH', '/v2/accounts/{id}', { status: 'active' }, of(ids.account));
    await callWithExamples('PATCH', '/v2/offers/{id}', of(ids.offer));
    await callWithExamples('PATCH', '/v2/creatives/{id}', of(ids.creative));
    await callWithExamples('PATCH', '/v2/campaigns/{id}', of(ids.campaign));
    await callWithExamples('PATCH', '/v2/links/{link_id}', { ...ids, link_id: ids.link });
    const { takedown_id } = await callWithExamples('POST', '/v2/takedowns');
    await read('/v2/takedowns/{id}', takedown_id);
    await read('/v2/links/{id}', ids.link);
    await call('DELETE', '/v2/takedowns/{id}', undefined, of(takedown_id));
    await callWithExamples('POST', '/v2/offers/{id}/postback_secret/rotate', of(ids.offer));
    await callWithExamples('POST', '/v2/account/conversion_secret/rotate');
    account_key = (await callWithExamples('POST', '/v2/accounts/{id}/keys', of(ids.account))).api_key;
    const { key_id } = await callWithExamples('POST', '/v2/keys');
    await callWithExamples('PATCH', '/v2/keys/{key_id}', { key_id });
    await call('DELETE', '/v2/keys/{key_id}', undefined, { key_id });
    const another = await callWithExamples('POST', '/v2/admin-keys');
    await call('DELETE', '/v2/admin-keys/{key_id}', undefined, { key_id: another.key_id });
  });

  it('takes the example of a network’s export', async () => {
    const { requestBody } = operation('POST', '/v2/conversions/reconcile');
    const [example] = examplesOf(requestBody?.content['text/csv'] ?? { schema: {} });
    const answer = await fetch(`${system.api_url}/v2/conversions/reconcile`, {
      method: 'POST',
      headers: { 'x-api-key': account_key, 'content-type': 'text/csv' },
      body: String(example),
    });
    expect(answer.status).toBe(200);
  });

  it('shows the schema to an account, and its page to everyone', async () => {
    expect((await fetch(`${system.api_url}/v2/schema`)).status).toBe(401);
    const page = await fetch(`${system.api_url}/schema`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('report_campaigns');
  });
});

describe('the client', () => {
  it('is made of this document: run `npm run client` where this fails', async () => {
    const file = join(import.meta.dirname, '../../src/client/openapi.ts');
    expect(await generateTypes()).toBe(await readFile(file, 'utf8'));
  });

  it('calls the API, typed from the path to the answer', async () => {
    const admin = createTrackly({ url: system.api_url, api_key: system.admin_key });
    const { api_key } = await admin.post('/v2/accounts', { body: { name: 'Of the client' } });
    const trackly = createTrackly({ url: `${system.api_url}/`, api_key });

    const offer = await trackly.post('/v2/offers', {
      body: { name: 'Shoes', destination_url: 'https://shop.example/?c={{click_id}}', payout_type: 'cpa' },
    });
    const offer_id: string = offer.offer_id;
    const { creative_id } = await trackly.post('/v2/creatives', {
      body: { name: 'Hello', body: 'Look: {{link1}}', offer_links: [{ key: 'link1', offer_id }] },
    });
    const sent = await trackly.post('/v2/messages', {
      body: { messages: [{ contact_id: 'c-1', creative_id }] },
    });
    const short_url: string | undefined = sent.messages[0]?.links[0]?.short_url;
    expect(sent.messages[0]?.text).toBe(`Look: ${short_url}`);

    expect(await trackly.get('/v2/offers/{id}', { path: { id: offer_id } })).toEqual(offer);
    const report = await trackly.get('/v2/reports/campaigns', {
      query: { from: '2026-01-01', sort: '-revenue', per_page: 5, 'query.utm_source': 'qr' },
    });
    expect(report).toMatchObject({ rows: [], per_page: 5 });
    const file = await trackly.open('/v2/reports/campaigns?format=csv');
    expect(await file.text()).toMatch(/^campaign_id,/);
  });

  it('throws an error as the API says it', async () => {
    const trackly = createTrackly({ url: system.api_url, api_key: account_key });
    await expect(trackly.get('/v2/offers/{id}', { path: { id: 'off_none' } })).rejects.toMatchObject({
      name: 'TracklyError',
      status: 404,
      code: 'not_found',
      message: expect.stringContaining('no such offer'),
    });
  });

  it('does not compile where a path, a parameter or a body is wrong', () => {
    const trackly = createTrackly({ url: 'http://localhost:1', api_key: '' });
    const calls = [
      // @ts-expect-error there is no such route
      () => trackly.get('/v2/nothing'),
      // @ts-expect-error the route has no such method
      () => trackly.delete('/v2/offers'),
      // @ts-expect-error the offer needs an address
      () => trackly.post('/v2/offers', { body: { name: 'Shoes' } }),
      // @ts-expect-error which offer?
      () => trackly.get('/v2/offers/{id}'),
      // @ts-expect-error one cannot sort by it
      () => trackly.get('/v2/reports/hours', { query: { sort: 'colour' } }),
      // @ts-expect-error a message is for somebody
      () => trackly.stream('/v2/messages', [{ creative_id: 'cre_1' }]),
    ];
    expect(calls).toHaveLength(6);
  });
});
