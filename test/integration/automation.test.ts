/**
 * What is prepared for n8n and Zapier (deploy/automation): every route, parameter and body of theirs is one of the OpenAPI
 * document, every node leads somewhere, and Zapier's functions are called against the running system.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z as zod } from 'zod';
import zapier from '../../deploy/automation/zapier/index.js';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/automation');

interface Operation {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: zod.core.JSONSchema.JSONSchema }> };
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

let system: System;
let sender: Sender;
let document: OpenApi;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  document = (await (await fetch(`${system.api_url}/openapi.json`)).json()) as OpenApi;
});
afterAll(() => system?.destroy());

interface Call {
  method: string;
  path: string;
  query: string[];
  body?: unknown;
}

/** What is wrong with a call, or '' . */
function problemOf({ method, path, query, body }: Call): string {
  const parts = path.split('/');
  const described = Object.keys(document.paths).find((one) => {
    const own = one.split('/');
    return own.length === parts.length && own.every((part, i) => part === parts[i] || part.startsWith('{'));
  });
  const operation = document.paths[described ?? '']?.[method.toLowerCase()];
  if (operation === undefined) return `there is no ${method} ${path}`;
  const known = operation.parameters?.filter((one) => one.in === 'query').map(({ name }) => name) ?? [];
  const odd = query.find((name) => !known.includes(name));
  if (odd !== undefined) return `${method} ${path} takes no ${odd}`;
  if (body === undefined) return '';
  const schema = operation.requestBody?.content['application/json']?.schema ?? {};
  const { error } = zod.fromJSONSchema(schema).safeParse(body);
  return error === undefined ? '' : `${method} ${path}: ${zod.prettifyError(error)}`;
}

it('sees what is wrong with a call', () => {
  const call = { method: 'POST', path: '/v2/offers', query: [] };
  expect(problemOf({ ...call, path: '/v2/nothing' })).toMatch(/there is no/);
  expect(problemOf({ ...call, query: ['colour'] })).toMatch(/takes no colour/);
  expect(problemOf({ ...call, body: { name: 7 } })).toMatch(/name/);
});

describe('the workflows of n8n', () => {
  interface Node {
    name: string;
    type: string;
    retryOnFail?: boolean;
    parameters: {
      method?: string;
      url?: string;
      jsonBody?: string;
      queryParameters?: { parameters: { name: string }[] };
    };
  }
  interface Workflow {
    name: string;
    nodes: Node[];
    connections: Record<string, { main: { node: string }[][] }>;
  }
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  /** What n8n fills in. */
  const filled = (text: string): string => text.replace(/^=/, '').replace(/\{\{.*?\}\}/g, 'x');
  const given = {
    $env: { WEBHOOK_URL: 'https://n8n.example' },
    $json: { body: { id: 7, contact_id: 8, creative_id: 'cre_1', first_name: 'Ann "A"\n' } },
  };
  const calculated = (text: string): string =>
    text.replace(/^=/, '').replace(/\{\{(.*?)\}\}/g, (_all, code) => runInNewContext(code, given));

  it.each(files)('%s asks the API what it can be asked, and every node of it is reached', (file) => {
    const { name, nodes, connections } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow;
    expect(name).toMatch(/^Trackly Links: /);
    const targets = Object.values(connections).flatMap(({ main }) => main.flat().map(({ node }) => node));
    const names = nodes.map((node) => node.name);
    expect([...Object.keys(connections), ...targets].filter((one) => !names.includes(one))).toEqual([]);
    const begins = nodes.filter(({ type }) => /(Trigger|\.webhook)$/.test(type)).map((node) => node.name);
    expect(names.filter((one) => !targets.includes(one) && !begins.includes(one))).toEqual([]);

    const calls = nodes.filter(({ type }) => type === 'n8n-nodes-base.httpRequest');
    expect(calls.length).toBeGreaterThan(1);
    const problems = calls.map(({ parameters: { method = 'GET', url = '', jsonBody, queryParameters } }) => {
      const path = filled(url.replace('={{ $env.TRACKLY_URL }}', ''));
      expect(path).toMatch(/^\/v2\//);
      return problemOf({
        ...{ method, path },
        query: queryParameters?.parameters.map((one) => one.name) ?? [],
        ...(jsonBody !== undefined && { body: JSON.parse(calculated(jsonBody)) }),
      });
    });
    expect(problems.filter((problem) => problem !== '')).toEqual([]);
    const repeated = calls.filter((node) => node.retryOnFail && node.parameters.method === 'POST');
    expect(repeated.filter(({ parameters }) => !parameters.jsonBody?.includes('"message_id"'))).toEqual([]);
  });
});

describe('the app for Zapier', () => {
  const calls: Call[] = [];
  /** What Zapier gives to a function: requests by way of the app's own middleware. */
  const z = {
    errors: { Error, ThrottledError: Error },
    async request(asked: { method?: string; url: string; body?: unknown; params?: Record<string, string> }) {
      const { method = 'GET', url, body, params = {} } = asked;
      const path = new URL(url).pathname;
      calls.push({ method, path, query: Object.keys(params), body });
      const [addKey] = zapier.beforeRequest;
      const { headers } = addKey({ headers: {} }, z, bundleOf({}));
      const query = new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]));
      const answer = await fetch(`${url}?${query}`, {
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const data = (await answer.json()) as never;
      const [explain] = zapier.afterResponse;
      explain(
        { status: answer.status, json: data, getHeader: (name: string) => answer.headers.get(name) },
        z,
      );
      return { data };
    },
  };
  const bundleOf = (inputData: object, more: object = {}) => ({
    authData: { url: `${system.api_url}/`, api_key: sender.api_key },
    inputData,
    ...more,
  });
  const { creates, triggers } = zapier;

  it('tries its address and key, also with a slash at the end', async () => {
    expect(await zapier.authentication.test(z, bundleOf({}))).toMatchObject({ name: expect.any(String) });
  });

  it('creates what it is asked to, once for each id', async () => {
    const destination_url = 'https://shop.example/?click={{click_id}}';
    const { offer_id } = (await sender.call('POST', '/v2/offers', { name: 'Shoes', destination_url })).body;
    const creative = {
      name: 'Hi',
      body: 'Hi {{first_name}} {{link1}}',
      offer_links: [{ key: 'link1', offer_id }],
    };
    const { creative_id } = (await sender.call('POST', '/v2/creatives', creative)).body;
    const input = { contact_id: 'zap', creative_id, message_id: 'row-17', fields: { first_name: 'Ann' } };
    const [one, same] = [
      await creates.create_message.operation.perform(z, bundleOf(input)),
      await creates.create_message.operation.perform(z, bundleOf(input)),
    ];
    expect(one).toMatchObject({ message_id: 'row-17', text: expect.stringMatching(/^Hi Ann http/) });
    expect(same.links).toEqual(one.links);
    const link = await creates.shorten_link.operation.perform(z, bundleOf({ url: 'https://shop.example/' }));
    expect(link['short_url']).toMatch(/^http/);
    const unknown = { click_id: 'none', txn_id: 't-1', event: 'sale', revenue: '5' };
    const reported = await creates.report_conversion.operation.perform(z, bundleOf(unknown));
    expect(reported['conversion_id']).toMatch(/^cnv_/);
    const wrong = creates.shorten_link.operation.perform(z, bundleOf({ url: 'nothing' }));
    await expect(wrong).rejects.toThrow(/url/);
  });

  it('lists samples of its triggers in the form of their events', async () => {
    for (const { operation } of Object.values(triggers)) {
      expect(Array.isArray(await operation.performList(z, bundleOf({ campaign_id: 'cam_none' })))).toBe(true);
      const event = { id: 'evt_1', type: 'click.first', timestamp: '', data: {} };
      expect(operation.perform(z, bundleOf({}, { cleanedRequest: event }))).toEqual([event]);
    }
  });

  it('subscribes and unsubscribes', async () => {
    for (const { operation } of Object.values(triggers)) {
      const asked = bundleOf({ offer_id: 'off_1' }, { targetUrl: 'https://hooks.zapier.example/1' });
      const subscribeData = await operation.performSubscribe(z, asked);
      expect(subscribeData.webhook_id).toMatch(/^whk_/);
      await operation.performUnsubscribe(z, bundleOf({}, { subscribeData }));
      expect((await sender.call('GET', '/v2/webhooks')).body).toMatchObject({ webhooks: [] });
    }
  });

  it('asked nothing that the document does not have', () => {
    expect(calls.length).toBeGreaterThan(5);
    const right = calls.filter(({ body }) => JSON.stringify(body) !== '{"url":"nothing"}');
    expect(right.map(problemOf).filter((problem) => problem !== '')).toEqual([]);
  });
});
