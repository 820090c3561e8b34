/**
 * Webhooks in the console, with the keyboard alone: made, tried out, rotated, paused and removed; deliveries searched and
 * sent again; a partner's template filled in. Nothing sticks out on a small phone, and axe finds nothing.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, sticksOut } from '../support/browser.ts';
import { joinAs, type SignedInMember } from '../support/members.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const SMALL = { width: 320, height: 640 };
const WIDE = { width: 1_440, height: 850 };
const STEP_MS_MAX = 20_000;

let system: System;
let sender: Sender;
let owner: SignedInMember;
let receiver: Server;
let address: string;
const received: { url: string; headers: Record<string, string>; body: string }[] = [];
let browser: Browser;
let context: BrowserContext;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  owner = await joinAs(system, sender, 'owner', 'ann@hooks.example');
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    received.push({ url: request.url ?? '', headers: request.headers as Record<string, string>, body });
    response.end('thanks');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  receiver?.close();
  await system?.destroy();
});

async function open(path: string, who: SignedInMember): Promise<void> {
  await context?.close();
  context = await browser.newContext({ viewport: WIDE, locale: 'en-US' });
  const [name = '', value = ''] = who.cookie() ?? [];
  await context.addCookies([{ name, value, url: system.api_url, httpOnly: true, sameSite: 'Strict' }]);
  page = await context.newPage();
  page.setDefaultTimeout(STEP_MS_MAX);
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(system.api_url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Gives it the focus, as Tab does; that costs half a minute where each field before it is gone through. */
async function reach(target: ReturnType<Page['locator']>, name: string): Promise<void> {
  await target.focus();
  const reached = await target.evaluate(
    (element) => element === document.activeElement && (element as HTMLElement).tabIndex >= 0,
  );
  expect(reached, `${name} is reached with Tab`).toBe(true);
}

async function press(
  role: 'button' | 'link' | 'checkbox',
  name: string | RegExp,
  key = 'Enter',
): Promise<void> {
  const exact = typeof name === 'string';
  await reach(page.getByRole(role, { name, exact }).first(), String(name));
  await page.keyboard.press(key);
}

async function type(label: string, text: string): Promise<void> {
  await reach(page.getByLabel(label, { exact: true }), label);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

async function choose(label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await reach(field, label);
  await field.selectOption(value);
}

async function isSound(where: string): Promise<void> {
  await page.setViewportSize(SMALL);
  await untilSeen(`what sticks out of ${where}`, () => sticksOut(page), [], STEP_MS_MAX);
  if ((await page.evaluate("typeof axe === 'undefined'")) === true) await page.evaluate(axe.source);
  for (const theme of ['light', 'dark']) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
    expect(
      violations.map(({ id, nodes }) => `${where}, ${theme}: ${id}: ${nodes[0]?.html.slice(0, 200)}`),
    ).toEqual([]);
  }
  await page.setViewportSize(WIDE);
}

it('makes a webhook whose secret is shown once, tries it out, rotates it, pauses it and removes it', async () => {
  await open('/webhooks', owner);
  await page.getByText('Nothing is sent yet.').waitFor();
  await type('Name', 'CRM');
  await type('Address', `${address}/crm`);
  await press('checkbox', /^conversion.reversed/, 'Space');
  await press('button', 'Show the request');
  await page.getByText('webhook-signature: v1,').waitFor();
  await isSound('the form of a webhook');
  await press('button', 'Make it');
  const secret = page.locator('.secret');
  await secret.waitFor();
  const first = (await secret.textContent()) ?? '';
  await page.getByRole('cell', { name: 'active' }).waitFor();
  await isSound('the list of webhooks');
  await page.reload();
  await press('link', 'CRM');
  await page.getByRole('heading', { name: 'CRM', level: 1 }).waitFor();
  expect(await page.content()).not.toContain(first);
  const { webhooks } = (await sender.call('GET', '/v2/webhooks')).body;
  expect(webhooks).toMatchObject([{ name: 'CRM', events: ['click.human', 'conversion.booked'] }]);

  await press('button', 'Send a test');
  await page.getByText(/^Delivered: 200 after/).waitFor();
  const [got] = received.splice(0);
  new Receiver(first).verify(got?.body ?? '', got?.headers ?? {});
  await press('button', 'Replace the secret');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Replace the secret' }).focus();
  await page.keyboard.press('Enter');
  await secret.waitFor();
  await page.getByText(/The one before signs too until/).waitFor();
  const second = (await secret.textContent()) ?? '';
  await press('button', 'Send a test');
  const [again] = await untilSeen(
    'the test',
    async () => [...received],
    ({ length }) => length > 0,
  );
  for (const one of [first, second]) new Receiver(one).verify(again?.body ?? '', again?.headers ?? {});

  await press('button', 'Pause');
  await page.getByText('Events are kept meanwhile, and sent once it goes on.').waitFor();
  await isSound('a webhook');
  await press('button', 'Go on');
  await page.getByText('active', { exact: true }).waitFor();
  await type('Name', 'CRM of sales');
  await press('button', 'Save');
  await page.getByRole('heading', { name: 'CRM of sales', level: 1 }).waitFor();
  await press('button', 'Remove it');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove it' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Nothing is sent yet.').waitFor();
  expect(errors).toEqual([]);
});

it('makes a partner’s postback of its template, and says what is still to be replaced', async () => {
  await open('/webhooks', owner);
  await choose('What is sent', 'postback');
  await choose('Partner', 'tiktok');
  await press('button', 'Make it');
  await page
    .getByText(/still has/)
    .first()
    .waitFor();
  await type('Address', `${address}/tiktok`);
  const headers = page.getByLabel('Headers', { exact: true });
  await headers.fill('access-token: t-123');
  const body = page.getByLabel('Body', { exact: true });
  await body.fill((await body.inputValue()).replace('YOUR-PIXEL-CODE', 'C123'));
  await isSound('the form of a postback');
  await press('button', 'Make it');
  await page.getByText(/is made\.$/).waitFor();
  expect(await page.locator('.secret').count()).toBe(0);
  // It needs the console's own error for what the API has refused.
  errors.splice(0);
  const [made] = (await sender.call('GET', '/v2/webhooks')).body.webhooks;
  expect(made).toMatchObject({ kind: 'postback', template: { preset: 'tiktok', headers: ['access-token'] } });
  await page.goto(`${system.api_url}/webhooks/${made?.webhook_id}`);
  await page.getByText('Change it').waitFor();
  expect(await page.content()).not.toContain('t-123');
  await type('Name', 'TikTok');
  await press('button', 'Save');
  await page.getByRole('heading', { name: 'TikTok', level: 1 }).waitFor();
  await sender.call('POST', `/v2/webhooks/${made?.webhook_id}/test`);
  expect(received.splice(0).at(-1)?.headers).toMatchObject({ 'access-token': 't-123' });
  await sender.call('DELETE', `/v2/webhooks/${made?.webhook_id}`);
  expect(errors).toEqual([]);
});

it('searches deliveries, shows every try, and sends one again', async () => {
  const { webhook_id } = created(
    await sender.call('POST', '/v2/webhooks', { name: 'Past', url: address, events: ['click.human'] }),
  );
  await sender.call('PATCH', `/v2/webhooks/${webhook_id}`, { status: 'paused' });
  const { account_id } = sender;
  const now = Date.now() - 3_600_000;
  const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
  const of = (sequence: number) => ({ account_id, webhook_id, sequence, message_id: `evt_past_${sequence}` });
  await system.clickhouse.insert({
    table: 'trackly.webhook_messages',
    values: [1, 2].map((sequence) => ({
      ...{ ...of(sequence), shard: 0, event_ids: [`evt_past_${sequence}`], types: ['click.human'] },
      ...{ batches: ['b'], block: sequence, happened_at: time(now), made_at: time(now) },
      ...{ events_from: time(now), events_to: time(now) },
    })),
    format: 'JSONEachRow',
  });
  await system.clickhouse.insert({
    table: 'trackly.webhook_attempts',
    values: [
      { ...of(1), n: 1, at: time(now), status: 200, duration_ms: 5, error: '', outcome: 'delivered' },
      {
        ...of(2),
        n: 1,
        at: time(now),
        status: 503,
        duration_ms: 9,
        error: 'answered 503',
        outcome: 'failed',
      },
    ].map((one) => ({ ...one, next_at: time(0), replay: '' })),
    format: 'JSONEachRow',
  });
  const viewer = await joinAs(system, sender, 'viewer', 'viewer@console-hooks.example');
  await open(`/webhooks/${webhook_id}`, viewer);
  await page.getByText('Only who may change the account sees its address.').waitFor();
  await page.getByText('evt_past_2').waitFor();
  expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);

  await open(`/webhooks/${webhook_id}`, owner);
  await page.getByText('evt_past_1').waitFor();
  const state = page.getByRole('combobox', { name: 'State' });
  await reach(state, 'State');
  await state.selectOption('failed');
  await page.getByText('evt_past_1').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?state=failed');
  await press('button', '1: tries of evt_past_2');
  await page.getByText(/503 · 9 ms · failed · answered 503/).waitFor();
  await isSound('deliveries');
  await press('button', 'Send again: evt_past_2');
  await page.getByText('1 message is sent again.').waitFor();
  await page.goto(`${system.api_url}/webhooks/${webhook_id}?id=evt_none`);
  await page.getByText('No delivery is like that.').waitFor();
  await sender.call('DELETE', `/v2/webhooks/${webhook_id}`);
  expect(errors).toEqual([]);
});
