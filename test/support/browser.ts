/** A real browser, as a recipient's small phone has it; see deploy/bootstrap.mjs for how it gets there. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ANDROID } from './phones.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function findChromium(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [...paths, ...APPS].find((path) => existsSync(path));
  if (found === undefined) throw new Error('no Chromium was found: "npm test" installs it');
  return found;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** 320 by 568 points, the smallest phone that is still around; scripts are off unless asked for. */
export function smallPhone(
  browser: Browser,
  headers: Record<string, string> = {},
  user_agent = ANDROID,
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: 320, height: 568 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    javaScriptEnabled: false,
    userAgent: user_agent,
    extraHTTPHeaders: headers,
  });
}

/** Nothing on a page of the console loads any more: what is old is dimmed meanwhile. */
export const untilSettled = (page: Page): Promise<void> =>
  until(
    async () =>
      (await page.evaluate(
        "document.querySelectorAll('main .loading, main [aria-busy=true]').length === 0",
      )) === true,
    HANGS_AFTER_MS,
    () => `${page.url()} still loads`,
  );

/** What is wider than the window, wherever it may not be scrolled, long words too; nothing where all of the page can be seen. */
export const sticksOut = (page: Page): Promise<string[]> =>
  page.evaluate(`document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body, body *')].filter((element) => {
      if (element.closest('.scroll:not(.stacked)') !== null) return false;
      const words = document.createRange();
      words.selectNodeContents(element);
      return Math.max(element.getBoundingClientRect().right, words.getBoundingClientRect().right) > innerWidth;
    }).map((element) => element.outerHTML.slice(0, 200))`) as Promise<string[]>;
