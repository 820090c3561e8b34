/**
 * What an account defines before it sends: the account itself, offers, creatives, campaigns.
 * Stored in Redis as JSON under the keys below; every id is looked up under its account, so an id of
 * another account does not exist for the caller.
 */

export type EntityKind = 'offer' | 'creative' | 'campaign';
export type Status = 'active' | 'paused' | 'archived';
export type BotFilter = 'inherit' | 'no_filter' | 'filter';
export type PayoutType = 'cpa' | 'cpc' | 'revshare';

export interface Account {
  account_id: string;
  name: string;
  /** Host (and port) of the account's short links; '' uses the installation's own. */
  tracking_domain: string;
  /** Where a tap goes that no link of this account's domain can answer; '' shows a page. */
  fallback_url: string;
  /** Days after which raw clicks and sends, with addresses and user agents, are deleted. */
  retention_days: number;
  /** Filter for offers that say `inherit`. */
  bot_filter: Exclude<BotFilter, 'inherit'>;
  status: 'active' | 'archived';
  created_at: string;
  updated_at: string;
}

export interface Offer {
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
  click_window_days: number;
  status: Status;
  /** Where a tap goes while the offer is not active; '' shows a page. */
  fallback_url: string;
  coupon_codes: string[];
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface OfferLink {
  /** `link1`, `link2` …, as in the body's `{{link1}}`. */
  key: string;
  offer_id: string;
}

export interface Creative {
  creative_id: string;
  account_id: string;
  name: string;
  body: string;
  offer_links: OfferLink[];
  status: Status;
  created_at: string;
  updated_at: string;
}

export interface Variant {
  variant_id: string;
  creative_id: string;
  percent: number;
}

export interface Campaign {
  campaign_id: string;
  account_id: string;
  name: string;
  variants: Variant[];
  status: Status;
  created_at: string;
  updated_at: string;
}

export interface EntityOf {
  offer: Offer;
  creative: Creative;
  campaign: Campaign;
}

/** Keys in Redis. Changes are announced on the change log under the same key. */
export const accountKey = (account_id: string): string => `account:${account_id}`;
export const entityKey = (kind: EntityKind, account_id: string, id: string): string =>
  `${kind}:${account_id}:${id}`;
/** account_id by SHA-256 (hex) of an API key. */
export const apiKeyKey = (sha256_hex: string): string => `api_key:${sha256_hex}`;
/** account_id by tracking domain, lower case. */
export const domainKey = (host: string): string => `domain:${host}`;
