/**
 * Coupon codes in Redis: each belongs to one offer of its account, so that a code alone identifies the offer. With
 * Redis down every call rejects; each is safe to repeat.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { recordChanges } from '../records/record-changes.ts';
import { ConflictError } from './conflict.ts';
import { couponKey } from './definitions.ts';

/** Throws ConflictError when a code belongs to another offer of the account. */
export async function claimCoupons(
  redis: RedisClient,
  account_id: string,
  offer_id: string,
  codes: readonly string[],
): Promise<void> {
  const keys = codes.map((code) => couponKey(account_id, code));
  for (const [i, key] of keys.entries()) {
    const taken = await redis.set(key, offer_id, 'NX', 'GET');
    if (taken !== null && taken !== offer_id) {
      throw new ConflictError(
        `coupon_codes: ${codes[i]} belongs to offer ${taken}: take it out there first.`,
        'coupon_codes',
      );
    }
  }
  if (keys.length > 0) await recordChanges(redis, keys);
}

/** Releases codes that were removed from their offer. */
export async function releaseCoupons(
  redis: RedisClient,
  account_id: string,
  codes: readonly string[],
): Promise<void> {
  const keys = codes.map((code) => couponKey(account_id, code));
  await runAll(
    redis,
    keys.map((key): Command => ['DEL', key]),
  );
  if (keys.length > 0) await recordChanges(redis, keys);
}
