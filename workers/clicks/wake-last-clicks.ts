/**
 * Rechecks the conversions whose last click may be one of these: of offers that credit last clicks, once the clicks are
 * in ClickHouse. Conversions mostly come after their clicks, so there are few; a recheck that changes nothing books
 * nothing. With Redis down it rejects and the batch is retried.
 */
import { usesLastClick } from '../../src/catalog/attribution.ts';
import { entityKey } from '../../src/catalog/definitions.ts';
import { type LastClickOf, lastClickKey, wakeWaiting } from '../../src/conversions/waiting.ts';
import type { WorkerContext } from '../worker-context.ts';

/** `clicks`: human ones that are inserted. */
export async function wakeLastClicks(
  { redis, offers, contact_key }: Pick<WorkerContext, 'redis' | 'offers' | 'contact_key'>,
  clicks: readonly LastClickOf[],
): Promise<void> {
  const keys = new Set<string>();
  const offer_keys = Map.groupBy(clicks, ({ account_id, offer_id }) =>
    offer_id === '' ? '' : entityKey('offer', account_id, offer_id),
  );
  for (const [key, of_offer] of offer_keys) {
    const offer = key === '' ? null : await offers.load(key);
    if (offer === null || !usesLastClick(offer)) continue;
    for (const click of of_offer) keys.add(lastClickKey(contact_key, click));
  }
  await wakeWaiting(redis, [...keys], false);
}
