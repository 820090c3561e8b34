/**
 * What an operator does with the console, by the keyboard alone: looks at every page, finds one by the search, replays and
 * discards a dead letter with the admin key; and the page Live beside 10,000 clicks a second, which come in through the log.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import { RULES } from '../../src/health/alarms.ts';
import { QUEUES } from '../../src/health/queues.ts';
import { append } from '../../src/log/append.ts';
import { keepDeadLetters } from '../../src/log/dead-letters.ts';
import { QUEUE_PREFIX } from '../../src/log/queued.ts';
import {
  connectRedis,
  probeRedis,
  type RedisClient,
  scanKeys,
  untilReady,
} from '../../src/platform/redis.ts';
import type { BodyOf } from '../support/api-types.ts';
import { launchBrowser, untilSettled } from '../support/browser.ts';
import { rowOfClick, someClick } from '../support/click-rows.ts';
import { LONG } from '../support/long.ts';
import { lookWith, openWindow } from '../support/open-window.ts';
import { BOT, clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { callApi, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

vi.setConfig({ testTimeout: 120_000 });
const PAGES = [
  '/health',
  '/alarms',
  '/ledger',
  '/dead-letters',
  '/queues',
  '/spools',
  '/partitions',
  '/certificates',
  '/limits',
  '/accounts',
  '/takedowns',
];
const PER_S = 10_000;
const ROWS_PER_ENTRY = 250;
const SECONDS = 3;
const PARTITIONS = 4;
/** Pictures of the pages, for who looks at them. */
const SCREENS = process.env['SCREENS'];

let system: System;
let sender: Sender;
let redis: RedisClient;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  system = await sharedSystem();
  redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
  sender = await createSender(system, { name: 'Watched' });
  browser = await launchBrowser();
});
afterEach(() => context?.close());
afterAll(async () => {
  await browser?.close();
  redis?.disconnect();
  await system?.destroy();
});

const admin = <Path extends string>(path: Path): Promise<{ status: number; body: BodyOf<'GET', Path> }> =>
  callApi(system, system.admin_key, 'GET', path);

async function open(key: string, width = 1_440): Promise<void> {
  ({ context, page } = await openWindow(browser, system.api_url, { width }));
  await lookWith(page, key);
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
}

async function goTo(path: string): Promise<void> {
  await page.goto(system.api_url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Loading …').waitFor({ state: 'detached' });
}

/** Its part is fetched when it is first opened: what is typed before that goes nowhere. */
async function openSearch(): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Search for names and ids' }).waitFor();
  await page.locator('.palette input:focus').waitFor();
}

async function screen(path: string): Promise<void> {
  if (SCREENS === undefined) return;
  await mkdir(SCREENS, { recursive: true });
  for (const theme of ['light', 'dark'])
    for (const width of [390, 1_440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
      const name = `${path.slice(1).replaceAll(/\W/g, '_')}-${width}-${theme}.png`;
      await page.screenshot({ path: join(SCREENS, name), fullPage: true });
    }
  await page.evaluate("document.documentElement.dataset.theme = 'light'");
}

async function axeFinds(): Promise<string[]> {
  await untilSettled(page);
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${page.url()}: ${id}: ${html}`));
}

const PHONE_HEADERS = { accept: 'text/html', 'accept-language': 'en-NZ', 'sec-fetch-mode': 'navigate' };
let made = 0;
/** Clicks that came from dead letters. */
let replayed = 0;
function clickRow(given: object = {}): string {
  made++;
  return rowOfClick(
    someClick({
      ...{ account_id: sender.account_id, click_id: `operate${process.pid}x${made}`.padEnd(29, 'a') },
      ...{ message_id: `m-${made}`, contact_id: `c-${made}`, clicked_at_ms: Date.now() },
      ...{ user_agent: PHONE, ip: `203.0.${made % 100}.${made % 250}`, headers: PHONE_HEADERS },
      ...{ is_test: false, trace: '', ...given },
    }),
  );
}

/** Sets rows aside as a worker does. */
async function setAside(reason: string, rows: readonly string[]): Promise<void> {
  const id = `${Date.now() - 600_000}-0`;
  const batch = { log: CLICKS_LOG, partition: 0, first_id: id, last_id: id, rows: rows.length };
  const letters = rows.map((text, index) => ({
    ...{ index, reason },
    row: { text, logged_at_ms: Date.now(), process: '' },
  }));
  await keepDeadLetters(
    redis,
    { ...batch, frozen_at_ms: Date.now(), token: `${CLICKS_LOG}-0-${id}-${id}` },
    letters,
  );
}

describe('the state of the installation', () => {
  it('is for the admin key alone', async () => {
    for (const path of ['alarms', 'spools', 'partitions', 'domains', 'queues', 'limits', 'accounts'])
      expect((await callApi(system, sender.api_key, 'GET', `/v2/operations/${path}`)).status, path).toBe(403);
  });

  it('tells every alarm with what the runbook says, and every queue that the workers have', async () => {
    const { alarms } = (await admin('/v2/operations/alarms')).body;
    expect(alarms.map(({ name }) => name)).toEqual(RULES.map(({ name }) => name));
    for (const { name, means, do: todo, help } of alarms) {
      expect([means, todo], name).not.toContain('');
      expect(help).toBe(`/guides/runbook#${name.toLowerCase()}`);
    }
    const known = new Set<string>();
    for await (const keys of scanKeys(redis, `${QUEUE_PREFIX}:*:meta`))
      for (const key of keys) known.add(key.split(':')[1] ?? '');
    const { queues } = (await admin('/v2/operations/queues')).body;
    expect(queues.map(({ queue }) => queue).toSorted()).toEqual([...known].toSorted());
    expect(queues.map(({ queue }) => queue)).toEqual([...QUEUES]);
    const { status, body } = await callApi(
      system,
      system.admin_key,
      'POST',
      '/v2/operations/queues/domains/jobs/none/retry',
    );
    expect([status, body['error']]).toEqual([404, 'not_found']);
  });

  it('counts what an account has, and its requests', async () => {
    const { accounts } = (await admin('/v2/operations/accounts?per_page=100')).body;
    expect(accounts.find(({ account_id }) => account_id === sender.account_id)).toMatchObject({
      ...{ name: 'Watched', status: 'active', clicks: 0 },
    });
    const { accounts: own, total } = (
      await admin(`/v2/operations/accounts?account_id=${sender.account_id}` as '/v2/operations/accounts')
    ).body;
    expect([own.map(({ name }) => name), total]).toEqual([['Watched'], 1]);
    await sender.call('GET', '/v2/offers');
    const { accounts: asking } = (await admin('/v2/operations/limits')).body;
    expect(asking.find(({ account_id }) => account_id === sender.account_id)?.requests).toBeGreaterThan(0);

    const eager = await createSender(system, { name: 'Eager', requests_per_minute: 1 });
    for (let i = 0; i < 3; i++) await eager.call('GET', '/v2/offers');
    const refused = await untilSeen(
      'what was refused',
      async () =>
        (await admin('/v2/operations/limits')).body.accounts.find(
          ({ account_id }) => account_id === eager.account_id,
        )?.refused_by,
      (by) => by?.[0]?.count === 2,
    );
    expect(refused).toEqual([{ limit: 'requests', count: 2 }]);
  });
});

describe('the pages of the operator', () => {
  it('open one by one, fit a small phone, and axe finds nothing', async () => {
    await open(system.admin_key, 320);
    for (const path of PAGES) {
      await goTo(path);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), path).toBe(true);
      expect(await axeFinds(), path).toEqual([]);
      await screen(path);
      if (SCREENS !== undefined) await page.setViewportSize({ width: 320, height: 900 });
    }
  });

  it('a dead letter is found, replayed and discarded with the keyboard and the key', async () => {
    const reason = `no such thing ${sender.account_id}`;
    await setAside(reason, [clickRow(), clickRow()]);
    await open(system.admin_key);
    await openSearch();
    await page.keyboard.type('TracklyDrift');
    const heading = page.getByRole('link', { name: /TracklyDrift/ });
    expect(await heading.getAttribute('href')).toBe('/guides/runbook#tracklydrift');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Dead le');
    await page
      .getByRole('link', { name: /Dead letters/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: new RegExp(reason) }).focus();
    await page.keyboard.press('Enter');
    const replay = page.getByRole('button', { name: /^Replay clicks-/ });
    await until2(replay);
    await screen('/dead-letters-some');
    await replay.first().focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByLabel('Admin key')
      .fill(`trk_${'0'.repeat(32)}`);
    await page.keyboard.press('Enter');
    await page.getByText('this API key is not known').waitFor();
    await page.getByRole('dialog').getByLabel('Admin key').fill(system.admin_key);
    await page.keyboard.press('Enter');
    await page.getByText('Done.').first().waitFor();
    replayed += 1;
    await untilSeen('one letter', () => replay.count(), 1);
    await page.getByRole('button', { name: /^Discard clicks-/ }).focus();
    await page.keyboard.press('Enter');
    // The key is known now; what can't be taken back asks all the same.
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).focus();
    await page.keyboard.press('Enter');
    await untilSeen(
      'no letter of the reason',
      async () => (await admin(`/v2/dead-letters?reason=${encodeURIComponent(reason)}`)).body.total,
      (total) => total === 0,
    );
  });

  it('those of one reason go back together, and no other', async () => {
    const reason = `all of one ${sender.account_id}`;
    await setAside(reason, [clickRow(), clickRow()]);
    const { status, body } = await callApi(system, system.admin_key, 'POST', '/v2/dead-letters/replay', {
      reason,
      log: CLICKS_LOG,
    });
    expect([status, body]).toEqual([200, { replayed: 2, left: 0, refused: [] }]);
    replayed += 2;
    const { reasons } = (await admin('/v2/dead-letters')).body;
    expect(reasons.map((one) => one.reason)).not.toContain(reason);
  });

  const until2 = async (found: ReturnType<Page['getByRole']>): Promise<void> => {
    await found.nth(1).waitFor();
    expect(await found.count()).toBe(2);
  };
});

/** Appends clicks to the log as redirect processes do, so many a second. */
async function push(): Promise<number> {
  const began = Date.now();
  let pushed = 0;
  const sequences = Array.from({ length: PARTITIONS }, () => 0);
  for (let entry = 0; entry < (PER_S * SECONDS) / ROWS_PER_ENTRY; entry++) {
    const partition = entry % PARTITIONS;
    const sequence = (sequences[partition] ?? 0) + 1;
    sequences[partition] = sequence;
    const campaign_id = entry % 40 === 0 ? 'cam_rare' : 'cam_large';
    const rows = Array.from({ length: ROWS_PER_ENTRY }, () => clickRow({ campaign_id }));
    await append(redis, CLICKS_LOG, {
      ...{ partition, producer: `operate-${process.pid}`, sequence, rows: rows.length, process: '' },
      payload: rows.join('\n'),
    });
    pushed += rows.length;
    const due_ms = began + (pushed / PER_S) * 1_000;
    await new Promise((done) => setTimeout(done, Math.max(0, due_ms - Date.now())));
  }
  return pushed;
}

/** Until the stream is cut. */
async function readEvents({ body }: Response, seen: (name: string, data: unknown) => void): Promise<void> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value = '' } = (await reader?.read().catch(() => undefined)) ?? { done: true };
    if (done) return;
    const events = (text + value).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
      if (name !== undefined && data !== undefined) seen(name, JSON.parse(data));
    }
  }
}

// Thirty thousand clicks: live-activity.test.ts holds the bounds, and dashboard.test.ts the page, every time.
describe.runIf(LONG)('live', () => {
  it('lists a bounded part of 10,000 clicks a second, counts all of them, and the page goes on', async () => {
    await open(sender.api_key);
    const ending = new AbortController();
    const answer = await fetch(`${system.api_url}/v2/live`, {
      headers: { 'x-api-key': sender.api_key },
      signal: ending.signal,
    });
    const lists: number[] = [];
    const parts: number[] = [];
    const reading = readEvents(answer, (name, data) => {
      if (name === 'clicks') lists.push((data as unknown[]).length);
      if (name === 'activity') parts.push((data as { one_of: number }).one_of);
    });
    await goTo('/live');
    await page.evaluate(`
      window.long_ms = [];
      new PerformanceObserver((list) => window.long_ms.push(...list.getEntries().map((one) => one.duration)))
        .observe({ entryTypes: ['longtask'] });`);
    await page.locator('.live.on').waitFor();
    const pushed = (await push()) + replayed;
    const total = new Intl.NumberFormat('en-US').format(pushed);
    await page
      .getByRole('definition')
      .filter({ hasText: new RegExp(`^${total}$`) })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Paused:').waitFor();
    const long_ms = (await page.evaluate('window.long_ms')) as number[];
    console.log(`long tasks of the page: ${long_ms.length}, longest ${Math.max(0, ...long_ms)} ms`);
    expect(Math.max(...lists)).toBeLessThanOrEqual(40);
    expect(lists.reduce((sum, one) => sum + one, 0)).toBeLessThan(pushed / 10);
    expect(Math.max(...parts)).toBeGreaterThan(1);
    expect(
      await page.getByRole('table', { name: 'Clicks, newest first' }).getByRole('row').count(),
    ).toBeLessThan(102);
    expect(await axeFinds()).toEqual([]);
    await screen('/live');
    ending.abort();
    await reading;
  });

  it('with a filter counts what it asks for', async () => {
    await open(sender.api_key);
    await goTo('/live?campaign_id=cam_rare');
    await page.getByRole('definition').filter({ hasText: /^750$/ }).first().waitFor();
    await goTo('/live?campaign_id=cam_other');
    await page.getByRole('definition').filter({ hasText: /^0$/ }).first().waitFor();
  });
});

it('the story of a click is a line in time, found by its id in the search', async () => {
  const { creative_ids, campaign_id } = await createCampaign(sender, 'Story');
  const sent_at = new Date(Date.now() - 2 * 3_600_000).toISOString();
  const [message] = await sender.send([
    {
      ...{ contact_id: 'c-story', creative_id: creative_ids[0], campaign_id, sent_at },
      fields: { first_name: 'Kim' },
    },
  ]);
  const phones = createPhones(system.redirect_url, 1);
  const link_id = message?.links[0]?.link_id ?? '';
  await phones.open(link_id, BOT);
  const id = clickIdOf((await phones.open(link_id, PHONE)) ?? { status: 0, location: '' });
  phones.close();
  await sender.call('POST', '/v2/conversions', {
    conversions: [{ click_id: id, txn_id: `t-${id}`, revenue: '12.50' }],
  });
  await untilSeen(
    'the conversion of the click',
    async () => (await sender.call('GET', `/v2/clicks/${id}`)).body,
    ({ conversions }) => (conversions?.length ?? 0) > 0,
  );
  await open(sender.api_key);
  await openSearch();
  await page.keyboard.type(id);
  await page.getByRole('dialog').getByRole('link', { name: /Trace/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'In order of time' }).waitFor();
  const line = page.getByRole('region', { name: 'In order of time' }).getByRole('listitem');
  await line.nth(3).waitFor();
  expect((await line.allTextContents()).map((text) => text.replace(/^.*later|at the same time/, ''))).toEqual(
    [
      expect.stringMatching(/^Sent/),
      expect.stringMatching(/^Tap by a bot/),
      expect.stringMatching(/^First tap by a person/),
      expect.stringMatching(/^Conversion.*12\.50/),
    ],
  );
  expect(await page.locator('.story-line [aria-current]').textContent()).toContain('First tap');
  await screen('/trace');
  expect(await axeFinds()).toEqual([]);
});
