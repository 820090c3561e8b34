/**
 * The secrets in postbacks: one per account and one per offer. They are computed from the installation key and never
 * stored. A rotation raises the generation; the secret before it is accepted for as long as was chosen. Pure.
 */
import { createHmac } from 'node:crypto';
import { acceptedKeys, type InstallationKeySource, signingKey } from '../../access/key-ring.ts';
import type { Account, Offer, SecretState } from '../../catalog/definitions.ts';
import { sameText } from '../../platform/same-text.ts';

/** Characters of base64url: 132 bits. */
const SECRET_LENGTH = 22;
const HOUR_MS = 3_600_000;

/** `<account_id>.<22 characters>`: the secret contains its account id. */
export function conversionSecret(keys: InstallationKeySource, account: Account): string {
  return accountSecret(signingKey(keys), account, generationOf(account));
}

/** 22 characters `A-Za-z0-9_-`. */
export function postbackSecret(keys: InstallationKeySource, offer: Offer): string {
  return offerSecret(signingKey(keys), offer, generationOf(offer));
}

/** The account's secrets that are accepted now, under every accepted key. */
export function conversionSecrets(keys: InstallationKeySource, account: Account, now_ms: number): string[] {
  return eachSecret(keys, account, now_ms, accountSecret);
}

/** The offer's secrets that are accepted now, under every accepted key. */
export function postbackSecrets(keys: InstallationKeySource, offer: Offer, now_ms: number): string[] {
  return eachSecret(keys, offer, now_ms, offerSecret);
}

/** The state after a rotation: the secret before it is accepted for `grace_hours`, the one before that ends now. */
export function rotatedSecret(
  before: SecretState,
  grace_hours: number,
  now_ms: number,
): Required<SecretState> {
  return {
    secret_generation: generationOf(before) + 1,
    previous_secret_ends_at: new Date(now_ms + grace_hours * HOUR_MS).toISOString(),
  };
}

/** The account id in a conversion secret, unverified; undefined when the text is not a conversion secret. */
export function accountOfSecret(secret: string): string | undefined {
  return /^(acc_[A-Za-z0-9]{1,40})\.[A-Za-z0-9_-]{22}$/.exec(secret)?.[1];
}

/** Whether it is one of the `right` ones; each comparison takes constant time. */
export function isSecret(given: string, right: readonly string[]): boolean {
  return right.some((one) => sameText(given, one));
}

const generationOf = ({ secret_generation = 1 }: SecretState): number => secret_generation;

function eachSecret<T extends SecretState>(
  keys: InstallationKeySource,
  owner: T,
  now_ms: number,
  secretOf: (key: string, owner: T, generation: number) => string,
): string[] {
  const newest = generationOf(owner);
  const previous = Date.parse(owner.previous_secret_ends_at ?? '') > now_ms ? [newest - 1] : [];
  return acceptedKeys(keys, now_ms).flatMap((key) =>
    [newest, ...previous].map((generation) => secretOf(key, owner, generation)),
  );
}

function accountSecret(key: string, { account_id }: Account, generation: number): string {
  return `${account_id}.${sign(key, `account:${account_id}:${generation}`)}`;
}

function offerSecret(key: string, { account_id, offer_id }: Offer, generation: number): string {
  return sign(key, `offer:${account_id}:${offer_id}:${generation}`);
}

function sign(installation_key: string, text: string): string {
  return createHmac('sha256', installation_key).update(text).digest('base64url').slice(0, SECRET_LENGTH);
}
