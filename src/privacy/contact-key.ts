/**
 * A keyed fingerprint of a contact's id, for what must recognise a contact without storing the id: sales by coupon that
 * count once for a contact, rows that arrive after their contact was erased, and opt-outs, which outlive it. Without the key nobody can compute it,
 * so it cannot be found by guessing ids. The key is made once for an installation and kept in Redis and in DATA_DIR; it
 * is not the installation key, because that can be replaced and fingerprints have to stay the same.
 */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceSecret } from '../platform/kept-secret.ts';
import { randomHex } from '../platform/random.ts';
import type { RedisClient } from '../platform/redis.ts';

const CONTACT_KEY = 'contact_key';
export const CONTACT_KEY_FILE = 'contact.key';
const KEY_BYTES = 32;
/** Characters of base64url: 132 bits. */
const FINGERPRINT_LENGTH = 22;

/**
 * The key; the first caller makes it. The copy in `data_dir` brings it back to a Redis that lost its data, and stands
 * in while Redis is down. Rejects when neither has it.
 */
export async function readContactKey(redis: RedisClient, data_dir: string): Promise<string> {
  const path = join(data_dir, CONTACT_KEY_FILE);
  const copy = (await readFile(path, 'utf8').catch(() => '')).trim();
  const own = copy === '' ? randomHex(KEY_BYTES) : copy;
  const kept = (await redis.set(CONTACT_KEY, own, 'NX', 'GET').catch((error) => {
    if (copy === '') throw error;
    return copy;
  })) as string | null;
  const key = kept ?? own;
  if (key !== copy) await replaceSecret(path, key);
  return key;
}

/** 22 characters `A-Za-z0-9_-`. Fingerprints for different purposes cannot be compared. */
export function fingerprint(
  contact_key: string,
  purpose: 'transaction' | 'erasure' | 'report' | 'choice' | 'opt_out' | 'last_click',
  account_id: string,
  contact_id: string,
): string {
  const text = JSON.stringify([purpose, account_id, contact_id]);
  return createHmac('sha256', contact_key).update(text).digest('base64url').slice(0, FINGERPRINT_LENGTH);
}
