/**
 * Step 3 of a tap: where it goes. The offer's or the link's own destination; where that has ended a fallback, the
 * offer's over the domain's over the account's; or nowhere, with the reason.
 * Pure; only addresses that were stored are ever answered.
 */
import type { Account } from '../../catalog/definitions.ts';
import type { Link } from '../../links/link.ts';
import type { DestinationTemplate } from '../destination-template.ts';
import type { GoneReason } from '../outcomes.ts';
import type { ServedOffer } from '../served-link.ts';
import type { Site } from '../sites.ts';
import type { Destination } from '../tap.ts';

interface Choice {
  /** `own_destination` is the template of the link's own url. */
  link: Pick<Link, 'disabled' | 'expires_at_ms'> & { own_destination: DestinationTemplate | undefined };
  /** Null where the link's offer does not exist, undefined for a link without one. */
  offer: ServedOffer | null | undefined;
  account: Pick<Account, 'fallback_url'> | null;
  site: Site;
}

export function chooseDestination(choice: Choice, now_ms: number): Destination {
  const { link, offer } = choice;
  const reason = goneReason(link, offer, now_ms);
  if (reason !== undefined) {
    const url = fallbackOf(choice);
    return url === '' ? { kind: 'gone', reason } : { kind: 'fallback', url, reason };
  }
  const template = link.own_destination ?? offer?.destination;
  return template === undefined ? { kind: 'gone', reason: 'offer_unknown' } : { kind: 'redirect', template };
}

function fallbackOf({ offer, account, site }: Choice): string {
  const of_domain = site.kind === 'domain' ? site.domain.expired_url : '';
  return offer?.offer.fallback_url || of_domain || (account?.fallback_url ?? '');
}

function goneReason(link: Choice['link'], offer: Choice['offer'], now_ms: number): GoneReason | undefined {
  if (link.disabled) return 'disabled';
  if (link.expires_at_ms !== 0 && link.expires_at_ms <= now_ms) return 'expired';
  if (offer === null) return 'offer_unknown';
  if (offer !== undefined && offer.offer.status !== 'active') return 'offer_inactive';
  return undefined;
}
