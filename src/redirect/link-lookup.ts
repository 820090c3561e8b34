/**
 * Everything a tap needs to know of its link, from memory or from Redis: the link, its offer and its account. Changes
 * reach every process through the change log. With Redis down what is in memory is served on, and the rest is asked of ClickHouse.
 */
import { type Account, entityKey } from '../catalog/definitions.ts';
import { FALLBACK_CHAIN_MAX, RULES_MAX, TARGETS_MAX } from '../catalog/offer-rules.ts';
import { decodePlacement, linkKey, placementKey } from '../links/link.ts';
import { readWhole } from '../links/link-store.ts';
import { compileRules, overlay, type ParameterPlan } from '../links/parameters.ts';
import { linkField, readAnyLink } from '../links/stored-links.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import { type Alias, decodeAlias } from '../transfer/imports/old-codes.ts';
import {
  type InMemory,
  type Levels,
  NO_RULES,
  Reach,
  type ReachedOffers,
  ServedLink,
  type ServedOffer,
  ServedPlacement,
  type ServedRules,
  serveOffer,
  serveRules,
} from './served-link.ts';

/** About 260 bytes each; see bench/memory. */
const LINKS_CACHED_MAX = 200_000;
/** Some 200 bytes each. */
const ALIASES_CACHED_MAX = 50_000;
const PLACEMENTS_CACHED_MAX = 10_000;
const OFFERS_CACHED_MAX = 10_000;
/** Creatives and campaigns, of which only the parameter rules are kept. */
const RULES_CACHED_MAX = 20_000;
const ACCOUNTS_CACHED_MAX = 10_000;
/** Offers that the rules of one lead to, with their fallbacks. */
const REACHED_MAX = RULES_MAX * TARGETS_MAX * FALLBACK_CHAIN_MAX;

/** What belongs to a link; null for what does not exist. */
export interface Loaded {
  offer: ServedOffer | null | undefined;
  account: Account | null;
  plan: ParameterPlan | undefined;
  /** Of an offer that leads to others, these; all of them, or it would not be found. */
  reach: Reach | undefined;
}

/** The rules of all levels but the link's own, from the widest to the narrowest. */
function planOf({ account, campaign, creative, offer }: Levels): ParameterPlan | undefined {
  const of_account = account === null ? undefined : overlay(undefined, compileRules(account), 'account');
  const of_campaign = overlay(of_account, campaign.rules, 'campaign');
  return overlay(overlay(of_campaign, creative.rules, 'creative'), offer?.rules, 'offer');
}

/** Keeps with a placement what was found for it. The plan is made again only where one of its levels has changed. */
function keep(
  from: ServedPlacement,
  version: number,
  levels: Levels & Pick<InMemory, 'offer' | 'account' | 'reach'>,
): InMemory {
  const before = from.found;
  const same =
    before !== undefined &&
    before.offer === levels.offer &&
    before.account === levels.account &&
    before.creative === levels.creative &&
    before.campaign === levels.campaign;
  from.found = { ...levels, version, plan: same ? before.plan : planOf(levels) };
  return from.found;
}

/** Ids of the offers that `offer` leads to, as far as `known` has those on the way. */
function* reachedFrom(
  offer: ServedOffer,
  known: (offer_id: string) => ServedOffer | null | undefined,
): Generator<string> {
  const ids = new Set(offer.routing?.leads_to);
  for (const id of ids) {
    if (id === offer.offer.offer_id) continue;
    yield id;
    const next = known(id)?.offer.fallback_offer_id;
    if (next && ids.size < REACHED_MAX) ids.add(next);
  }
}

export class LinkLookup implements ChangeListener {
  /** By their ids. */
  readonly links: RecordCache<ServedLink>;
  readonly offers: RecordCache<ServedOffer>;
  readonly accounts: RecordCache<Account>;
  /** Links by the keys of old codes, see transfer/imports/old-codes.ts. */
  readonly aliases: RecordCache<Alias>;
  readonly #reader: BatchedReader;
  /** By their ids. Never change. */
  readonly #placements: RecordCache<ServedPlacement>;
  /** What each offer leads to, as of a version: one map for all its links. */
  readonly #reached = new WeakMap<ServedOffer, { version: number; offers: ReachedOffers }>();
  /** Creatives and campaigns, by their keys. */
  readonly #rules: RecordCache<ServedRules>;
  readonly #caches: ChangeListener;

  constructor(reader: BatchedReader) {
    this.#reader = reader;
    this.links = new RecordCache(
      reader,
      LINKS_CACHED_MAX,
      (link_id, stored) => this.#serveLink(link_id, stored),
      linkKey(''),
      linkField,
    );
    this.#placements = new RecordCache(
      reader,
      PLACEMENTS_CACHED_MAX,
      (_id, text) => new ServedPlacement(decodePlacement(text)),
      placementKey(''),
    );
    this.aliases = new RecordCache(reader, ALIASES_CACHED_MAX, (_key, text) => decodeAlias(text));
    this.offers = new RecordCache(reader, OFFERS_CACHED_MAX, serveOffer);
    this.#rules = new RecordCache(reader, RULES_CACHED_MAX, serveRules);
    this.accounts = new RecordCache(reader, ACCOUNTS_CACHED_MAX, (_key, text) => JSON.parse(text) as Account);
    this.#caches = tellAll([
      this.links,
      this.aliases,
      this.#placements,
      this.offers,
      this.#rules,
      this.accounts,
    ]);
  }

  /** As readLink does (src/links/link-store.ts), with the placements that are in memory. */
  #serveLink(link_id: string, stored: string): ServedLink | Promise<ServedLink> {
    const { own, placement } = readAnyLink(link_id, stored);
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

  /** What belongs to the link, where all of it is in memory, else undefined. Most taps ask for the same. */
  findInMemory({ from }: ServedLink): InMemory | undefined {
    const version = this.#version();
    if (from.found?.version === version) return from.found;
    const offer = from.offer_key === undefined ? undefined : this.offers.peek(from.offer_key);
    if (offer === null || (offer === undefined && from.offer_key !== undefined)) return undefined;
    const creative = this.#peekRules(from.creative_key);
    const campaign = this.#peekRules(from.campaign_key);
    const account = this.accounts.peek(from.account_key);
    if (!account || creative === undefined || campaign === undefined) return undefined;
    const levels = { offer, account, creative, campaign };
    const reach = offer?.routing === undefined ? undefined : this.#peekReach(offer, levels);
    return reach === null ? undefined : keep(from, version, { ...levels, reach });
  }

  /** Null where one of the offers is not known yet. */
  #peekReach(offer: ServedOffer, levels: Levels): Reach | null {
    const offers = this.#peekReached(offer);
    return offers && new Reach(offers, (reached) => planOf({ ...levels, offer: reached }));
  }

  #peekReached(offer: ServedOffer): ReachedOffers | null {
    const version = this.#version();
    const before = this.#reached.get(offer);
    if (before?.version === version) return before.offers;
    const offers = new Map<string, ServedOffer | null>();
    const { account_id } = offer.offer;
    for (const id of reachedFrom(offer, (one) => offers.get(one))) {
      const reached = this.offers.peek(entityKey('offer', account_id, id));
      if (reached === undefined) return null;
      offers.set(id, reached);
    }
    this.#reached.set(offer, { version, offers });
    return offers;
  }

  /** Rejects as load does: where a rule leads can't be guessed. */
  async #loadReach(offer: ServedOffer, levels: Levels): Promise<Reach> {
    const offers = new Map<string, ServedOffer | null>();
    const { account_id } = offer.offer;
    for (const id of reachedFrom(offer, (one) => offers.get(one))) {
      offers.set(id, await this.offers.load(entityKey('offer', account_id, id)));
    }
    const shared = this.#peekReached(offer) ?? offers;
    return new Reach(shared, (reached) => planOf({ ...levels, offer: reached }));
  }

  /** NO_RULES where there is no such thing; undefined where that is not known yet. */
  #peekRules(key: string | undefined): ServedRules | undefined {
    if (key === undefined) return NO_RULES;
    const rules = this.#rules.peek(key);
    return rules === null ? NO_RULES : rules;
  }

  /**
   * The same, from wherever it is; null for what does not exist. Rejects as load does where the offer or the account
   * can't be asked for; parameter rules that can't are left out: a redirect matters more.
   */
  async find({ from }: ServedLink): Promise<Loaded> {
    const version = this.#version();
    const [offer, account, creative, campaign] = await Promise.all([
      from.offer_key === undefined ? undefined : this.offers.load(from.offer_key),
      this.accounts.load(from.account_key),
      this.#loadRules(from.creative_key),
      this.#loadRules(from.campaign_key),
    ]);
    const rules = { creative: creative ?? NO_RULES, campaign: campaign ?? NO_RULES };
    const reach = offer?.routing && (await this.#loadReach(offer, { offer, account, ...rules }));
    // Nothing has changed meanwhile: the next tap finds it in memory, also that a creative does not exist.
    if (offer !== null && account !== null && creative && campaign && version === this.#version()) {
      return keep(from, version, { offer, account, creative, campaign, reach });
    }
    return { offer, account, plan: planOf({ offer, account, ...rules }), reach };
  }

  /** undefined where they can't be asked for. */
  #loadRules(key: string | undefined): Promise<ServedRules | undefined> {
    if (key === undefined) return Promise.resolve(NO_RULES);
    return this.#rules.load(key).then(
      (rules) => rules ?? NO_RULES,
      () => undefined,
    );
  }

  /** Another one after each change of what `found` holds. */
  #version(): number {
    return this.offers.version + this.accounts.version + this.#rules.version;
  }

  changed(key: string): void {
    this.#caches.changed(key);
  }

  missed(): void {
    this.#caches.missed();
  }
}
