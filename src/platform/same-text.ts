/** Compares secrets and signatures in constant time. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const sameText = (given: string, right: string): boolean =>
  timingSafeEqual(digest(given), digest(right));
