/**
 * Checks a chain of certificates before it is stored or served: whoever gave it, an authority or an operator, may have
 * given the wrong one. Pure.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { cleanText } from '../../platform/text.ts';
import type { CertificateSummary } from '../domain.ts';

/** A chain of three with 4,096-bit keys has about 6 kB. */
export const CHAIN_BYTES_MAX = 64 * 1_024;
const CHAIN_LENGTH_MAX = 10;
const ISSUER_LENGTH_MAX = 200;
/** One that begins later than this was made for another day. */
const EARLY_MS_MAX = 60 * 60 * 1_000;
const RSA_BITS_MIN = 2_048;
/** A handshake with more takes several ms of the process that also answers taps. */
const RSA_BITS_MAX = 4_096;
const CURVES = ['prime256v1', 'secp384r1'];
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** `message` ends a sentence that begins with where the certificate comes from: "is for another name". */
export class CertificateError extends Error {
  readonly code = 'bad_certificate';
}

export interface GivenCertificate {
  chain: string;
  key: KeyObject;
  /** A name that it must be valid for. */
  name: string;
  now_ms: number;
}

export interface CheckedCertificate extends CertificateSummary {
  /** The chain without whatever else stood in the text. */
  chain: string;
}

/** Throws CertificateError where the chain can't be served with this key for this name now. */
export function checkCertificate({ chain, key, name, now_ms }: GivenCertificate): CheckedCertificate {
  const certificates = parseChain(chain);
  const leaf = certificates[0] as X509Certificate;
  if (leaf.checkHost(name, { subject: 'never' }) === undefined) {
    throw new CertificateError(`is for other names than ${name}`);
  }
  checkKeyType(key);
  if (!leaf.checkPrivateKey(key)) throw new CertificateError('is for another private key');
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  if (!(from < to)) throw new CertificateError('has no time in which it is valid');
  if (to <= now_ms) throw new CertificateError(`ended on ${new Date(to).toISOString()}`);
  if (from > now_ms + EARLY_MS_MAX) {
    throw new CertificateError(`begins only on ${new Date(from).toISOString()}`);
  }
  for (const [i, certificate] of certificates.slice(0, -1).entries()) {
    const issuer = certificates[i + 1] as X509Certificate;
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      throw new CertificateError(`is followed by one that did not issue it (number ${i + 2} of the chain)`);
    }
  }
  return {
    chain: `${certificates.map((certificate) => certificate.toString().trim()).join('\n')}\n`,
    ...describe(leaf),
  };
}

/** What is shown of a certificate that can be read. */
export function describe(certificate: X509Certificate): CertificateSummary {
  return {
    issuer: readableIssuer(certificate),
    not_before: new Date(certificate.validFrom).toISOString(),
    not_after: new Date(certificate.validTo).toISOString(),
  };
}

function parseChain(chain: string): X509Certificate[] {
  if (Buffer.byteLength(chain) > CHAIN_BYTES_MAX) throw new CertificateError('is longer than 64 KiB');
  const parts = chain.match(CERTIFICATE) ?? [];
  if (parts.length === 0) throw new CertificateError('is not in PEM');
  if (parts.length > CHAIN_LENGTH_MAX) throw new CertificateError('has more than 10 certificates');
  try {
    return parts.map((part) => new X509Certificate(part));
  } catch {
    throw new CertificateError('can not be read');
  }
}

function checkKeyType({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): void {
  const { namedCurve = '', modulusLength = 0 } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'ec' && CURVES.includes(namedCurve)) return;
  if (asymmetricKeyType === 'rsa' && modulusLength >= RSA_BITS_MIN && modulusLength <= RSA_BITS_MAX) return;
  throw new CertificateError(
    'has a key that is not served: use ECDSA P-256 (the fastest), P-384, or RSA of 2,048 to 4,096 bits',
  );
}

/** `Let's Encrypt R11`, of `O=Let's Encrypt` and `CN=R11`. */
function readableIssuer({ issuer }: X509Certificate): string {
  const part = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(issuer)?.[1] ?? '';
  const [organisation, common_name] = [part('O'), part('CN')];
  const whole = common_name.startsWith(organisation) ? common_name : `${organisation} ${common_name}`;
  return cleanText(whole.slice(0, ISSUER_LENGTH_MAX)).trim() || 'unknown';
}
