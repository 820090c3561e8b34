/**
 * What the user agent claims. Strong: it is not a browser that a person holds (none at all, preview fetchers of SMS
 * apps and messengers, HTTP clients, isbot's patterns, an introduction as something else, no claim of a browser).
 * Weak: the name of a device alone. Faint: a browser that hardly anybody uses to open an SMS. The shape decides
 * (src/bots/agents): the names of devices, carriers and apps are no evidence.
 *
 * Sources: Google Messages, Google-PageRenderer, iMessage and Samsung Messages as seen in senders' logs; Dalvik and
 * CFNetwork are the names of Android's and Apple's HTTP clients, which apps use to fetch, while a page is opened by a
 * browser or a web view with a name of its own.
 */
import { isbot } from 'isbot';
import { USER_AGENT_LENGTH_MAX } from '../../clicks/click.ts';
import { lruOf } from '../../platform/lru.ts';
import { claimsBrowser, declaresRobot, isPhone } from '../agents/claims.ts';
import { withoutNames } from '../agents/device.ts';
import { evidenceOnPhone } from '../agents/evidence-on-phone.ts';
import type { Evidence, Reason } from '../evidence.ts';

/** Fetchers of previews that isbot does not know or that pass for a phone. */
const PREVIEW =
  /GoogleMessages\/|Google-PageRenderer|facebookexternalhit|Facebot|X11; Ubuntu; Linux i686; rv:24\.0\) Gecko\/20100101 Firefox\/24\.0|^(?:WhatsApp|Viber|Signal|Telegram|Zalo|KakaoTalk|Line|Snapchat|SkypeUriPreview|iMessage)\b[^(]*$|Link ?Preview|URL ?Preview|preview\b.{0,40}\bservice/i;

/** HTTP clients of apps and programs, which fetch pages but never show them. */
const LIBRARY =
  /^Dalvik\/|\bCFNetwork\/|^(?:okhttp|curl|wget|python|java|go-http|axios|node|undici|php|ruby|perl|libwww|apache-httpclient|dart|cronet|postman|insomnia|aiohttp|httpx|got|guzzle)\b|HeadlessChrome|PhantomJS/i;
const ELECTRON = /Electron\//i;
const ELECTRON_MESSENGER = /Signal|WhatsApp/i;

/** Web views of some apps send only the name of the device. */
const DEVICE_ALONE = /^(?:iPhone|iPad|iPod)[\w ]*$|^Android \d[^()]*$/;
/** A program puts its own name and a comma before the browser that it names. */
const LIST_OF_NAMES = /^[^(;]*,/;

const MOBILE = /iPhone|iPad|iPod|Android|Mobile|Opera M|Windows Phone|KAIOS|BlackBerry|SymbianOS|Silk\//i;
const DESKTOP = /Windows NT|Macintosh|X11|CrOS/;
/** Versions older than any phone that can still open today's https pages. */
const CHROME_MAJOR_MIN = 60;
const FIREFOX_MAJOR_MIN = 60;

const CACHED_MAX = 20_000;
const known = lruOf<Reason[]>(CACHED_MAX);

/** Cached, because the same user agents repeat: a hit takes about 0.1 µs. */
export function userAgentReasons({ user_agent }: Pick<Evidence, 'user_agent'>): Reason[] {
  const text = user_agent.slice(0, USER_AGENT_LENGTH_MAX);
  let reasons = known.get(text);
  if (reasons === undefined) {
    reasons = read(text.trim());
    known.set(text, reasons);
  }
  return reasons;
}

function read(text: string): Reason[] {
  if (text === '') return ['user_agent:missing'];
  if (text === 'Mozilla/5.0') return ['user_agent:bare'];
  if (DEVICE_ALONE.test(text)) return ['user_agent:unknown'];
  const agent = withoutNames(text);
  if (PREVIEW.test(agent)) return ['user_agent:preview'];
  if (isLibrary(agent)) return ['user_agent:library'];
  if (isKnownBot(agent)) return ['user_agent:isbot'];
  if (declaresRobot(agent)) return ['user_agent:declared'];
  if (!claimsBrowser(agent)) return ['user_agent:no_browser'];
  if (isOutdated(agent)) return ['user_agent:outdated'];
  return DESKTOP.test(agent) && !MOBILE.test(agent) ? ['user_agent:desktop'] : [];
}

function isLibrary(agent: string): boolean {
  return LIBRARY.test(agent) || (ELECTRON.test(agent) && !ELECTRON_MESSENGER.test(agent));
}

/** isbot's patterns also match devices and apps of people, so a phone's agent is reduced before it is a bot's. */
function isKnownBot(agent: string): boolean {
  if (!isbot(agent)) return false;
  return !isPhone(agent) || LIST_OF_NAMES.test(agent) || isbot(evidenceOnPhone(agent));
}

function isOutdated(text: string): boolean {
  const chrome = Number(/\bChrom(?:e|ium)\/(\d+)/.exec(text)?.[1] ?? CHROME_MAJOR_MIN);
  const firefox = Number(/\bFirefox\/(\d+)/.exec(text)?.[1] ?? FIREFOX_MAJOR_MIN);
  return chrome < CHROME_MAJOR_MIN || firefox < FIREFOX_MAJOR_MIN || /\bMSIE |Trident\//.test(text);
}
