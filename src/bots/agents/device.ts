/**
 * Removes from a user agent the names that makers and carriers chose. Makers call their phones "M bot 60", "Discovery
 * SE" or "Newsday", so such a name is no evidence. On Android it stands between the version and the end of its field
 * or of the build: `Linux; Android 13; Discovery SE Build/TP1A; wv`. Apps repeat it, beside the carrier's name or the
 * screen: `[FBAN/FB4A;FBCR/…;FBDV/…]`, `(33/13; 450dpi; 1080x2177; …)`. On other systems than Android and Apple's,
 * each field of the platform may name the maker or the model. Apple's devices name no model.
 */

const ANDROID_VERSION = /\b(?:Android|Adr)(?:[ /-]?[\w.]+)? ?;/i;
/** What may stand between the version and the device: `U`, a language, nothing. */
const NO_DEVICE = /^ ?(?:U|[a-z]{2}(?:[-_][a-z0-9]{2,4})?)? ?$/i;
const BUILD_OF_ITS_OWN = /^; ?Build\/[^;)]*/;
const BUILD_LENGTH_MAX = 100;
const ENGINE = ' AppleWebKit';
const OTHER_SYSTEM =
  /Windows (?:Phone|CE|Mobile)|Symbian|Series ?\d0|\bBada\/|\bTizen|Palm|hpwOS|webOS|BB10|BlackBerry|PlayBook|MeeGo|Maemo|Sailfish|\bBrew\b|\bREX\/|^(?:Mobile|Tablet);/i;

/** End of the field that starts at `start`: a semicolon, or a parenthesis that the field did not open. */
function endOfField(text: string, start: number, limit: number): number {
  let depth = 0;
  for (let end = start; end < limit; end++) {
    const char = text[end];
    if (char === ';') return end;
    if (char === '(') depth++;
    else if (char === ')' && --depth < 0) return end;
  }
  return limit;
}

/** Android's first browser sends a build after the device; a name that stands alone there may be a robot's. */
function isWithoutBuild(agent: string): boolean {
  return agent.includes(' Version/4.0') && !agent.includes('Build/') && !agent.includes('Chrome/');
}

/** The user agent without the device that follows the version of Android. */
function withoutAndroidDevice(agent: string): string {
  const version = ANDROID_VERSION.exec(agent);
  if (version === null || isWithoutBuild(agent)) return agent;
  let start = version.index + version[0].length;
  // Some proxies drop the parentheses; then the engine's name ends the field.
  const engine = agent.indexOf(ENGINE, start);
  const limit = engine === -1 ? agent.length : engine;
  let end = endOfField(agent, start, limit);
  while (agent[end] === ';' && NO_DEVICE.test(agent.slice(start, end))) {
    start = end + 1;
    end = endOfField(agent, start, limit);
  }
  const build = BUILD_OF_ITS_OWN.exec(agent.slice(end, end + BUILD_LENGTH_MAX));
  return agent.slice(0, start) + agent.slice(end + (build?.[0].length ?? 0));
}

const APP_MARK = '[FB';
/** Follows the density of the screen. */
const APP_SCREEN = 'dpi; ';

function withoutAppMark(agent: string): string {
  const start = agent.indexOf(APP_MARK);
  if (start === -1) return agent;
  const end = agent.indexOf(']', start);
  return agent.slice(0, start) + (end === -1 ? '' : agent.slice(end + 1));
}

function withoutAppScreen(agent: string): string {
  const screen = agent.indexOf(APP_SCREEN);
  if (screen === -1) return agent;
  let end = endOfField(agent, screen, agent.length);
  while (agent[end] === ';') end = endOfField(agent, end + 1, agent.length);
  return agent.slice(0, screen) + agent.slice(end);
}

/** The user agent without the names of its device and its carrier. */
export function withoutNames(agent: string): string {
  return withoutAppScreen(withoutAppMark(withoutAndroidDevice(agent)));
}

/** What a platform's comment says beside the device of a system other than Android. */
export function withoutOtherDevice(platform: string): string {
  return OTHER_SYSTEM.test(platform) ? '' : platform;
}
