/**
 * Moves conversions whose coupon code belonged to no offer when they were reported, and belongs to one now. Each is
 * logged again under the same id as a conversion of that offer, and no longer counts in its old transaction. If the
 * code is still unknown, the conversion waits for it. With Redis down it rejects and the batch is retried; a conversion
 * that is logged twice counts once.
 */
import { couponKey, entityKey, normalCoupon, type Offer } from '../../src/catalog/definitions.ts';
import { type Conversion, encodeRecheck, type Recheck } from '../../src/conversions/conversion.ts';
import type { Transaction } from '../../src/conversions/credits/transactions.ts';
import { logConversions } from '../../src/conversions/log-conversions.ts';
import { creditCoupon } from '../../src/conversions/receive/receive-conversion.ts';
import { couponWaitingKey, registerWaiting } from '../../src/conversions/waiting.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Removes the moved conversions from `transactions`. */
export async function moveCoupons(
  context: WorkerContext,
  transactions: readonly Transaction[],
): Promise<void> {
  const { redis } = context;
  const found: Conversion[] = [];
  for (const one of transactions) {
    const voided = new Set(one.conversions.map(({ voids }) => voids));
    const unknown = one.conversions.filter(
      ({ reason, conversion_id }) => reason === 'unknown_coupon' && !voided.has(conversion_id),
    );
    for (const conversion of unknown) {
      const offer = (await offerOf(redis, conversion)) ?? (await waitForOffer(redis, conversion, one));
      if (offer === undefined) continue;
      found.push(creditCoupon(conversion, offer, context.contact_key));
      one.moved.push(conversion);
      one.conversions = one.conversions.filter((other) => other !== conversion);
    }
  }
  await logConversions(redis, found);
}

async function offerOf(redis: RedisClient, { account_id, code }: Conversion): Promise<Offer | undefined> {
  const offer_id = await redis.get(couponKey(account_id, normalCoupon(code)));
  const text = offer_id === null ? null : await redis.get(entityKey('offer', account_id, offer_id));
  return text === null ? undefined : (JSON.parse(text) as Offer);
}

/**
 * Registers, then checks once more: if the code was added in between, its offer may not have seen that this conversion
 * waits.
 */
async function waitForOffer(
  redis: RedisClient,
  conversion: Conversion,
  recheck: Recheck,
): Promise<Offer | undefined> {
  const key = couponWaitingKey(conversion.account_id, normalCoupon(conversion.code));
  await registerWaiting(redis, key, encodeRecheck(recheck));
  return offerOf(redis, conversion);
}
