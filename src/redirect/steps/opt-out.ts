/**
 * The step of a tap on a message's opt-out link, in the place of steps 3 to 6: a page that asks, and once its button was
 * pressed the opt-out. Only the token of that page opts out, so whatever opens links by itself opts nobody out. Such a
 * tap is no click, and an opt-out link does not expire.
 */

import type { InstallationKeySource } from '../../access/key-ring.ts';
import { isSuspended } from '../../catalog/suspension.ts';
import type { GoneReason } from '../../links/destination.ts';
import { lruOf } from '../../platform/lru.ts';
import { isPageToken, newPageToken } from '../page-token.ts';
import { DEFAULT_BRAND, optedOutPage, optOutPage } from '../pages/gate-pages.ts';
import type { ServedLink } from '../served-link.ts';
import type { FoundLink, Tap, TapAnswer } from '../tap.ts';

/** Pages whose button was pressed: pressing it again writes nothing to Redis and ClickHouse. */
const PRESSED_MAX = 10_000;

/** Resolves once the opt-out is held; rejects where it can't be. */
export type OptOut = (link: ServedLink, at_ms: number) => Promise<void>;

/** Made once for a process. A promise where there is something to hold. */
export function createOptOut(
  keys: InstallationKeySource,
  optOut: OptOut,
): (
  tap: Pick<Tap, 'token' | 'at_ms'>,
  found: Pick<FoundLink, 'link' | 'account'>,
) => TapAnswer | Promise<TapAnswer> {
  const pressed = lruOf<true>(PRESSED_MAX);
  return ({ token, at_ms }, { link, account }) => {
    const reason = closedReason(link, account);
    if (reason !== undefined) return { outcome: 'gone', reason };
    const brand = account?.brand ?? DEFAULT_BRAND;
    if (token !== undefined && isPageToken(keys, 'opt_out', link.link_id, token, at_ms)) {
      const answer: TapAnswer = { outcome: 'opted_out', page: optedOutPage(brand) };
      if (pressed.has(token)) return answer;
      return optOut(link, at_ms).then(() => {
        pressed.set(token, true);
        return answer;
      });
    }
    const fresh = newPageToken(keys, 'opt_out', link.link_id, at_ms);
    return { outcome: 'opt_out_page', page: optOutPage(brand, `/${link.link_id}`, fresh) };
  };
}

function closedReason(link: ServedLink, account: FoundLink['account']): GoneReason | undefined {
  if (account !== null && isSuspended(account)) return 'account_suspended';
  if (link.taken_down !== undefined) return 'taken_down';
  return link.disabled ? 'disabled' : undefined;
}
