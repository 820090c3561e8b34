/** Domains in use for tests that are not about proving them: written as a check of DNS would have left them. */

import { claimDomain, NO_SETTINGS, takeOwnership, updateDomain } from '../../src/domains/domain-store.ts';
import { choosePrimary } from '../../src/domains/primary-domain.ts';
import { connectRedis, untilReady } from '../../src/platform/redis.ts';
import type { System } from './system.ts';

/** Makes `domain` the account's primary one, in use. */
export async function giveDomain(system: System, account_id: string, domain: string): Promise<void> {
  const redis = connectRedis({ url: await system.redis_url(), cluster: false }, 'fast');
  try {
    await untilReady(redis, 5_000);
    await claimDomain(redis, account_id, domain, NO_SETTINGS);
    await takeOwnership(redis, account_id, domain);
    await updateDomain(redis, account_id, domain, (claim) => ({ ...claim, status: 'active' }));
    await choosePrimary(redis, account_id, domain);
  } finally {
    redis.disconnect();
  }
}
