/** The page of exports: what an owner does there with the keyboard alone, on a large window and on a small phone. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { insertExportData } from '../support/export-data.ts';
import type { Keyboard } from '../support/keyboard.ts';
import { joinAs } from '../support/members.ts';
import { isSound, openWindow } from '../support/open-window.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';

vi.setConfig({ testTimeout: 180_000 });

let system: System;
let sender: Sender;
let browser: Browser;
let page: Page;
let keys: Keyboard;
let errors: string[];

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  const now_ms = Date.now();
  await insertExportData(system.clickhouse, {
    ...{ account_id: sender.account_id, messages: 5, mark: 'w' },
    ...{ stored_ms: now_ms, happened_ms: now_ms - 24 * 3_600_000 },
  });
  const owner = await joinAs(system, sender, 'owner', 'ann@exports.example');
  browser = await launchBrowser();
  ({ page, keys, errors } = await openWindow(browser, `${system.api_url}/exports`, { who: owner }));
});
afterAll(async () => {
  await browser?.close();
  await system?.destroy();
});

it('an owner asks for an export, reads a file of it, and removes it', async () => {
  await page.getByRole('heading', { name: 'Exports', level: 1 }).waitFor();
  await keys.press('checkbox', 'Conversions', 'Space');
  await keys.choose('Format', 'CSV');
  await keys.choose('Where to', 'A bucket');
  await page.getByLabel('Secret access key').waitFor();
  await isSound(page, 'the form, with a bucket');
  await keys.choose('Where to', 'The server');
  await keys.press('button', 'Export');
  await page.getByRole('heading', { name: 'Clicks, Conversions', level: 1 }).waitFor();
  await page.getByText('done', { exact: true }).waitFor();
  const link = page.getByRole('link', { name: /^clicks\/clicks_.*\.csv$/ }).first();
  await link.waitFor();
  await keys.reach(link, 'the file');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(await readFile(await download.path(), 'utf8')).toMatch(/^"click_id","clicked_at",/);
  await isSound(page, 'an export');
  await keys.press('button', 'Remove the export Clicks, Conversions');
  await page.getByRole('alertdialog').waitFor();
  await keys.press('button', 'Remove');
  await page.getByText('The export was removed').waitFor();
  await page.getByText('There is no export yet.').waitFor();
  expect(errors).toEqual([]);
});
