/**
 * Where a tap goes: the offer's or the link's own destination with its macros filled in, a fallback, or
 * a page. Pure; only addresses that were stored are ever answered.
 */
import type { Offer } from '../catalog/definitions.ts';
import type { Link } from '../links/link.ts';
import type { DestinationTemplate } from './destination-template.ts';

export interface ServedOffer {
  offer: Offer;
  destination: DestinationTemplate;
}

export type Destination =
  | { kind: 'redirect'; template: DestinationTemplate }
  | { kind: 'fallback'; url: string; reason: GoneReason }
  | { kind: 'gone'; reason: GoneReason };

export type GoneReason = 'disabled' | 'expired' | 'offer_inactive' | 'offer_unknown';

/**
 * `offer` is null where the link's offer can't be found, undefined for a link without one.
 * `own` is the template of the link's own url.
 */
export function chooseDestination(
  link: Link,
  own: DestinationTemplate | undefined,
  offer: ServedOffer | null | undefined,
  now_ms: number,
): Destination {
  const reason = goneReason(link, offer, now_ms);
  if (reason !== undefined) {
    const url = offer?.offer.fallback_url ?? '';
    return url === '' ? { kind: 'gone', reason } : { kind: 'fallback', url, reason };
  }
  const template = own ?? offer?.destination;
  return template === undefined ? { kind: 'gone', reason: 'offer_unknown' } : { kind: 'redirect', template };
}

function goneReason(
  link: Link,
  offer: ServedOffer | null | undefined,
  now_ms: number,
): GoneReason | undefined {
  if (link.disabled) return 'disabled';
  if (link.expires_at_ms !== 0 && link.expires_at_ms <= now_ms) return 'expired';
  if (offer === null) return 'offer_unknown';
  if (offer !== undefined && offer.offer.status !== 'active') return 'offer_inactive';
  return undefined;
}
