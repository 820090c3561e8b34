/**
 * A link, its placement and its offer as a redirect process keeps them in memory: with what every click of them needs
 * again, computed once when they are loaded. Asks nobody.
 */
import { type Account, accountKey, entityKey, type Offer } from '../catalog/definitions.ts';
import {
  clickPartition,
  contactCountryOf,
  encodeClickPlacement,
  type PlacementJson,
} from '../clicks/click.ts';
import type { Link, OwnPart, Placement } from '../links/link.ts';
import { compileDestination, type DestinationTemplate } from './destination-template.ts';

export interface ServedOffer {
  offer: Offer;
  destination: DestinationTemplate;
}

export function serveOffer(_key: string, text: string): ServedOffer {
  const offer = JSON.parse(text) as Offer;
  return { offer, destination: compileDestination(offer.destination_url) };
}

/** The offer and the account of a link, as they are in memory. */
export interface InMemory {
  version: number;
  /** Undefined for a link without one. */
  offer: ServedOffer | undefined;
  account: Account;
}

/** A placement as it is served: with what every click from it needs again. */
export class ServedPlacement {
  readonly placement: Placement;
  /** Its share of a click row, encoded. */
  readonly click_json: PlacementJson;
  readonly account_key: string;
  readonly offer_key: string | undefined;
  /** What the last tap found with it, while `version` is the lookup's. */
  found: InMemory | undefined;

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
  get domain(): string {
    return this.from.placement.domain;
  }
  get url(): string {
    return this.#own?.url ?? '';
  }
  get own_destination(): DestinationTemplate | undefined {
    return this.#own?.template;
  }
}
