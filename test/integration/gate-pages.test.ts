/** The pages before a destination, in a real browser on a small phone, without scripts. */
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Click } from '../../src/client/openapi.ts';
import { launchBrowser, smallPhone } from '../support/browser.ts';
import { PHONE } from '../support/phones.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

const LOGO = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="120" height="40" fill="#0a7"/></svg>').toString('base64')}`;
const BRAND = { name: 'Böhm & <b>Söhne</b>', color: '#ffd400', logo: LOGO };
/** A server's address: suspicious by itself, and a bot's seconds after the send. */
const SERVER = '3.5.140.2';
/** A carrier's. */
const CARRIER = '172.56.10.20';
const BROWSER_HEADERS = { accept: 'text/html', 'accept-language': 'de' };

let system: System;
let sender: Sender;
let browser: Browser;
let shop: Server;
let shop_url: string;
let messages = 0;

beforeAll(async () => {
  shop = createServer((asked, response) => {
    response.setHeader('content-type', 'text/html');
    // One more hop, elsewhere, as affiliate networks have.
    if (asked.url?.startsWith('/hop')) {
      const { port } = shop.address() as AddressInfo;
      response
        .writeHead(302, { location: `http://localhost:${port}${asked.url.replace('/hop', '/shop')}` })
        .end();
    } else response.end('<title>Shop</title><h1>Shop</h1>');
  });
  await new Promise<void>((resolve) => shop.listen(0, resolve));
  shop_url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  [system, browser] = await Promise.all([sharedSystem(), launchBrowser()]);
  sender = await createSender(system, { bot_filter: 'filter', blocked_countries: ['KP'], brand: BRAND });
});

afterAll(async () => {
  await browser?.close();
  await system?.destroy();
  shop?.close();
});

async function newLink(offer: object = {}): Promise<{ message_id: string; link_id: string; link: string }> {
  const made = await sender.call('POST', '/v2/offers', {
    name: 'Offer',
    destination_url: `${shop_url}/hop?click={{click_id}}`,
    ...offer,
  });
  const { offer_id } = made.body;
  const { body } = await sender.call('POST', '/v2/creatives', {
    name: 'Creative',
    body: 'See {{link1}}',
    offer_links: [{ key: 'link1', offer_id }],
  });
  const message_id = `gate-${++messages}`;
  const [message] = await sender.send([
    { message_id, contact_id: `contact-${messages}`, creative_id: body.creative_id },
  ]);
  const link_id = message?.links[0]?.link_id ?? '';
  return { message_id, link_id, link: `${system.redirect_url}/${link_id}` };
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Without the headers that fetch() adds, which say that it is a script. */
function fetchFrom(
  link: string,
  ip: string,
  { method = 'GET', body = '', headers = {} }: { method?: string; body?: string; headers?: object } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(link, {
      method,
      headers: { 'user-agent': PHONE, ...BROWSER_HEADERS, 'x-forwarded-for': ip, ...headers },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    call.end(body);
  });
}

const post = (link: string, token: string): Promise<Answer> =>
  fetchFrom(link, SERVER, {
    method: 'POST',
    body: `token=${encodeURIComponent(token)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

const tokenIn = (html: string): string => /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '';

async function clicksOn(message_id: string, count: number): Promise<Click[]> {
  let clicks: Click[] = [];
  await until(
    async () => {
      const { body } = await sender.call('GET', `/v2/messages/${message_id}`);
      clicks = body.clicks ?? [];
      return clicks.length >= count;
    },
    HANGS_AFTER_MS,
    () => `${count} clicks were answered, the story tells ${JSON.stringify(clicks)}`,
  );
  expect(clicks).toHaveLength(count);
  return clicks;
}

async function openOnPhone(
  link: string,
  ip: string,
): Promise<{ phone: BrowserContext; page: Page; outside: string[] }> {
  const phone = await smallPhone(browser, { 'x-forwarded-for': ip });
  const page = await phone.newPage();
  const outside: string[] = [];
  page.on('request', (sent) => {
    const { origin, protocol } = new URL(sent.url());
    if (protocol !== 'data:' && origin !== system.redirect_url) outside.push(sent.url());
  });
  await page.goto(link);
  return { phone, page, outside };
}

/** Nothing is cut off, nothing has to be moved sideways, and a thumb hits the button. */
async function expectFit(page: Page, button: 'button' | 'link'): Promise<void> {
  const box = await page.getByRole(button).boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(48);
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(320);
  expect((box?.y ?? 0) + (box?.height ?? 999)).toBeLessThanOrEqual(568);
  const image = await page.getByRole('img', { name: BRAND.name }).boundingBox();
  expect(image?.width).toBeGreaterThan(50);
}

describe('a preview page', () => {
  it('is left by a person, whose first click it is, and not by the preview that fetched it first', async () => {
    const { message_id, link } = await newLink();
    const preview = await fetchFrom(link, SERVER, {
      headers: { 'user-agent': 'facebookexternalhit/1.1 Facebot Twitterbot/1.0' },
    });
    expect(preview.status).toBe(200);
    expect(preview.body).not.toContain(shop_url);

    const { phone, page, outside } = await openOnPhone(link, SERVER);
    expect(await page.title()).toBe(`Continue to ${BRAND.name}`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`Continue to ${BRAND.name}`);
    expect(await page.locator('b').count()).toBe(0);
    await expectFit(page, 'button');
    expect(outside).toEqual([]);
    await page.getByRole('button', { name: 'Continue' }).tap();
    await page.waitForURL(/\/shop\?click=/);
    expect(await page.title()).toBe('Shop');
    const click_id = new URL(page.url()).searchParams.get('click');
    await phone.close();

    const clicks = await clicksOn(message_id, 3);
    expect(clicks.map(({ answered, verdict, is_first }) => [answered, verdict, is_first])).toEqual([
      ['preview', 'bot', false],
      ['preview', 'bot', false],
      ['continue', 'human', true],
    ]);
    expect(clicks[2]).toMatchObject({ click_id, method: 'POST', is_first_for_offer: true, bot_reasons: [] });
    expect(clicks[1]?.['bot_reasons']).toContain('preview:not_continued');
  });

  it('is not shown to people, nor where the offer says no_filter', async () => {
    const { link } = await newLink();
    expect((await fetchFrom(link, CARRIER)).status).toBe(302);
    const { link: open } = await newLink({ bot_filter: 'no_filter' });
    expect((await fetchFrom(open, SERVER)).status).toBe(302);
    expect((await fetchFrom(open, SERVER, { headers: { 'user-agent': 'curl/8' } })).status).toBe(302);
  });

  it('gives HEAD the same headers, and no redirect', async () => {
    const { link } = await newLink();
    const [get, head] = [await fetchFrom(link, SERVER), await fetchFrom(link, SERVER, { method: 'HEAD' })];
    expect(head.status).toBe(200);
    const names = ['content-type', 'content-security-policy', 'cache-control'];
    expect(names.map((name) => head.headers[name])).toEqual(names.map((name) => get.headers[name]));
    expect(get.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(get.headers['cache-control']).toBe('private, no-store');
  });

  it('gives nothing for a token of another link, a changed one, or none', async () => {
    const [one, other] = [await newLink(), await newLink()];
    const token = tokenIn((await fetchFrom(one.link, SERVER)).body);
    expect(token).not.toBe('');
    for (const wrong of [token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), '', 'x', `0${token}`]) {
      const answer = await post(one.link, wrong);
      expect(answer.status).toBe(200);
      expect(tokenIn(answer.body)).not.toBe('');
    }
    expect((await post(other.link, token)).status).toBe(200);
    expect((await fetchFrom(one.link, SERVER, { method: 'POST', body: 'a=b' })).status).toBe(405);
    expect(
      (await fetchFrom(one.link, SERVER, { method: 'POST', body: `token=${'x'.repeat(2_000)}` })).status,
    ).toBe(405);
    for (const { verdict } of await clicksOn(other.message_id, 1)) expect(verdict).toBe('bot');

    const right = await post(one.link, token);
    expect(right.status).toBe(303);
    expect(right.headers.location).toContain(`${shop_url}/hop?click=`);
    const clicks = await clicksOn(one.message_id, 6);
    expect(clicks.map(({ is_first }) => is_first)).toEqual([false, false, false, false, false, true]);
  });

  it('is below 6 kB, whatever the brand', async () => {
    const { link } = await newLink();
    const large = { ...BRAND, logo: `data:image/png;base64,${'A'.repeat(2_900)}` };
    await changeAccount({ brand: large });
    try {
      await until(
        async () => (await fetchFrom(link, SERVER)).body.includes('AAAA'),
        HANGS_AFTER_MS,
        () => 'the new logo is not shown',
      );
      const html = (await fetchFrom(link, SERVER)).body;
      expect(Buffer.byteLength(html)).toBeLessThan(6_000);
    } finally {
      await changeAccount({ brand: BRAND });
    }
  });
});

const changeAccount = async (change: object): Promise<void> => {
  const response = await fetch(`${system.api_url}/v2/accounts/${sender.account_id}`, {
    method: 'PATCH',
    headers: { 'x-api-key': system.admin_key, 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
};

describe('an interstitial', () => {
  it('opens by itself after its seconds, and counts one click', async () => {
    const { message_id, link } = await newLink({ interstitial: 'timed', interstitial_seconds: 1 });
    const { phone, page } = await openOnPhone(link, CARRIER);
    await page.waitForURL(/\/shop\?click=/, { timeout: HANGS_AFTER_MS });
    await phone.close();
    const [click] = await clicksOn(message_id, 1);
    expect(click).toMatchObject({ answered: 'interstitial', verdict: 'human', is_first: true });
  });

  it('has a way to go on at once', async () => {
    const { link } = await newLink({ interstitial: 'timed', interstitial_seconds: 60 });
    const { phone, page, outside } = await openOnPhone(link, CARRIER);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`Taking you to ${BRAND.name}`);
    expect(outside).toEqual([]);
    await expectFit(page, 'link');
    await page.getByRole('link', { name: 'Continue now' }).tap();
    await page.waitForURL(/\/shop\?click=/);
    await phone.close();
  });

  it('waits for a tap, where the offer says so', async () => {
    const { message_id, link } = await newLink({ interstitial: 'tap' });
    const { phone, page } = await openOnPhone(link, CARRIER);
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);
    await page.getByRole('link', { name: 'Continue' }).tap();
    await page.waitForURL(/\/shop\?click=/);
    await phone.close();
    expect(await clicksOn(message_id, 1)).toMatchObject([{ verdict: 'human', is_first: true }]);
  });
});

it('shows visitors from a blocked country a page, not the destination, and counts them as bots', async () => {
  const { message_id, link } = await newLink();
  const answer = await fetchFrom(link, '175.45.176.1');
  expect(answer.status).toBe(403);
  expect(answer.headers.location).toBeUndefined();
  const html = answer.body;
  expect(html).toContain('Not available in your country');
  expect(html).not.toContain(shop_url);
  expect(await clicksOn(message_id, 1)).toMatchObject([
    {
      answered: 'blocked',
      verdict: 'bot',
      bot_reasons: expect.arrayContaining(['country:blocked']),
      country: 'KP',
    },
  ]);
});
