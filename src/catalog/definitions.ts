/**
 * What an account defines: the account itself, offers, creatives, campaigns, and audiences. Stored in Redis as JSON
 * under the keys below; every id is looked up under its account, so an id of another account is unknown to the
 * caller.
 */

import type { Definition } from '../audiences/definition.ts';
import type { BotRules } from '../bots/bot-rules.ts';
import type { IpStorage } from '../privacy/stored-address.ts';
import type { Closure } from '../takedowns/takedown.ts';
import type { OfferAttribution } from './attribution.ts';
import type { OfferCap } from './offer-caps.ts';
import type { OfferRule } from './offer-rules.ts';
import type { ParameterRules } from './parameter-rules.ts';
import type { PostbackNames } from './postback-names.ts';

/** Days for which an account keeps raw rows, unless it says otherwise. */
export const RETENTION_DAYS_DEFAULT = 400;
/** A year, as PCI DSS (10.5.1) and most audits ask for, and a month in which to do the audit. */
export const AUDIT_RETENTION_DAYS_DEFAULT = 400;

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

/** `refunds_and_links`: refunds, chargebacks, and what names a link and no click. */
export const SECRET_REQUIRED = ['always', 'refunds_and_links', 'never'] as const;
export type SecretRequired = (typeof SECRET_REQUIRED)[number];

/** The secret of an account or an offer, as it is stored: see conversions/receive/postback-secrets.ts. */
export interface SecretState {
  /** 1 if missing; a rotation raises it. */
  secret_generation?: number;
  /** Until when the secret of the generation before is accepted; missing before the first rotation. */
  previous_secret_ends_at?: string;
}

export interface Account extends ParameterRules, SecretState {
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
  /** Days after which raw clicks, with addresses and user agents, are deleted. */
  click_retention_days: number;
  /** Days after which raw sends, with contacts and fields, are deleted, and their links end. */
  send_retention_days: number;
  /** What is stored of the address of a click: all of it, its network (/24, /48), or nothing. */
  ip_storage: IpStorage;
  /** Whether a tap with `Sec-GPC: 1` passes on nothing personal; see links/opt-out.ts. */
  honour_gpc: boolean;
  /** Days after which entries of the audit log are deleted. */
  audit_retention_days: number;
  /** Filter for offers that say `inherit`. */
  bot_filter: Exclude<BotFilter, 'inherit'>;
  /** Countries (ISO 3166) whose visitors get a page instead of the destination. */
  blocked_countries: string[];
  /** The account's own rules of bot detection. */
  bot_rules: BotRules;
  /** How the account's pages look. */
  brand: Brand;
  /** Which conversions on the public listener are refused without a secret. */
  conversion_secret_required: SecretRequired;
  /** Whether every conversion on the public listener must be signed. */
  conversion_signature_required: boolean;
  /** Addresses and networks (CIDR) that may send postbacks; empty: any. */
  conversion_addresses: string[];
  /** Whether what the API would warn of is an error. */
  strict: boolean;
  /** Whether its data is made up, by `trackly demo`: the console says so, and only such an account is removed by it. */
  demo: boolean;
  /** Whether no message is made for a contact on the opt-out list. */
  refuse_opted_out: boolean;
  /** Requests that it may make in a minute; the operator may change it. */
  requests_per_minute: number;
  /** Archived: it can no longer be used, its links open on. Suspended: its links do not open either. */
  status: 'active' | 'archived' | 'suspended';
  /** While it is suspended. */
  suspension?: Closure | null;
  created_at: string;
  updated_at: string;
}

export interface Offer extends ParameterRules, SecretState, OfferAttribution {
  offer_id: string;
  account_id: string;
  /** The account's own name for it, unique among its offers, and for ever once it is given; '' without one. */
  external_id: string;
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
  /** Where taps are led; the first rule that holds is taken. */
  rules?: OfferRule[];
  /** Limits of an hour, a day or a month. */
  caps?: OfferCap[];
  /** The offer that gets the taps while this one is closed, before any fallback_url; '' without one. */
  fallback_offer_id?: string;
  /** Upper case; each belongs to one offer of the account. */
  coupon_codes: string[];
  metadata: Record<string, string>;
  /** While the operator has taken it down. */
  taken_down?: Closure;
  /** Whether every conversion of this offer on the public listener must be signed. */
  postback_signature_required: boolean;
  /** Other names under which its postbacks send our parameters. */
  postback_names?: PostbackNames;
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
  external_id: string;
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

/** How messages get a variant where the sender leaves the choice to the campaign. */
export interface Selection {
  /** `planned`: by `percent`. `thompson`: by results, in proportion to the chance of being the best. */
  method: 'planned' | 'thompson';
  metric: 'click_rate' | 'revenue_per_message';
  /** Part of the messages, in per cent, that is split as planned whatever the results. */
  control_percent: number;
}

export interface Campaign extends ParameterRules {
  campaign_id: string;
  account_id: string;
  external_id: string;
  name: string;
  variants: Variant[];
  selection: Selection;
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
  external_id: string;
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
/** The id that an account's own name stands for; see external-ids.ts. */
export const externalIdKey = (kind: EntityKind, account_id: string, external_id: string): string =>
  `external_id:${kind}:${account_id}:${external_id}`;
/** account_id by offer, for postbacks that name the offer alone. */
export const offerOwnerKey = (offer_id: string): string => `offer_owner:${offer_id}`;
/**
 * offer_id by its last characters, which a click id that was led to the offer ends with, and by which claims of first
 * clicks name it; no two offers of an account have the same.
 */
export const offerTailKey = (account_id: string, tail: string): string => `offer_tail:${account_id}:${tail}`;
export const OFFER_TAIL_DIGITS = 3;
export const tailOf = (offer_id: string): string => offer_id.slice(-OFFER_TAIL_DIGITS);
/** offer_id by coupon code, in upper case. */
export const couponKey = (account_id: string, code: string): string => `coupon:${account_id}:${code}`;
/** People type coupon codes: case and surrounding spaces mean nothing. */
export const normalCoupon = (code: string): string => code.trim().toUpperCase();
