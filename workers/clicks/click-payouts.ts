/**
 * The payout of a click if it becomes the first on its offer: the payout of a cpc offer, as it is in the catalog now.
 * Offers are cached; with Redis down a lookup rejects and the batch is retried.
 */
import { entityKey, type Offer } from '../../src/catalog/definitions.ts';
import type { Click } from '../../src/clicks/click.ts';
import { type ClickPayout, NO_PAYOUT } from '../../src/clicks/first-click.ts';
import { formatDecimal, parseDecimal } from '../../src/platform/decimal.ts';
import type { RecordCache } from '../../src/platform/record-cache.ts';

export type OfferCache = RecordCache<Offer>;

/** One payout for each click, in order. Each offer is looked up once. */
export async function clickPayouts(
  offers: OfferCache,
  clicks: readonly Pick<Click, 'account_id' | 'offer_id'>[],
): Promise<ClickPayout[]> {
  const keys = clicks.map(({ account_id, offer_id }) =>
    offer_id === '' ? '' : entityKey('offer', account_id, offer_id),
  );
  const payouts = new Map<string, ClickPayout>([['', NO_PAYOUT]]);
  for (const key of new Set(keys)) {
    if (key !== '') payouts.set(key, payoutOf(await offers.load(key)));
  }
  return keys.map((key) => payouts.get(key) ?? NO_PAYOUT);
}

function payoutOf(offer: Offer | null): ClickPayout {
  if (offer?.payout_type !== 'cpc') return NO_PAYOUT;
  const payout = parseDecimal(offer.payout) ?? 0n;
  return payout === 0n ? NO_PAYOUT : { payout: formatDecimal(payout), currency: offer.currency };
}
