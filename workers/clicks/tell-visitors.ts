/**
 * Tells the visitors of links without a contact apart, each by a hash under its day's salt (src/clicks/visitor.ts). All
 * workers share a day's salt in Redis, which deletes it SALT_KEEP_S after its first use. A click that arrives still later,
 * from a spool, gets a new salt, and may count its visitor once more. Safe to repeat: a batch that is retried finds the
 * same salt. With Redis down it rejects and the batch is retried.
 */
import type { Click } from '../../src/clicks/click.ts';
import { dayOfVisit, visitorOf } from '../../src/clicks/visitor.ts';
import { randomHex } from '../../src/platform/random.ts';
import type { RedisClient } from '../../src/platform/redis.ts';

/** The day itself, and a day for what comes late. */
const SALT_KEEP_S = 2 * 24 * 3_600;
const SALT_BYTES = 16;

export const visitorSaltKey = (day: number): string => `visitor_salt:${day}`;

/** One visitor for each click, in order; '' for a click of a contact. */
export async function tellVisitors(redis: RedisClient, clicks: readonly Click[]): Promise<string[]> {
  const salts = new Map<number, string>();
  const visitors: string[] = [];
  for (const click of clicks) {
    if (click.contact_id !== '') {
      visitors.push('');
      continue;
    }
    const day = dayOfVisit(click.clicked_at_ms);
    const salt = salts.get(day) ?? (await saltOf(redis, day));
    salts.set(day, salt);
    visitors.push(visitorOf(click, salt));
  }
  return visitors;
}

async function saltOf(redis: RedisClient, day: number): Promise<string> {
  const made = randomHex(SALT_BYTES);
  return (await redis.set(visitorSaltKey(day), made, 'EX', SALT_KEEP_S, 'NX', 'GET')) ?? made;
}
