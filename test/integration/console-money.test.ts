/** What people do about money and audiences in the console, in Chromium and by the keyboard. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { launchBrowser, sticksOut, untilSettled } from '../support/browser.ts';
import type { Keyboard } from '../support/keyboard.ts';
import { inviteMember, PASSWORD } from '../support/members.ts';
import { axeFinds, openWindow } from '../support/open-window.ts';
import { clickIdOf, createPhones, PHONE } from '../support/phones.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';

const SCREEN = { width: 1_440, height: 900 };
/** The least that WCAG 1.4.10 asks for. */
const SMALL_SCREEN = { width: 320, height: 640 };
vi.setConfig({ testTimeout: 120_000 });

let system: System;
let sender: Sender;
let offer_id: string;
let click_id: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let keys: Keyboard;
let errors: string[];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const offer = {
    name: 'Shoes',
    destination_url: 'https://shop.example/?click={{click_id}}',
    payout: '2.00',
  };
  ({ offer_id } = created(await sender.call('POST', '/v2/offers', offer)));
  const offer_links = [{ key: 'link1', offer_id }];
  const { creative_id } = created(
    await sender.call('POST', '/v2/creatives', { name: 'Short', body: '{{link1}}', offer_links }),
  );
  const [message] = await sender.send([
    { message_id: 'm-1', contact_id: 'ann', creative_id },
    { message_id: 'm-2', contact_id: 'bob', creative_id },
  ]);
  const phones = createPhones(system.redirect_url, 1);
  click_id = clickIdOf((await phones.open(message?.links[0]?.link_id ?? '', PHONE)) as never);
  phones.close();
  browser = await launchBrowser();
});

beforeEach(async () => {
  const email = `money-${Math.random()}@example.com`;
  const { url } = await inviteMember(sender, email, 'owner');
  ({ context, page, keys, errors } = await openWindow(browser, url));
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
});

afterEach(() => context?.close());

afterAll(async () => {
  await browser?.close();
  await system?.destroy();
});

const goTo = async (path: string): Promise<void> => {
  await page.goto(system.api_url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
};

/** What is wider than the window, and what axe finds, light and dark. */
async function looksWell(where: string): Promise<void> {
  await untilSettled(page);
  for (const size of [SMALL_SCREEN, SCREEN]) {
    await page.setViewportSize(size);
    expect(await sticksOut(page), `${where} at ${size.width}`).toEqual([]);
  }
  expect(await axeFinds(page, where)).toEqual([]);
}

it('a postback under wrong names is found, its names are given, it is replayed and credited, all by the keyboard', async () => {
  const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
  const query = `offer_id=${offer_id}&postback_secret=${body.postback_secret}&clickid=${click_id}&order_no=J-1&amount=9.90`;
  expect((await fetch(`${system.redirect_url}/conv/offer?${query}`)).status).toBe(200);
  await until(
    async () => (await sender.call('GET', '/v2/reports/unattributed')).body.rows.length > 0,
    HANGS_AFTER_MS,
    () => 'the postback is not in the report',
  );
  await goTo('/finance');
  await keys.press('link', 'Not credited');
  await page.getByText('It names no click.').waitFor();
  await looksWell('not credited');
  await keys.reach(page.getByRole('row').getByRole('link', { name: 'Postbacks' }).first(), 'Postbacks');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Postback inspector' }).waitFor();
  await keys.press('button', /^Show the report/);
  // What each name likely is, is chosen already.
  for (const [theirs, ours] of [
    ['clickid', 'click_id'],
    ['order_no', 'txn_id'],
    ['amount', 'revenue'],
  ] as const) {
    await page.getByText(`${ours}: `).first().waitFor({ state: 'attached' });
    await keys.press('button', 'Read it so');
    await page.getByText(`${theirs} is read as ${ours} from now on.`).waitFor();
  }
  await looksWell('inspector');
  await keys.press('button', 'Replay');
  await page.getByText('Received as cnv_').waitFor();
  await until(
    async () => {
      const { body: list } = await sender.call('GET', '/v2/conversions?status=attributed');
      return list.rows.some((row) => row['txn_id'] === 'J-1' && Number(row['revenue']) === 9.9);
    },
    HANGS_AFTER_MS,
    () => 'the replay is not credited',
  );
  // From now on the network's own names are read at once.
  expect((await fetch(`${system.redirect_url}/conv/offer?${query.replace('J-1', 'J-2')}`)).status).toBe(200);
  await until(
    async () => {
      const { body: list } = await sender.call('GET', '/v2/conversions?txn_id=J-2');
      return list.rows[0]?.['click_id'] === click_id;
    },
    HANGS_AFTER_MS,
    () => 'the next postback is not read by the names',
  );
  await goTo('/finance?report=payouts');
  await page.getByRole('row').filter({ hasText: 'Shoes' }).first().waitFor();
  await looksWell('payouts');
  expect(errors).toEqual([]);
});

it('an audience is built by the keyboard, counted as it is, kept over a reload, explained and downloaded', async () => {
  await goTo('/audiences');
  await keys.press('link', 'New audience');
  await keys.type('Name', 'Clicked');
  const counted = page.locator('.result [role=status]');
  await counted.getByText('1 contact').waitFor();
  await keys.press('button', 'Add a condition');
  await until(
    async () => (await page.evaluate('document.activeElement.id')) === 'part-1',
    HANGS_AFTER_MS,
    () => 'the new condition has no focus',
  );
  await page.keyboard.type('was sent');
  const second = page.getByRole('group', { name: 'Condition 2' });
  await keys.reach(second.getByLabel('At least'), 'At least');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('0');
  await page.getByText('Write whole numbers').waitFor();
  expect(await page.getByRole('button', { name: 'Save the audience' }).isDisabled()).toBe(true);
  await keys.reach(second.getByLabel('At least'), 'At least');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('2');
  await counted.getByText('0 contacts').waitFor();
  await page.getByText('Nobody fits these rules.').waitFor();
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await page.getByText('What you typed before').waitFor();
  expect(await second.getByLabel('At least').inputValue()).toBe('2');
  await keys.reach(second.getByLabel('At least'), 'At least');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1');
  await counted.getByText('1 contact').waitFor();
  await keys.reach(second.getByText('Narrow it down'), 'Narrow it down');
  await page.keyboard.press('Enter');
  await keys.reach(second.getByLabel('Offer', { exact: true }), 'Offer');
  await page.keyboard.type('Shoes');
  await page.getByText('was sent a message, Shoes: 1 time').waitFor();
  await looksWell('audience');
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { name: 'Clicked', level: 1 }).waitFor();
  const downloading = page.waitForEvent('download');
  await keys.press('link', 'Download CSV');
  const stream = await (await downloading).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('contact_id\r\nann\r\n');
  await keys.press('link', 'Audiences');
  await page.getByRole('link', { name: 'Clicked' }).waitFor();
  await looksWell('audiences');
  expect(errors).toEqual([]);
});

it('an export is compared, its columns are told, and a difference is decided and taken back', async () => {
  await goTo('/finance/reconcile');
  await page.getByLabel('Drop the CSV').setInputFiles({
    name: 'november.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Order;Value;Day\nR-1;12,50;2026-11-28T10:00:00Z\n'),
  });
  await page.getByRole('cell', { name: '12,50' }).waitFor();
  for (const [column, title] of [
    ['Transaction', 'Order'],
    ['Amount', 'Value'],
    ['Time', 'Day'],
  ] as const)
    await page.getByRole('combobox', { name: column, exact: true }).selectOption(title);
  await looksWell('an export');
  await keys.press('button', 'Compare');
  await page.getByRole('heading', { name: 'Differences' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'R-1' }).getByText('Only the network has it').waitFor();
  await looksWell('differences');
  const decision = page.getByLabel('Decision on R-1');
  const note = page.getByLabel('Note on R-1');
  await note.fill('asked them');
  await decision.focus();
  await page.keyboard.press('t');
  await page.getByText('Saved.').waitFor();
  expect(await decision.inputValue()).toBe('accepted_there');
  expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Decision on R-1');
  await keys.press('button', 'Undo');
  await page.getByText('It is as it was.').waitFor();
  await until(
    async () => (await decision.inputValue()) === 'open',
    HANGS_AFTER_MS,
    () => 'the decision was not taken back',
  );
  // Neither took away what is typed beside it.
  expect(await note.inputValue()).toBe('asked them');
  expect(errors).toEqual([]);
});

it('an offer gets rules, a cap and its attribution; a key other scopes; the account a logo', async () => {
  await goTo(`/offers/${offer_id}/edit`);
  await page.getByText('Rules, caps and attribution').focus();
  await page.keyboard.press('Enter');
  await keys.press('button', 'Add a rule');
  const rule = page.getByRole('group', { name: 'Rule 1' });
  await rule.getByLabel('Name', { exact: true }).fill('Austria');
  await rule.getByLabel('Countries').fill('at');
  await rule.getByLabel('Address').fill('https://shop.example/at?c={{click_id}}');
  await keys.press('button', 'Add a cap');
  await page.getByRole('group', { name: 'Cap 1' }).getByLabel('Limit').fill('none');
  await looksWell('rules of an offer');
  await page.keyboard.press('Control+s');
  await page.getByText('caps.0.limit').first().waitFor();
  await page.getByRole('group', { name: 'Cap 1' }).getByLabel('Limit').fill('100');
  await page.keyboard.press('Control+s');
  await page.getByText('Saved.').waitFor();
  const { body } = await sender.call('GET', `/v2/offers/${offer_id}`);
  expect(body).toMatchObject({
    rules: [{ name: 'Austria', when: { country: ['AT'] }, to: [{ url: expect.stringContaining('/at?') }] }],
    caps: [{ count: 'conversions', per: 'day', limit: 100 }],
  });
  const { key_id } = created(await sender.call('POST', '/v2/keys', { name: 'Old', scopes: ['read'] }));
  await goTo('/keys');
  await keys.press('button', 'Change Old');
  const form = page.getByRole('region', { name: 'Change Old' });
  await form.getByLabel('Name', { exact: true }).fill('New');
  await form.getByLabel('conversions').focus();
  await page.keyboard.press('Space');
  await looksWell('a key');
  await form.getByLabel('Name', { exact: true }).press('Enter');
  await page.getByRole('row').filter({ hasText: 'New' }).getByText('read, conversions').waitFor();
  await sender.call('PATCH', `/v2/keys/${key_id}`, { name: 'Newest' });
  await keys.press('button', 'Undo');
  await page.getByText('It was changed again since then').waitFor();
  await goTo('/account');
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
  await page
    .getByLabel('Logo')
    .setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) });
  await page.getByRole('img', { name: 'The logo as it is' }).waitFor();
  await looksWell('a logo');
  await page.keyboard.press('Control+s');
  await page.getByText('Saved.').waitFor();
  expect((await sender.call('GET', '/v2/account')).body.brand.logo).toMatch(/^data:image\/svg\+xml;base64,/);
  // The cap that the API refused.
  expect(errors.filter((error) => !error.includes('400'))).toEqual([]);
});
