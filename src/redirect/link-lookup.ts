/**
 * Everything a tap needs to know of its link, from memory or from Redis: the link, its offer and its account. Changes
 * reach every process through the change log. With Redis down what is in memory is served on, and the rest is asked of ClickHouse.
 */
import type { Account } from '../catalog/definitions.ts';
import { decodePlacement, linkKey, placementKey, readStoredLink } from '../links/link.ts';
import { readWhole } from '../links/link-store.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import { type InMemory, ServedLink, type ServedOffer, ServedPlacement, serveOffer } from './served-link.ts';

/** About 260 bytes each; see bench/memory. */
const LINKS_CACHED_MAX = 200_000;
const PLACEMENTS_CACHED_MAX = 10_000;
const OFFERS_CACHED_MAX = 10_000;
const ACCOUNTS_CACHED_MAX = 10_000;

export class LinkLookup implements ChangeListener {
  /** By their ids. */
  readonly links: RecordCache<ServedLink>;
  readonly offers: RecordCache<ServedOffer>;
  readonly accounts: RecordCache<Account>;
  readonly #reader: BatchedReader;
  /** By their ids. Never change. */
  readonly #placements: RecordCache<ServedPlacement>;
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
    this.accounts = new RecordCache(reader, ACCOUNTS_CACHED_MAX, (_key, text) => JSON.parse(text) as Account);
    this.#caches = tellAll([this.links, this.#placements, this.offers, this.accounts]);
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
  findInMemory({ from }: ServedLink): InMemory | undefined {
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

  changed(key: string): void {
    this.#caches.changed(key);
  }

  missed(): void {
    this.#caches.missed();
  }
}
