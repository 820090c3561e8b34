/** The account that an operator's request names. With Redis down: 503. */
import { getAccount } from '../../catalog/catalog-store.ts';
import type { Account } from '../../catalog/definitions.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { isBeingRemoved } from '../../privacy/account-removal.ts';
import { ApiError } from './errors.ts';

/** Throws ApiError where there is none. */
export async function accountOfOperator(redis: RedisClient, id: string): Promise<Account> {
  const account = await getAccount(redis, id);
  if (account === undefined) throw new ApiError('not_found', 'there is no such account');
  return account;
}

/** Throws ApiError where there is none, or where it is being removed. */
export async function accountToChange(redis: RedisClient, id: string): Promise<Account> {
  const account = await accountOfOperator(redis, id);
  checkNotRemoved(account);
  return account;
}

/** Throws ApiError where the account is being removed. */
export function checkNotRemoved(account: Account): void {
  if (isBeingRemoved(account))
    throw new ApiError('conflict', 'the account is being removed: nothing of it can be changed any more');
}
