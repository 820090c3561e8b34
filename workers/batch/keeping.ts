/**
 * What an account says of the rows that are stored for it: for how long, and how much of an address. Every row with
 * personal data carries the time at which it is deleted; a change of the setting is for rows inserted from then on.
 * Accounts are cached; with Redis down a lookup rejects and the batch is retried.
 */
import { type Account, accountKey, RETENTION_DAYS_DEFAULT } from '../../src/catalog/definitions.ts';
import { TEST_DAYS_MAX } from '../../src/clickhouse/test-rows.ts';
import type { RecordCache } from '../../src/platform/record-cache.ts';
import type { IpStorage } from '../../src/privacy/stored-address.ts';

const DAY_S = 24 * 3_600;

export type AccountCache = RecordCache<Account>;

export interface Keeping {
  /** For how many seconds raw clicks are kept. */
  clicks_s: number;
  /** The same for raw sends and their links. */
  sends_s: number;
  ip_storage: IpStorage;
}

export type Keepings = ReadonlyMap<string, Keeping>;

/** Of every account in `rows`, each looked up once. An account that was removed by hand has the defaults. */
export async function keepingsOf(
  accounts: AccountCache,
  rows: readonly { account_id: string }[],
): Promise<Keepings> {
  const keepings = new Map<string, Keeping>();
  for (const { account_id } of rows) {
    if (keepings.has(account_id)) continue;
    const account = await accounts.load(accountKey(account_id));
    keepings.set(account_id, {
      clicks_s: (account?.click_retention_days ?? RETENTION_DAYS_DEFAULT) * DAY_S,
      sends_s: (account?.send_retention_days ?? RETENTION_DAYS_DEFAULT) * DAY_S,
      ip_storage: account?.ip_storage ?? 'full',
    });
  }
  return keepings;
}

/** Unix time in seconds at which a row of an event is deleted. */
export const expiryOf = (event_ms: number, kept_s: number): number => Math.floor(event_ms / 1_000) + kept_s;

/** The same of a row of a test. */
export const testExpiryOf = (event_ms: number, kept_s: number): number =>
  expiryOf(event_ms, Math.min(kept_s, TEST_DAYS_MAX * DAY_S));
