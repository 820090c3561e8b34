/** A window of the console, as a person has it open: who is signed in, what goes wrong in it, and what is seen of it. */
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { sticksOut } from './browser.ts';
import { type Keyboard, keyboardOf } from './keyboard.ts';
import { untilSeen } from './until.ts';
import type { Visitor } from './visitor.ts';

const SCREEN = { width: 1_440, height: 850 };
/** The least that WCAG 1.4.10 asks for. */
const SMALL_SCREEN = { width: 320, height: 640 };
/** For one thing that a page does, beside everything else on two cores. */
const STEP_MS_MAX = 30_000;

export interface OpenWindow {
  context: BrowserContext;
  page: Page;
  keys: Keyboard;
  /** What its scripts have thrown. */
  thrown: string[];
  /** That, and what its console calls an error, such as an answer of 400. */
  errors: string[];
}

interface Options {
  width?: number;
  /** Who is signed in. */
  who?: Visitor | undefined;
  permissions?: string[];
  /** Of windows before it, which it goes on with. */
  errors?: string[];
}

/** Its first heading may still be to come. */
export async function openWindow(browser: Browser, url: string, options: Options = {}): Promise<OpenWindow> {
  const { width = SCREEN.width, who, permissions = [], errors = [] } = options;
  const context = await browser.newContext({
    ...{ viewport: { width, height: SCREEN.height }, locale: 'en-US', acceptDownloads: true, permissions },
  });
  const [name, value] = who?.cookie() ?? [];
  if (name !== undefined && value !== undefined)
    await context.addCookies([{ name, value, url: new URL(url).origin, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MS_MAX);
  const thrown: string[] = [];
  page.on('pageerror', (error) => {
    thrown.push(String(error));
    errors.push(String(error));
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(url);
  return { context, page, keys: keyboardOf(page), thrown, errors };
}

/** Looks with an API key, from the page of the sign-in. */
export async function lookWith(page: Page, key: string): Promise<void> {
  const field = page.getByLabel('API key');
  if (!(await field.isVisible())) await page.getByText('Use an API key to look').click();
  await field.fill(key);
  await page.getByRole('button', { name: 'Look' }).click();
}

/** What axe finds on the page as it is, or within a part of it, light and dark; only colours differ in the dark. */
export async function axeFinds(page: Page, where: string, within = 'html'): Promise<string[]> {
  const found: string[] = [];
  if ((await page.evaluate("typeof axe === 'undefined'")) === true) await page.evaluate(axe.source);
  for (const [theme, rules] of [
    ['light', '{}'],
    ['dark', "{ runOnly: ['color-contrast'] }"],
  ]) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
    const { violations } = (await page.evaluate(`axe.run('${within}', ${rules})`)) as axe.AxeResults;
    for (const { id, nodes } of violations)
      for (const { html, failureSummary = '' } of nodes)
        found.push(`${where}, ${theme}: ${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`);
  }
  return found;
}

/** Nothing sticks out on a small phone, and axe finds nothing there; the window is wide afterwards. */
export async function isSound(page: Page, where: string): Promise<void> {
  await page.setViewportSize(SMALL_SCREEN);
  await untilSeen(`what sticks out of ${where}`, () => sticksOut(page), [], STEP_MS_MAX);
  expect(await axeFinds(page, where)).toEqual([]);
  await page.setViewportSize(SCREEN);
}
