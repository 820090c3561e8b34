/**
 * The records that map a reported id to its account. Redirect processes read them from their caches, the API from
 * Redis.
 */
import {
  type Account,
  accountKey,
  couponKey,
  entityKey,
  type Offer,
  offerOwnerKey,
  offerTailKey,
} from '../../catalog/definitions.ts';
import type { Link } from '../../links/link.ts';
import { readLink } from '../../links/link-store.ts';
import { type MessageRecord, readMessage } from '../../messages/message-store.ts';
import type { BatchedReader } from '../../platform/record-cache.ts';

/** Each resolves with null when there is no such record, and rejects when Redis is down. */
export interface ConversionSources {
  account(account_id: string): Promise<Account | null>;
  offer(account_id: string, offer_id: string): Promise<Offer | null>;
  /** The account of an offer. */
  offerOwner(offer_id: string): Promise<string | null>;
  /** The offer whose id ends so; see offerTailOf. */
  offerByTail(account_id: string, tail: string): Promise<string | null>;
  /** The offer of a coupon code in normal form. */
  couponOffer(account_id: string, code: string): Promise<string | null>;
  link(link_id: string): Promise<Link | null>;
  message(account_id: string, message_id: string): Promise<MessageRecord | null>;
}

/** Reads each record from Redis on request, without a cache. */
export function directSources(reader: BatchedReader): ConversionSources {
  const json = async <T>(key: string): Promise<T | null> => {
    const text = await reader.read(key);
    return text === null ? null : (JSON.parse(text) as T);
  };
  return {
    account: (account_id) => json(accountKey(account_id)),
    offer: (account_id, offer_id) => json(entityKey('offer', account_id, offer_id)),
    offerOwner: (offer_id) => reader.read(offerOwnerKey(offer_id)),
    offerByTail: (account_id, tail) => reader.read(offerTailKey(account_id, tail)),
    couponOffer: (account_id, code) => reader.read(couponKey(account_id, code)),
    link: (link_id) => readLink(reader, link_id),
    message: (account_id, message_id) => readMessage(reader, account_id, message_id),
  };
}
