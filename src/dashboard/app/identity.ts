/** Who is signed in, and in which account: what one of them typed or was shown is not for another. Pure. */
import type { Session } from './api.ts';

/** A key has no person: it stands for all who look with it. */
export function personOf(who: Session): string {
  if (who.kind === 'member') return `member/${who.email}`;
  return who.kind === 'key' ? `key/${who.account.account_id}` : who.kind;
}

/** '' while there is none. */
export const accountIdOf = (who: Session): string =>
  'account' in who ? (who.account?.account_id ?? '') : '';

export const identityOf = (who: Session): string => `${personOf(who)}/${accountIdOf(who)}`;
