/**
 * What an account defines: the account itself, offers, creatives, campaigns, and audiences. Stored in Redis as JSON
 * under the keys below; every id is looked up under its account, so an id of another account is unknown to the
 * caller.
 */

import type { Definition } from '../audiences/definition.ts';
import type { BotRules } from '../bots/bot-rules.ts';
import type { ParameterRules } from './parameter-rules.ts';

export const ENTITY_KINDS = ['offer', 'creative', 'campaign', 'audience'] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];
export type Status = 'active' | 'paused' | 'archived';
export type BotFilter = 'inherit' | 'no_filter' | 'filter';
export type PayoutType = 'cpa' | 'cpc' | 'revshare';
/** How a repeated conversion of the same event and transaction counts. */
export type Duplicates = 'ignore' | 'rebill' | 'replace';

export interface Brand {
  /** '' shows the destination's host. */
  name: string;
  /** `#rrggbb`, of the button. */
  color: string;
  /** A small picture as a data: address; '' shows none. */
  logo: string;
}

/**
 * The page between a tap and the destination: none, a page that opens the destination after some seconds, or a page
 * with a button.
 */
export type Interstitial = 'off' | 'timed' | 'tap';

export interface Account extends ParameterRules {
  account_id: string;
  name: string;
  /** Name of its primary tracking domain, in use or not yet (src/domains); '': none was chosen. */
  tracking_domain: string;
  /** The domain on which new links are made now: the primary one, or another in use; '': the installation's own. */
  link_domain: string;
  /** The last destination of taps that lead nowhere else; '' shows a page. */
  fallback_url: string;
  /** IANA name; the times of the dashboard are shown in it. */
  time_zone: string;
  /** Days after which raw clicks and sends, with addresses and user agents, are deleted. */
  retention_days: number;
  /** Filter for offers that say `inherit`. */
  bot_filter: Exclude<BotFilter, 'inherit'>;
  /** Countries (ISO 3166) whose visitors get a page instead of the destination. */
  blocked_countries: string[];
  /** The account's own rules of bot detection. */
  bot_rules: BotRules;
  /** How the account's pages look. */
  brand: Brand;
  /** Whether a conversion on the public listener without a secret is refused. */
  conversion_secret_required: boolean;
  /** Addresses and networks (CIDR) that may send postbacks; empty: any. */
  conversion_addresses: string[];
  /** Generation of the account's conversion secret, 1 if missing. A higher one invalidates the previous secret. */
  secret_generation?: number;
  /** Requests that it may make in a minute; the operator may change it. */
  requests_per_minute: number;
  status: 'active' | 'archived';
  created_at: string;
  updated_at: string;
}

export interface Offer extends ParameterRules {
  offer_id: string;
  account_id: string;
  name: string;
  /** Absolute http or https address with macros such as `{{click_id}}` after the host. */
  destination_url: string;
  payout_type: PayoutType;
  /** Decimal string in `currency`; per cent for revshare. */
  payout: string;
  currency: string;
  bot_filter: BotFilter;
  interstitial: Interstitial;
  /** How long a timed interstitial shows. */
  interstitial_seconds: number;
  click_window_days: number;
  /** Least time from the click to a conversion, in seconds; 0: none. */
  min_conversion_seconds: number;
  duplicates: Duplicates;
  status: Status;
  /** Destination of taps once the link or the offer has ended; '' takes the next fallback. */
  fallback_url: string;
  /** Upper case; each belongs to one offer of the account. */
  coupon_codes: string[];
  metadata: Record<string, string>;
  /** Generation of the offer's postback secrets. */
  secret_generation?: number;
  created_at: string;
  updated_at: string;
}

export interface OfferLink {
  /** `link1`, `link2` …, as in the body's `{{link1}}`. */
  key: string;
  offer_id: string;
}

export interface Creative extends ParameterRules {
  creative_id: string;
  account_id: string;
  name: string;
  body: string;
  offer_links: OfferLink[];
  /** Tracking domain of its links; '' leaves the choice to the campaign. */
  domain: string;
  status: Status;
  created_at: string;
  updated_at: string;
}

export interface Variant {
  variant_id: string;
  creative_id: string;
  percent: number;
}

export interface Campaign extends ParameterRules {
  campaign_id: string;
  account_id: string;
  name: string;
  variants: Variant[];
  /** Tracking domain of its links; '' leaves the choice to the account. */
  domain: string;
  status: Status;
  created_at: string;
  updated_at: string;
}

/** Contacts selected by what they did: the definition is stored and evaluated on each request. */
export interface Audience {
  audience_id: string;
  account_id: string;
  name: string;
  definition: Definition;
  status: Exclude<Status, 'paused'>;
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface EntityOf {
  offer: Offer;
  creative: Creative;
  campaign: Campaign;
  audience: Audience;
}

/** Keys in Redis. Changes are announced on the change log under the same key. */
export const accountKey = (account_id: string): string => `account:${account_id}`;
export const entityKey = (kind: EntityKind, account_id: string, id: string): string =>
  `${kind}:${account_id}:${id}`;
/** account_id by offer, for postbacks that name the offer alone. */
export const offerOwnerKey = (offer_id: string): string => `offer_owner:${offer_id}`;
/** offer_id by coupon code, in upper case. */
export const couponKey = (account_id: string, code: string): string => `coupon:${account_id}:${code}`;
/** People type coupon codes: case and surrounding spaces mean nothing. */
export const normalCoupon = (code: string): string => code.trim().toUpperCase();
