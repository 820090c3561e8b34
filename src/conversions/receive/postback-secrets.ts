/**
 * The secrets in postbacks: one per account and one per offer. They are computed from the installation key and never
 * stored; raising the generation invalidates the previous secret. Pure except for the key, which is generated once
 * and kept in Redis and in `data_dir`.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { randomHex } from '../../platform/random.ts';
import type { RedisClient } from '../../platform/redis.ts';

export const INSTALLATION_KEY = 'installation_key';
const KEY_BYTES = 32;
/** Characters of base64url: 132 bits. */
const SECRET_LENGTH = 22;

/**
 * The installation key; the first caller generates it. A copy in `data_dir` restores it to a Redis that lost its
 * data, and replaces it while Redis is down. Rejects when neither has the key.
 */
export async function readInstallationKey(redis: RedisClient, data_dir: string): Promise<string> {
  const path = join(data_dir, 'installation.key');
  const copy = (await readFile(path, 'utf8').catch(() => '')).trim();
  const own = /^[0-9a-f]+$/.test(copy) ? copy : randomHex(KEY_BYTES);
  const kept = (await redis.set(INSTALLATION_KEY, own, 'NX', 'GET').catch((error) => {
    if (own !== copy) throw error;
    return copy;
  })) as string | null;
  const key = kept ?? own;
  if (key !== copy) await keepCopy(path, key);
  return key;
}

/** Writes atomically, because all processes of a machine share the folder. */
async function keepCopy(path: string, key: string): Promise<void> {
  const part = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(part, `${key}\n`, { mode: 0o600 });
  await rename(part, path);
}

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

/** Compares in constant time. */
export function isSecret(given: string, right: string): boolean {
  return timingSafeEqual(digest(given), digest(right));
}

function sign(installation_key: string, text: string): string {
  return createHmac('sha256', installation_key).update(text).digest('base64url').slice(0, SECRET_LENGTH);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
