/**
 * When a row with personal data is deleted: its account's `retention_days` after the event. Accounts are cached;
 * with Redis down a lookup rejects and the batch is retried.
 */
import { type Account, accountKey } from '../../src/catalog/definitions.ts';
import type { RecordCache } from '../../src/platform/record-cache.ts';

/** Used for rows whose account was removed by hand. */
const RETENTION_DAYS_DEFAULT = 400;
const DAY_S = 24 * 3_600;

export type AccountCache = RecordCache<Account>;

/** How long each account's raw rows are kept, in seconds. Each account is looked up once. */
export async function retentionsOf(
  accounts: AccountCache,
  rows: readonly { account_id: string }[],
): Promise<Map<string, number>> {
  const retentions = new Map<string, number>();
  for (const { account_id } of rows) {
    if (retentions.has(account_id)) continue;
    const account = await accounts.load(accountKey(account_id));
    retentions.set(account_id, (account?.retention_days ?? RETENTION_DAYS_DEFAULT) * DAY_S);
  }
  return retentions;
}

/**
 * Unix time in seconds at which a row of `account_id` from `event_ms` is deleted. `retentions` must have the account.
 */
export function expiryOf(
  retentions: ReadonlyMap<string, number>,
  account_id: string,
  event_ms: number,
): number {
  return Math.floor(event_ms / 1_000) + (retentions.get(account_id) as number);
}
