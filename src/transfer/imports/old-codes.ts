/**
 * Old codes: the short links of another product, on the account's own domain, go on redirecting. A record
 * `alias:<account_id>:<host>/<code>` names the link that opens; a redirect process asks for it only where the path is no
 * link of the host's account, and only on hosts whose domain says that it has old codes. A code of a source that does
 * not tell upper case from lower is kept in small letters, with a mark before it. Pure.
 */

/** Characters of a code. Longer paths are cut before they are looked at (redirect/steps/read-request.ts). */
export const CODE_LENGTH_MAX = 200;
/** Stands before a code that is kept in small letters. No code begins with it: it is no character of a path. */
const ANY_CASE = '^';
/** What the public listener answers itself. */
const RESERVED =
  /^(?:conv(?:\/(?:offer|coupon))?|pixel\/[^/]*|healthz|robots\.txt|favicon\.ico|\.well-known(?:\/.*)?)$/i;
const UNFIT = /[\0-\x20\x7f?#\\^]|\/\//;

export type CodeCase = 'sensitive' | 'insensitive';

/** What an alias says: the link, and the import that brought it. */
export interface Alias {
  link_id: string;
  import_id: string;
}

const aliasPrefix = 'alias:';
export const aliasesOf = (account_id: string): string => `${aliasPrefix}${account_id}:`;

export const aliasKey = (account_id: string, host: string, code: string, code_case: CodeCase): string =>
  `${aliasesOf(account_id)}${host}/${code_case === 'sensitive' ? code : `${ANY_CASE}${code.toLowerCase()}`}`;

export const encodeAlias = ({ link_id, import_id }: Alias): string => JSON.stringify([link_id, import_id]);

/** Throws on what encodeAlias did not write. */
export function decodeAlias(text: string): Alias {
  const [link_id, import_id] = JSON.parse(text) as [unknown, unknown];
  if (typeof link_id !== 'string' || typeof import_id !== 'string') throw new Error('malformed alias');
  return { link_id, import_id };
}

/** The code of a path as it was asked for: decoded, without the slash at its end; undefined where it can be none. */
export function codeOfPath(path: string): string | undefined {
  let code = path.slice(1);
  try {
    code = decodeURIComponent(code);
  } catch {
    return undefined;
  }
  code = code.normalize('NFC').replace(/\/+$/, '');
  return code === '' || code.length > CODE_LENGTH_MAX || UNFIT.test(code) ? undefined : code;
}

/** Why a code can not be kept; '' where it can. */
export function unfitCode(code: string): string {
  if (code === '') return 'the link has no code behind its host';
  if (code.length > CODE_LENGTH_MAX) return `a code has at most ${CODE_LENGTH_MAX} characters`;
  if (UNFIT.test(code)) return 'the code has characters that no path has: spaces, ? # \\ ^, or two slashes';
  return RESERVED.test(code)
    ? `/${code} is a page of the redirect server itself, so the code can not be kept`
    : '';
}

/** Under which keys the code of a path may be kept, in the order in which they count. */
export const aliasKeysOf = (account_id: string, host: string, code: string): [string, string] => [
  aliasKey(account_id, host, code, 'sensitive'),
  aliasKey(account_id, host, code, 'insensitive'),
];
