/**
 * A suspended account: the operator has stopped everything that it does, and may give it back. Its keys are refused
 * here, its links in links/destination.ts, its conversions in conversions/receive/authenticate.ts. Pure.
 */
import type { Account } from './definitions.ts';

/** Refuses a request in the name of a suspended account. */
export class AccountSuspendedError extends Error {
  readonly code = 'account_suspended';
}

export const isSuspended = (account: Pick<Account, 'status'>): boolean => account.status === 'suspended';

/** Throws AccountSuspendedError, whose message says what to do. */
export function refuseSuspended(account: Pick<Account, 'status' | 'suspension'>): void {
  if (!isSuspended(account)) return;
  const reason = account.suspension?.reason ?? '';
  throw new AccountSuspendedError(
    `the operator has suspended this account${reason === '' ? '' : ` (${reason})`}: its links do not open, and it can neither send nor read until the operator makes it active again; ask them`,
  );
}
