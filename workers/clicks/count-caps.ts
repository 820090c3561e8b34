/**
 * Settles the places that the clicks of a batch took below caps of first clicks: a first click keeps its place, any
 * other click gives it back. Offers are cached. Safe to repeat: first clicks are decided once. With Redis down it rejects
 * and the batch is retried.
 */
import { countTaps, type SettledTap } from '../../src/caps/cap-store.ts';
import { memberOf, type PlacedCap, placeCaps } from '../../src/caps/caps.ts';
import { entityKey } from '../../src/catalog/definitions.ts';
import type { Click } from '../../src/clicks/click.ts';
import type { WorkerContext } from '../worker-context.ts';

/** `firsts` has one for each click, in the same order. */
export async function countCaps(
  { redis, offers }: Pick<WorkerContext, 'redis' | 'offers'>,
  clicks: readonly Click[],
  firsts: readonly { is_first_for_offer: boolean }[],
): Promise<void> {
  const settled = new Map<string, { cap: PlacedCap; taps: SettledTap[] }>();
  for (const [i, click] of clicks.entries()) {
    const { account_id, offer_id, clicked_at_ms, click_id, method } = click;
    if (offer_id === '' || method === 'HEAD') continue;
    const key = entityKey('offer', account_id, offer_id);
    const offer = offers.peek(key) ?? (await offers.load(key));
    if (!offer?.caps?.some(({ count }) => count === 'first_clicks')) continue;
    const is_first = firsts[i]?.is_first_for_offer === true;
    const tap = { member: memberOf(click, click_id), at_ms: clicked_at_ms, is_first };
    for (const cap of placeCaps(offer, clicked_at_ms)) {
      if (cap.cap.count !== 'first_clicks') continue;
      const one = settled.get(cap.key) ?? { cap, taps: [] };
      one.taps.push(tap);
      settled.set(cap.key, one);
    }
  }
  for (const { cap, taps } of settled.values()) await countTaps(redis, cap, taps);
}
