/**
 * Where a link leads: to its offer's or its own destination, to a fallback, or nowhere, with the reason. A tap and the
 * API's preview choose by this. Pure; only addresses that were stored are ever answered.
 */
import type { Account, Offer } from '../catalog/definitions.ts';
import { compileDestination, type DestinationTemplate } from './destination-template.ts';
import type { Link } from './link.ts';
import { type CompiledRules, compileRules } from './parameters.ts';

/** Why a link that exists does not lead to its destination any more. The names are labels of metrics. */
export const GONE_REASONS = [
  'disabled',
  'expired',
  'offer_inactive',
  'offer_unknown',
  'account_suspended',
  'taken_down',
] as const;
export type GoneReason = (typeof GONE_REASONS)[number];

/** An offer with its destination and its rules in their pieces. */
export interface CompiledOffer {
  offer: Offer;
  destination: DestinationTemplate;
  rules: CompiledRules | undefined;
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
}

/** Whose fallback it is, in order of precedence. */
export type FallbackSource = 'offer' | 'domain' | 'account';

/** The destination of a link, or why it has none any more. */
export type Destination =
  | { kind: 'redirect'; template: DestinationTemplate }
  | { kind: 'fallback'; url: string; source: FallbackSource; reason: GoneReason }
  | { kind: 'gone'; reason: GoneReason };

export function compileOffer(offer: Offer): CompiledOffer {
  return { offer, destination: compileDestination(offer.destination_url), rules: compileRules(offer) };
}

export function destinationOf(choice: Choice, now_ms: number): Destination {
  const { link, offer } = choice;
  const closed = closedReason(choice);
  if (closed !== undefined) return { kind: 'gone', reason: closed };
  const template = link.own_destination ?? offer?.destination;
  const reason = goneReason(link, offer, now_ms) ?? (template === undefined ? 'offer_unknown' : undefined);
  if (template !== undefined && reason === undefined) return { kind: 'redirect', template };
  return fallbackOf(choice, reason as GoneReason);
}

/** What the operator has closed leads nowhere, not to a fallback either. */
function closedReason({ link, offer, account }: Choice): GoneReason | undefined {
  if (account?.status === 'suspended') return 'account_suspended';
  return link.taken_down !== undefined || offer?.offer.taken_down !== undefined ? 'taken_down' : undefined;
}

function goneReason(link: Choice['link'], offer: Choice['offer'], now_ms: number): GoneReason | undefined {
  if (link.disabled) return 'disabled';
  if (link.expires_at_ms !== 0 && link.expires_at_ms <= now_ms) return 'expired';
  if (offer === null) return 'offer_unknown';
  if (offer !== undefined && offer.offer.status !== 'active') return 'offer_inactive';
  return undefined;
}

/** The offer's, else the domain's, else the account's. */
function fallbackOf({ offer, domain_fallback_url, account }: Choice, reason: GoneReason): Destination {
  const fallbacks: [FallbackSource, string | undefined][] = [
    ['offer', offer?.offer.fallback_url],
    ['domain', domain_fallback_url],
    ['account', account?.fallback_url],
  ];
  const [source, url] = fallbacks.find(([, of]) => of !== undefined && of !== '') ?? [];
  return source === undefined || url === undefined
    ? { kind: 'gone', reason }
    : { kind: 'fallback', url, source, reason };
}
