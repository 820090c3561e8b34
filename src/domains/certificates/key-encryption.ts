/**
 * Private keys at rest, in Redis and on disk: PKCS#8 in PEM, encrypted under a passphrase that is derived from the
 * installation key. BoringSSL reads this form as it is, so no key is ever written in the clear. What was encrypted
 * before the installation key was rotated stays readable. Pure.
 */
import { createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';
import { everyKey, type InstallationKeySource, signingKey } from '../../access/key-ring.ts';

const PURPOSE = 'trackly: private keys of certificates';
const PASSPHRASE_BYTES = 32;

function passphraseOf(installation_key: string): string {
  return Buffer.from(hkdfSync('sha256', installation_key, '', PURPOSE, PASSPHRASE_BYTES)).toString(
    'base64url',
  );
}

export function encryptKey(key: KeyObject, keys: InstallationKeySource): string {
  const passphrase = passphraseOf(signingKey(keys));
  return key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }) as string;
}

/** Throws where the text is no key, or was encrypted by another installation. */
export function decryptKey(pem: string, keys: InstallationKeySource): KeyObject {
  return createPrivateKey({ key: pem, passphrase: findPassphrase(pem, keys) });
}

/** The passphrase under which a private key in `pem` was encrypted; the newest where none fits. */
export function findPassphrase(pem: string, keys: InstallationKeySource): string {
  const [newest = '', ...others] = everyKey(keys).map(passphraseOf);
  return [newest, ...others].find((one) => others.length === 0 || opens(pem, one)) ?? newest;
}

function opens(pem: string, passphrase: string): boolean {
  try {
    createPrivateKey({ key: pem, passphrase });
    return true;
  } catch {
    return false;
  }
}
