/**
 * What an analyst does in the console by keyboard: breaks clicks down and filters by what stands out, finds out why clicks
 * were bots and opens them, reads the best time to send and how clicks earn over days. Axe looks at each page, light and
 * dark, on a phone and on a wide screen.
 */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser, untilSettled } from '../support/browser.ts';
import { NOON } from '../support/noon.ts';
import { lookWith, openWindow } from '../support/open-window.ts';
import { BOT, clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { createNetwork } from '../support/postback.ts';
import { type Campaign, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until, untilSeen } from '../support/until.ts';

vi.setConfig({ testTimeout: 120_000 });

const HOUR_MS = 3_600_000;
/** Networks of Deutsche Telekom and Orange. */
const ADDRESSES = { DE: '84.140.9.', FR: '83.200.9.' } as const;
const PEOPLE = ['DE', 'DE', 'DE', 'FR', 'FR', 'DE'] as const;
const BOTS = 3;
/** More than an hour of the week needs. */
const MESSAGES = 120;

let system: System;
let sender: Sender;
let campaign: Campaign;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system, { time_zone: NOON });
  campaign = await createCampaign(sender, 'Insight');
  await tapAndEarn();
  browser = await launchBrowser();
  ({ page, errors } = await openWindow(browser, system.api_url));
  await lookWith(page, sender.api_key);
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await system?.destroy();
});

/** Messages of two days ago; some people tap them from two countries, some previews, and one tap earns. */
async function tapAndEarn(): Promise<void> {
  const sent_at = new Date(Date.now() - 48 * HOUR_MS).toISOString();
  const sent = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      contact_id: `contact-${i}`,
      creative_id: campaign.creative_ids[0],
      campaign_id: campaign.campaign_id,
      variant_id: 'A',
      fields: { first_name: 'Kim' },
      sent_at,
    })),
  );
  const phones = createPhones(system.redirect_url, 1);
  const network = createNetwork(system.redirect_url, 1);
  const link = (message: number): string => sent[message]?.links[0]?.link_id ?? '';
  let click_id = '';
  for (const [i, place] of PEOPLE.entries()) {
    const answer = await phones.open(
      `${link(i)}?utm_source=${place === 'DE' ? 'qr' : 'mail'}`,
      PHONE,
      'GET',
      ADDRESSES[place] + (10 + i),
    );
    if (answer !== undefined) click_id = clickIdOf(answer);
  }
  for (let i = 0; i < BOTS; i++)
    await phones.open(link(PEOPLE.length + i), BOT, 'GET', `${ADDRESSES.DE}${100 + i}`);
  await network.report('/conv', { click_id, revenue: '12.50', currency: 'EUR', txn_id: 'order-1' });
  phones.close();
  network.close();
  await untilSeen('clicks and money in the reports', async () => {
    const { body } = await sender.call('GET', '/v2/reports/campaigns');
    if (typeof body === 'string' || !('totals' in body)) return undefined;
    const { clicks_human, clicks_bot, revenue } = body.totals;
    return [clicks_human, clicks_bot, revenue];
  }, [PEOPLE.length, BOTS, '12.50']);
}

const goTo = async (path: string): Promise<void> => {
  await page.goto(system.api_url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await settled();
};

/** Waits until the expression is true in the page. */
const holds = (expression: string): Promise<void> =>
  until(
    async () => (await page.evaluate(expression)) === true,
    HANGS_AFTER_MS,
    () => `never: ${expression}`,
  );

const settled = (): Promise<void> => untilSettled(page);

/** Presses a button or opens a link as the keyboard does. */
async function press(role: 'button' | 'link', name: RegExp | string): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await target.focus();
  await page.keyboard.press('Enter');
}

const query = (): URLSearchParams => new URL(page.url()).searchParams;

async function looksRight(path: string): Promise<void> {
  if ((await page.evaluate("typeof axe === 'undefined'")) === true) await page.evaluate(axe.source);
  for (const width of [1_440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await settled();
    const sticks_out = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(sticks_out, `${path} at ${width}`).toBe(0);
    for (const theme of width === 390 ? ['light'] : ['light', 'dark']) {
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
      // Only colours differ in the dark.
      const rules = theme === 'light' ? '{}' : "{ runOnly: ['color-contrast'] }";
      const { violations } = (await page.evaluate(`axe.run(${rules})`)) as axe.AxeResults;
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
      );
      expect(found, `${path} at ${width}, ${theme}`).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1_440, height: 900 });
  expect(errors).toEqual([]);
}

it('breaks clicks down: a bar, a country on the map and a parameter filter all the others, Back undoes one', async () => {
  await goTo('/explore');
  await press('button', /^Germany/);
  await holds("new URLSearchParams(location.search).get('country') === 'DE'");
  await page.getByRole('button', { name: 'Country: Germany' }).waitFor();
  await page.getByRole('button', { name: /^Phone\s*4 · 100%/ }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: /^Phone\s*6 · 100%/ }).waitFor();
  // With the pointer; the bar does the same by keyboard.
  await page.locator('.map path[data-code=FR]').click();
  await page.getByRole('button', { name: /^Phone\s*2 · 100%/ }).waitFor();
  await press('button', 'Country: France');
  await press('button', /^qr/);
  await page.getByRole('button', { name: /^Phone\s*4 · 100%/ }).waitFor();
  expect(query().get('query.utm_source')).toBe('qr');
  await page.getByRole('combobox', { name: /^Campaign/ }).selectOption({ label: 'Insight' });
  await settled();
  expect(query().get('campaign_id')).toBe(campaign.campaign_id);
  await looksRight('/explore');
  await press('button', 'Revenue');
  await page.getByRole('button', { name: /Insight offer 1.*€12\.50/ }).waitFor();
});

it('says why clicks were bots, and opens them', async () => {
  await goTo('/bots');
  await page.getByText('33.3%').first().waitFor();
  await page.getByRole('link', { name: 'Preview of an app' }).waitFor();
  await page.getByRole('link', { name: /^1 d and more\s*3 of 9 · 33\.3%/ }).waitFor();
  await looksRight('/bots');
  await press('link', 'Preview of an app');
  await page.getByRole('heading', { level: 1, name: 'Clicks' }).waitFor();
  await page.getByRole('button', { name: 'Reason: Preview of an app' }).waitFor();
  await untilSeen('clicks of bots', () => page.locator('main tbody tr').count(), BOTS);
  await looksRight('/clicks');
  await page.locator('main tbody a').first().focus();
  await page.keyboard.press('Enter');
  await page.getByText('user_agent:preview').first().waitFor();
});

it('reads the best time to send, claims none by chance, and how clicks earn over days', async () => {
  await goTo('/send-times');
  await page.getByText('No hour is better than the others beyond chance').waitFor();
  await page.getByText('from 120 messages').waitFor();
  await page
    .getByRole('cell', { name: /^5%\s*120$/ })
    .first()
    .waitFor();
  await press('button', 'Revenue per 1,000 messages');
  await page
    .getByRole('cell', { name: /€104\.17/ })
    .first()
    .waitFor();
  await looksRight('/send-times');
  await goTo(`/cohorts?campaign_id=${campaign.campaign_id}`);
  await press('button', 'Day');
  await page.getByRole('cell', { name: '€12.50 (still rises)' }).waitFor();
  await page.getByLabel('Add up').focus();
  await page.keyboard.press('Space');
  await holds("new URLSearchParams(location.search).get('cumulative') === 'yes'");
  await press('button', 'Revenue per unique click');
  await page
    .getByRole('cell', { name: /€2\.0833/ })
    .first()
    .waitFor();
  await looksRight('/cohorts');
});
