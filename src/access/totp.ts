/**
 * Time-based one-time passwords (RFC 6238) as a second factor: six digits every 30 seconds, by the SHA-1 that all
 * authenticator apps know; and recovery codes for a lost phone. Pure but for random secrets; that a code works once is
 * kept by src/access/people.ts.
 */
import { Secret, TOTP } from 'otpauth';
import { drawsOf, randomHex } from '../platform/random.ts';
import { hashToken } from './token-hash.ts';

const ISSUER = 'Trackly Links';
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
const PERIOD_S = 30;
/** Steps before and after the current one that are taken: clocks of phones differ. */
const WINDOW_STEPS = 1;

const RECOVERY_CODES = 10;
/** 95 bits. */
const RECOVERY_CODE_LENGTH = 16;
const newRecoveryCode = drawsOf(RECOVERY_CODE_LENGTH);

export interface TotpOffer {
  /** Base32, to type in where no camera is. */
  secret: string;
  /** `otpauth://…`, what the QR code says. */
  uri: string;
}

const totpOf = (email: string, secret: Secret): TOTP =>
  new TOTP({ issuer: ISSUER, label: email, secret, period: PERIOD_S });

export function newTotp(email: string): TotpOffer {
  const secret = Secret.fromHex(randomHex(SECRET_BYTES));
  return { secret: secret.base32, uri: totpOf(email, secret).toString() };
}

/** The step that the code belongs to, counted from 1970; undefined for a wrong code. */
export function stepOfCode(secret: string, code: string, now_ms: number): number | undefined {
  const totp = totpOf('', Secret.fromBase32(secret));
  const delta = totp.validate({ token: code, timestamp: now_ms, window: WINDOW_STEPS });
  return delta === null ? undefined : totp.counter({ timestamp: now_ms }) + delta;
}

export const isTotpCode = (text: string): boolean => /^\d{6}$/.test(text);

/** Codes to be written down, in groups of four; and what is stored of them. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  return {
    codes: codes.map((code) => code.match(/.{4}/g)?.join('-') ?? code),
    hashes: codes.map(hashToken),
  };
}

/** What is stored of a recovery code that somebody typed. */
export const hashOfRecoveryCode = (text: string): string => hashToken(text.replace(/[\s-]/g, ''));

/** What somebody typed, as a code: apps show `123 456`. */
export const normalCode = (text: string): string => text.replace(/\s/g, '');
