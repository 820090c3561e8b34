/**
 * Checks of the API on where an offer leads: the offers of its rules and its fallback are the account's, no address is a
 * tracking domain, and its fallbacks do not come back to it, whichever of them was changed last. Two changes at once may
 * still close a circle: a tap tries no offer twice (links/offer-routing.ts).
 */
import { getEntities } from '../../catalog/catalog-store.ts';
import type { Offer } from '../../catalog/definitions.ts';
import { FALLBACK_CHAIN_MAX } from '../../catalog/offer-rules.ts';
import { checkNoLoop } from './check-domains.ts';
import type { ApiContext } from './context.ts';
import { fieldError } from './errors.ts';

type Context = Pick<ApiContext, 'redis' | 'default_domain'>;

/** Throws ApiError. */
export async function checkWhereItLeads(context: Context, offer: Offer): Promise<void> {
  const { destination_url, fallback_url } = offer;
  await checkNoLoop(context, { destination_url, fallback_url, ...addressesOf(offer) });
  checkCaps(offer);
  await checkTargets(context, offer);
  await checkFallbacks(context, offer);
}

function checkCaps({ caps = [], payout_type }: Offer): void {
  if (payout_type !== 'cpc' || !caps.some(({ count }) => count === 'payout')) return;
  throw fieldError(
    'caps',
    'a cpc offer pays for first clicks: cap first_clicks, at the amount divided by the payout',
  );
}

/** By the names of their fields. */
function addressesOf({ rules = [] }: Offer): Record<string, string | undefined> {
  const named = rules.flatMap(({ to }, i) =>
    to.map(({ url }, n) => [`rules.${i}.to.${n}.url`, url] as const),
  );
  return Object.fromEntries(named);
}

async function checkTargets({ redis }: Context, offer: Offer): Promise<void> {
  const { account_id, offer_id, rules = [] } = offer;
  const named = rules.flatMap(({ to }, i) =>
    to.flatMap((target, n) =>
      target.offer_id === undefined ? [] : [{ field: `rules.${i}.to.${n}.offer_id`, id: target.offer_id }],
    ),
  );
  const ids = [...new Set(named.map(({ id }) => id))].filter((id) => id !== offer_id);
  const found = await getEntities(redis, 'offer', account_id, ids);
  const missing = named.find(({ id }) => ids.includes(id) && found[ids.indexOf(id)] === undefined);
  if (missing === undefined) return;
  throw fieldError(missing.field, `the account has no offer ${missing.id}: create it first`);
}

/** Follows the fallbacks as they are stored. */
async function checkFallbacks({ redis }: Context, offer: Offer): Promise<void> {
  const { account_id, offer_id, fallback_offer_id = '' } = offer;
  const chain = [offer_id];
  for (let next = fallback_offer_id; next !== ''; ) {
    if (chain.includes(next)) {
      const round = [...chain, next].join(' → ');
      throw fieldError(
        'fallback_offer_id',
        `the fallbacks go round (${round}): end the chain with an offer that has none`,
      );
    }
    if (chain.length === FALLBACK_CHAIN_MAX) {
      throw fieldError(
        'fallback_offer_id',
        `the chain ${chain.join(' → ')} → … is longer than ${FALLBACK_CHAIN_MAX} offers, which is as many as a tap tries`,
      );
    }
    const [found] = await getEntities(redis, 'offer', account_id, [next]);
    if (found === undefined)
      throw fieldError('fallback_offer_id', `the account has no offer ${next}: create it first`);
    chain.push(next);
    next = found.fallback_offer_id ?? '';
  }
}
