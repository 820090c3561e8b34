/** The page of exports: what an owner does there with the keyboard alone, on a large window and on a small phone. */
import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser, sticksOut } from '../support/browser.ts';
import { insertExportData } from '../support/export-data.ts';
import { type Keyboard, keyboardOf } from '../support/keyboard.ts';
import { joinAs } from '../support/members.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const STEP_MS_MAX = 40_000;
vi.setConfig({ testTimeout: 180_000 });

let system: System;
let sender: Sender;
let browser: Browser;
let page: Page;
let keys: Keyboard;
const errors: string[] = [];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const now_ms = Date.now();
  await insertExportData(system.clickhouse, {
    ...{ account_id: sender.account_id, messages: 5, mark: 'w' },
    ...{ stored_ms: now_ms, happened_ms: now_ms - 24 * 3_600_000 },
  });
  const owner = await joinAs(system, sender, 'owner', 'ann@exports.example');
  const [name, value] = owner.cookie() as [string, string];
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1_440, height: 850 }, locale: 'en-US' });
  await context.addCookies([{ name, value, url: system.api_url, httpOnly: true, sameSite: 'Strict' }]);
  page = await context.newPage();
  page.setDefaultTimeout(STEP_MS_MAX);
  keys = keyboardOf(page);
  page.on('pageerror', (error) => errors.push(String(error)));
});
afterAll(async () => {
  await browser?.close();
  await system?.destroy();
});

async function isSound(where: string): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  await untilSeen(`what sticks out of ${where}`, () => sticksOut(page), [], STEP_MS_MAX);
  if ((await page.evaluate("typeof axe === 'undefined'")) === true) await page.evaluate(axe.source);
  for (const theme of ['light', 'dark']) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
    expect(
      violations.map(({ id, nodes }) => `${where}, ${theme}: ${id}: ${nodes[0]?.html.slice(0, 200)}`),
    ).toEqual([]);
  }
  await page.setViewportSize({ width: 1_440, height: 850 });
}

it('an owner asks for an export, reads a file of it, and removes it', async () => {
  await page.goto(`${system.api_url}/exports`);
  await page.getByRole('heading', { name: 'Exports', level: 1 }).waitFor();
  await keys.press('checkbox', 'Conversions', 'Space');
  await keys.choose('Format', 'CSV');
  await keys.choose('Where to', 'A bucket');
  await page.getByLabel('Secret access key').waitFor();
  await isSound('the form, with a bucket');
  await keys.choose('Where to', 'The server');
  await keys.press('button', 'Export');
  await page.getByRole('heading', { name: 'Clicks, Conversions', level: 1 }).waitFor();
  await page.getByText('done', { exact: true }).waitFor();
  const link = page.getByRole('link', { name: /^clicks\/clicks_.*\.csv$/ }).first();
  await link.waitFor();
  await keys.reach(link, 'the file');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(await readFile(await download.path(), 'utf8')).toMatch(/^"click_id","clicked_at",/);
  await isSound('an export');
  await keys.press('button', 'Remove the export Clicks, Conversions');
  await page.getByRole('alertdialog').waitFor();
  await keys.press('button', 'Remove');
  await page.getByText('The export was removed').waitFor();
  await page.getByText('There is no export yet.').waitFor();
  expect(errors).toEqual([]);
});
