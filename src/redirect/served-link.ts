/**
 * A link, its placement and its offer as a redirect process keeps them in memory: with what every click of them needs
 * again, computed once when they are loaded. Asks nobody.
 */
import { type Account, accountKey, entityKey, type Offer } from '../catalog/definitions.ts';
import type { ParameterRules, QueryMode } from '../catalog/parameter-rules.ts';
import { clickKey, contactCountryOf, encodeClickPlacement, type PlacementJson } from '../clicks/click.ts';
import { type CompiledOffer, compileOffer } from '../links/destination.ts';
import { compileDestination, type DestinationTemplate } from '../links/destination-template.ts';
import type { Link, OwnPart, Placement } from '../links/link.ts';
import { type CompiledRules, compileRules, overlay, type ParameterPlan } from '../links/parameters.ts';
import { keyHash, partitionOfHash } from '../log/partitions.ts';
import type { Closure } from '../takedowns/takedown.ts';

export type ServedOffer = CompiledOffer;

export function serveOffer(_key: string, text: string): ServedOffer {
  return compileOffer(JSON.parse(text) as Offer);
}

/** A creative or a campaign: what a tap needs of it. */
export interface ServedRules {
  rules: CompiledRules | undefined;
}

export const NO_RULES: ServedRules = Object.freeze({ rules: undefined });

/** Most have none: these share one object. */
export function serveRules(_key: string, text: string): ServedRules {
  const rules = compileRules(JSON.parse(text) as ParameterRules);
  return rules === undefined ? NO_RULES : { rules };
}

/** What belongs to a placement, and has a say about what is added to a destination. */
export interface Levels {
  /** Undefined for a link without one; null where it does not exist. */
  offer: ServedOffer | null | undefined;
  /** Null where it does not exist. */
  account: Account | null;
  creative: ServedRules;
  campaign: ServedRules;
}

/** Offers that an offer may lead a tap to, by their ids; null for one that does not exist. */
export type ReachedOffers = ReadonlyMap<string, ServedOffer | null>;

/** Where the link's own offer may lead a tap, with what is added to each destination. Links of an offer share the offers. */
export class Reach {
  readonly #offers: ReachedOffers;
  readonly #planOf: (offer: ServedOffer | null) => ParameterPlan | undefined;
  /** Of the offer that was asked for last: most taps on a link are led to one. */
  #last: { offer_id: string; plan: ParameterPlan | undefined } | undefined;

  constructor(offers: ReachedOffers, planOf: (offer: ServedOffer | null) => ParameterPlan | undefined) {
    this.#offers = offers;
    this.#planOf = planOf;
  }

  /** Undefined for an offer that it does not lead to. */
  offer(offer_id: string): ServedOffer | null | undefined {
    return this.#offers.get(offer_id);
  }

  plan(offer_id: string): ParameterPlan | undefined {
    if (this.#last?.offer_id !== offer_id) {
      this.#last = { offer_id, plan: this.#planOf(this.#offers.get(offer_id) ?? null) };
    }
    return this.#last.plan;
  }
}

/** The same, as it is in memory. */
export interface InMemory extends Levels {
  version: number;
  offer: ServedOffer | undefined;
  account: Account;
  /** What the levels add to a destination, without the link's own rules; undefined where none adds anything. */
  plan: ParameterPlan | undefined;
  /** Undefined where the offer leads to no other. */
  reach: Reach | undefined;
}

/** A placement as it is served: with what every click from it needs again. */
export class ServedPlacement {
  readonly placement: Placement;
  /** Its share of a click row, encoded. */
  readonly click_json: PlacementJson;
  readonly account_key: string;
  /** Each undefined where the placement names none. */
  readonly offer_key: string | undefined;
  readonly creative_key: string | undefined;
  readonly campaign_key: string | undefined;
  /** What the last tap found with it, while `version` is the lookup's. */
  found: InMemory | undefined;

  constructor(placement: Placement) {
    const { account_id, offer_id, creative_id, campaign_id } = placement;
    this.placement = placement;
    this.click_json = encodeClickPlacement(placement);
    this.account_key = accountKey(account_id);
    const keyOf = (kind: 'offer' | 'creative' | 'campaign', id: string): string | undefined =>
      id === '' ? undefined : entityKey(kind, account_id, id);
    this.offer_key = keyOf('offer', offer_id);
    this.creative_key = keyOf('creative', creative_id);
    this.campaign_key = keyOf('campaign', campaign_id);
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
  /** Of the key of its clicks. */
  readonly #key_hash: number;
  readonly from: ServedPlacement;
  /** Its own destination, parameter rules and take-down; undefined for nearly all links, which have none of these. */
  readonly #own: Own | undefined;

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
    this.#key_hash = keyHash(clickKey(this));
    this.#own = ownOf(own);
  }

  /** Of its clicks, on the log. */
  get partition(): number {
    return partitionOfHash(this.#key_hash);
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
  get domain(): string {
    return this.from.placement.domain;
  }
  get is_test(): boolean | undefined {
    return this.from.placement.is_test;
  }
  get url(): string {
    return this.#own?.stored.url ?? '';
  }
  get own_destination(): DestinationTemplate | undefined {
    return this.#own?.template;
  }
  /** Here, as nearly no link is taken down: a place in each would cost 8 bytes. */
  get taken_down(): Closure | undefined {
    return this.#own?.stored.taken_down;
  }
  get is_imported(): boolean | undefined {
    return this.#own?.stored.is_imported;
  }
  get url_params(): Readonly<Record<string, string>> {
    return this.#own?.stored.url_params ?? {};
  }
  get query(): QueryMode | null {
    return this.#own?.stored.query ?? null;
  }

  /** What is added to its destination: `plan` with its own rules over it. */
  planOver(plan: ParameterPlan | undefined): ParameterPlan | undefined {
    const own = this.#own;
    if (own?.rules === undefined) return plan;
    if (own.laid === undefined || own.laid.over !== plan) {
      own.laid = { over: plan, plan: overlay(plan, own.rules, 'link') };
    }
    return own.laid.plan;
  }
}

interface Own {
  stored: OwnPart;
  template: DestinationTemplate | undefined;
  rules: CompiledRules | undefined;
  /** The last plan that was made of the rules. */
  laid?: { over: ParameterPlan | undefined; plan: ParameterPlan | undefined };
}

function ownOf(stored: OwnPart): Own | undefined {
  const rules = compileRules(stored);
  if (stored.url === '' && rules === undefined && stored.taken_down === undefined) return undefined;
  return { stored, template: stored.url === '' ? undefined : compileDestination(stored.url), rules };
}
