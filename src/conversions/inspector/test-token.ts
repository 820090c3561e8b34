/**
 * What marks a report as a test: the time and the offer, signed with the installation's key. A report with it goes
 * through every check and books nothing. It holds for a minute, for one offer. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { acceptedKeys, type InstallationKeySource, signingKey } from '../../access/key-ring.ts';

/** The parameter that carries it. */
export const TEST_PARAMETER = 'trackly_test';
const VALID_MS = 60_000;
/** Clocks of the machines that give and take tokens. */
const CLOCK_TOLERANCE_MS = 60_000;
const SIGNATURE_CHARACTERS = 22;
const TOKEN = /(?:^|&)trackly_test=([0-9a-z]{1,11})\.([A-Za-z0-9_-]{22})(?:&|$)/;

/** `<time in base 36>.<132 bits>`. */
export function newTestToken(keys: InstallationKeySource, offer_id: string, now_ms: number): string {
  const time = now_ms.toString(36);
  return `${time}.${signature(signingKey(keys), offer_id, time)}`;
}

/** Whether the query has a token for the offer that holds now. */
export function isTest(
  keys: InstallationKeySource,
  query: string,
  offer_id: string,
  now_ms: number,
): boolean {
  if (!query.includes(TEST_PARAMETER)) return false;
  const [, time = '', given = ''] = TOKEN.exec(query) ?? [];
  if (time === '') return false;
  const age_ms = now_ms - Number.parseInt(time, 36);
  const signed = acceptedKeys(keys, now_ms).some((key) =>
    timingSafeEqual(Buffer.from(given), Buffer.from(signature(key, offer_id, time))),
  );
  return signed && age_ms >= -CLOCK_TOLERANCE_MS && age_ms <= VALID_MS;
}

function signature(installation_key: string, offer_id: string, time: string): string {
  return createHmac('sha256', installation_key)
    .update(`postback test:${offer_id}:${time}`)
    .digest('base64url')
    .slice(0, SIGNATURE_CHARACTERS);
}
