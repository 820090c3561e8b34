/**
 * Masks secrets in what a report carried, before anything of it is stored for people to look at: by the name of a
 * parameter, by the shape of a value, and by the secrets of the offer and the account themselves, wherever they stand.
 * Values of our own parameters are shown, except the two secrets; of other names those that do not look secret. Pure.
 */
import { PARAMETERS } from '../receive/conversion-input.ts';

/** Stands for what is not shown. */
export const MASK = '…';

/** Shown unless one of the secrets is in it. */
const CLEAR: ReadonlySet<string> = new Set([
  ...PARAMETERS.filter((name) => name !== 'secret' && name !== 'postback_secret'),
  'signed_at',
]);
const SECRET_NAME = /secret|secert|key|token|sig|passw|pwd|auth|trackly_test/i;
/** Of a postback secret: 22 characters of base64url. */
const SECRET_SHAPE = /^[A-Za-z0-9_-]{22}$/;
/** Secrets of accounts and API keys, and 22 characters that stand alone. */
const SHAPES = /acc_[A-Za-z0-9]{1,40}\.[A-Za-z0-9_-]{1,22}|trk_[0-9a-f]{32}/g;
const ALONE = /(?<![\w-])[\w-]{22}(?![\w-])/g;
/** `…secret…=value`, `"api key": "value"`, also percent-encoded; the value ends where a text or a pair does. */
const NAMED =
  /((?:secret|secert|key|token|sig|passw|pwd|auth)[\w. -]{0,40}(?:["'\s]|%22){0,8}(?:[=:]|%3D|%3A)(?:["'\s]|%22){0,8})[^"'&\s,;}%\]]+/gi;
/** A field of multipart/form-data: its name, its headers, an empty line, its value. */
const MULTIPART =
  /(name="?[^"\r\n]{0,60}(?:secret|secert|key|token|sig|passw|pwd|auth)[^\r\n]{0,200}\r?\n(?:[^\r\n]{1,200}\r?\n){0,5}\r?\n)[^\r\n]+/gi;
const JSON_PAIR = /("((?:[^"\\]|\\.){0,200})"\s*:\s*)("(?:[^"\\]|\\.)*"|[^\s,}\]]+)/g;

/** Of a query or a form; what is not masked is as it was sent. `secrets`: those of the offer and the account. */
export function maskForm(text: string, secrets: readonly string[]): string {
  return text
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) return maskText(pair, secrets);
      const [name, value] = [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
      return isShown(name, value, secrets) ? pair : `${pair.slice(0, at)}=${MASK}`;
    })
    .join('&');
}

/**
 * Of a body, whatever it is: a form, JSON, multipart, or none of them. Expects a text of a few thousand characters: the
 * expressions take long on more.
 */
export function maskBody(text: string, secrets: readonly string[]): string {
  if (isJson(text)) {
    const masked = text.replace(JSON_PAIR, (whole, head: string, name: string, value: string) => {
      const bare = value.replace(/^"|"$/g, '');
      return isShown(unescaped(name), unescaped(bare), secrets) ? whole : `${head}"${MASK}"`;
    });
    // Elements of lists have no name.
    return maskSecrets(masked, secrets);
  }
  const bare = text.trim();
  if (bare.includes('=') && !/[\s"'<>{}[\]]/.test(bare)) return maskForm(text, secrets);
  return maskText(text.replace(MULTIPART, `$1${MASK}`), secrets).replace(ALONE, MASK);
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** Whether the value of a parameter may be shown. */
export function isShown(name: string, value: string, secrets: readonly string[]): boolean {
  const bare = value.trim();
  const clear = CLEAR.has(name.trim().toLowerCase());
  if (!clear && (SECRET_NAME.test(name) || SECRET_SHAPE.test(bare))) return bare === '';
  return maskText(value, secrets) === value;
}

/** Without the secrets themselves, what has their shape, and what a text names as one. */
export const maskText = (text: string, secrets: readonly string[]): string =>
  maskSecrets(text, secrets).replace(NAMED, `$1${MASK}`);

/** Of a sentence of ours: without the secrets themselves and what has their shape. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
  return masked.replace(SHAPES, MASK);
}

/** As URLSearchParams reads it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
