/**
 * The secrets in postbacks: one per account and one per offer. They are computed from the installation key and never
 * stored; raising the generation invalidates the previous secret. Pure.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Account, Offer } from '../../catalog/definitions.ts';

/** Characters of base64url: 132 bits. */
const SECRET_LENGTH = 22;

/** `<account_id>.<22 characters>`: the secret contains its account id. */
export function conversionSecret(installation_key: string, account: Account): string {
  const { account_id, secret_generation = 1 } = account;
  return `${account_id}.${sign(installation_key, `account:${account_id}:${secret_generation}`)}`;
}

/** 22 characters `A-Za-z0-9_-`. */
export function postbackSecret(installation_key: string, offer: Offer): string {
  const { account_id, offer_id, secret_generation = 1 } = offer;
  return sign(installation_key, `offer:${account_id}:${offer_id}:${secret_generation}`);
}

/** The account id in a conversion secret, unverified; undefined when the text is not a conversion secret. */
export function accountOfSecret(secret: string): string | undefined {
  return /^(acc_[A-Za-z0-9]{1,40})\.[A-Za-z0-9_-]{22}$/.exec(secret)?.[1];
}

/** Whether it is one of the `right` ones; each comparison takes constant time. */
export function isSecret(given: string, right: readonly string[]): boolean {
  return right.some((one) => timingSafeEqual(digest(given), digest(one)));
}

function sign(installation_key: string, text: string): string {
  return createHmac('sha256', installation_key).update(text).digest('base64url').slice(0, SECRET_LENGTH);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
