/**
 * Removals of whole accounts in Redis: which were asked for, and how far each is. The account is suspended first, so that
 * it does nothing more, and a worker then takes away all that is stored of it (workers/privacy/remove-accounts.ts). The
 * record of a removal goes last: once it and the account's own are gone, nothing leads to the account. Rejects when Redis
 * is down.
 */

import { updateAccount } from '../catalog/catalog-store.ts';
import type { Account } from '../catalog/definitions.ts';
import type { Position } from '../log/backlog.ts';
import { firstOpen } from '../platform/due-list.ts';
import { type RedisClient, runAll } from '../platform/redis.ts';

/** The steps in order; see workers/privacy/remove-accounts.ts. */
export const REMOVAL_STEPS = [
  'drain',
  'claims',
  'tables',
  'keys',
  'drain_again',
  'tables_again',
  'account',
] as const;
export type RemovalStep = (typeof REMOVAL_STEPS)[number];

export interface Removal {
  account_id: string;
  step: RemovalStep;
  requested_at: string;
  /** When the step began: what other processes have in memory is known to be gone some time after. */
  since_ms: number;
  /** What the step waits for; '' while it works. */
  waits_for: string;
  /** The ends of the logs that the step waits for; undefined until it knows them. */
  positions?: Position[];
  /** Keys of records that name no account and go with it; see untoldRecords. Undefined before they are removed. */
  untold?: string[];
}

/** Sorted set of the accounts that are being removed, by time. */
const OPEN_KEY = 'removals';
export const removalKey = (account_id: string): string => `removal:${account_id}`;

const SUSPENSION_REASON = 'it is being removed with everything that it has';

/** Its record says so itself: what changes it by compare-and-set can not undo it. */
export const isBeingRemoved = ({ status, suspension }: Account): boolean =>
  status === 'suspended' && suspension?.reason === SUSPENSION_REASON;

/**
 * Suspends the account and asks to remove it. `before` is the account as it was, where this call is the first that asks.
 * Undefined where there is neither the account nor its removal. Safe to repeat.
 */
export async function requestRemoval(
  redis: RedisClient,
  account_id: string,
  now_ms: number,
): Promise<{ removal: Removal; before: Account | undefined } | undefined> {
  const running = await readRemoval(redis, account_id);
  if (running !== undefined) {
    // The first call may have been cut off before it was listed.
    await redis.zadd(OPEN_KEY, 'NX', now_ms, account_id);
    return { removal: running, before: undefined };
  }
  const at = new Date(now_ms).toISOString();
  let before: Account | undefined;
  const suspended = await updateAccount(redis, account_id, (account) => {
    before = account;
    return { status: 'suspended', suspension: { reason: SUSPENSION_REASON, at } };
  });
  if (suspended === undefined) return undefined;
  const removal: Removal = { account_id, step: 'drain', requested_at: at, since_ms: now_ms, waits_for: '' };
  await redis.set(removalKey(account_id), JSON.stringify(removal), 'NX');
  await redis.zadd(OPEN_KEY, 'NX', now_ms, account_id);
  return { removal, before };
}

export async function readRemoval(redis: RedisClient, account_id: string): Promise<Removal | undefined> {
  const text = await redis.get(removalKey(account_id));
  return text === null ? undefined : (JSON.parse(text) as Removal);
}

/** The oldest that is not done, or undefined. */
export const nextRemoval = (redis: RedisClient): Promise<Removal | undefined> =>
  firstOpen(redis, OPEN_KEY, (account_id) => readRemoval(redis, account_id));

/** Forgets a removal that is done. Safe to repeat. */
export async function closeRemoval(redis: RedisClient, account_id: string): Promise<void> {
  await runAll(redis, [
    ['DEL', removalKey(account_id)],
    ['ZREM', OPEN_KEY, account_id],
  ]);
}
