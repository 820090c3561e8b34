/**
 * Seals small secrets that Redis keeps, such as those of second factors: AES-256-GCM under a key that is derived from
 * the installation's for one purpose. A sealed text names its key, so it stays readable after a rotation; isStale says
 * when to seal it again. Pure but for the random nonce.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { randomHex } from '../platform/random.ts';
import { everyKey, type InstallationKeySource, keyId, signingKey } from './key-ring.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;

/** The text was not sealed here, for this purpose and subject, or was changed since. */
export class SealError extends Error {
  readonly code = 'sealed';
}

/** What a text is sealed for: neither of the two can be exchanged for another. */
export interface SealedFor {
  /** Such as `second factor`. */
  purpose: string;
  /** Id of what it belongs to, such as a member. */
  subject: string;
}

/** `v1.<key id>.<nonce, ciphertext and tag in base64url>`. */
export function encrypt(keys: InstallationKeySource, sealed_for: SealedFor, text: string): string {
  const key = signingKey(keys);
  const nonce = Buffer.from(randomHex(NONCE_BYTES), 'hex');
  const cipher = createCipheriv(CIPHER, purposeKey(key, sealed_for), nonce);
  cipher.setAAD(associated(sealed_for));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1.${keyId(key)}.${sealed.toString('base64url')}`;
}

/** Throws SealError. */
export function decrypt(keys: InstallationKeySource, sealed_for: SealedFor, sealed: string): string {
  const [, id, body = ''] = SEALED.exec(sealed) ?? [];
  const key = everyKey(keys).find((one) => keyId(one) === id);
  const bytes = Buffer.from(body, 'base64url');
  if (key === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new SealError('the text was not sealed by this installation');
  }
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, purposeKey(key, sealed_for), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(sealed_for));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    throw new SealError('the text was sealed for something else, or changed since');
  }
}

/** Whether it was sealed under a key before the one that signs now: seal it again at the next occasion. */
export function isStale(keys: InstallationKeySource, sealed: string): boolean {
  return SEALED.exec(sealed)?.[1] !== keyId(signingKey(keys));
}

function purposeKey(key: string, { purpose }: SealedFor): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `trackly sealed: ${purpose}`, KEY_BYTES));
}

const associated = ({ purpose, subject }: SealedFor): Buffer =>
  Buffer.from(JSON.stringify([purpose, subject]));
