/**
 * Everything a tap needs to know of its link, from memory or from Redis: the link, its offer and its account. Changes
 * reach every process through the change log. With Redis down what is in memory is served on, and the rest is asked of ClickHouse.
 */
import type { Account } from '../catalog/definitions.ts';
import { decodePlacement, linkKey, placementKey, readStoredLink } from '../links/link.ts';
import { readWhole } from '../links/link-store.ts';
import { compileRules, overlay, type ParameterPlan } from '../links/parameters.ts';
import { type ChangeListener, tellAll } from '../platform/change-log.ts';
import { type BatchedReader, RecordCache } from '../platform/record-cache.ts';
import {
  type InMemory,
  type Levels,
  NO_RULES,
  ServedLink,
  type ServedOffer,
  ServedPlacement,
  type ServedRules,
  serveOffer,
  serveRules,
} from './served-link.ts';

/** About 260 bytes each; see bench/memory. */
const LINKS_CACHED_MAX = 200_000;
const PLACEMENTS_CACHED_MAX = 10_000;
const OFFERS_CACHED_MAX = 10_000;
/** Creatives and campaigns, of which only the parameter rules are kept. */
const RULES_CACHED_MAX = 20_000;
const ACCOUNTS_CACHED_MAX = 10_000;

/** What belongs to a link; null for what does not exist. */
export interface Loaded {
  offer: ServedOffer | null | undefined;
  account: Account | null;
  plan: ParameterPlan | undefined;
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
  levels: Levels & Pick<InMemory, 'offer' | 'account'>,
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

export class LinkLookup implements ChangeListener {
  /** By their ids. */
  readonly links: RecordCache<ServedLink>;
  readonly offers: RecordCache<ServedOffer>;
  readonly accounts: RecordCache<Account>;
  readonly #reader: BatchedReader;
  /** By their ids. Never change. */
  readonly #placements: RecordCache<ServedPlacement>;
  /** Creatives and campaigns, by their keys. */
  readonly #rules: RecordCache<ServedRules>;
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
    this.#rules = new RecordCache(reader, RULES_CACHED_MAX, serveRules);
    this.accounts = new RecordCache(reader, ACCOUNTS_CACHED_MAX, (_key, text) => JSON.parse(text) as Account);
    this.#caches = tellAll([this.links, this.#placements, this.offers, this.#rules, this.accounts]);
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
    return keep(from, version, { offer, account, creative, campaign });
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
    // Nothing has changed meanwhile: the next tap finds it in memory, also that a creative does not exist.
    if (offer !== null && account !== null && creative && campaign && version === this.#version()) {
      return keep(from, version, { offer, account, creative, campaign });
    }
    const rules = { creative: creative ?? NO_RULES, campaign: campaign ?? NO_RULES };
    return { offer, account, plan: planOf({ offer, account, ...rules }) };
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
