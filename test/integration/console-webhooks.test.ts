/**
 * Webhooks in the console, with the keyboard alone: made, tried out, rotated, paused and removed; deliveries searched and
 * sent again; a partner's template filled in. Nothing sticks out on a small phone, and axe finds nothing.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import type { Keyboard } from '../support/keyboard.ts';
import { joinAs, type SignedInMember } from '../support/members.ts';
import { isSound, openWindow } from '../support/open-window.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;
let sender: Sender;
let owner: SignedInMember;
let receiver: Server;
let address: string;
const received: { url: string; headers: Record<string, string>; body: string }[] = [];
let browser: Browser;
let context: BrowserContext;
let page: Page;
let keys: Keyboard;
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
  ({ context, page, keys } = await openWindow(browser, system.api_url + path, { who, errors }));
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** The button of the question that is open. */
async function confirm(name: string): Promise<void> {
  await keys.reach(page.getByRole('alertdialog').getByRole('button', { name }), name);
  await page.keyboard.press('Enter');
}

it('makes a webhook whose secret is shown once, tries it out, rotates it, pauses it and removes it', async () => {
  await open('/webhooks', owner);
  await page.getByText('Nothing is sent yet.').waitFor();
  await keys.type('Name', 'CRM');
  await keys.type('Address', `${address}/crm`);
  await keys.press('checkbox', /^conversion.reversed/, 'Space');
  await keys.press('button', 'Show the request');
  await page.getByText('webhook-signature: v1,').waitFor();
  await isSound(page, 'the form of a webhook');
  await keys.press('button', 'Make it');
  const secret = page.locator('.secret');
  await secret.waitFor();
  const first = (await secret.textContent()) ?? '';
  await page.getByRole('cell', { name: 'active' }).waitFor();
  await isSound(page, 'the list of webhooks');
  await page.reload();
  await keys.press('link', 'CRM');
  await page.getByRole('heading', { name: 'CRM', level: 1 }).waitFor();
  expect(await page.content()).not.toContain(first);
  const { webhooks } = (await sender.call('GET', '/v2/webhooks')).body;
  expect(webhooks).toMatchObject([{ name: 'CRM', events: ['click.human', 'conversion.booked'] }]);

  await keys.press('button', 'Send a test');
  await page.getByText(/^Delivered: 200 after/).waitFor();
  const [got] = received.splice(0);
  new Receiver(first).verify(got?.body ?? '', got?.headers ?? {});
  await keys.press('button', 'Replace the secret');
  await confirm('Replace the secret');
  await secret.waitFor();
  await page.getByText(/The one before signs too until/).waitFor();
  const second = (await secret.textContent()) ?? '';
  await keys.press('button', 'Send a test');
  const [again] = await untilSeen(
    'the test',
    async () => [...received],
    ({ length }) => length > 0,
  );
  for (const one of [first, second]) new Receiver(one).verify(again?.body ?? '', again?.headers ?? {});

  await keys.press('button', 'Pause');
  await page.getByText('Events are kept meanwhile, and sent once it goes on.').waitFor();
  await isSound(page, 'a webhook');
  await keys.press('button', 'Go on');
  await page.getByText('active', { exact: true }).waitFor();
  await keys.type('Name', 'CRM of sales');
  await keys.press('button', 'Save');
  await page.getByRole('heading', { name: 'CRM of sales', level: 1 }).waitFor();
  await keys.press('button', 'Remove it');
  await confirm('Remove it');
  await page.getByText('Nothing is sent yet.').waitFor();
  expect(errors).toEqual([]);
});

it('makes a partner’s postback of its template, and says what is still to be replaced', async () => {
  await open('/webhooks', owner);
  await keys.choose('What is sent', 'Postback');
  await keys.choose('Partner', 'TikTok');
  await keys.press('button', 'Make it');
  await page
    .getByText(/still has/)
    .first()
    .waitFor();
  await keys.type('Address', `${address}/tiktok`);
  await keys.type('Headers', 'access-token: t-123');
  const body = page.getByLabel('Body', { exact: true });
  await keys.reach(body, 'Body');
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText((await body.inputValue()).replace('YOUR-PIXEL-CODE', 'C123'));
  await isSound(page, 'the form of a postback');
  await keys.press('button', 'Make it');
  await page.getByText(/is made\.$/).waitFor();
  expect(await page.locator('.secret').count()).toBe(0);
  // It needs the console's own error for what the API has refused.
  errors.splice(0);
  const [made] = (await sender.call('GET', '/v2/webhooks')).body.webhooks;
  expect(made).toMatchObject({ kind: 'postback', template: { preset: 'tiktok', headers: ['access-token'] } });
  await page.goto(`${system.api_url}/webhooks/${made?.webhook_id}`);
  await page.getByText('Change it').waitFor();
  expect(await page.content()).not.toContain('t-123');
  await keys.type('Name', 'TikTok');
  await keys.press('button', 'Save');
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
  await keys.reach(page.getByRole('combobox', { name: 'State' }), 'State');
  await page.keyboard.type('failed');
  await page.getByText('evt_past_1').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?state=failed');
  await keys.press('button', '1: tries of evt_past_2');
  await page.getByText(/503 · 9 ms · failed · answered 503/).waitFor();
  await isSound(page, 'deliveries');
  await keys.press('button', 'Send again: evt_past_2');
  await page.getByText('1 message is sent again.').waitFor();
  await page.goto(`${system.api_url}/webhooks/${webhook_id}?id=evt_none`);
  await page.getByText('No delivery is like that.').waitFor();
  await sender.call('DELETE', `/v2/webhooks/${webhook_id}`);
  expect(errors).toEqual([]);
});
