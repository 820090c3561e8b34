/**
 * Which offer takes a tap, of those that its way names: the first that is open. A tap and the API's preview choose by
 * this. Pure.
 */
import { type CompiledOffer, type Led, type OfferClosed, offerClosed } from './destination.ts';
import { type Visit, type Way, wayOf } from './offer-routing.ts';

/** Offers on the way, by their ids; null or undefined for one that does not exist. */
export type OfferAt = (offer_id: string) => CompiledOffer | null | undefined;

/** The way of a tap on a link to `offer_id`; undefined where it has no routing. */
export function findWay(offer_id: string, at: OfferAt, visit: () => Visit): Way | undefined {
  const own = at(offer_id);
  if (!own?.routing) return undefined;
  return wayOf(own.offer, own.routing, visit(), (id) => at(id)?.offer.fallback_offer_id);
}

/**
 * Where the way ends; undefined where that is simply the link's own offer. `full` has the cap that turned the
 * tap away, by the offer.
 */
export function endOf(
  planned_offer_id: string,
  at: OfferAt,
  { rule, template, offer_ids }: Way,
  full: ReadonlyMap<string, string> = NONE,
): Led | undefined {
  const fallback_url = at(planned_offer_id)?.offer.fallback_url ?? '';
  const led: Led = {
    ...{ rule, planned_offer_id, offer_id: planned_offer_id, template: undefined, fallback_url },
    ...{ fallback_reason: '', cap: '', closed: '' },
  };
  const closedAt = (id: string) => closedReason(at(id)) ?? (full.has(id) ? 'offer_capped' : undefined);
  if (template !== undefined && closedAt(planned_offer_id) === undefined) return { ...led, template };
  const [first = planned_offer_id] = offer_ids;
  const taker = offer_ids.find((id) => closedAt(id) === undefined);
  const cap = taker === first ? '' : (full.get(first) ?? '');
  if (taker === undefined) return { ...led, cap, offer_id: first, closed: closedAt(first) ?? '' };
  if (taker === planned_offer_id && rule === '') return undefined;
  const reason = taker === first ? undefined : closedAt(first);
  return { ...led, cap, offer_id: taker, fallback_reason: reason ?? '' };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** One that the operator has taken down ends the way: nothing else is tried. */
export function closedReason(offer: CompiledOffer | null | undefined): OfferClosed | undefined {
  return offer?.offer.taken_down === undefined ? offerClosed(offer ?? null) : undefined;
}
