/**
 * Notes on a domain on which day the last link was made on it: it stays its account's for as long as those links can be
 * tapped. Once a day and process for each domain; before the links are made. Rejects when Redis is down; safe to repeat.
 */
import { LRUCache } from 'lru-cache';
import type { RedisClient } from '../platform/redis.ts';
import { domainKey } from './domain.ts';
import { updateDomain } from './domain-store.ts';

const NOTED_MAX = 10_000;
const ISO_DATE_LENGTH = 10;

/** The day that was noted last, by the key of the domain. */
const noted = new LRUCache<string, string>({ max: NOTED_MAX });

/** `domain` '' is the installation's own. */
export async function noteLinkMade(redis: RedisClient, account_id: string, domain: string): Promise<void> {
  if (domain === '') return;
  const key = domainKey(account_id, domain);
  const today = new Date().toISOString().slice(0, ISO_DATE_LENGTH);
  if (noted.get(key) === today) return;
  await updateDomain(redis, account_id, domain, (before) => ({ ...before, last_link_on: today }));
  noted.set(key, today);
}
