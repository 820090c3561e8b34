/**
 * A certificate for one name, with its private key, as ordered from a certificate authority (ACME) and stored as JSON
 * in Redis. It is no record of an account: it is not on the records log, and one that is lost is ordered again.
 */
import type { CertificateSummary } from '../domain.ts';

export interface StoredCertificate extends CertificateSummary {
  name: string;
  /** Certificates in PEM: its own first, then those that issued it. */
  chain: string;
  /** PKCS#8 in PEM, encrypted: see key-encryption.ts. */
  key: string;
}

/** A certificate is ordered again after this share of its life. */
const RENEW_AFTER = 2 / 3;

export const certificateKey = (name: string): string => `certificate:${name}`;
/** The name in such a key; undefined for other keys. */
export const certificateName = (key: string): string | undefined =>
  key.startsWith(certificateKey('')) ? key.slice(certificateKey('').length) : undefined;
/** All names with a certificate, by the Unix time in ms at which it was stored. */
export const CERTIFICATES = 'certificates';

export function summaryOf({ issuer, not_before, not_after }: CertificateSummary): CertificateSummary {
  return { issuer, not_before, not_after };
}

/** Unix time in ms from which it is to be renewed. */
export function renewalAt({ not_before, not_after }: CertificateSummary): number {
  const from = Date.parse(not_before);
  return Math.round(from + (Date.parse(not_after) - from) * RENEW_AFTER);
}

const SERVER_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+$/;
const NAME_LENGTH_MAX = 253;

/**
 * Whether a text is a name as certificates are stored and asked for: lower case, at least two labels, no trailing dot.
 * Whatever passes is safe as a part of a file's name.
 */
export const isServerName = (text: string): boolean =>
  text.length <= NAME_LENGTH_MAX && SERVER_NAME.test(text);
