/**
 * Where a link leads: to its offer's or its own destination, to a fallback, or nowhere, with the reason. A tap and the
 * API's preview choose by this. Pure; only addresses that were stored are ever answered.
 */
import type { Account, Offer } from '../catalog/definitions.ts';
import { compileDestination, type DestinationTemplate } from './destination-template.ts';
import type { Link } from './link.ts';
import { compileRouting, type Routing } from './offer-routing.ts';
import { type CompiledRules, compileRules } from './parameters.ts';

/** Why a link that exists does not lead to its destination any more. The names are labels of metrics. */
export const GONE_REASONS = [
  'disabled',
  'expired',
  'offer_paused',
  'offer_archived',
  'offer_unknown',
  'offer_capped',
  'account_suspended',
  'taken_down',
] as const;
export type GoneReason = (typeof GONE_REASONS)[number];

/** An offer with its destination and its rules in their pieces. */
export interface CompiledOffer {
  offer: Offer;
  destination: DestinationTemplate;
  rules: CompiledRules | undefined;
  /** Undefined for nearly all: it leads nowhere but to its destination. */
  routing: Routing | undefined;
}

export interface Choice {
  /** `own_destination` is the template of the link's own url. */
  link: Pick<Link, 'disabled' | 'expires_at_ms' | 'taken_down'> & {
    own_destination: DestinationTemplate | undefined;
  };
  /** Null where the link's offer does not exist, undefined for a link without one. */
  offer: CompiledOffer | null | undefined;
  /** Null where it was removed by hand. */
  account: Pick<Account, 'fallback_url' | 'status'> | null;
  /** Of the domain that was asked, for links that have ended; '' or absent without one. */
  domain_fallback_url?: string;
  /** Where a rule or a fallback of the link's offer leads; `offer` is then the one that it leads to. */
  led?: Led | undefined;
}

/** How a tap came to another place than the destination of its link's offer. */
export interface Led {
  /** Name of the rule; '' without one. */
  rule: string;
  /** The link's own offer. */
  planned_offer_id: string;
  /** The offer of the click. */
  offer_id: string;
  /** The rule's own address. */
  template: DestinationTemplate | undefined;
  /** Why an offer before `offer_id` did not take the tap; '' where the first one did. */
  fallback_reason: OfferClosed | '';
  /** Cap of the first choice that turned the tap away, such as first_clicks/day; '' where none did. */
  cap: string;
  /** Why none on the way takes the tap; '' where one does, or its status says so. */
  closed: OfferClosed | '';
  /** Of the link's own offer, where the one that it leads to has none. */
  fallback_url: string;
}

/** Why an offer does not take a tap. */
export type OfferClosed = Extract<GoneReason, `offer_${string}`>;

/** Whose fallback it is, in order of precedence. */
export type FallbackSource = 'offer' | 'domain' | 'account';

/** The destination of a link, or why it has none any more. */
export type Destination =
  | { kind: 'redirect'; template: DestinationTemplate }
  | { kind: 'fallback'; url: string; source: FallbackSource; reason: GoneReason }
  | { kind: 'gone'; reason: GoneReason };

export function compileOffer(offer: Offer): CompiledOffer {
  return {
    offer,
    destination: compileDestination(offer.destination_url),
    rules: compileRules(offer),
    routing: compileRouting(offer),
  };
}

export function destinationOf(choice: Choice, now_ms: number): Destination {
  const { link, offer, led } = choice;
  const closed = closedReason(choice);
  if (closed !== undefined) return { kind: 'gone', reason: closed };
  const template = link.own_destination ?? led?.template ?? offer?.destination;
  const gone = goneReason(link, offer, now_ms) ?? (led?.closed || undefined);
  const reason = gone ?? (template === undefined ? 'offer_unknown' : undefined);
  if (template !== undefined && reason === undefined) return { kind: 'redirect', template };
  return fallbackOf(choice, reason as GoneReason);
}

/** What the operator has closed leads nowhere, not to a fallback either. */
function closedReason({ link, offer, account }: Choice): GoneReason | undefined {
  if (account?.status === 'suspended') return 'account_suspended';
  return link.taken_down !== undefined || offer?.offer.taken_down !== undefined ? 'taken_down' : undefined;
}

/** Why the link has ended, or its offer does not take taps. */
export function goneReason(
  link: Pick<Choice['link'], 'disabled' | 'expires_at_ms'>,
  offer: Choice['offer'],
  now_ms: number,
): GoneReason | undefined {
  if (link.disabled) return 'disabled';
  if (link.expires_at_ms !== 0 && link.expires_at_ms <= now_ms) return 'expired';
  return offer === undefined ? undefined : offerClosed(offer);
}

/** Why the offer does not take taps, undefined where it does. */
export function offerClosed(offer: CompiledOffer | null): OfferClosed | undefined {
  if (offer === null) return 'offer_unknown';
  return offer.offer.status === 'active' ? undefined : `offer_${offer.offer.status}`;
}

/** The offer's, else the domain's, else the account's. */
function fallbackOf({ offer, led, domain_fallback_url, account }: Choice, reason: GoneReason): Destination {
  const fallbacks: [FallbackSource, string | undefined][] = [
    ['offer', offer?.offer.fallback_url || led?.fallback_url],
    ['domain', domain_fallback_url],
    ['account', account?.fallback_url],
  ];
  const [source, url] = fallbacks.find(([, of]) => of !== undefined && of !== '') ?? [];
  return source === undefined || url === undefined
    ? { kind: 'gone', reason }
    : { kind: 'fallback', url, source, reason };
}
