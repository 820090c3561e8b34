/**
 * Everything a tap needs to know, from memory or from Redis: the link, its offer, and for a link that
 * does not exist the fallback of the account whose domain was asked. Changes reach every process
 * through the change log.
 */
import type { Account, Offer } from '../catalog/definitions.ts';
import { accountKey, domainKey, entityKey } from '../catalog/definitions.ts';
import { clickPartition, contactCountryOf, encodeClickLink } from '../clicks/click.ts';
import { decodeLink, type Link, linkKey } from '../links/link.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import type { ServedOffer } from './choose-destination.ts';
import { compileDestination, type DestinationTemplate } from './destination-template.ts';

/** About 600 bytes each. */
const LINKS_CACHED_MAX = 200_000;
const OFFERS_CACHED_MAX = 10_000;
const DOMAINS_CACHED_MAX = 10_000;

/** A link as it is served: with what every click of it needs again. */
export interface ServedLink {
  link: Link;
  /** The link's part of a click row, encoded. */
  click_json: string;
  partition: number;
  contact_country: string;
  account_key: string;
  offer_key: string | undefined;
  own_destination: DestinationTemplate | undefined;
  /** What the last tap found with it, while `version` is the lookup's. */
  found: Found | undefined;
}

/** The offer and the account of a link, as they are in memory. */
export interface Found {
  version: number;
  /** Undefined for a link without one. */
  offer: ServedOffer | undefined;
  account: Account;
}

export class LinkLookup implements ChangeListener {
  readonly links: RecordCache<ServedLink>;
  readonly offers: RecordCache<ServedOffer>;
  readonly accounts: RecordCache<Account>;
  readonly #domains: RecordCache<{ account_id: string }>;
  readonly #caches: ChangeListener;

  constructor(reader: BatchedReader) {
    this.links = new RecordCache(reader, LINKS_CACHED_MAX, serveLink);
    this.offers = new RecordCache(reader, OFFERS_CACHED_MAX, serveOffer);
    this.accounts = new RecordCache(reader, DOMAINS_CACHED_MAX, (_key, text) => JSON.parse(text) as Account);
    this.#domains = new RecordCache(reader, DOMAINS_CACHED_MAX, (_key, account_id) => ({ account_id }));
    this.#caches = tellAll([this.links, this.offers, this.accounts, this.#domains]);
  }

  /** The link's offer and account where both are in memory, else undefined. Most taps ask for the same ones. */
  findInMemory(link: ServedLink): Found | undefined {
    const version = this.offers.version + this.accounts.version;
    if (link.found?.version === version) return link.found;
    const offer = link.offer_key === undefined ? undefined : this.offers.peek(link.offer_key);
    if (offer === null || (offer === undefined && link.offer_key !== undefined)) return undefined;
    const account = this.accounts.peek(link.account_key);
    if (!account) return undefined;
    link.found = { version, offer, account };
    return link.found;
  }

  /** The same, from wherever they are; null for what does not exist. Rejects as load does. */
  async find(link: ServedLink): Promise<{ offer: ServedOffer | null | undefined; account: Account | null }> {
    const [offer, account] = await Promise.all([
      link.offer_key === undefined ? undefined : this.offers.load(link.offer_key),
      this.accounts.load(link.account_key),
    ]);
    return { offer, account };
  }

  /** The fallback address of the account that owns `host`; '' where there is none. Rejects as load does. */
  async fallbackOfHost(host: string): Promise<string> {
    const domain = await this.#domains.load(domainKey(host));
    if (domain === null) return '';
    const account = await this.accounts.load(accountKey(domain.account_id));
    return account?.fallback_url ?? '';
  }

  changed(key: string): void {
    this.#caches.changed(key);
  }

  missed(): void {
    this.#caches.missed();
  }
}

function serveLink(key: string, text: string): ServedLink {
  const link = decodeLink(key.slice(linkKey('').length), text);
  return {
    link,
    click_json: encodeClickLink(link),
    partition: clickPartition(link),
    contact_country: contactCountryOf(link),
    account_key: accountKey(link.account_id),
    offer_key: link.offer_id === '' ? undefined : entityKey('offer', link.account_id, link.offer_id),
    own_destination: link.url === '' ? undefined : compileDestination(link.url),
    found: undefined,
  };
}

function serveOffer(_key: string, text: string): ServedOffer {
  const offer = JSON.parse(text) as Offer;
  return { offer, destination: compileDestination(offer.destination_url) };
}
