/**
 * What a report of a conversion is checked against, from the caches of the redirect process: a flood of
 * made-up ids costs a lookup in memory each.
 */
import { accountKey, couponKey, entityKey, offerOwnerKey, offerTailKey } from '../catalog/definitions.ts';
import { type ConversionSources, directSources } from '../conversions/receive/conversion-sources.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import type { LinkLookup } from './link-lookup.ts';

const OWNERS_CACHED_MAX = 10_000;
const COUPONS_CACHED_MAX = 10_000;

/** The sources, and who listens to changes for them beside the lookup's own caches. */
export function cachedSources(
  lookup: LinkLookup,
  reader: BatchedReader,
): { sources: ConversionSources; listener: ChangeListener } {
  const id = (_key: string, text: string): { id: string } => ({ id: text });
  const owners = new RecordCache(reader, OWNERS_CACHED_MAX, id);
  const coupons = new RecordCache(reader, COUPONS_CACHED_MAX, id);
  const direct = directSources(reader);
  return {
    sources: {
      account: (account_id) => lookup.accounts.load(accountKey(account_id)),
      async offer(account_id, offer_id) {
        return (await lookup.offers.load(entityKey('offer', account_id, offer_id)))?.offer ?? null;
      },
      async offerOwner(offer_id) {
        return (await owners.load(offerOwnerKey(offer_id)))?.id ?? null;
      },
      async offerByTail(account_id, tail) {
        return (await owners.load(offerTailKey(account_id, tail)))?.id ?? null;
      },
      async couponOffer(account_id, code) {
        return (await coupons.load(couponKey(account_id, code)))?.id ?? null;
      },
      link(link_id) {
        return lookup.links.load(link_id);
      },
      message: direct.message,
    },
    listener: tellAll([owners, coupons]),
  };
}
