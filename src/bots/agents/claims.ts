/**
 * What a user agent claims to be, by its shape. A browser names a system that people use and the engine that shows
 * its pages; a phone of the WAP era names the profile of its browser or of its Java. Whatever names neither is a
 * program, whatever it is called: `containerd/1.5`. Whatever introduces itself beside the browser that it names
 * (`compatible; X/1.0`), or leaves an address to write to, is a robot.
 */

const ENGINE =
  /AppleWebKit|\bGecko\/|like Gecko|KHTML|\bMSIE|\bTrident\/|\bPresto\/|\bOpera|Firefox\/|Dolfin|Browser\/|Webkit\//i;
const SYSTEM =
  /Windows|\bWin64\b|Macintosh|Mac OS X|\bX11\b|Linux|Android|iPhone|iPad|iPod|\bCrOS\b|BSD|SunOS|Symb(?:ian|OS)|\bS60|Series ?\d0|BlackBerry|BB10|PlayBook|Tizen|KAIOS|\bMobile\b|[(;] ?Tablet;|MobilePhone|Bada\/|webOS|Web0S|hpwOS|Palm|MeeGo|Maemo|Brew|HarmonyOS|Fuchsia|PlayStation|\bPS[2-5]\b|Nintendo|Xbox|Smart-?TV|HbbTV|\bDTV\b|Haiku|OS\/2|AmigaOS|RISC OS|Darwin|QNX/i;
/** Browsers are compatible with Mozilla 5 at most, and know their system; programs that embed an engine may not. */
const NO_BROWSER = /^Mozilla\/(?:[6-9]|\d\.\d \(Unknown;)/;
const WAP =
  /Profile\/|\bMIDP|\bCLDC|UP\.(?:Browser|Link)|\bUP\/\d|\bWAP\b|WAP ?-?Browser|\bMAUI\b|NetFront|jig browser|Obigo|Teleca|POLARIS\/|UC ?Browser|UCWEB|^dv\(iP|^Opera\/|^(?:Nokia|SAMSUNG-|SonyEricsson|BlackBerry|LGE?-|MOT-|ZTE|JUC |DoCoMo\/|KDDI-|J-PHONE\/|Vodafone\/|SoftBank\/)/i;
/** Some phones name no engine. */
const MOZILLA_ON_PHONE = /^Mozilla\/\d\.\d ?\([^()]{0,60}(?:Android \d|iPhone|iPad|iPod|Palm|Windows Phone)/;
const PHONE =
  /Android|\bAdr \d|iPhone|iPad|iPod|Windows (?:Phone|CE)|Mobile|Symbian|BlackBerry|BB10|PlayBook|Tizen|KAIOS|Bada\/|webOS|MeeGo|Maemo|Palm|Silk\//i;

export function isWapPhone(agent: string): boolean {
  return WAP.test(agent);
}

/** A phone of any kind, with a browser. */
export function isPhone(agent: string): boolean {
  return (PHONE.test(agent) && ENGINE.test(agent)) || WAP.test(agent);
}

export function claimsBrowser(agent: string): boolean {
  if (MOZILLA_ON_PHONE.test(agent)) return true;
  if (NO_BROWSER.test(agent)) return false;
  return (SYSTEM.test(agent) && ENGINE.test(agent) && !signsWithoutVersion(agent)) || WAP.test(agent);
}

const COMPUTER = /^Mozilla\/5\.0 \((?:Windows NT|Macintosh|X11)/;
/** After Chrome's last product, or in place of a browser's between the engine and Safari. */
const NAME_ALONE =
  / Chrome\/(?:[6-9]\d|\d{3})\.[\d.]+ Safari\/[\d.]+(?: [a-z][\w.-]*)+$|like Gecko\) [a-z][\w-]* Safari\/[\d.]+$/i;

/** Browsers on computers sign with a name and its version; a name alone is a program's that drives one. */
function signsWithoutVersion(agent: string): boolean {
  return NAME_ALONE.test(agent) && COMPUTER.test(agent);
}

const CONTACT = /https?:\/\/|mailto:|\bwww\.\w|\w\.(?:com|net|org)\/[a-z]/i;
/** `MSIE` and `UP.Browser` were themselves compatible with another browser. */
const COMPATIBLE = /[;(] ?compatible[;,](?!;? ?(?:MSIE|UP\.))/gi;

/** Whether it introduces itself as something else than the browser that it names. */
export function declaresRobot(agent: string): boolean {
  if (CONTACT.test(agent)) return true;
  // `Mozilla/5.0 (compatible; …` is how browsers began; what follows is judged by the other rules.
  COMPATIBLE.lastIndex = agent.indexOf('(') + 1;
  return COMPATIBLE.test(agent);
}
