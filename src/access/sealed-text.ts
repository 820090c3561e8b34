/**
 * Encrypts short secrets at rest and in cookies: AES-256-GCM under a key that is derived from the installation key. A
 * sealed text opens only in the context that it was sealed for, such as the email address of its owner. Pure but for
 * the random nonce.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { randomHex } from '../platform/random.ts';

const PURPOSE = 'trackly: sealed secrets of members';
const KEY_BYTES = 32;
/** As NIST SP 800-38D recommends for GCM. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = (installation_key: string): Buffer =>
  Buffer.from(hkdfSync('sha256', installation_key, '', PURPOSE, KEY_BYTES));

/** Nonce, tag and encrypted text in base64url. */
export function seal(installation_key: string, context: string, text: string): string {
  const nonce = Buffer.from(randomHex(NONCE_BYTES), 'hex');
  const cipher = createCipheriv('aes-256-gcm', keyOf(installation_key), nonce);
  cipher.setAAD(Buffer.from(context));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url');
}

/** The text; undefined where the key or the context is another one, or the text was changed. */
export function unseal(installation_key: string, context: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(installation_key), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  } catch {
    return undefined;
  }
}
