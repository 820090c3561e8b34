/**
 * Removes the reports of conversions that name an erased contact: by its id, or by a click, link or message of it. They
 * are found by a fingerprint of the contact that was kept with them, so it does not matter whether the link is still
 * there. Rejects when Redis is down; safe to repeat.
 */
import { accountOfList, removeReportsOf } from '../conversions/inspector/report-lists.ts';
import { type RedisClient, scanKeys } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { fingerprint } from './contact-key.ts';
import type { RoundContact } from './erased-contacts.ts';

/** Rest between two lists, so that taps find Redis free. */
const REST_MS = 1;

/** Resolves with the number of reports that were removed. */
export async function eraseReports(
  redis: RedisClient,
  contact_key: string,
  contacts: readonly Pick<RoundContact, 'account_id' | 'contact_id'>[],
): Promise<number> {
  const fingerprints = new Set(
    contacts.map(({ account_id, contact_id }) => fingerprint(contact_key, 'report', account_id, contact_id)),
  );
  let removed = 0;
  for await (const keys of scanKeys(redis, 'reports*')) {
    for (const key of keys) {
      const account_id = accountOfList(key);
      if (account_id === undefined) continue;
      const own = contacts.filter((contact) => contact.account_id === account_id);
      const ids = own.map(({ contact_id }) => contact_id);
      removed += await removeReportsOf(redis, key, { fingerprints, ids });
      await sleep(REST_MS);
    }
  }
  return removed;
}
