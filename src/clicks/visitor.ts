/**
 * Who opens a link without a contact: a hash of address, user agent and a salt of the day (UTC). It counts the visitors
 * of a link without naming them: the salt is random and is deleted when the day's clicks are counted, and then neither
 * the address can be found from the hash, nor the same visitor on another day. Pure; the worker keeps the salts
 * (workers/clicks/tell-visitors.ts).
 */
import { hash } from 'node:crypto';
import type { Click } from './click.ts';

const DAY_MS = 24 * 3_600_000;
/** 96 bits. */
const VISITOR_LENGTH = 16;

/** The day of a click, in days since 1970 (UTC). */
export const dayOfVisit = (clicked_at_ms: number): number => Math.floor(clicked_at_ms / DAY_MS);

/** `salt` is the day's. */
export function visitorOf({ ip, user_agent }: Pick<Click, 'ip' | 'user_agent'>, salt: string): string {
  // One visitor, however the address is written.
  const address = ip.includes(':') ? new URL(`http://[${ip}]`).hostname : ip;
  return hash('sha256', `${salt} ${address} ${user_agent}`, 'base64url').slice(0, VISITOR_LENGTH);
}
