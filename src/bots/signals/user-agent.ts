/**
 * What the user agent claims. Strong: it is not a browser (isbot's patterns, preview fetchers of SMS apps and
 * messengers, no user agent at all). Weak: a name that no browser has. Faint: a browser that hardly anybody uses to
 * open an SMS.
 *
 * Sources: Google Messages, Google-PageRenderer, iMessage and Samsung Messages as seen in senders' logs; Dalvik and
 * CFNetwork are the names of Android's and Apple's HTTP clients, which apps use to fetch, while a page is opened by a
 * browser or a web view with a name of its own.
 */
import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import type { Evidence, Reason } from '../evidence.ts';

/** Fetchers of previews that isbot does not know or that pass for a phone. */
const PREVIEW =
  /GoogleMessages\/|Google-PageRenderer|facebookexternalhit|Facebot|X11; Ubuntu; Linux i686; rv:24\.0\) Gecko\/20100101 Firefox\/24\.0|^(?:WhatsApp|Viber|Signal|Telegram|Zalo|KakaoTalk|Line|Snapchat|SkypeUriPreview|iMessage)\b[^(]*$|Link ?Preview|URL ?Preview|preview\b.*\bservice/i;

/** HTTP clients of apps and programs, which fetch pages but never show them. */
const LIBRARY =
  /^Dalvik\/|\bCFNetwork\/|^(?:okhttp|curl|wget|python|java|go-http|axios|node|undici|php|ruby|perl|libwww|apache-httpclient|dart|cronet|postman|insomnia|aiohttp|httpx|got|guzzle)\b|HeadlessChrome|PhantomJS|Electron\/(?!.*(?:Signal|WhatsApp))/i;

/**
 * Browsers inside apps, which people open links with. They come before isbot, whose patterns know some app
 * names as fetchers. Each marks its web view; the same app's fetchers send a name alone.
 */
const IN_APP =
  /\[FB(?:AN|_IAB)|\bFBA[NV]\/|\bInstagram \d|\bSnapchat[/ ]\d|musical_ly|BytedanceWebview|\btrill_|\bTikTok\b|MicroMessenger\/|\bLine\/\d|KAKAOTALK|NAVER\(inapp|\bPinterest\/|\bLinkedInApp|Twitter for (?:iPhone|Android)|TwitterAndroid|\bGSA\/\d|\bTelegram-Android\/|\bZalo\b.*\bVersion|\bBarcelona \d|\bViber\/.*(?:Mobile|Safari)|\bDuckDuckGo\/\d|\bFlipboard\/|\bReddit\//;

/** The prefix of every browser's user agent; all other known ones are apps and programs. */
const BROWSER =
  /^(?:Mozilla\/|Opera\/|UCWEB\/|Nokia|SAMSUNG-|SonyEricsson|BlackBerry|LG-|MOT-|ZTE|JUC |MAUI)/i;

const MOBILE = /iPhone|iPad|iPod|Android|Mobile|Opera M|Windows Phone|KAIOS|BlackBerry|SymbianOS|Silk\//i;
const DESKTOP = /Windows NT|Macintosh|X11|CrOS/;
/** Versions older than any phone that can still open today's https pages. */
const CHROME_MAJOR_MIN = 60;
const FIREFOX_MAJOR_MIN = 60;

const CACHED_MAX = 20_000;
const known = new LRUCache<string, Reason[]>({ max: CACHED_MAX });

/** Cached, because the same user agents repeat: a hit takes about 0.1 µs. */
export function userAgentReasons({ user_agent }: Pick<Evidence, 'user_agent'>): Reason[] {
  let reasons = known.get(user_agent);
  if (reasons === undefined) {
    reasons = read(user_agent);
    known.set(user_agent, reasons);
  }
  return reasons;
}

function read(user_agent: string): Reason[] {
  const text = user_agent.trim();
  if (text === '') return ['user_agent:missing'];
  if (text === 'Mozilla/5.0') return ['user_agent:bare'];
  if (PREVIEW.test(text)) return ['user_agent:preview'];
  if (LIBRARY.test(text)) return ['user_agent:library'];
  if (!IN_APP.test(text) && isbot(text)) return ['user_agent:isbot'];
  if (!BROWSER.test(text)) return ['user_agent:unknown'];
  if (isOutdated(text)) return ['user_agent:outdated'];
  return DESKTOP.test(text) && !MOBILE.test(text) ? ['user_agent:desktop'] : [];
}

function isOutdated(text: string): boolean {
  const chrome = Number(/\bChrom(?:e|ium)\/(\d+)/.exec(text)?.[1] ?? CHROME_MAJOR_MIN);
  const firefox = Number(/\bFirefox\/(\d+)/.exec(text)?.[1] ?? FIREFOX_MAJOR_MIN);
  return chrome < CHROME_MAJOR_MIN || firefox < FIREFOX_MAJOR_MIN || /\bMSIE |Trident\//.test(text);
}
