/**
 * Puts the terms of ranges that were booked anew in place of those of reception. It reads the offers as they are now, not
 * from a cache: whoever books a range anew relies on it. Rejects when Redis is down.
 */
import { type Rebooked, rebookedAttribution } from '../../catalog/attribution.ts';
import { getEntities } from '../../catalog/catalog-store.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { Conversion } from '../conversion.ts';
import type { Transaction } from './transactions.ts';

/** The same transactions, for settling; facts that are stored keep the terms of reception. */
export async function withRebookedTerms(
  redis: RedisClient,
  transactions: readonly Transaction[],
): Promise<Transaction[]> {
  const rebooked = new Map<string, Rebooked[]>();
  for (const [account_id, of_account] of Map.groupBy(transactions, (one) => one.account_id)) {
    const ids = [...new Set(of_account.map(({ offer_id }) => offer_id))].filter((id) => id !== '');
    for (const offer of await getEntities(redis, 'offer', account_id, ids)) {
      if (offer?.rebooked !== undefined) rebooked.set(keyOf(offer), offer.rebooked);
    }
  }
  return transactions.map((one) => underRebooked(one, rebooked.get(keyOf(one)) ?? []));
}

const keyOf = ({ account_id, offer_id }: Pick<Conversion, 'account_id' | 'offer_id'>): string =>
  JSON.stringify([account_id, offer_id]);

/** The transaction as though its offer had these ranges booked anew. */
export function underRebooked(transaction: Transaction, rebooked: readonly Rebooked[]): Transaction {
  if (rebooked.length === 0) return transaction;
  const conversions = transaction.conversions.map((conversion): Conversion => {
    const { converted_at_ms, terms } = conversion;
    const anew = rebookedAttribution(rebooked, converted_at_ms, terms.click_window_days);
    if (anew === undefined) return conversion;
    const { booking: _, ...attribution } = anew;
    return { ...conversion, terms: { ...terms, ...attribution } };
  });
  return { ...transaction, conversions };
}
