/**
 * What the button of a page of ours sends: the time it was shown, signed for this page and this link alone. It holds for
 * TOKEN_VALID_MS; for another link, changed or late it is worth nothing. Signed with the installation's
 * key, so that every process takes what another has given. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { acceptedKeys, type InstallationKeySource, signingKey } from '../access/key-ring.ts';

/** Long enough to be called away and come back; a page that is older is shown anew. */
export const TOKEN_VALID_MS = 30 * 60_000;
/** Clocks of the machines that give and take tokens. */
const CLOCK_TOLERANCE_MS = 60_000;
const SIGNATURE_CHARACTERS = 22;
/** Neither page's button takes the token of the other. */
export type TokenPage = 'preview' | 'opt_out';
const TOKEN = /^([0-9a-z]{1,11})\.([A-Za-z0-9_-]{22})$/;

/** `<time in base 36>.<132 bits>`. */
export function newPageToken(
  keys: InstallationKeySource,
  page: TokenPage,
  link_id: string,
  now_ms: number,
): string {
  const time = now_ms.toString(36);
  return `${time}.${signature(signingKey(keys), page, link_id, time)}`;
}

export function isPageToken(
  keys: InstallationKeySource,
  page: TokenPage,
  link_id: string,
  token: string,
  now_ms: number,
): boolean {
  const [, time = '', given = ''] = TOKEN.exec(token) ?? [];
  if (time === '') return false;
  const age_ms = now_ms - Number.parseInt(time, 36);
  const signed = acceptedKeys(keys).some((key) =>
    timingSafeEqual(Buffer.from(given), Buffer.from(signature(key, page, link_id, time))),
  );
  return signed && age_ms >= -CLOCK_TOLERANCE_MS && age_ms <= TOKEN_VALID_MS;
}

function signature(installation_key: string, page: TokenPage, link_id: string, time: string): string {
  return createHmac('sha256', installation_key)
    .update(`${page}:${link_id}:${time}`)
    .digest('base64url')
    .slice(0, SIGNATURE_CHARACTERS);
}
