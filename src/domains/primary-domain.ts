/**
 * Which of an account's domains new links are made on: the primary one, or while that is not in use the oldest that is.
 * Kept in the account's record, so that nothing else is read when messages are created or links tapped. With Redis down
 * every call rejects; each is safe to repeat.
 */
import { getAccount, updateAccount } from '../catalog/catalog-store.ts';
import type { Account } from '../catalog/definitions.ts';
import type { RedisClient } from '../platform/redis.ts';
import { linkDomain } from './domain-states.ts';
import { claimDomain, getDomain, listDomains, NO_SETTINGS } from './domain-store.ts';

/** Makes `domain` primary; one that the account does not have is claimed first. '' takes the choice back. */
export async function choosePrimary(
  redis: RedisClient,
  account_id: string,
  domain: string,
): Promise<Account | undefined> {
  if (domain !== '' && (await getDomain(redis, account_id, domain)) === undefined) {
    await claimDomain(redis, account_id, domain, NO_SETTINGS);
  }
  await updateAccount(redis, account_id, () => ({ tracking_domain: domain }));
  return refreshLinkDomain(redis, account_id);
}

/** Writes down which domain new links are made on; after every change of a domain's state. */
export async function refreshLinkDomain(
  redis: RedisClient,
  account_id: string,
): Promise<Account | undefined> {
  const domains = await listDomains(redis, account_id);
  const account = await getAccount(redis, account_id);
  if (account === undefined) return undefined;
  const link_domain = linkDomain(domains, account.tracking_domain);
  if (link_domain === account.link_domain) return account;
  return updateAccount(redis, account_id, () => ({ link_domain }));
}
