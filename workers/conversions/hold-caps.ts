/**
 * Holds the caps of offers by conversions and payout: a conversion that does not fit below them any more is kept without
 * credit, as `over_cap`. What was credited once stays credited, and what was over the cap stays so, whatever becomes of
 * the cap. It counts in the period in which it was received. Safe to repeat. With Redis down it rejects and the batch is
 * retried.
 */
import { admitConversion } from '../../src/caps/cap-store.ts';
import { placeCaps } from '../../src/caps/caps.ts';
import { entityKey, type Offer } from '../../src/catalog/definitions.ts';
import type { OfferCap } from '../../src/catalog/offer-caps.ts';
import { type Conversion, isConversion } from '../../src/conversions/conversion.ts';
import type { Transaction } from '../../src/conversions/credits/transactions.ts';
import type { Found, Line } from '../../src/conversions/line.ts';
import { settle } from '../../src/conversions/settle.ts';
import { parseDecimal } from '../../src/platform/decimal.ts';
import type { WorkerContext } from '../worker-context.ts';

const OVER_CAP: Found = { reason: 'over_cap' };

/** Puts OVER_CAP into `found` for what the caps do not let in. */
export async function holdCaps(
  { redis, offers }: Pick<WorkerContext, 'redis' | 'offers'>,
  transactions: readonly Transaction[],
  found: Map<string, Found>,
): Promise<void> {
  for (const one of transactions) {
    for (const id of overCap(one)) found.set(id, OVER_CAP);
    if (one.offer_id === '') continue;
    const key = entityKey('offer', one.account_id, one.offer_id);
    const offer = offers.peek(key) ?? (await offers.load(key));
    const caps = offer?.caps?.filter(({ count }) => count !== 'first_clicks') ?? [];
    if (offer === null || caps.length === 0) continue;
    for (const conversion of asking(one, found)) {
      const placed = placeCaps({ ...offer, caps }, conversion.received_at_ms);
      const lines = settle(one.conversions, found).filter(
        ({ conversion_id }) => conversion_id === conversion.conversion_id,
      );
      const admitted = await admitConversion(redis, placed, conversion.conversion_id, (cap) =>
        addedTo(cap, offer, lines),
      );
      if (!admitted) found.set(conversion.conversion_id, OVER_CAP);
    }
  }
}

/** Those that were over the cap before. */
function overCap({ booked }: Transaction): string[] {
  return [...booked.keys()].flatMap((text) => {
    const { conversion_id, reason } = JSON.parse(text) as Line;
    return reason === 'over_cap' ? [conversion_id] : [];
  });
}

/** Conversions that a click would be credited with now for the first time, in order of reception; views pay nothing. */
function asking({ conversions, credited }: Transaction, found: ReadonlyMap<string, Found>): Conversion[] {
  const counted = new Set(
    settle(conversions, found)
      .filter(({ status, conversions }) => status === 'attributed' && conversions === 1)
      .map(({ conversion_id }) => conversion_id),
  );
  const hasPlace = (conversion_id: string): boolean =>
    (credited.get(conversion_id)?.model ?? 'view_through') !== 'view_through';
  // A report that takes the place of another one takes its place below the caps as well.
  const freed = new Set(
    conversions
      .filter(({ conversion_id }) => hasPlace(conversion_id) && !counted.has(conversion_id))
      .map((one) => one.event),
  );
  return conversions
    .filter(
      ({ conversion_id, event }) =>
        isConversion(event) && counted.has(conversion_id) && !hasPlace(conversion_id) && !freed.has(event),
    )
    .toSorted((a, b) => a.received_at_ms - b.received_at_ms);
}

/** Payout in another currency than the offer's counts in no cap. */
function addedTo({ count }: OfferCap, { currency }: Offer, lines: readonly Line[]): number {
  if (count === 'conversions') return 1;
  return lines.reduce(
    (sum, line) => sum + (line.currency === currency ? Number(parseDecimal(line.payout) ?? 0n) : 0),
    0,
  );
}
