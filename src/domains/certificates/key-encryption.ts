/**
 * Private keys at rest, in Redis and on disk: PKCS#8 in PEM, encrypted under a passphrase that is derived from the
 * installation key. BoringSSL reads this form as it is, so no key is ever written in the clear. Pure.
 */
import { createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';

const PURPOSE = 'trackly: private keys of certificates';
const PASSPHRASE_BYTES = 32;

/** The passphrase of all private keys of an installation. */
export function keyPassphrase(installation_key: string): string {
  return Buffer.from(hkdfSync('sha256', installation_key, '', PURPOSE, PASSPHRASE_BYTES)).toString(
    'base64url',
  );
}

export function encryptKey(key: KeyObject, passphrase: string): string {
  return key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }) as string;
}

/** Throws where the passphrase is wrong or the text is no key. */
export function decryptKey(pem: string, passphrase: string): KeyObject {
  return createPrivateKey({ key: pem, passphrase });
}
