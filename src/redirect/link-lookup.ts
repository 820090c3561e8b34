/**
 * Everything a tap needs to know, from memory or from Redis: the link, its offer, and for a link that
 * does not exist the fallback of the account whose domain was asked. Changes reach every process
 * through the change log.
 */
import type { Account, Offer } from '../catalog/definitions.ts';
import { accountKey, domainKey, entityKey } from '../catalog/definitions.ts';
import {
  clickPartition,
  contactCountryOf,
  encodeClickPlacement,
  type PlacementJson,
} from '../clicks/click.ts';
import {
  decodePlacement,
  type Link,
  linkKey,
  type OwnPart,
  type Placement,
  placementKey,
  readStoredLink,
} from '../links/link.ts';
import { readWhole } from '../links/link-store.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import type { ServedOffer } from './choose-destination.ts';
import { compileDestination, type DestinationTemplate } from './destination-template.ts';

/** About 260 bytes each; see bench/memory. */
const LINKS_CACHED_MAX = 200_000;
const PLACEMENTS_CACHED_MAX = 10_000;
const OFFERS_CACHED_MAX = 10_000;
const DOMAINS_CACHED_MAX = 10_000;

/** A placement as it is served: with what every click from it needs again. */
class ServedPlacement {
  readonly placement: Placement;
  /** Its share of a click row, encoded. */
  readonly click_json: PlacementJson;
  readonly account_key: string;
  readonly offer_key: string | undefined;
  /** What the last tap found with it, while `version` is the lookup's. */
  found: Found | undefined;

  constructor(placement: Placement) {
    const { account_id, offer_id } = placement;
    this.placement = placement;
    this.click_json = encodeClickPlacement(placement);
    this.account_key = accountKey(account_id);
    this.offer_key = offer_id === '' ? undefined : entityKey('offer', account_id, offer_id);
  }
}

/** A link as it is served: with what every click of it needs again, in as few bytes as that takes. */
export class ServedLink implements Link {
  readonly link_id: string;
  readonly message_id: string;
  readonly contact_id: string;
  readonly sent_at_ms: number;
  readonly fields: Link['fields'];
  readonly expires_at_ms: number;
  readonly disabled: boolean;
  readonly contact_country: string;
  /** Of its clicks, on the log. */
  readonly partition: number;
  readonly from: ServedPlacement;
  /** Its own destination with its text. */
  readonly #own: { url: string; template: DestinationTemplate } | undefined;

  constructor(own: OwnPart, from: ServedPlacement) {
    this.link_id = own.link_id;
    this.message_id = own.message_id;
    this.contact_id = own.contact_id;
    this.sent_at_ms = own.sent_at_ms;
    this.fields = own.fields;
    this.expires_at_ms = own.expires_at_ms;
    this.disabled = own.disabled;
    this.contact_country = contactCountryOf(own);
    this.from = from;
    this.partition = clickPartition(this);
    this.#own = own.url === '' ? undefined : { url: own.url, template: compileDestination(own.url) };
  }

  get account_id(): string {
    return this.from.placement.account_id;
  }
  get offer_id(): string {
    return this.from.placement.offer_id;
  }
  get creative_id(): string {
    return this.from.placement.creative_id;
  }
  get campaign_id(): string {
    return this.from.placement.campaign_id;
  }
  get variant_id(): string {
    return this.from.placement.variant_id;
  }
  get link_key(): string {
    return this.from.placement.link_key;
  }
  get url(): string {
    return this.#own?.url ?? '';
  }
  get own_destination(): DestinationTemplate | undefined {
    return this.#own?.template;
  }
}

/** The offer and the account of a link, as they are in memory. */
export interface Found {
  version: number;
  /** Undefined for a link without one. */
  offer: ServedOffer | undefined;
  account: Account;
}

export class LinkLookup implements ChangeListener {
  /** By their ids. */
  readonly links: RecordCache<ServedLink>;
  readonly offers: RecordCache<ServedOffer>;
  readonly accounts: RecordCache<Account>;
  readonly #reader: BatchedReader;
  /** By their ids. Never change. */
  readonly #placements: RecordCache<ServedPlacement>;
  readonly #domains: RecordCache<{ account_id: string }>;
  readonly #caches: ChangeListener;

  constructor(reader: BatchedReader) {
    this.#reader = reader;
    this.links = new RecordCache(
      reader,
      LINKS_CACHED_MAX,
      (link_id, text) => this.#serveLink(link_id, text),
      linkKey(''),
    );
    this.#placements = new RecordCache(
      reader,
      PLACEMENTS_CACHED_MAX,
      (_id, text) => new ServedPlacement(decodePlacement(text)),
      placementKey(''),
    );
    this.offers = new RecordCache(reader, OFFERS_CACHED_MAX, serveOffer);
    this.accounts = new RecordCache(reader, DOMAINS_CACHED_MAX, (_key, text) => JSON.parse(text) as Account);
    this.#domains = new RecordCache(reader, DOMAINS_CACHED_MAX, (_key, account_id) => ({ account_id }));
    this.#caches = tellAll([this.links, this.#placements, this.offers, this.accounts, this.#domains]);
  }

  /** As readLink does (src/links/link-store.ts), with the placements that are in memory. */
  #serveLink(link_id: string, text: string): ServedLink | Promise<ServedLink> {
    const { own, placement } = readStoredLink(link_id, text);
    if (typeof placement !== 'string') return new ServedLink(own, new ServedPlacement(placement));
    const known = this.#placements.peek(placement);
    if (known) return new ServedLink(own, known);
    return this.#placements
      .load(placement)
      .catch(() => null)
      .then(async (from) => {
        if (from !== null) return new ServedLink(own, from);
        const whole = await readWhole(this.#reader, link_id);
        return new ServedLink(whole, new ServedPlacement(whole));
      });
  }

  /** The link's offer and account where both are in memory, else undefined. Most taps ask for the same ones. */
  findInMemory({ from }: ServedLink): Found | undefined {
    const version = this.offers.version + this.accounts.version;
    if (from.found?.version === version) return from.found;
    const offer = from.offer_key === undefined ? undefined : this.offers.peek(from.offer_key);
    if (offer === null || (offer === undefined && from.offer_key !== undefined)) return undefined;
    const account = this.accounts.peek(from.account_key);
    if (!account) return undefined;
    from.found = { version, offer, account };
    return from.found;
  }

  /** The same, from wherever they are; null for what does not exist. Rejects as load does. */
  async find({
    from,
  }: ServedLink): Promise<{ offer: ServedOffer | null | undefined; account: Account | null }> {
    const [offer, account] = await Promise.all([
      from.offer_key === undefined ? undefined : this.offers.load(from.offer_key),
      this.accounts.load(from.account_key),
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

function serveOffer(_key: string, text: string): ServedOffer {
  const offer = JSON.parse(text) as Offer;
  return { offer, destination: compileDestination(offer.destination_url) };
}
