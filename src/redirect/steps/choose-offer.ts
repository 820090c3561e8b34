/**
 * Step 3 of a tap: the offer that it is led to. Nearly always the link's own, which costs nothing; else what its rules
 * say, or the first offer of the fallback chain that takes taps. A link that has ended, or that the operator has closed,
 * is led nowhere. All offers on the way were found with the link; only a cap is asked for, in Redis, and where that is
 * away cap-gate.ts says what holds.
 */
import type { Judge } from '../../bots/judge.ts';
import { memberOf } from '../../caps/caps.ts';
import { isSuspended } from '../../catalog/suspension.ts';
import type { ClickIds } from '../../clicks/click-id.ts';
import { goneReason } from '../../links/destination.ts';
import { closedReason, endOf, findWay, type OfferAt } from '../../links/lead-tap.ts';
import type { CapGate } from '../cap-gate.ts';
import type { FoundLink, Tap } from '../tap.ts';
import { TapVisit } from '../tap-visit.ts';

export interface Choosing {
  judge: Pick<Judge, 'countryOf'>;
  caps: Pick<CapGate, 'ask'>;
  click_ids: Pick<ClickIds, 'create'>;
}

/** A promise only where a cap is asked for; never rejects. */
export function chooseOffer(given: Choosing, tap: Tap, found: FoundLink): FoundLink | Promise<FoundLink> {
  if (found.offer?.routing === undefined || isClosed(found, tap.at_ms)) return found;
  const { link, offer, reach } = found;
  const at = (offer_id: string) => (offer_id === link.offer_id ? offer : reach?.offer(offer_id));
  const way = findWay(link.offer_id, at, () => new TapVisit(given.judge, tap, link));
  if (way === undefined) return found;
  const { offer_ids } = way;
  if (!offer_ids.some((id) => at(id)?.offer.caps?.length))
    return leadTo(found, endOf(link.offer_id, at, way));
  return findFull(given, tap, { found, at, offer_ids }).then((full) =>
    leadTo(found, endOf(link.offer_id, at, way, full)),
  );
}

function isClosed({ link, offer, account }: FoundLink, at_ms: number): boolean {
  if (account !== null && isSuspended(account)) return true;
  if (goneReason(link, undefined, at_ms) !== undefined) return true;
  return link.own_destination !== undefined || offer?.offer.taken_down !== undefined;
}

function leadTo(found: FoundLink, led: FoundLink['led']): FoundLink {
  if (led === undefined) return found;
  if (led.offer_id === led.planned_offer_id) return { ...found, led };
  const offer = found.reach?.offer(led.offer_id) ?? null;
  return { ...found, offer, plan: found.reach?.plan(led.offer_id), led };
}

interface Asked {
  found: FoundLink;
  at: OfferAt;
  offer_ids: readonly string[];
}

/** The offers on the way that are full, each with its cap, up to the one that lets the tap in. */
async function findFull(
  { caps, click_ids }: Choosing,
  tap: Tap,
  { found: { link }, at, offer_ids }: Asked,
): Promise<Map<string, string>> {
  const full = new Map<string, string>();
  tap.click_id = click_ids.create(tap.at_ms, link.link_id);
  const { account_id, message_id, link_id, contact_id } = link;
  for (const offer_id of offer_ids) {
    const offer = at(offer_id)?.offer;
    if (closedReason(at(offer_id)) !== undefined || offer === undefined) continue;
    if (offer.taken_down !== undefined) break;
    if (!offer.caps?.length) break;
    const member = memberOf({ account_id, message_id, link_id, contact_id, offer_id }, tap.click_id);
    // A test takes nobody's place.
    const takes = tap.request.method !== 'HEAD' && !link.is_test;
    const cap = await caps.ask(offer, { member, at_ms: tap.at_ms, takes });
    if (cap === undefined) break;
    full.set(offer_id, `${cap.count}/${cap.per}`);
  }
  return full;
}
