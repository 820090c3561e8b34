/**
 * What people come to the console for, in Chromium, each from its beginning to its end with the keyboard alone: the first
 * tap of a new account, an A/B test, history of another product brought in and taken back, and a link that has to go.
 * Money and audiences have a file of their own (console-money.test.ts).
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { giveDomain } from '../support/domains.ts';
import type { Keyboard } from '../support/keyboard.ts';
import { inviteMember, PASSWORD } from '../support/members.ts';
import { axeFinds, openWindow } from '../support/open-window.ts';
import { createPhones, PHONE } from '../support/phones.ts';
import { createCampaign, createLinks, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

vi.setConfig({ testTimeout: 180_000 });

let system: System;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let keys: Keyboard;
let thrown: string[];

beforeAll(async () => {
  system = await sharedSystem();
  browser = await launchBrowser();
});
afterEach(() => context?.close());
afterAll(async () => {
  await browser?.close();
  await system?.destroy();
});

async function open(url: string): Promise<void> {
  ({ context, page, keys, thrown } = await openWindow(browser, url));
}

/** The first sign-in of an owner. */
async function join(sender: Sender, email: string): Promise<void> {
  await open((await inviteMember(sender, email, 'owner')).url);
  await keys.type('Choose a password', PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

async function tap(short_url: string): Promise<number> {
  const phones = createPhones(system.redirect_url, 1);
  const answer = await phones.open(short_url.slice(short_url.lastIndexOf('/') + 1), PHONE);
  phones.close();
  return answer?.status ?? 0;
}

it('a new account comes from its invitation to its own tap; what is wrong in a form is told at once', async () => {
  await join(await createSender(system), 'first@journeys.example');
  await keys.press('link', 'See the first steps');
  await keys.type('Name', 'Shoes');
  await keys.type('Destination', 'not an address');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').first().waitFor();
  await keys.type('Destination', 'https://shop.example/?cid={{click_id}}');
  await page.keyboard.press('Enter');
  await keys.type('Text', 'Hi {{first_name}}, “look”: {{link1}');
  await page.getByText('is not closed by }}').waitFor();
  await page.keyboard.type('}');
  await page.getByText('Not in GSM-7').waitFor();
  await page.getByText('Every message has to bring: first_name').waitFor();
  await keys.type('Name', 'Short');
  expect(await page.getByLabel('link1 leads to').textContent()).toBe('Shoes');
  expect(await axeFinds(page, 'the page')).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Make the campaign' }).waitFor();
  await keys.type('Name', 'Spring');
  await page.keyboard.press('Enter');
  await keys.press('button', 'Make the message');
  await page.getByText('Hi first_name, “look”').waitFor();
  expect(await tap((await page.locator('a[target=_blank]').textContent()) ?? '')).toBe(302);
  await page.getByRole('link', { name: 'Everything about it' }).waitFor();
  expect(await axeFinds(page, 'the page')).toEqual([]);
  await keys.press('link', 'Everything about it');
  await page.getByRole('heading', { name: 'This click' }).waitFor();
  await page.goBack();
  await keys.press('link', 'Postbacks');
  await page.getByRole('heading', { name: 'Postbacks of Shoes' }).waitFor();
  expect(thrown).toEqual([]);
});

it('an A/B test is made, sent, and read', async () => {
  const sender = await createSender(system);
  await createCampaign(sender, 'Texts');
  await join(sender, 'ab@journeys.example');
  await keys.press('link', 'Campaigns');
  await keys.press('link', 'New campaign');
  await keys.type('Name', 'Two texts');
  await keys.choose('Creative of A', 'Texts creative 1');
  await keys.press('button', 'Add a variant');
  await keys.choose('Creative of B', 'Texts creative 2');
  await keys.press('button', 'Split evenly');
  await page.getByText('100 % in all.').waitFor();
  await keys.press('button', 'Make the campaign');
  await page.getByRole('heading', { name: 'Two texts', level: 1 }).waitFor();
  const campaign_id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const { body } = await sender.call('GET', `/v2/campaigns/${campaign_id}`);
  const { variants } = body as unknown as { variants: { variant_id: string; creative_id: string }[] };
  expect(variants).toMatchObject([{ percent: 50 }, { percent: 50 }]);
  const two_days_ago = new Date(Date.now() - 2 * 24 * 3_600_000).toISOString();
  const messages = await sender.send(
    variants.flatMap(({ variant_id, creative_id }) =>
      Array.from({ length: 120 }, (_, i) => ({
        ...{ contact_id: `${variant_id}-${i}`, campaign_id, variant_id, creative_id },
        // Younger ones may still be opened.
        sent_at: two_days_ago,
        fields: { first_name: 'Kim' },
      })),
    ),
  );
  // Nine of ten of those who got A, half of those who got B.
  const tapped = messages.filter((_, i) => (i < 120 ? i % 10 !== 0 : i % 2 === 0));
  const phones = createPhones(system.redirect_url, 8);
  await Promise.all(
    tapped.map(({ links }, i) => phones.open(links[0]?.link_id ?? '', PHONE, 'GET', `81.2.69.${i}`)),
  );
  phones.close();
  await untilSeen('the messages and their clicks', async () => {
    const { totals } = (await sender.call('GET', '/v2/reports/campaigns?from=2026-01-01')).body;
    return [totals.sent, totals.clicks_unique];
  }, [messages.length, tapped.length]);
  await keys.press('link', 'Overview');
  await keys.press('link', 'Campaigns');
  await keys.press('link', 'Two texts');
  // The page was shown seconds ago, and is kept for ten.
  await page.reload();
  await page.getByText(/^“A” gets more clicks: 90% against 50%, \+40\.0 points\./).waitFor();
  expect(thrown).toEqual([]);
});

it('history is dropped, checked, brought in, and taken back', async () => {
  const host = 'old.journeys.example';
  const sender = await createSender(system);
  await giveDomain(system, sender.account_id, host);
  await join(sender, 'imports@journeys.example');
  await page.goto(`${system.api_url}/imports`);
  await page.getByText('Nothing was imported yet.').waitFor();
  const csv = [
    'Short link,Destination URL,Created at',
    `https://${host}/spring,https://shop.example/spring,2024-03-01`,
    `https://${host}/summer,https://shop.example/summer,2024-03-01`,
    `https://${host}/nowhere,javascript:alert(1),2024-03-01`,
  ].join('\n');
  // What the browser does when a file is let go over it; a file can also be chosen with the keyboard.
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'old-links.csv', { type: 'text/csv' }));
    return transfer;
  }, csv);
  await page.locator('label.drop').dispatchEvent('drop', { dataTransfer: dropped });
  await page.getByRole('rowheader', { name: `https://${host}/summer` }).waitFor();
  expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
  await keys.choose('Export of', 'Voluum: v');
  await page.getByText('nothing public names the columns of this file.').waitFor();
  await page.keyboard.press('Home');
  await keys.press('button', 'Check');
  await page.getByText('Links: 2 rows can be imported, 1 can not.').waitFor();
  await page.getByRole('row').filter({ hasText: 'javascript' }).first().waitFor();
  await page.getByText('Nothing was imported yet.').waitFor();
  await keys.press('button', 'Import');
  const run = page.getByRole('row').filter({ hasText: 'old-links.csv' });
  await run.getByText('done', { exact: true }).waitFor();
  await keys.press('button', 'Undo old-links.csv');
  await page.getByRole('alertdialog').waitFor();
  await keys.press('button', 'Undo');
  await run.getByText('undone', { exact: true }).waitFor();
  expect(thrown).toEqual([]);
});

it('the operator takes a link down, and opens it again', async () => {
  const [link_id = ''] = await createLinks(system, 'Reported', 1);
  expect(await tap(link_id)).toBe(302);
  await open(system.api_url);
  await keys.reach(page.getByText('Use an API key to look'), 'the other way in');
  await page.keyboard.press('Enter');
  await keys.type('API key', system.admin_key);
  await page.keyboard.press('Enter');
  await keys.press('link', 'Take-downs');
  await keys.type('Id', link_id);
  await keys.type('Reason', 'reported as phishing');
  await keys.type('Admin key', system.admin_key);
  await page.keyboard.press('Enter');
  const row = page.getByRole('row').filter({ hasText: link_id });
  await row.getByText('reported as phishing').waitFor();
  await untilSeen('the link', () => tap(link_id), 410);
  await keys.press('button', `Open ${link_id} again`);
  await row.waitFor({ state: 'detached' });
  await untilSeen('the link', () => tap(link_id), 302);
  expect(thrown).toEqual([]);
});
