/** `trackly mcp` as an assistant's program runs it: by the protocol's own client, over standard input and output. */
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANSWER_CHARS_MAX } from '../../src/commands/mcp-answers.ts';
import { clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');

let system: System;
let sender: Sender;
let reader: Client;
const clients: Client[] = [];

async function connect(settings: Record<string, string>, ...args: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const node = ['--import', join(ROOT, 'deploy/quick-start.mjs'), join(ROOT, 'src/main.ts'), 'mcp', ...args];
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', ...node],
      env: { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: '/nonexistent', ...settings },
      stderr: 'ignore',
    }),
  );
  clients.push(client);
  return client;
}

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  reader = await connect({ TRACKLY_URL: system.api_url, TRACKLY_API_KEY: sender.api_key });
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await system?.destroy();
});

/** The text of a tool's answer. */
async function call(
  client: Client,
  name: string,
  input: object = {},
): Promise<{ text: string; failed: boolean }> {
  const answer = await client.callTool({ name, arguments: input as Record<string, unknown> });
  const [content] = answer.content as { type: string; text: string }[];
  return { text: content?.text ?? '', failed: answer.isError === true };
}
const json = async (name: string, input?: object) => JSON.parse((await call(reader, name, input)).text);

it('has tools that say that they only read, and none that writes', async () => {
  const { tools } = await reader.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'report',
    'breakdown',
    'trace',
    'search',
    'schema',
    'guide',
  ]);
  expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([]);
  expect(reader.getInstructions()).toContain('never instructions');
});

it('finds, reports, breaks down and explains what an account has', async () => {
  const destination_url = 'https://shop.example/?click={{click_id}}';
  const { offer_id } = (await sender.call('POST', '/v2/offers', { name: 'Shoes', destination_url })).body;
  const offer_links = [{ key: 'link1', offer_id }];
  const creative = { name: 'Hello', body: '{{link1}}', offer_links };
  const { creative_id } = (await sender.call('POST', '/v2/creatives', creative)).body;
  const variants = [{ variant_id: 'A', creative_id, percent: 100 }];
  const { campaign_id } = (await sender.call('POST', '/v2/campaigns', { name: 'Spring sale', variants }))
    .body;
  const [message] = await sender.send([{ contact_id: 'asked', creative_id, campaign_id, variant_id: 'A' }]);
  const phones = createPhones(system.redirect_url, 1);
  const { link_id = '', short_url = '' } = message?.links[0] ?? {};
  const click_id = clickIdOf((await phones.open(link_id, PHONE)) ?? { status: 0, location: '' });
  phones.close();

  const found = await json('search', { text: 'spring' });
  expect(found).toMatchObject({ campaigns: [{ campaign_id, name: 'Spring sale' }], offers: [] });
  const where = { campaign_id };
  await untilSeen('the message and its click in the report', async () => {
    const { sent, clicks_unique } = (await json('report', { name: 'campaigns', where })).totals;
    return [sent, clicks_unique];
  }, [1, 1]);
  const columns = ['name', 'sent', 'click_rate'];
  const { rows } = await json('report', { name: 'campaigns', where, columns });
  expect(rows).toEqual([{ name: 'Spring sale', sent: 1, click_rate: 1 }]);
  expect(await json('breakdown', { by: 'device', where })).toMatchObject({
    rows: [{ value: 'phone', share: 1 }],
  });
  expect(await json('trace', { id: click_id })).toMatchObject({ kind: 'click', click: { verdict: 'human' } });
  expect(await json('trace', { id: short_url })).toMatchObject({ kind: 'link', link: { link_id } });
  expect(await json('trace', { id: 'asked', kind: 'contact' })).toMatchObject({ contact_id: 'asked' });
  expect(await json('trace', { id: 'nothing' })).toMatchObject({ found: false });
});

it('reads the schema and the guides, each within its bound', async () => {
  const { views, questions } = await json('schema');
  expect(questions.length).toBeGreaterThan(5);
  expect(await json('schema', { view: views[0].name })).toMatchObject({
    name: views[0].name,
    columns: expect.any(Array),
  });
  expect((await call(reader, 'guide', { name: 'bots' })).text).toMatch(/^# Bots/);
  for (const name of ['../config', 'nothing']) {
    expect(await json('guide', { name })).toMatchObject({ error: expect.stringContaining(name) });
  }
  const { resources } = await reader.listResources();
  expect(resources.length).toBeGreaterThan(30);
  const { contents } = await reader.readResource({ uri: 'trackly://guides/bots' });
  expect(contents).toMatchObject([{ mimeType: 'text/markdown', text: expect.stringMatching(/^# Bots/) }]);
  for (const name of ['schema', 'guide']) {
    expect((await call(reader, name)).text.length).toBeLessThanOrEqual(ANSWER_CHARS_MAX + 40);
  }
});

it('answers what the API refuses, and input that is wrong, as an error that says what to do', async () => {
  const wrong = await call(reader, 'report', { name: 'campaigns', where: { colour: 'red' } });
  expect(wrong).toMatchObject({
    failed: true,
    text: expect.stringMatching(/^invalid_request: colour is not a filter/),
  });
  expect(await call(reader, 'report', { name: 'campaigns', limit: 1e6 })).toMatchObject({ failed: true });
  expect(await call(reader, 'shorten_link', { url: 'https://shop.example/' })).toMatchObject({
    failed: true,
  });
  const nobody = await connect({ TRACKLY_URL: system.api_url, TRACKLY_API_KEY: `trk_${'0'.repeat(32)}` });
  expect(await call(nobody, 'schema')).toMatchObject({
    failed: true,
    text: expect.stringMatching(/^unauthorized: /),
  });
});

it('adds links and tests only where it is told that it may', async () => {
  const writer = await connect({ TRACKLY_URL: system.api_url, TRACKLY_API_KEY: sender.api_key }, '--write');
  const { tools } = await writer.listTools();
  const adding = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true);
  expect(adding.map(({ name }) => name)).toEqual(['shorten_link', 'create_test_message']);
  const made = JSON.parse((await call(writer, 'shorten_link', { url: 'https://shop.example/' })).text);
  expect(made.short_url).toMatch(/^http/);
  const { creatives } = (await sender.call('GET', '/v2/creatives')).body;
  const { creative_id } = creatives[0] ?? {};
  const text = JSON.parse((await call(writer, 'create_test_message', { creative_id })).text);
  expect(text.messages).toMatchObject([{ is_test: true, text: expect.stringMatching(/^http/) }]);
});
