/**
 * What a click was made with, by its user agent: kind of device, system, browser, and the app in which the link was
 * opened. Each value is of a short list, so that it tells nothing of one person, and stays when the user agent is erased.
 * The library bowser knows devices, systems and browsers; APPS adds what it does not know, the apps that show pages
 * themselves. Whether a user agent lies is the judge's matter (src/bots). Needs no server.
 */
import Bowser from 'bowser';
import type { LRUCache } from 'lru-cache';
import { lruOf } from '../platform/lru.ts';

/** `other`: a television, a program, or nothing known. An iPad that asks for pages as a computer gets them is a desktop. */
export const DEVICE_KINDS = ['phone', 'tablet', 'desktop', 'other'] as const;

export const OTHER = 'other';

/** A client chooses some of the names that the library gives: `constructor/1.0`. */
const named = <Value>(values: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(values));

/** By the name that the library gives; every other one is `other`. */
const SYSTEMS: ReadonlyMap<string, string> = named({
  iOS: 'iOS',
  Android: 'Android',
  HarmonyOS: 'HarmonyOS',
  Windows: 'Windows',
  macOS: 'macOS',
  'Chrome OS': 'Chrome OS',
  Linux: 'Linux',
  Tizen: 'Tizen',
});
const BROWSERS: ReadonlyMap<string, string> = named({
  Safari: 'Safari',
  Chrome: 'Chrome',
  Chromium: 'Chrome',
  'Samsung Internet for Android': 'Samsung Internet',
  Firefox: 'Firefox',
  Focus: 'Firefox',
  'Microsoft Edge': 'Edge',
  Opera: 'Opera',
  DuckDuckGo: 'DuckDuckGo',
  Brave: 'Brave',
  Vivaldi: 'Vivaldi',
  'Google Search': 'Google',
  'Android Browser': 'Android Browser',
  'UC Browser': 'UC Browser',
  'HeyTap Browser': 'HeyTap Browser',
  'Vivo Browser': 'Vivo Browser',
  Miui: 'Miui',
  'QQ Browser': 'QQ Browser',
  'Yandex Browser': 'Yandex Browser',
  'Amazon Silk': 'Amazon Silk',
  'NAVER Whale Browser': 'Whale',
  WeChat: 'WeChat',
});
/**
 * How apps sign that show a page in themselves. The first that fits: TikTok's name is also in apps of its maker, Messenger
 * signs as an app of Facebook, Threads and Instagram name each other.
 */
const APPS: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Threads', /\bBarcelona \d/],
  ['Instagram', /\bInstagram[ /]\d/],
  ['Messenger', /FBAN\/Messenger|FB_IAB\/(?:Orca|MESSENGER)/],
  ['WhatsApp', /\bWhatsApp\/\d/],
  ['Facebook', /\bFBA[NV]\/|\bFB_IAB\/|\[FBAN/],
  ['TikTok', /musical_ly|BytedanceWebview|\btrill_\d|\bTikTok/i],
  ['Snapchat', /\bSnapchat\/\d/],
  ['Gmail', /\bGmail(?:App)?\b/],
  ['Google', /\bGSA\/\d/],
  ['Pinterest', /\bPinterest\b/],
  ['LinkedIn', /\bLinkedInApp\b/],
  ['X', /\bTwitter for |\bTwitterAndroid\b/],
  ['Reddit', /\bReddit\/\d/],
  ['Telegram', /\bTelegram-(?:Android|iOS)\/|\bTelegramBot\b|\bTelegram\/\d/],
  ['WeChat', /\bMicroMessenger\/\d/],
  ['LINE', /\bLine\/\d/],
];
/** Android's web view marks itself; on iOS a web view does not sign as Safari, which every browser does. */
const WEB_VIEW = /; wv\)|\((?:iPhone|iPad|iPod)[^)]*\) AppleWebKit\/(?!.*\bSafari\/)/;

export const SYSTEM_NAMES: readonly string[] = [...new Set(SYSTEMS.values()), OTHER];
export const BROWSER_NAMES: readonly string[] = [...new Set(BROWSERS.values()), OTHER];
/** `other`: an app that does not say its name. '' stands beside them: no app, a browser of its own. */
export const APP_NAMES: readonly string[] = [...APPS.map(([name]) => name), OTHER];

export interface Agent {
  device: (typeof DEVICE_KINDS)[number];
  os: string;
  browser: string;
  /** '' outside an app. */
  in_app: string;
}

const UNKNOWN: Agent = { device: 'other', os: OTHER, browser: OTHER, in_app: '' };
const DEVICES: ReadonlyMap<string, Agent['device']> = named({
  mobile: 'phone',
  tablet: 'tablet',
  desktop: 'desktop',
});

/** Takes 35 µs; the redirect process has cut it at 512 characters. */
export function readAgent(user_agent: string): Agent {
  const text = user_agent.trim();
  if (text === '') return UNKNOWN;
  // The library takes every "yahoo" for its crawler, and refuses an empty text.
  const known = Bowser.getParser(text.replace(/yahoo(?!!?[\s/]*slurp)/gi, 'Y!'), true);
  return {
    device: DEVICES.get(known.getPlatformType(true)) ?? 'other',
    os: SYSTEMS.get(known.getOSName()) ?? OTHER,
    browser: BROWSERS.get(known.getBrowserName()) ?? OTHER,
    in_app: appOf(text),
  };
}

function appOf(text: string): string {
  const found = APPS.find(([, sign]) => sign.test(text));
  return found?.[0] ?? (WEB_VIEW.test(text) ? OTHER : '');
}

/** Remembers the last `agents_max` user agents: millions of clicks share a few thousand of them. */
export class Agents {
  readonly #known: LRUCache<string, Agent>;

  constructor(agents_max: number) {
    this.#known = lruOf(agents_max);
  }

  /** Of a click's user agent. A known one takes 0.1 µs. */
  of(user_agent: string): Agent {
    let agent = this.#known.get(user_agent);
    if (agent === undefined) {
      agent = readAgent(user_agent);
      this.#known.set(user_agent, agent);
    }
    return agent;
  }
}
