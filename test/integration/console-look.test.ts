/**
 * Looking at figures in the console, in Chromium and with the keyboard: another range beside this one, filters, the
 * measure and the grain of a chart, the chart as a picture and a file, two campaigns side by side, a domain.
 */
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchBrowser, sticksOut, untilSettled } from '../support/browser.ts';
import { inviteMember, PASSWORD } from '../support/members.ts';
import { NOON } from '../support/noon.ts';
import { axeFinds, lookWith, openWindow } from '../support/open-window.ts';
import { ANDROID, createPhones, PHONE } from '../support/phones.ts';
import { type Campaign, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { until, untilSeen } from '../support/until.ts';

const WIDTHS = [320, 1_440] as const;
const DAY_MS = 24 * 3_600_000;
const DOMAIN = 'look.brand.example';

let system: System;
let sender: Sender;
let spring: Campaign;
let autumn: Campaign;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let errors: string[];

/** Ranges that are not over are compared up to the nearest quarter of an hour: this is surely before it. */
const AGO_MS = 20 * 60_000;
const at = (days_ago: number): string => new Date(Date.now() - days_ago * DAY_MS - AGO_MS).toISOString();

/** So many messages, of which the first are tapped. */
async function send(campaign: Campaign, days_ago: number, messages: number, tapped: number): Promise<void> {
  const sent = await sender.send(
    Array.from({ length: messages }, (_, i) => ({
      contact_id: `contact-${i}`,
      campaign_id: campaign.campaign_id,
      creative_id: campaign.creative_ids[i % 2],
      variant_id: 'AB'[i % 2],
      sent_at: at(days_ago),
      fields: { first_name: 'Kim' },
    })),
  );
  const phones = createPhones(system.redirect_url, 4);
  await Promise.all(
    sent
      .slice(0, tapped)
      .map(({ links }, i) => phones.open(links[0]?.link_id ?? '', i % 2 === 0 ? PHONE : ANDROID)),
  );
  phones.close();
}

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system, { time_zone: NOON });
  await sender.call('POST', '/v2/domains', { domain: DOMAIN });
  [spring, autumn] = [await createCampaign(sender, 'Spring'), await createCampaign(sender, 'Autumn')];
  await send(spring, 0, 10, 6);
  await send(spring, 7, 10, 2);
  await send(autumn, 0, 10, 1);
  await untilSeen(
    'the clicks',
    async () => (await sender.call('GET', '/v2/reports/hours?by=month')).body,
    ({ totals }) => totals.sent === 30 && totals.clicks_unique === 9,
  );
  browser = await launchBrowser();
});

afterEach(() => context?.close());

afterAll(async () => {
  await browser?.close();
  await system?.destroy();
});

async function open(path: string): Promise<void> {
  ({ context, page, errors } = await openWindow(browser, system.api_url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  }));
  await lookWith(page, sender.api_key);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goto(system.api_url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** As somebody who may change things: a key may only look. */
async function openAsOwner(path: string): Promise<void> {
  await open('/');
  // Left first: what the page still asks for would be refused without its cookie.
  await page.goto('about:blank');
  await context.clearCookies();
  const { url } = await inviteMember(sender, `owner-${Date.now()}@example.com`, 'owner');
  await page.goto(url);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goto(system.api_url + path);
}

async function press(what: Locator, key = 'Enter'): Promise<void> {
  await what.focus();
  await page.keyboard.press(key);
}

const FITS_WITHIN_MS = 5_000;

/** What axe finds and what sticks out, on a small phone and a wide screen, light and dark. */
async function faults(): Promise<string[]> {
  await untilSettled(page);
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 850 });
    let wide: string[] = [];
    // A chart is drawn anew once the window has its size.
    await until(
      async () => {
        wide = await sticksOut(page);
        return wide.length === 0;
      },
      FITS_WITHIN_MS,
      () => '',
    ).catch(() => found.push(...wide));
    found.push(...(await axeFinds(page, String(width), 'main')));
  }
  return found;
}

const choice = (name: string): Locator => page.getByRole('combobox', { name, exact: true });
const card = (name: string): Locator => page.locator('.card').filter({ hasText: name });

it('shows the same weekdays of the week before beside this week: counts in per cent, rates in points', async () => {
  await open(`/campaigns/${spring.campaign_id}`);
  await press(page.getByRole('button', { name: '7 days', exact: true }));
  await press(page.getByLabel('Compare with'), 'ArrowDown');
  await page.waitForURL(/compare=week/);
  await card('Unique clicks').getByText('+200%, from 2').waitFor();
  await card('Click rate').getByText('+40.0 points, from 20%').waitFor();
  await page.getByText(/^Compared with .+ \(until .+\)\.$/).waitFor();
  const funnel = page.getByRole('region', { name: 'From message to revenue' });
  await funnel.getByText('60% of sent').waitFor();
  await press(page.getByText('As a table'));
  const table = page.getByRole('region', { name: 'Unique clicks over time' });
  await table.getByText('(not whole)').waitFor();
  expect(await table.getByRole('columnheader').count()).toBe(3);
  await page.getByRole('heading', { name: 'A/B test' }).waitFor();
  await page.getByText('Clicks: not settled. Conversions: not settled. Revenue: not settled.').waitFor();
  await page.getByText('2: Hi {{first_name}}, {{link1}} or {{link2}}').waitFor();
  expect(await faults()).toEqual([]);
  expect(errors).toEqual([]);
});

it('filters the overview by what there is, by chips that Back takes away, and draws what is known then', async () => {
  await open('/');
  await card('Sent').getByText('30', { exact: true }).waitFor();
  await press(page.getByRole('button', { name: 'Add a filter' }));
  const value = choice('Value');
  await value.getByRole('option', { name: 'Spring (8)' }).waitFor({ state: 'attached' });
  await press(page.getByRole('button', { name: 'Filter', exact: true }));
  await page.getByRole('button', { name: 'Campaign: Spring' }).waitFor();
  await card('Sent').getByText('20', { exact: true }).waitFor();
  await choice('By').selectOption('System');
  await value.getByRole('option', { name: 'Android (4)' }).waitFor({ state: 'attached' });
  await value.selectOption('Android');
  await press(page.getByRole('button', { name: 'Filter', exact: true }));
  await page.getByText('Filtered by what people tapped with').waitFor();
  await card('Clicks of people').getByText('4', { exact: true }).waitFor();
  expect(await page.getByRole('heading', { name: 'From message to revenue' }).count()).toBe(0);
  await page.goBack();
  await card('Sent').getByText('20', { exact: true }).waitFor();
  await page.goBack();
  await card('Sent').getByText('30', { exact: true }).waitFor();
  await choice('By').selectOption('Campaign');
  await value.getByRole('option', { name: 'Spring (8)' }).waitFor({ state: 'attached' });
  await value.selectOption('Spring (8)');
  await choice('Condition').selectOption('is not');
  await press(page.getByRole('button', { name: 'Filter', exact: true }));
  await card('Sent').getByText('10', { exact: true }).waitFor();
  await press(page.getByRole('button', { name: 'Campaign is not: Spring' }));
  await card('Sent').getByText('30', { exact: true }).waitFor();
  expect(errors).toEqual([]);
});

it('shows what happened when on the charts, with its text for the pointer, the keyboard and the table', async () => {
  await openAsOwner('/annotations');
  await page.getByRole('textbox', { name: 'What happened' }).fill('New sender number');
  await press(page.getByRole('button', { name: 'Add the annotation' }));
  await page.getByRole('row', { name: /^New sender number/ }).waitFor();
  await press(page.getByRole('button', { name: 'Change “New sender number”' }));
  await page.getByRole('textbox', { name: 'What happened' }).fill('Another sender number');
  await press(page.getByRole('button', { name: 'Save', exact: true }));
  await page.getByRole('row', { name: /^Another sender number/ }).waitFor();
  expect(await faults()).toEqual([]);
  await page.goto(`${system.api_url}/`);
  const mark = page.getByRole('button', { name: /: Another sender number$/ });
  await mark.focus();
  await page.locator('.marks').getByText('Another sender number').waitFor();
  await press(page.getByText('As a table'));
  const table = page.getByRole('region', { name: 'Unique clicks over time' });
  await table.getByRole('cell', { name: 'Another sender number' }).waitFor();
  expect(await faults()).toEqual([]);
  await press(page.getByRole('link', { name: 'Annotations' }).last());
  await press(page.getByRole('button', { name: 'Remove Another sender number' }));
  await page.getByText('There is no annotation yet.').waitFor();
  expect(errors).toEqual([]);
});

/** How wide the line of a chart is above its ground: of each piece of it, in pixels. */
const WIDTHS_ABOVE_GROUND = `(() => {
  const { width, height } = document.querySelector('.chart canvas');
  const pixels = document.querySelector('.chart canvas').getContext('2d').getImageData(0, 0, width, height).data;
  const isLine = (x, y) => [11, 107, 93, 255].every((part, i) => Math.abs(pixels[4 * (y * width + x) + i] - part) < 12);
  const across = [...Array(width).keys()];
  const ground = [...Array(height).keys()].findLast((y) => across.filter((x) => isLine(x, y)).length > width / 3);
  const high = across.filter((x) => [...Array(Math.max(0, (ground ?? 0) - 8)).keys()].some((y) => isLine(x, y)));
  const pieces = high.flatMap((x, i) => (x - (high[i - 1] ?? -width) > width / 40 ? [[x]] : []));
  return pieces.map(([from], i) => high.filter((x) => x >= from && x < (pieces[i + 1]?.[0] ?? width)).at(-1) - from);
})()`;

it('draws a day between empty ones as a column, not as a ramp, and what was sent once it is asked for', async () => {
  await open('/?range=30d&compare=none');
  await page.locator('canvas').waitFor();
  const widths = await untilSeen(
    'the drawing',
    () => page.evaluate(WIDTHS_ABOVE_GROUND) as Promise<number[]>,
    (pieces) => pieces.length === 2,
  );
  // A period is a thirtieth of the chart, and a ramp is two of them.
  for (const width of widths) expect(width).toBeLessThan(36);
  expect(await page.locator('.lines li').allTextContents()).toEqual([
    'Unique clicks',
    'Sent (scale at the right)',
    'not whole',
  ]);
  await press(page.getByText('As a table'));
  const heads = page.getByRole('region', { name: 'Unique clicks over time' }).getByRole('columnheader');
  expect(await heads.allTextContents()).toEqual(['Time', 'Unique clicks']);
  await press(page.getByRole('checkbox', { name: /^Sent/ }), 'Space');
  await heads.filter({ hasText: 'Sent' }).waitFor();
  expect(await faults()).toEqual([]);
  expect(errors).toEqual([]);
});

it('draws the chosen measure by the chosen grain, and gives it as a picture, a file and on the clipboard', async () => {
  await open('/?compare=none');
  await press(choice('Show'), 'ArrowDown');
  await page.getByText('Clicks of people over time').first().waitFor();
  await press(choice('by'), 'ArrowDown');
  await page.waitForURL(/grain=week/);
  // Until the weeks are there, the days stay.
  await page.locator('.chart details tbody tr').nth(7).waitFor({ state: 'detached' });
  await page.locator('canvas').waitFor();
  const downloaded = async (button: string): Promise<Buffer> => {
    const coming = page.waitForEvent('download');
    await press(page.getByRole('button', { name: button }));
    return readFile(await (await coming).path());
  };
  const picture = await downloaded('Save as PNG');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  // Below the title and the notes, with its legend: higher than the chart alone.
  expect(picture.readUInt32BE(20)).toBeGreaterThan(300);
  const csv = (await downloaded('Download CSV')).toString();
  expect(csv.split('\r\n')[0]).toBe(`"Time (${NOON})",Clicks of people`);
  const clicks = csv
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
  expect(clicks.reduce((sum, n) => sum + n, 0)).toBe(9);
  await press(page.getByRole('button', { name: 'Copy the figures as CSV' }));
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(csv);
  expect(errors).toEqual([]);
});

it('shows the columns of a list that were chosen in this browser, beside a first one that stays', async () => {
  await open('/campaigns');
  const heads = async () => (await page.getByRole('columnheader').allTextContents()).slice(1);
  await page.getByRole('link', { name: 'Spring' }).waitFor();
  expect(await heads()).not.toContain('All clicks');
  await press(page.getByRole('button', { name: 'Columns', exact: true }));
  await press(page.getByRole('checkbox', { name: 'All clicks' }), 'Space');
  await press(page.getByRole('checkbox', { name: 'Sent', exact: true }), 'Space');
  await page.getByRole('columnheader', { name: 'All clicks' }).waitFor();
  expect(await faults()).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  const revenue = page.getByRole('columnheader', { name: 'Revenue per click' });
  await revenue.scrollIntoViewIfNeeded();
  const left = async (what: Locator): Promise<number> => (await what.boundingBox())?.x ?? Number.NaN;
  const edge = await left(page.getByRole('region', { name: 'Campaigns' }));
  expect(Math.round((await left(page.getByRole('rowheader').first())) - edge)).toBeLessThan(3);
  expect(await heads()).toContain('All clicks');
  expect(await heads()).not.toContain('Sent');
  await press(page.getByRole('button', { name: 'Columns', exact: true }));
  await press(page.getByRole('button', { name: 'The usual columns' }));
  await page.getByRole('columnheader', { name: 'Sent', exact: true }).waitFor();
  expect(await heads()).not.toContain('All clicks');
  expect(errors).toEqual([]);
});

it('says once on Explore that nothing is there, and how to see more', async () => {
  await open('/explore?from=2025-01-01&to=2025-01-02');
  await page.getByText('No clicks of people here.').waitFor();
  expect(await page.getByText('No clicks of people here.').count()).toBe(1);
  expect(await faults()).toEqual([]);
  await page.goto(`${system.api_url}/explore?country=AQ`);
  await press(page.getByRole('button', { name: 'Take all filters away' }));
  await page.getByRole('heading', { name: 'Device' }).waitFor();
  await page.goto(`${system.api_url}/explore?measure=conversions`);
  await page.getByText('Nothing here in this range.').waitFor();
  expect(await page.getByText('Nothing here in this range.').count()).toBe(1);
  expect(errors).toEqual([]);
});

it('compares two campaigns that are chosen in the list', async () => {
  await open('/campaigns');
  await press(page.getByRole('checkbox', { name: 'Choose Spring' }), 'Space');
  await press(page.getByRole('checkbox', { name: 'Choose Autumn' }), 'Space');
  await press(page.getByRole('link', { name: 'Compare these two' }));
  await page.getByRole('heading', { name: 'Compare two', level: 1 }).waitFor();
  const rate = page.getByRole('row', { name: /^Click rate / });
  await rate.getByText('−30.0 points').waitFor();
  expect(await rate.getByRole('cell').allTextContents()).toEqual(['40%', '10%', '−30.0 points']);
  expect(
    await page
      .getByRole('row', { name: /^Sent / })
      .getByRole('cell')
      .allTextContents(),
  ).toEqual(['20', '10', '−50%']);
  await choice('By').selectOption('System');
  const android = page.getByRole('row', { name: /^Android / });
  await android.getByText('50% (4)').waitFor();
  await android.getByText('−50.0 points').waitFor();
  expect(await faults()).toEqual([]);
  await press(page.getByRole('button', { name: 'Swap' }));
  await rate.getByText('+30.0 points').waitFor();
  expect(errors).toEqual([]);
});

it('archives several of a list at once, and takes that back', async () => {
  await openAsOwner('/campaigns');
  for (const name of ['Spring', 'Autumn'])
    await press(page.getByRole('checkbox', { name: `Choose ${name}` }), 'Space');
  const several = page.getByRole('group', { name: 'Chosen campaigns' });
  await several.getByText('2 chosen').waitFor();
  expect(await faults()).toEqual([]);
  await press(several.getByRole('button', { name: 'Archive' }));
  await page.getByText('2 archived.').waitFor();
  const states = async () =>
    (await sender.call('GET', '/v2/campaigns')).body.campaigns.map(({ status }) => status).toSorted();
  expect((await states()).slice(-2)).toEqual(['archived', 'archived']);
  await press(page.getByRole('button', { name: 'Undo' }));
  await page.getByText('It is as it was.').waitFor();
  expect(await states()).not.toContain('archived');
  expect(errors).toEqual([]);
});

it('has the pages at hand on a phone, and all of them behind a button', async () => {
  await open('/');
  await page.setViewportSize({ width: 390, height: 844 });
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const links = pages.getByRole('link');
  expect(await links.allTextContents()).toEqual(['Overview', 'Live', 'Campaigns', 'Offers']);
  const menu = pages.getByRole('button', { name: 'Menu' });
  await press(menu);
  await pages.getByRole('link', { name: 'Explore' }).waitFor();
  expect(await faults()).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await menu.focus();
  await page.keyboard.press('Escape');
  await pages.getByRole('link', { name: 'Explore' }).waitFor({ state: 'hidden' });
  await press(menu);
  await press(pages.getByRole('link', { name: 'Explore' }));
  await page.getByRole('heading', { name: 'Explore', level: 1 }).waitFor();
  expect(await menu.getAttribute('aria-expanded')).toBe('false');
  await page.locator('.loading, [aria-busy="true"]').first().waitFor({ state: 'detached' });
  // The end of the page is above the bar.
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  const end = await page.locator('.zone').boundingBox();
  const bar = await pages.boundingBox();
  expect((end?.y ?? 0) + (end?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
  expect(errors).toEqual([]);
});

it('has a page for each domain, the installation’s own among them', async () => {
  await open('/domains');
  await press(page.getByRole('link', { name: DOMAIN, exact: true }));
  await page.getByRole('heading', { name: DOMAIN, level: 1 }).waitFor();
  await page.getByText('waits for DNS').waitFor();
  expect(await faults()).toEqual([]);
  const { body } = await sender.call('GET', '/v2/reports/domains');
  const [own] = body.rows;
  await page.goto(`${system.api_url}/domains/${own?.domain}`);
  await page.getByText('The account has no such domain').waitFor();
  await card('Sent').getByText('30', { exact: true }).waitFor();
  await press(page.getByRole('region', { name: 'System' }).getByRole('button', { name: /^Android/ }));
  await page.getByText('Filtered by what people tapped with').waitFor();
  await press(page.getByRole('button', { name: 'System: Android' }));
  await card('Sent').getByText('30', { exact: true }).waitFor();
  expect(errors).toEqual([]);
});
