/**
 * Signatures of postbacks: `…&signature=<hex>` at the end of the address is HMAC-SHA256, keyed with a secret that is
 * itself not sent, over every byte between `?` and `&signature=` as it is sent. With `signed_at` (Unix seconds) among
 * the parameters, the signature holds for SIGNED_WITHIN_MS. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ConversionError } from './conversion-error.ts';

/** Networks repeat a postback for minutes; a later repeat is to be signed again. */
const SIGNED_WITHIN_MS = 15 * 60_000;
const SIGNED = /^(.*)&signature=([0-9A-Fa-f]{64})$/s;

export interface Signed {
  /** The bytes that are signed. */
  text: string;
  /** 64 hex digits. */
  signature: string;
}

/** Undefined where the query has no signature. Throws ConversionError where it has one that can't be right. */
export function readSignature(query: string, now_ms: number): Signed | undefined {
  if (!/(?:^|&)signature=/.test(query)) return undefined;
  const [, text = '', signature = ''] = SIGNED.exec(query) ?? [];
  if (signature === '') {
    throw wrongSignature('signature is the last parameter: 64 hex digits behind all that it signs');
  }
  const signed_at = new URLSearchParams(text).get('signed_at');
  if (signed_at !== null && !isNow(signed_at, now_ms)) {
    throw wrongSignature('signed_at is the time of signing in Unix seconds, at most 15 minutes ago');
  }
  return { text, signature };
}

/** Whether it was made with one of the secrets; each comparison takes constant time. */
export function isSignedWith({ text, signature }: Signed, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature, 'hex');
  return secrets.some((secret) => timingSafeEqual(given, createHmac('sha256', secret).update(text).digest()));
}

export const wrongSignature = (message: string, account_id?: string): ConversionError =>
  new ConversionError('wrong_signature', message, account_id);

const isNow = (signed_at: string, now_ms: number): boolean =>
  /^\d{1,12}$/.test(signed_at) && Math.abs(Number(signed_at) * 1_000 - now_ms) <= SIGNED_WITHIN_MS;
