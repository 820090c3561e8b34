/** How long does a person wait for a page of the console? See README.md beside this file. */
import { resolve } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../../test/support/browser.ts';
import { inviteMember, PASSWORD } from '../../test/support/members.ts';
import { type Campaign, senderAt } from '../../test/support/sender.ts';
import { startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { type Figure, figure, machine, progress, round } from '../support/measure.ts';
import { fill, readFilling, SENDS } from '../support/report-rows.ts';

const CLICKS = 10_000_000;
const CLICKS_QUICK = 100_000;
const ROUNDS = 5;
const SCREEN = { width: 1_440, height: 850 };
const PAGE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** What a page measured of itself. */
interface Loaded {
  /** From the start of the navigation until nothing on the screen loads any more, and so it stays for QUIET_MS. */
  screen_ms: number;
  /** The same of the whole page, with what stands below the screen. */
  settled_ms: number;
  /** Over the network, compressed; what the browser had already is not among them. */
  bytes: number;
  /** Time in which the page could not have answered a key, in tasks of over 50 ms. */
  blocked_ms: number;
}

/** Runs in every page before its own scripts. */
const OBSERVE = `{
  const QUIET_MS = 150;
  const observed = { screen_ms: 0, settled_ms: 0, blocked_ms: 0 };
  globalThis.observed = observed;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) observed.blocked_ms += duration;
  }).observe({ type: 'longtask', buffered: true });
  let asking = 0;
  const ask = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    asking++;
    try { return await ask(...args); } finally { asking--; }
  };
  const isLoading = (of) => [...document.querySelectorAll('.loading, [aria-busy="true"]')].some(of);
  const onScreen = (element) => element.getBoundingClientRect().top < innerHeight;
  const watch = (name, loads) => {
    let quiet_since = 0;
    return () => {
      const now = performance.now();
      if (document.querySelector('h1') === null || loads()) quiet_since = 0;
      else if (quiet_since === 0) quiet_since = now;
      else if (observed[name] === 0 && now - quiet_since >= QUIET_MS) observed[name] = quiet_since;
    };
  };
  const watches = [
    watch('screen_ms', () => isLoading(onScreen)),
    watch('settled_ms', () => asking > 0 || isLoading(() => true)),
  ];
  const look = () => {
    for (const one of watches) one();
    if (observed.settled_ms === 0) requestAnimationFrame(look);
  };
  look();
}`;

async function load(page: Page, url: string): Promise<Loaded> {
  await page.goto(url);
  const until = performance.now() + PAGE_WITHIN_MS;
  for (;;) {
    const loaded = (await page.evaluate(`observed.settled_ms === 0 ? undefined : ({
      ...observed,
      bytes: performance.getEntries().reduce((sum, { transferSize = 0 }) => sum + transferSize, 0),
    })`)) as Loaded | undefined;
    if (loaded !== undefined) return loaded;
    if (performance.now() > until) throw new Error(`${url} was still loading after ${PAGE_WITHIN_MS} ms`);
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

/** Every page that shows figures, by the address of one that has many. */
function addresses(campaign: Campaign, always_on: Campaign, message_id: string, link_id: string) {
  const [offer_id = ''] = campaign.offer_ids;
  const [creative_id = ''] = campaign.creative_ids;
  return {
    overview: '/',
    campaigns: '/campaigns',
    offers: '/offers',
    creatives: '/creatives',
    messages: '/messages',
    links: '/links',
    campaign: `/campaigns/${campaign.campaign_id}`,
    campaign_always_on: `/campaigns/${always_on.campaign_id}`,
    offer: `/offers/${offer_id}`,
    creative: `/creatives/${creative_id}`,
    message: `/messages/${message_id}`,
    link: `/links/${link_id}`,
    compare: `/compare?kind=campaigns&a=${campaign.campaign_id}&b=${always_on.campaign_id}`,
    explore: '/explore',
    send_times: '/send-times',
    cohorts: '/cohorts',
    bots: '/bots',
    clicks: '/clicks',
    audiences: '/audiences',
    finance: '/finance',
    unattributed: '/finance/unattributed',
    live: '/live',
    trace: `/trace?id=${message_id}`,
    domains: '/domains',
    annotations: '/annotations',
    views: '/views',
    keys: '/keys',
    members: '/members',
    audit: '/audit',
    health: '/health',
  };
}

/** `--clicks 10000000`; `--data <folder>` keeps the inserted data there and continues from it. */
export const bench: Bench = async ({ quick, options }) => {
  const clicks = Number(options.clicks ?? (quick ? CLICKS_QUICK : CLICKS));
  const system = await startSystem({
    REDIRECT_PROCESSES: '1',
    ...(options.data === undefined ? {} : { DATA_DIR: resolve(options.data) }),
  });
  const browser = await launchBrowser();
  try {
    const filling = await readFilling(system);
    const sender = senderAt(system, filling.account_id, filling.api_key);
    await fill(system, filling, clicks);
    const campaign = filling.campaigns[SENDS - 2] as Campaign;
    const { campaign_id, creative_ids } = campaign;
    const [message] = await sender.send([
      { contact_id: 'contact-1', campaign_id, creative_id: creative_ids[0], fields: { first_name: 'Kim' } },
    ]);
    const pages = addresses(
      campaign,
      filling.campaigns[SENDS] as Campaign,
      message?.message_id ?? '',
      message?.links[0]?.link_id ?? '',
    );
    const newWindow = async (): Promise<BrowserContext> => {
      const context = await browser.newContext({ viewport: SCREEN });
      context.setDefaultTimeout(PAGE_WITHIN_MS);
      await context.addInitScript({ content: OBSERVE });
      return context;
    };

    const email = `reader-${Date.now()}@example.com`;
    const { url } = await inviteMember(sender, email, 'owner');
    const context = await newWindow();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByLabel('Choose a password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    const ms: Record<string, Figure> = {};
    const whole_ms: Record<string, Figure> = {};
    const blocked_ms: Record<string, number> = {};
    const over: string[] = [];
    for (const [name, path] of Object.entries(pages)) {
      const loads: Loaded[] = [];
      for (let n = 0; n < ROUNDS; n++) loads.push(await load(page, system.api_url + path));
      ms[name] = figure(
        loads.map(({ screen_ms }) => screen_ms),
        0,
      );
      whole_ms[name] = figure(
        loads.map(({ settled_ms }) => settled_ms),
        0,
      );
      blocked_ms[name] = round(Math.max(...loads.map((one) => one.blocked_ms)), 0);
      progress(
        `${name}: ${ms[name].median} ms (${ms[name].min} to ${ms[name].max}), the whole page ${whole_ms[name].median} ms, blocked ${blocked_ms[name]} ms`,
      );
    }
    for (const [name, { median, max }] of Object.entries(ms))
      if (median > 300 || max > 1_000) over.push(name);

    // A browser that was never here, with the cookie of the session.
    const first: Loaded[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const fresh = await newWindow();
      await fresh.addCookies(await context.cookies());
      first.push(await load(await fresh.newPage(), `${system.api_url}/`));
      await fresh.close();
    }
    return {
      ...machine(),
      clicks,
      ms,
      whole_ms,
      blocked_ms,
      over,
      first_view: {
        settled_ms: figure(
          first.map(({ settled_ms }) => settled_ms),
          0,
        ),
        bytes: first[0]?.bytes,
        blocked_ms: figure(
          first.map((one) => one.blocked_ms),
          0,
        ),
      },
    };
  } finally {
    await browser.close();
    await (options.data === undefined ? system.destroy() : system.stop());
  }
};
