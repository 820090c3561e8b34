/**
 * How opaque tokens and recovery codes are stored: as their SHA-256. They are random, of 95 bits or more, so a slow
 * hash would add nothing. Pure.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** 64 hex digits. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Compares a token with a stored hash in constant time. */
export const isTokenOf = (token: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashToken(token), 'hex'), Buffer.from(hash, 'hex'));
