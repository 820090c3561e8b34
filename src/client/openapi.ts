/**
 * The routes of the API as types, for client.ts or your own openapi-fetch client.
 * Made by `npm run client`: change the schemas in src/api instead.
 */

export interface ApiError {
  error:
    | 'invalid_json'
    | 'invalid_request'
    | 'unauthorized'
    | 'forbidden'
    | 'wrong_credentials'
    | 'second_factor_required'
    | 'invitation_ended'
    | 'account_suspended'
    | 'not_found'
    | 'method_not_allowed'
    | 'warned'
    | 'idempotency_key_reused'
    | 'request_timeout'
    | 'conflict'
    | 'too_large'
    | 'unsupported_media_type'
    | 'too_many_requests'
    | 'internal'
    | 'unavailable'
    | 'disk_full_soon';
  /** What to do */
  message: string;
  /** The field of the request that it is about, such as `payout` or `variants.0.percent`; absent where it is about no single one */
  field?: string;
  /** What was accepted although it is probably a mistake; absent where nothing was */
  warnings?: {
    code:
      | 'no_domain'
      | 'domain_not_in_use'
      | 'time_without_zone'
      | 'variant_missing'
      | 'field_missing'
      | 'field_misspelt'
      | 'repeat_differs'
      | 'creative_changed'
      | 'not_active'
      | 'unknown_reference'
      | 'no_click_id'
      | 'no_link';
    /** What was done, and what to do */
    message: string;
    /** What in the request it is about */
    field?: string;
  }[];
}

export interface Account {
  account_id: string;
  name: string;
  /** Its primary tracking domain; it is used once DNS proves it: see /v2/domains */
  tracking_domain: '' | string;
  fallback_url: '' | string;
  /** IANA name; the dashboard shows times in it */
  time_zone: string;
  /** Days after which a raw click is deleted. A conversion is credited only to a click that is still stored */
  click_retention_days: number;
  /** Days after which a raw send is deleted; its links end with it */
  send_retention_days: number;
  /** What is stored of a click’s address, once it was judged and its network and country were looked up: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing */
  ip_storage: 'full' | 'truncated' | 'none';
  /** Whether a tap with Sec-GPC: 1 passes on no contact_id, no field of the message and no identifier of an advertising network */
  honour_gpc: boolean;
  /** Days after which entries of the audit log are deleted */
  audit_retention_days: number;
  bot_filter: 'no_filter' | 'filter';
  /** Visitors from these countries (ISO 3166) get a page instead of the destination */
  blocked_countries: string[];
  /** The account’s own rules of bot detection */
  bot_rules: {
    bot: {
      /** Texts that match anywhere in the user agent, ignoring case */
      user_agents: string[];
      /** Addresses and networks (CIDR) */
      addresses: string[];
      /** Numbers of autonomous systems that only bots use */
      asns: number[];
    };
    hosting: {
      /** Autonomous systems of servers: suspicious, but not enough for a bot */
      asns: number[];
    };
    person: {
      /** Texts that match anywhere in the user agent, ignoring case */
      user_agents: string[];
      /** Addresses and networks (CIDR) */
      addresses: string[];
      /** Autonomous systems that carry people; this overrides the network signals */
      asns: number[];
    };
  };
  /** How the preview, interstitial and blocked pages look */
  brand: {
    name: string;
    color: string;
    logo: string;
  };
  /** Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none */
  conversion_secret_required: 'always' | 'refunds_and_links' | 'never';
  /** Whether every conversion on the public listener must be signed */
  conversion_signature_required: boolean;
  conversion_addresses: string[];
  /** Requests that it may make in a minute; sends and conversions are not counted */
  requests_per_minute: number;
  /** Whether calls that would be answered with warnings are refused with 422 instead */
  strict: boolean;
  /** Whether a message for a contact on the opt-out list is refused with opted_out */
  refuse_opted_out: boolean;
  /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
  url_params: Record<string, string>;
  /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
  query: 'drop' | 'pass' | 'fill' | null;
  /** Whether its data is made up, as by trackly demo: the console says so on every page */
  demo: boolean;
  /** The domain on which new links are made now; empty: the installation’s own */
  link_domain: string;
  /** Counts the rotations of its secret */
  secret_generation?: number;
  /** Until when the secret before the last rotation is accepted */
  previous_secret_ends_at?: string;
  status: 'active' | 'archived' | 'suspended';
  /** Why and since when it is suspended; null or absent otherwise */
  suspension?: {
    reason: string;
    at: string;
  } | null;
  created_at: string;
  updated_at: string;
}

export interface Offer {
  offer_id: string;
  account_id: string;
  /** What was accepted although it is probably a mistake; absent where nothing was */
  warnings?: {
    code:
      | 'no_domain'
      | 'domain_not_in_use'
      | 'time_without_zone'
      | 'variant_missing'
      | 'field_missing'
      | 'field_misspelt'
      | 'repeat_differs'
      | 'creative_changed'
      | 'not_active'
      | 'unknown_reference'
      | 'no_click_id'
      | 'no_link';
    /** What was done, and what to do */
    message: string;
    /** What in the request it is about */
    field?: string;
  }[];
  name: string;
  /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
  external_id: '' | string;
  destination_url: string;
  payout_type: 'cpa' | 'cpc' | 'revshare';
  payout: string;
  currency: string;
  bot_filter: 'inherit' | 'no_filter' | 'filter';
  /** A page before the destination: none, one that opens the destination by itself, or one that waits for a tap */
  interstitial: 'off' | 'timed' | 'tap';
  interstitial_seconds: number;
  click_window_days: number;
  min_conversion_seconds: number;
  duplicates: 'ignore' | 'rebill' | 'replace';
  /** Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook */
  attribution: {
    model: 'first_click' | 'last_click' | 'view_through';
    /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
    window_days?: number;
    /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
    view_window_hours?: number;
    /** Conversions from this time on, by their own time; ISO 8601 with a zone */
    from: string;
  }[];
  fallback_url: '' | string;
  /** The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there */
  fallback_offer_id: '' | string;
  /** Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules */
  rules: {
    /** Clicks and traces show it; fixes with the offer who gets which target */
    name: string;
    when: {
      /** Countries of the address, ISO 3166 */
      country?: string[];
      /** By the user agent */
      device?: ('iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other')[];
      /** The language that the browser asks for most; de is de-AT too */
      language?: string[];
      /** From this hour to the other, which is not in it; 22 to 6 goes past midnight */
      hours?: {
        from: number;
        to: number;
        tz: string;
      };
      /** Days on the calendar of the zone, both in it */
      dates?: {
        from?: string;
        to?: string;
        tz: string;
      };
      /** Parameters that the tap brings behind the link, with the values that hold; []: any value */
      query?: Record<string, string[]>;
    };
    to: {
      /** An offer of the account: this one is its own destination; its status and its fallback hold */
      offer_id?: string;
      /** An address with macros; the click stays one of this offer */
      url?: string;
      weight: number;
    }[];
  }[];
  /** Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules */
  caps: {
    count: 'first_clicks' | 'conversions' | 'payout';
    /** By the clock and the calendar of tz */
    per: 'hour' | 'day' | 'month';
    tz: string;
    /** A whole number; of payout a decimal string in the offer’s currency */
    limit: number | string;
  }[];
  /** Whether every conversion of this offer on the public listener must be signed */
  postback_signature_required: boolean;
  /** Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first */
  postback_names: {
    click_id?: string;
    link_id?: string;
    message_id?: string;
    code?: string;
    event?: string;
    revenue?: string;
    currency?: string;
    txn_id?: string;
    refund_id?: string;
    network?: string;
    ts?: string;
  };
  coupon_codes: string[];
  metadata: Record<string, string>;
  /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
  url_params: Record<string, string>;
  /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
  query: 'drop' | 'pass' | 'fill' | null;
  status: 'active' | 'paused' | 'archived';
  /** Ranges of conversions that were booked anew, in order: of two, the later holds */
  rebooked?: {
    booking: string;
    model: 'first_click' | 'last_click' | 'view_through';
    window_days?: number;
    view_window_hours?: number;
    from_ms: number;
    to_ms: number;
  }[];
  /** Counts the rotations of its secret */
  secret_generation?: number;
  /** Until when the secret before the last rotation is accepted */
  previous_secret_ends_at?: string;
  /** Why and since when the operator has taken it down; absent otherwise */
  taken_down?: {
    reason: string;
    at: string;
  };
  created_at: string;
  updated_at: string;
}

export interface Creative {
  creative_id: string;
  account_id: string;
  /** What was accepted although it is probably a mistake; absent where nothing was */
  warnings?: {
    code:
      | 'no_domain'
      | 'domain_not_in_use'
      | 'time_without_zone'
      | 'variant_missing'
      | 'field_missing'
      | 'field_misspelt'
      | 'repeat_differs'
      | 'creative_changed'
      | 'not_active'
      | 'unknown_reference'
      | 'no_click_id'
      | 'no_link';
    /** What was done, and what to do */
    message: string;
    /** What in the request it is about */
    field?: string;
  }[];
  name: string;
  /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
  external_id: '' | string;
  /** Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it */
  body: string;
  offer_links: {
    key: string;
    offer_id: string;
  }[];
  /** A tracking domain of the account for its links: message over creative over campaign over account */
  domain: '' | string;
  /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
  url_params: Record<string, string>;
  /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
  query: 'drop' | 'pass' | 'fill' | null;
  status: 'active' | 'paused' | 'archived';
  created_at: string;
  updated_at: string;
}

export interface Campaign {
  campaign_id: string;
  account_id: string;
  /** What was accepted although it is probably a mistake; absent where nothing was */
  warnings?: {
    code:
      | 'no_domain'
      | 'domain_not_in_use'
      | 'time_without_zone'
      | 'variant_missing'
      | 'field_missing'
      | 'field_misspelt'
      | 'repeat_differs'
      | 'creative_changed'
      | 'not_active'
      | 'unknown_reference'
      | 'no_click_id'
      | 'no_link';
    /** What was done, and what to do */
    message: string;
    /** What in the request it is about */
    field?: string;
  }[];
  name: string;
  /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
  external_id: '' | string;
  variants: {
    variant_id: string;
    creative_id: string;
    percent: number;
  }[];
  /** How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose */
  selection: {
    /** `planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best */
    method: 'planned' | 'thompson';
    metric: 'click_rate' | 'revenue_per_message';
    /** Part of the messages that is split by the percents whatever the results, so that all stay measured */
    control_percent: number;
  };
  /** A tracking domain of the account for its links: message over creative over campaign over account */
  domain: '' | string;
  status: 'active' | 'paused' | 'archived';
  /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
  url_params: Record<string, string>;
  /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
  query: 'drop' | 'pass' | 'fill' | null;
  created_at: string;
  updated_at: string;
}

export interface Audience {
  audience_id: string;
  account_id: string;
  /** What was accepted although it is probably a mistake; absent where nothing was */
  warnings?: {
    code:
      | 'no_domain'
      | 'domain_not_in_use'
      | 'time_without_zone'
      | 'variant_missing'
      | 'field_missing'
      | 'field_misspelt'
      | 'repeat_differs'
      | 'creative_changed'
      | 'not_active'
      | 'unknown_reference'
      | 'no_click_id'
      | 'no_link';
    /** What was done, and what to do */
    message: string;
    /** What in the request it is about */
    field?: string;
  }[];
  name: string;
  /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
  external_id: '' | string;
  /** The definition as it was sent */
  definition: Record<string, unknown>;
  metadata: Record<string, string>;
  status: 'active' | 'archived';
  created_at: string;
  updated_at: string;
}

export interface Takedown {
  takedown_id: string;
  kind: 'link' | 'offer' | 'domain';
  /** link_id, offer_id, or the name of the domain */
  id: string;
  /** Empty for a domain whose account was removed */
  account_id: string;
  reason: string;
  created_at: string;
}

export interface Rejudgement {
  rejudgement: number;
  account_id: string;
  state: 'waiting' | 'running' | 'done';
  /** Empty while the rejudgement waits */
  rules_version: string;
  clicks: number;
  judged: number;
  changed: number;
  requested_at: string;
  /** Empty until it is done */
  finished_at: string;
  from: string;
  to: string;
}

export interface Spool {
  /** The start of a process that it belongs to: the name of its folder */
  owner: string;
  process: string;
  /** The machine that has it */
  host: string;
  /** Where it is there */
  folder: string;
  clicks: number;
  bytes: number;
  /** When its process last told, Unix time in ms */
  at_ms: number;
}

export interface DeadLetter {
  dead_letter_id: string;
  log: string;
  partition: number;
  batch: string;
  /** Why it could not be processed */
  reason: string;
  /** The row as it was on the log */
  row: string;
  /** Unix time in ms, by the clock of Redis */
  logged_at_ms: number;
  /** Process that logged the row; empty if the click ledger does not count it */
  process: string;
}

export interface Totals {
  /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
  sent: number;
  /** All clicks, human and bot */
  clicks_total: number;
  /** Clicks judged human */
  clicks_human: number;
  /** Clicks judged bot; never counted in clicks_unique */
  clicks_bot: number;
  /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
  clicks_unique: number;
  /** Of these, delivered: by the state of each message, whatever was reported of it how often */
  delivered: number;
  /** Of these, failed or undelivered */
  failed: number;
  /** Of these, answered by an opt-out, which stands beside the state */
  opt_outs: number;
  /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  click_rate: number | null;
  /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  cvr: number | null;
  /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  message_cvr: number | null;
  /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  delivery_rate: number | null;
  /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  click_rate_delivered: number | null;
  /** null with several currencies: see currencies */
  currency: string | null;
  /** Conversions; refunds and chargebacks are not counted */
  conversions: number;
  /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column */
  view_conversions: number;
  sales: string | null;
  refunds: string | null;
  payout: string | null;
  view_revenue: string | null;
  revenue: string | null;
  /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  epc: string | null;
  /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
  rpm: string | null;
  currencies: {
    currency: string;
    conversions: number;
    view_conversions: number;
    /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
    sales: string;
    /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
    refunds: string;
    /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
    payout: string;
    /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
    view_revenue: string;
    /** sales - refunds: a decimal string with 2 to 6 decimals */
    revenue: string;
    /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
    epc: string | null;
    /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
    rpm: string | null;
  }[];
}

export interface Annotation {
  annotation_id: string;
  at: string;
  text: string;
  campaign_id: string | null;
  /** The key or member who made it */
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface Rebooking {
  booking: string;
  offer_id: string;
  model: 'first_click' | 'last_click' | 'view_through';
  window_days?: number;
  view_window_hours?: number;
  from: string;
  to: string;
  state: 'waiting' | 'running' | 'done' | 'undo_waiting' | 'undoing' | 'undone';
  /** In the range, when it began */
  transactions: number;
  /** Of these, so far */
  rechecked: number;
  /** Conversions that are credited otherwise; known at the end */
  changed: number;
  requested_at: string;
  /** Empty while it waits */
  started_at: string;
  /** Empty while it is open */
  finished_at: string;
}

export interface Domain {
  /** As DNS has it */
  domain: string;
  /** As people read it */
  name: string;
  /** pending_dns: `records` are missing. verified: its certificate is on the way. active: in use. failing: DNS no longer points here, or its certificate has ended. retired: given up; links on it still open */
  status: 'pending_dns' | 'verified' | 'active' | 'failing' | 'retired';
  primary: boolean;
  records: {
    type: 'TXT' | 'CNAME' | 'A' | 'AAAA';
    name: string;
    /** What it has to be */
    value: string;
    /** What the resolvers answered; empty: there is no such record */
    found: string[];
    ok: boolean;
  }[];
  certificate: {
    issuer: string;
    not_before: string;
    not_after: string;
  } | null;
  /** What to do; empty when there is nothing to do */
  hint: string;
  root_url: string;
  not_found_url: string;
  expired_url: string;
  robots: string;
  app_files: Record<string, unknown>;
  created_at: string;
  updated_at: string;
  checked_at: string | null;
  /** Why and since when the operator has taken it down: no link opens on it, and none is made on it. Absent otherwise */
  taken_down?: {
    reason: string;
    at: string;
  };
}

export interface AuditEntry {
  /** Account that was changed; empty: the installation */
  account_id: string;
  /** When the change was asked for, UTC */
  at: string;
  /** The entry */
  audit_id: string;
  /** done, or unknown: the request failed or its process was killed between asking and answering; the subject says whether it changed */
  outcome: string;
  /** Who asked: key (an API key), member, operator (an admin key), or system (a command or a worker) */
  actor_kind: string;
  /** The key, member or command */
  actor_id: string;
  /** The name of the key, or the address of the member, as it was then */
  actor_name: string;
  /** IP address that the request came from; empty for the system */
  address: string;
  /** What was done: offer.changed */
  action: string;
  /** What it was done to: offer */
  subject_kind: string;
  /** Its id */
  subject_id: string;
  /** The fields that changed, as they were. Secrets are never in it */
  before: Record<string, unknown>;
  /** The same fields as they became. With an unknown outcome: as they were asked for */
  after: Record<string, unknown>;
}

export interface ListedClick {
  /** Unguessable id of the click, 29 characters: its time in ms (8), a random part (14), its link (7); and 3 of the offer’s id where the tap was led to another offer than the link’s */
  click_id: string;
  /** When the link was opened, UTC */
  clicked_at: string;
  /** When the message was sent, UTC; for a link outside a message, when the link was made */
  sent_at: string;
  /** The link that was opened, 7 characters */
  link_id: string;
  /** Message that carried the link; empty for a link outside a message */
  message_id: string;
  /** Recipient, under the id that the sender gave; a pseudonym, erased_…, once the contact is erased */
  contact_id: string;
  /** Offer that the tap was led to: the link’s, or another one by a rule or as a fallback; empty for a link with its own destination */
  offer_id: string;
  /** Creative of the message */
  creative_id: string;
  /** Campaign of the message; empty without one */
  campaign_id: string;
  /** Host name under which the link was opened, lower case, without a port; empty without one */
  domain: string;
  /** Autonomous system number of the address; 0 if unknown */
  asn: number;
  /** Country of the address, ISO 3166; empty if unknown */
  country: string;
  /** User agent, cut at 512 characters */
  user_agent: string;
  /** What the click was made with, by its user agent: phone, tablet, desktop or other */
  device: string;
  /** System of the device, by its user agent: iOS, Android, Windows …; other for rare ones */
  os: string;
  /** Browser, by its user agent: Safari, Chrome, Samsung Internet …; in an app, the one that it is built on; other for rare ones */
  browser: string;
  /** App that showed the page itself, by the user agent: Instagram, Facebook, TikTok …; other for one that does not say its name; empty in a browser */
  in_app: string;
  /** human or bot, by the current verdict */
  verdict: string;
  /** Bot score in points: at 100 or more the verdict is bot, at 80 or more the click is suspicious */
  score: number;
  /** Reasons for a bot, kind:detail; a human click may have reasons that were too weak */
  bot_reasons: string[];
  /** True for the earliest human click of the contact on the message; without a contact, of a visitor (address and user agent, on a day, UTC) on the link */
  is_first: boolean;
}

export interface ErasureAccepted {
  erasure_id: string;
  /** Number of contacts */
  contacts: number;
}

export interface Erasure {
  erasure_id: string;
  state: 'waiting' | 'running' | 'done';
  /** Number of contacts */
  contacts: number;
  requested_at: string;
  /** Empty until it is done */
  finished_at: string;
  /** What is being done; empty unless it runs */
  step: '' | 'drain' | 'mutate' | 'redis' | 'drain_again' | 'disks' | 'forget' | 'append_only';
  /** Of 7 */
  steps_done: number;
  /** What the step waits for; empty while it works */
  waits_for: string;
  /** Rows that were changed for the account's erasures that run together with this one */
  changed: {
    clicks: number;
    messages: number;
    conversions: number;
    links: number;
  };
  /** Files of exports that have rows of the contacts, up to 1000: they are not changed, so remove them, or export their range again */
  exported_files: {
    export_id: string;
    place: string;
    name: string;
  }[];
}

export interface Conversion {
  /** Id of the report; a refund of several sales has a row for each, and so has a payout in another currency than its sale’s */
  conversion_id: string;
  /** sale, rebill, lead, install, signup, refund, chargeback or void */
  event: string;
  /** Offer; empty when the reported id belongs to no offer */
  offer_id: string;
  /** Transaction id of the network; empty without one */
  txn_id: string;
  /** Id of a refund or chargeback, which identifies it within its transaction; empty without one */
  refund_id: string;
  /** Channel by which it came in: conv, offer, coupon, pixel or api */
  channel: string;
  /** Advertising network that reported it, such as everflow; empty where it is not known */
  network: string;
  /** CSV upload that it came with; empty for any other */
  upload_id: string;
  /** The ids exactly as reported */
  reported: string;
  /** What was wrong with the report though it counts, such as a macro that was not filled in; empty: nothing */
  problem: string;
  /** Reported amount, not negative; 0 when no amount was given */
  amount: string;
  /** When the conversion happened, according to the network, UTC */
  converted_at: string;
  /** When it was received, UTC */
  received_at: string;
  status: 'attributed' | 'view_through' | 'unattributed' | 'duplicate' | 'replaced' | 'voided';
  /** Why it is not attributed; empty when it is attributed */
  reason: string;
  /** Click that it is credited to; empty for coupons and when there is none */
  click_id: string;
  /** Rule that chose the click, or the delivered message: first_click (also where it is the last one), last_click or view_through; empty where neither was chosen */
  model: string;
  /** Time of that click (of the message, for a coupon with a contact), UTC: the time that reports by click time use */
  credited_at: string;
  /** When the message that it is credited to was sent, or its link was made, UTC; when it is credited to no link, the time of the conversion: the time that reports by sent_at use */
  sent_at: string;
  /** Link that it is credited to */
  link_id: string;
  /** Message that it is credited to */
  message_id: string;
  /** Contact that it is credited to */
  contact_id: string;
  /** Creative that it is credited to */
  creative_id: string;
  /** Campaign that it is credited to */
  campaign_id: string;
  /** Arm of the A/B test that it is credited to */
  variant_id: string;
  /** Tracking domain of the link or message that it is credited to; empty where it is credited to none */
  domain: string;
  /** 1 where it counts as a conversion */
  conversions: number;
  /** 1 where it counts as a view-through conversion, and in no other column */
  view_conversions: number;
  /** Import that it came with, as history; empty for what was tracked here */
  import_id: string;
  /** Currency of the amounts; empty when neither the report nor its sale has one */
  currency: string;
  /** What it adds to revenue; negative for a refund */
  revenue: string;
  /** What it adds to payout */
  payout: string;
  /** What it adds to view_revenue; negative for a refund */
  view_revenue: string;
}

export interface Export {
  export_id: string;
  name: string;
  datasets: ('clicks' | 'sends' | 'deliveries' | 'conversions' | 'verdicts' | 'contacts')[];
  format: 'parquet' | 'csv' | 'ndjson';
  compression: 'none' | 'gzip';
  every: 'once' | 'hour';
  /** stored: an hourly one */
  range_by: 'event' | 'sent' | 'stored';
  filters: Record<string, string[]>;
  destination: {
    kind: 'folder' | 's3';
    /** exports, or s3://bucket/prefix */
    place: string;
    region: string | null;
    endpoint: string | null;
  };
  from: string;
  to: string | null;
  /** failed: it was given up after many tries; status: active takes it up again */
  state: 'waiting' | 'running' | 'done' | 'failed' | 'paused' | 'removing';
  /** Everything before is written */
  written_to: string;
  /** What it waits for; empty while it works, and when it is done */
  waits_for: string;
  /** When an hourly one goes on */
  next_at: string | null;
  files: number;
  rows: number;
  bytes: number;
  /** Why the last try failed; empty where it did not */
  error: string;
  /** Tries that failed one after the other */
  failures: number;
  created_by: string;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
}

export interface ExportFile {
  name: string;
  /** Of the rows, or manifest */
  dataset: string;
  from: string;
  to: string;
  rows: number;
  bytes: number;
  sha256: string;
}

export interface Import {
  import_id: string;
  account_id: string;
  /** interrupted: complete it with the same file and Idempotency-Key, or undo it; failed: its rows are no longer all there, so undo it */
  state: 'reading' | 'applying' | 'done' | 'failed' | 'undoing' | 'undone' | 'interrupted';
  kind: 'links' | 'clicks' | 'sends' | 'conversions';
  /** Whose export it was read as; empty: our own names, or those of the caller */
  preset: string;
  /** By field, the file’s name of its column */
  mapping: Record<string, string>;
  ignored_columns: string[];
  /** Rows of the file that were read */
  rows: number;
  /** Rows that can not be imported; the first of them are in errors */
  failed: number;
  /** Rows that it added */
  added: number;
  /** Rows that were there before */
  duplicates: number;
  errors: {
    line: number;
    error: string;
    message: string;
  }[];
  file_name: string;
  /** While it is applied: steps that are done, of `steps` */
  steps_done: number;
  steps: number;
  created_at: string;
  created_by: string;
  /** Empty until it counts */
  finished_at: string;
  /** Empty until it was undone */
  undone_at: string;
}

export interface ImportDryRun {
  dry_run: true;
  kind: 'links' | 'clicks' | 'sends' | 'conversions';
  /** Whose export it was read as; empty: our own names, or those of the caller */
  preset: string;
  /** By field, the file’s name of its column */
  mapping: Record<string, string>;
  ignored_columns: string[];
  /** Rows of the file that were read */
  rows: number;
  /** Rows that can not be imported; the first of them are in errors */
  failed: number;
  /** Rows that it added */
  added: number;
  /** Rows that were there before */
  duplicates: number;
  errors: {
    line: number;
    error: string;
    message: string;
  }[];
  /** The first rows, by field */
  sample: Record<string, string>[];
}

export interface ApiKey {
  key_id: string;
  name: string;
  /** The first characters, to recognise the key by */
  prefix: string;
  created_at: string;
  updated_at: string;
  expires_at: string | null;
  account_id: string;
  scopes: ('read' | 'send' | 'receipts' | 'conversions' | 'catalog' | 'erase' | 'admin')[];
  /** A test key: every message and link that it makes is a test, and it changes nothing else */
  test: boolean;
  /** To within a minute; null: never */
  last_used_at: string | null;
}

export interface AdminKey {
  key_id: string;
  name: string;
  /** The first characters, to recognise the key by */
  prefix: string;
  created_at: string;
  updated_at: string;
  expires_at: string | null;
  /** To within a minute; null: never */
  last_used_at: string | null;
}

export interface LinkPreview {
  /** page: the small page of a link that has ended */
  leads_to: 'destination' | 'fallback' | 'page';
  /** The address; {{click_id}} is CLICK-ID in it. null for a page */
  location: string | null;
  /** Why it does not lead to its destination */
  reason:
    | 'disabled'
    | 'expired'
    | 'offer_paused'
    | 'offer_archived'
    | 'offer_unknown'
    | 'offer_capped'
    | 'account_suspended'
    | 'taken_down'
    | null;
  /** The same in a sentence */
  why: string;
  /** Whose destination or fallback it is; null for a page */
  source: 'link' | 'offer' | 'domain' | 'account' | null;
  /** Rule of the offer that leads the tap; null: none does */
  rule: string | null;
  /** Offer of the click: the link’s, or the one that it is led to */
  led_to_offer_id: string;
  /** The page that the offer puts before it */
  interstitial: 'off' | 'timed' | 'tap';
  query: {
    mode: 'drop' | 'pass' | 'fill';
    /** The level that says so; null: none does */
    source: 'link' | 'offer' | 'creative' | 'campaign' | 'account' | null;
  };
  parameters: {
    name: string;
    /** As a reader of the address decodes it */
    value: string;
    source: 'destination' | 'link' | 'offer' | 'creative' | 'campaign' | 'account' | 'tap';
    /** Why it is not in the address: the destination has it, a wider rule added it already, it is empty, it is the click id’s own name, or the address would be too long */
    left_out?: 'in_destination' | 'added_already' | 'empty' | 'click_id' | 'too_long';
  }[];
  /** Macros of the destination that have neither a value nor a default here */
  empty_macros: string[];
  link: {
    /** LINK-ID where it is not made yet */
    link_id: string;
    message_id: string;
    contact_id: string;
    offer_id: string;
    creative_id: string;
    campaign_id: string;
    variant_id: string;
    link_key: string;
  };
}

export interface Member {
  member_id: string;
  email: string;
  /** owner: everything; member: all but keys, members, erasure; viewer: looks */
  role: 'owner' | 'member' | 'viewer';
  state: 'invited' | 'active';
  /** Whether the person has a second factor */
  totp: boolean;
  /** End of an open invitation or reset */
  invitation_expires_at: string | null;
  /** Into this account; null: never, or before Redis lost its data */
  last_signed_in_at: string | null;
  created_at: string;
}

export interface KeptReport {
  report_id: string;
  received_at: string;
  channel: 'conv' | 'offer' | 'coupon' | 'pixel' | 'api';
  method: string;
  /** Of the caller, as ip_storage says; empty for the API */
  address: string;
  /** As it came; secrets are … */
  query: string;
  /** As it came; secrets are …. Of the API, what was read */
  body: string;
  content_type: string;
  /** The parameters that were read, without secrets */
  read: Record<string, string>;
  /** Names of parameters that are not ours */
  ignored: string[];
  /** What became of it; `waiting`: it was received and is not booked yet */
  state:
    | 'attributed'
    | 'view_through'
    | 'unattributed'
    | 'duplicate'
    | 'replaced'
    | 'voided'
    | 'waiting'
    | 'refused'
    | 'test';
  /** Why, in a sentence */
  explanation: string;
  /** HTTP status of the answer; a pixel is always answered 200 */
  status: number;
  /** Code of the refusal; empty for none */
  error: string;
  /** Of a repeat that of the first report; empty for a refused one */
  conversion_id: string;
  repeats: string;
  /** What is wrong with it though it was received */
  problem: string;
  /** The report that was replayed; empty for none */
  replay_of: string;
  replayable: boolean;
  /** Its conversion in the money ledger now */
  booked: {
    status: string;
    reason: string;
    revenue: string;
    payout: string;
    currency: string;
  } | null;
  conversion_url: string | null;
}

export interface OptOut {
  /** A pseudonym where the contact was erased since */
  contact_id: string;
  opted_out_at: string;
  /** api, optout_link (the link in a message), event (that you reported), or the provider that reported it */
  source: string;
  /** The message that the contact answered so; null for none */
  message_id: string | null;
}

export interface ExportedLine {
  line: number;
  txn_id: string;
  refund_id: string;
  event: string;
  /** Whether the export says the event */
  event_given: boolean;
  amount: string;
  /** Empty where the export has none */
  currency: string;
}

export interface BookedLine {
  conversion_id: string;
  offer_id: string;
  txn_id: string;
  refund_id: string;
  event: string;
  /** What was booked: of a refund, what it took back */
  amount: string;
  currency: string;
  converted_at: string;
  status: string;
  reason: string;
}

export interface ReconciliationLine {
  line_id: string;
  difference: 'missing_here' | 'missing_there' | 'different';
  txn_id: string;
  /** Empty where it is not known */
  offer_id: string;
  /** Time of the conversion; empty where the export has none */
  at: string;
  network: ExportedLine | null;
  here: BookedLine | null;
  /** open; settled: a later comparison did not find it again; accepted_here: our amount stands; accepted_there: the network’s amount stands */
  state: 'open' | 'settled' | 'accepted_here' | 'accepted_there';
  note: string;
  changed_at: string;
  /** Empty: a comparison */
  changed_by: string;
  /** The comparison that settled it */
  settled_by: string;
}

export interface Reconciliation {
  reconciliation_id: string;
  created_at: string;
  created_by: string;
  file_name: string;
  network: string;
  /** Empty: all offers were compared */
  offer_id: string;
  range: {
    from: string;
    to: string;
  };
  counts: Record<string, number>;
  sums: {
    currency: string;
    network: string;
    here: string;
  }[];
  /** Of its differences, how many are still open */
  open: number;
}

export interface ViewShare {
  /** The secret address; null for who may only read, and where its key has ended */
  url: string | null;
  enabled: boolean;
  expires_at: string | null;
  /** Whether it asks for a password */
  password: boolean;
  columns: (
    | 'sent'
    | 'clicks_total'
    | 'clicks_human'
    | 'clicks_bot'
    | 'clicks_unique'
    | 'click_rate'
    | 'currency'
    | 'conversions'
    | 'revenue'
    | 'payout'
    | 'epc'
    | 'cvr'
    | 'message_cvr'
    | 'rpm'
    | 'sales'
    | 'refunds'
    | 'delivered'
    | 'failed'
    | 'opt_outs'
    | 'delivery_rate'
    | 'click_rate_delivered'
    | 'view_conversions'
    | 'view_revenue'
  )[];
  created_at: string;
  created_by: string;
  /** How often its report was read */
  reads: number;
  last_read_at: string | null;
}

export interface View {
  view_id: string;
  name: string;
  path: string;
  query: Record<string, string>;
  days: number | null;
  private: boolean;
  /** The key or member who made it */
  created_by: string;
  created_at: string;
  updated_at: string;
  /** Why its report can not be read outside of the console; null where it can */
  why_not_shared: string | null;
  share: ViewShare | null;
}

export interface Schedule {
  schedule_id: string;
  view_id: string;
  view_name: string;
  every: 'hour' | 'day' | 'week' | 'month';
  hour: number;
  weekday: number;
  month_day: number;
  columns: (
    | 'sent'
    | 'clicks_total'
    | 'clicks_human'
    | 'clicks_bot'
    | 'clicks_unique'
    | 'click_rate'
    | 'currency'
    | 'conversions'
    | 'revenue'
    | 'payout'
    | 'epc'
    | 'cvr'
    | 'message_cvr'
    | 'rpm'
    | 'sales'
    | 'refunds'
    | 'delivered'
    | 'failed'
    | 'opt_outs'
    | 'delivery_rate'
    | 'click_rate_delivered'
    | 'view_conversions'
    | 'view_revenue'
  )[];
  /** What has to come true for it to be sent; null: it is sent in any case */
  only_if: {
    measure:
      | 'sent'
      | 'clicks_total'
      | 'clicks_human'
      | 'clicks_bot'
      | 'clicks_unique'
      | 'click_rate'
      | 'currency'
      | 'conversions'
      | 'revenue'
      | 'payout'
      | 'epc'
      | 'cvr'
      | 'message_cvr'
      | 'rpm'
      | 'sales'
      | 'refunds'
      | 'delivered'
      | 'failed'
      | 'opt_outs'
      | 'delivery_rate'
      | 'click_rate_delivered'
      | 'view_conversions'
      | 'view_revenue';
    is: 'below' | 'above' | 'fallen' | 'risen';
    value: number;
    currency: string;
  } | null;
  recipients: {
    email: string;
    /** member and confirmed get the report. waiting: it is asked within a minute; asked: it has not answered; ended: it has unsubscribed */
    state: 'member' | 'waiting' | 'asked' | 'confirmed' | 'ended';
  }[];
  /** Host of the webhook; null: none */
  chat: string | null;
  attach_csv: boolean;
  language: 'en' | 'de';
  status: 'active' | 'paused';
  /** null while it is paused */
  next_at: string | null;
  last_run: {
    due_at: string;
    at: string;
    /** unmet: its condition was not met, so nothing was sent. standing: it was told before */
    state: 'sent' | 'partly' | 'failed' | 'unmet' | 'standing';
    /** Mails and chat messages that were taken */
    sent: number;
    /** What was not sent, and why; empty where all was */
    error: string;
    /** Runs that failed one after the other */
    failures: number;
    /** The condition that is met and was told; empty where none is */
    told: string;
  } | null;
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface Click {
  /** Unguessable id of the click, 29 characters: its time in ms (8), a random part (14), its link (7); and 3 of the offer’s id where the tap was led to another offer than the link’s */
  click_id: string;
  /** When the link was opened, UTC */
  clicked_at: string;
  /** The link that was opened, 7 characters */
  link_id: string;
  /** Key of the link in its creative: link1, link2 …; empty outside a creative */
  link_key: string;
  /** Message that carried the link; empty for a link outside a message */
  message_id: string;
  /** Recipient, under the id that the sender gave; a pseudonym, erased_…, once the contact is erased */
  contact_id: string;
  /** Offer that the tap was led to: the link’s, or another one by a rule or as a fallback; empty for a link with its own destination */
  offer_id: string;
  /** Offer of the link, which the message was sent for; empty for a link with its own destination */
  planned_offer_id: string;
  /** Name of the rule of the link’s offer that led the tap; empty without one */
  rule: string;
  /** Why the first choice did not take the tap, so that offer_id is a fallback offer: offer_paused, offer_archived, offer_unknown, offer_capped; empty where it did */
  fallback_reason: string;
  /** Cap that turned the tap away from the first choice, such as first_clicks/day; empty where none did */
  cap: string;
  /** Creative of the message */
  creative_id: string;
  /** Campaign of the message; empty without one */
  campaign_id: string;
  /** Arm of the campaign's A/B test; empty without one */
  variant_id: string;
  /** When the message was sent, UTC; for a link outside a message, when the link was made */
  sent_at: string;
  /** HTTP method: GET, HEAD, or POST for Continue on a preview page */
  method: string;
  /** Client address, v4 or v6 */
  ip: string;
  /** What ip is: full, truncated or none */
  ip_storage: string;
  /** What a rule for addresses said of the full address: bot or person; empty: no rule. A click without its full address is rejudged by this */
  address_rule: string;
  /** Who opened a link without a contact: a hash of address and user agent under a random salt of the day (UTC), which is deleted; empty for a link with a contact */
  visitor: string;
  /** Autonomous system number of the address; 0 if unknown */
  asn: number;
  /** Country of the address, ISO 3166; empty if unknown */
  country: string;
  /** User agent, cut at 512 characters */
  user_agent: string;
  /** What the click was made with, by its user agent: phone, tablet, desktop or other */
  device: string;
  /** System of the device, by its user agent: iOS, Android, Windows …; other for rare ones */
  os: string;
  /** Browser, by its user agent: Safari, Chrome, Samsung Internet …; in an app, the one that it is built on; other for rare ones */
  browser: string;
  /** App that showed the page itself, by the user agent: Instagram, Facebook, TikTok …; other for one that does not say its name; empty in a browser */
  in_app: string;
  /** Request headers that bot detection reads, sec-gpc and x-request-id; names in lower case, values cut at 200 characters */
  headers: Record<string, string>;
  /** 1 if the request said Sec-GPC: 1: the person objects to the sale and sharing of personal data. What is passed on of this click names no contact */
  is_gpc: boolean;
  /** X-Request-Id of the tap, as the proxy in front gave it (TRUST_PROXY): it is in the proxy’s log too; empty without one */
  request_id: string;
  /** Host name under which the link was opened, lower case, without a port; empty without one */
  domain: string;
  /** Parameters that the tap brought behind the link, decoded; values of a repeated name are joined with a comma; of 2,048 characters at most, cut at the end of a parameter */
  query: Record<string, string>;
  /** Answer to the tap: redirect; interstitial: the offer's page before the redirect; preview: a page with a Continue button; continue: Continue was pressed; blocked: the page for a blocked country */
  answered: string;
  /** Country of the contact, from the message's field country; empty without one */
  contact_country: string;
  /** Distinct recipients whose links the address opened in the minute up to this click; 0: not counted */
  address_recipients: number;
  /** Distinct links that the address opened in that minute; 0: not counted */
  address_links: number;
  /** Distinct user agents of the address in that minute; 0: not counted */
  address_agents: number;
  /** Time since the address opened another link of the same message, in ms, at most a minute; -1: it opened no other link */
  since_other_link_ms: number;
  /** human or bot, by the current verdict */
  verdict: string;
  /** Bot score in points: at 100 or more the verdict is bot, at 80 or more the click is suspicious */
  score: number;
  /** Reasons for a bot, kind:detail; a human click may have reasons that were too weak */
  bot_reasons: string[];
  /** Version of the bot rules that gave the verdict */
  rules_version: string;
  /** True for the earliest human click of the contact on the message; without a contact, of a visitor (address and user agent, on a day, UTC) on the link */
  is_first: boolean;
  /** True for the earliest human click of the contact on this offer within the message; without a contact, of a visitor on the link */
  is_first_for_offer: boolean;
  /** Payout of a first click on a cpc offer; 0 for all others */
  payout: string;
  /** Currency of payout; empty without one */
  currency: string;
  /** Import that it came with, as history; empty for what was tracked here */
  import_id: string;
  /** Token of the batch that inserted the row */
  batch: string;
  /** When the row was inserted, UTC */
  inserted_at: string;
  /** When the row is deleted, from the account's click_retention_days */
  expires_at: string;
  /** True for a test: no report counts it */
  is_test: boolean;
  /** All verdicts of the click, oldest first; the last one is current */
  verdicts: {
    /** 0 for the verdict given when the click was counted, else the rejudgement that gave it */
    rejudgement: number;
    /** Version of the bot rules that gave the verdict */
    rules_version: string;
    /** human or bot */
    verdict: string;
    /** Bot score in points: at 100 or more the verdict is bot, at 80 or more the click is suspicious */
    score: number;
    /** Reasons for a bot, kind:detail; a human click may have reasons that were too weak */
    bot_reasons: string[];
    /** True for the earliest human click of the contact on the message; without a contact, of a visitor (address and user agent, on a day, UTC) on the link */
    is_first: boolean;
    /** True for the earliest human click of the contact on this offer within the message; without a contact, of a visitor on the link */
    is_first_for_offer: boolean;
    /** When the line was booked, UTC */
    judged_at: string;
  }[];
}

export interface RefusedTap {
  /** Unguessable id of the tap, made as a click_id is; equal to it where is_click is 1 */
  tap_id: string;
  /** When the link was tapped, UTC */
  tapped_at: string;
  /** Why the link did not lead to its destination: disabled, expired, offer_paused, offer_archived, offer_unknown, offer_capped, account_suspended, taken_down, wrong_domain (it does not open on the host that was asked), country_blocked, opt_out (it is the opt-out link of the message) */
  reason: string;
  /** HTTP status of the answer: 410, 404, 403 or 429 with a page, 302 or 303 to a fallback */
  status: number;
  /** Fallback that the tap was led to; empty: it got a page */
  location: string;
  /** 1 if the tap is a row of clicks too: it was led to a fallback, or came from a blocked country. 0: it is counted nowhere else */
  is_click: boolean;
  /** The link that was tapped, 7 characters */
  link_id: string;
  /** Key of the link in its creative: link1, link2 …; empty outside a creative */
  link_key: string;
  /** Message that carried the link; empty for a link outside a message */
  message_id: string;
  /** Recipient, under the id that the sender gave; a pseudonym, erased_…, once the contact is erased */
  contact_id: string;
  /** Offer that did not take the tap: the link’s, or the one that a rule led to */
  offer_id: string;
  /** Name of the rule of the link’s offer that led the tap; empty without one */
  rule: string;
  /** Cap of the offer that was reached, such as first_clicks/day; empty for other reasons */
  cap: string;
  /** Campaign of the message; empty without one */
  campaign_id: string;
  /** Host name under which the link was opened, lower case, without a port; empty without one */
  domain: string;
  /** HTTP method: GET, or POST for Continue on a preview page */
  method: string;
  /** Client address, as ip_storage of the account says: in full, its network (/24, /48), or :: for none; IPv4 is written as ::ffff:1.2.3.4 */
  ip: string;
  /** Country of the address, ISO 3166; empty if unknown */
  country: string;
  /** User agent, cut at 512 characters */
  user_agent: string;
  /** X-Request-Id of the tap, as the proxy in front gave it (TRUST_PROXY): it is in the proxy’s log too; empty without one */
  request_id: string;
  /** human or bot, by the request alone: the activity of the address is not asked, and no rejudgement changes it */
  verdict: string;
  /** Reasons for a bot, kind:detail; a human click may have reasons that were too weak */
  bot_reasons: string[];
  /** True for a test: no report counts it */
  is_test: boolean;
}

export interface Upload {
  upload_id: string;
  account_id: string;
  /** interrupted: complete it with the same Idempotency-Key, or undo it */
  state: 'recording' | 'interrupted' | 'recorded' | 'undoing' | 'undone';
  file_name: string;
  /** Whose export it was read as; empty: our own names */
  network: string;
  ignored_columns: string[];
  lines: number;
  accepted: number;
  /** Lines that were reported before */
  duplicates: number;
  /** Accepted lines whose ids are already known to be wrong */
  unattributed: number;
  /** Lines without any value */
  skipped: number;
  /** Lines for which the network pays nothing, which are not recorded */
  rejected: number;
  uploaded_at: string;
  uploaded_by: string;
  /** Empty until it was taken back */
  undone_at: string;
  /** Conversions that were taken back */
  voided: number;
}

export interface Webhook {
  webhook_id: string;
  name: string;
  kind: 'webhook' | 'postback';
  host: string;
  /** null for who may not change it, and in lists */
  url: string | null;
  events: (
    | 'click.human'
    | 'click.first'
    | 'click.bot'
    | 'conversion.booked'
    | 'conversion.reversed'
    | 'verdict.changed'
  )[];
  filter: {
    offer_id?: string[];
    campaign_id?: string[];
    creative_id?: string[];
    variant_id?: string[];
    /** ISO 3166, such as US */
    country?: string[];
    /** human, bot */
    verdict?: string[];
    domain?: string[];
    /** Of a conversion: sale, lead …; no click has one */
    event?: string[];
    /** The tap brought one of these parameters, such as fbclid */
    parameter?: string[];
  };
  fields: string[] | null;
  batch: {
    events_max: number;
  } | null;
  template: {
    preset: string;
    method: 'GET' | 'POST';
    /** Their names; values are not shown */
    headers: string[];
    body: string;
    content_type: string;
  } | null;
  status: 'active' | 'paused';
  paused: {
    /** request: somebody paused it; failing: nothing was delivered for three days; gone: it answered 410; full: too much waited. Set status to active to go on */
    reason: 'request' | 'failing' | 'gone' | 'full';
    at: string;
  } | null;
  /** When its secrets were made; the secrets are not shown */
  secrets: {
    created_at: string;
    /** Until when it signs too, after a rotation */
    expires_at: string | null;
  }[];
  /** Of the last 30 days; null while ClickHouse can not be asked */
  state: {
    /** Messages that were not delivered yet and are still tried */
    waiting: number;
    /** Of its newest message; 0: none in 30 days */
    last_sequence: number;
    last_delivered_at: string | null;
    last_attempt: {
      at: string;
      status: number;
      outcome: string;
      error: string;
    } | null;
    /** First try that failed since the last delivery */
    failing_since: string | null;
  } | null;
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface WebhookDelivery {
  /** webhook-id of its requests */
  message_id: string;
  /** webhook-sequence of its requests */
  sequence: number;
  events: number;
  /** The first of them */
  event_ids: string[];
  types: (
    | 'click.human'
    | 'click.first'
    | 'click.bot'
    | 'conversion.booked'
    | 'conversion.reversed'
    | 'verdict.changed'
  )[];
  /** When its first event happened */
  happened_at: string;
  made_at: string;
  state: 'waiting' | 'again' | 'delivered' | 'failed' | 'ended';
  attempts: number;
  /** The last try; null before the first */
  last: {
    at: string;
    /** 0: no answer came */
    status: number;
    duration_ms: number;
    error: string;
  } | null;
  /** When it is tried again */
  next_at: string | null;
}

export interface paths {
  '/v2/accounts': {
    /** List accounts, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              accounts: Account[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create an account; its key is shown once */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Its primary tracking domain; it is used once DNS proves it: see /v2/domains */
            tracking_domain?: '' | string;
            fallback_url?: '' | string;
            /** IANA name; the dashboard shows times in it */
            time_zone?: string;
            /** Days after which a raw click is deleted. A conversion is credited only to a click that is still stored */
            click_retention_days?: number;
            /** Days after which a raw send is deleted; its links end with it */
            send_retention_days?: number;
            /** What is stored of a click’s address, once it was judged and its network and country were looked up: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing */
            ip_storage?: 'full' | 'truncated' | 'none';
            /** Whether a tap with Sec-GPC: 1 passes on no contact_id, no field of the message and no identifier of an advertising network */
            honour_gpc?: boolean;
            /** Days after which entries of the audit log are deleted */
            audit_retention_days?: number;
            bot_filter?: 'no_filter' | 'filter';
            /** Visitors from these countries (ISO 3166) get a page instead of the destination */
            blocked_countries?: string[];
            /** The account’s own rules of bot detection */
            bot_rules?: {
              bot?: {
                /** Texts that match anywhere in the user agent, ignoring case */
                user_agents?: string[];
                /** Addresses and networks (CIDR) */
                addresses?: string[];
                /** Numbers of autonomous systems that only bots use */
                asns?: number[];
              };
              hosting?: {
                /** Autonomous systems of servers: suspicious, but not enough for a bot */
                asns?: number[];
              };
              person?: {
                /** Texts that match anywhere in the user agent, ignoring case */
                user_agents?: string[];
                /** Addresses and networks (CIDR) */
                addresses?: string[];
                /** Autonomous systems that carry people; this overrides the network signals */
                asns?: number[];
              };
            };
            /** How the preview, interstitial and blocked pages look */
            brand?: {
              name?: string;
              color?: string;
              logo?: string;
            };
            /** Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none */
            conversion_secret_required?: 'always' | 'refunds_and_links' | 'never';
            /** Whether every conversion on the public listener must be signed */
            conversion_signature_required?: boolean;
            conversion_addresses?: string[];
            /** Requests that it may make in a minute; sends and conversions are not counted */
            requests_per_minute?: number;
            /** Whether calls that would be answered with warnings are refused with 422 instead */
            strict?: boolean;
            /** Whether a message for a contact on the opt-out list is refused with opted_out */
            refuse_opted_out?: boolean;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            /** Whether its data is made up, as by trackly demo: the console says so on every page */
            demo?: boolean;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              account_id: string;
              name: string;
              /** Its primary tracking domain; it is used once DNS proves it: see /v2/domains */
              tracking_domain: '' | string;
              fallback_url: '' | string;
              /** IANA name; the dashboard shows times in it */
              time_zone: string;
              /** Days after which a raw click is deleted. A conversion is credited only to a click that is still stored */
              click_retention_days: number;
              /** Days after which a raw send is deleted; its links end with it */
              send_retention_days: number;
              /** What is stored of a click’s address, once it was judged and its network and country were looked up: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing */
              ip_storage: 'full' | 'truncated' | 'none';
              /** Whether a tap with Sec-GPC: 1 passes on no contact_id, no field of the message and no identifier of an advertising network */
              honour_gpc: boolean;
              /** Days after which entries of the audit log are deleted */
              audit_retention_days: number;
              bot_filter: 'no_filter' | 'filter';
              /** Visitors from these countries (ISO 3166) get a page instead of the destination */
              blocked_countries: string[];
              /** The account’s own rules of bot detection */
              bot_rules: {
                bot: {
                  /** Texts that match anywhere in the user agent, ignoring case */
                  user_agents: string[];
                  /** Addresses and networks (CIDR) */
                  addresses: string[];
                  /** Numbers of autonomous systems that only bots use */
                  asns: number[];
                };
                hosting: {
                  /** Autonomous systems of servers: suspicious, but not enough for a bot */
                  asns: number[];
                };
                person: {
                  /** Texts that match anywhere in the user agent, ignoring case */
                  user_agents: string[];
                  /** Addresses and networks (CIDR) */
                  addresses: string[];
                  /** Autonomous systems that carry people; this overrides the network signals */
                  asns: number[];
                };
              };
              /** How the preview, interstitial and blocked pages look */
              brand: {
                name: string;
                color: string;
                logo: string;
              };
              /** Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none */
              conversion_secret_required: 'always' | 'refunds_and_links' | 'never';
              /** Whether every conversion on the public listener must be signed */
              conversion_signature_required: boolean;
              conversion_addresses: string[];
              /** Requests that it may make in a minute; sends and conversions are not counted */
              requests_per_minute: number;
              /** Whether calls that would be answered with warnings are refused with 422 instead */
              strict: boolean;
              /** Whether a message for a contact on the opt-out list is refused with opted_out */
              refuse_opted_out: boolean;
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              /** Whether its data is made up, as by trackly demo: the console says so on every page */
              demo: boolean;
              /** The domain on which new links are made now; empty: the installation’s own */
              link_domain: string;
              /** Counts the rotations of its secret */
              secret_generation?: number;
              /** Until when the secret before the last rotation is accepted */
              previous_secret_ends_at?: string;
              status: 'active' | 'archived' | 'suspended';
              /** Why and since when it is suspended; null or absent otherwise */
              suspension?: {
                reason: string;
                at: string;
              } | null;
              created_at: string;
              updated_at: string;
              /** Shown this once */
              api_key: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/accounts/{id}': {
    /** Read an account */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Account } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Remove an account with everything that it has */
    delete: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              account_id: string;
              requested_at: string;
              /** What a worker does now */
              step: 'drain' | 'claims' | 'tables' | 'keys' | 'drain_again' | 'tables_again' | 'account';
              steps_done: number;
              steps: number;
              /** What the step waits for; empty while it works */
              waits_for: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change, archive or suspend an account */
    patch: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** Its primary tracking domain; it is used once DNS proves it: see /v2/domains */
            tracking_domain?: '' | string;
            fallback_url?: '' | string;
            /** IANA name; the dashboard shows times in it */
            time_zone?: string;
            /** Days after which a raw click is deleted. A conversion is credited only to a click that is still stored */
            click_retention_days?: number;
            /** Days after which a raw send is deleted; its links end with it */
            send_retention_days?: number;
            /** What is stored of a click’s address, once it was judged and its network and country were looked up: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing */
            ip_storage?: 'full' | 'truncated' | 'none';
            /** Whether a tap with Sec-GPC: 1 passes on no contact_id, no field of the message and no identifier of an advertising network */
            honour_gpc?: boolean;
            /** Days after which entries of the audit log are deleted */
            audit_retention_days?: number;
            bot_filter?: 'no_filter' | 'filter';
            /** Visitors from these countries (ISO 3166) get a page instead of the destination */
            blocked_countries?: string[];
            /** The account’s own rules of bot detection */
            bot_rules?: {
              bot?: {
                /** Texts that match anywhere in the user agent, ignoring case */
                user_agents?: string[];
                /** Addresses and networks (CIDR) */
                addresses?: string[];
                /** Numbers of autonomous systems that only bots use */
                asns?: number[];
              };
              hosting?: {
                /** Autonomous systems of servers: suspicious, but not enough for a bot */
                asns?: number[];
              };
              person?: {
                /** Texts that match anywhere in the user agent, ignoring case */
                user_agents?: string[];
                /** Addresses and networks (CIDR) */
                addresses?: string[];
                /** Autonomous systems that carry people; this overrides the network signals */
                asns?: number[];
              };
            };
            /** How the preview, interstitial and blocked pages look */
            brand?: {
              name?: string;
              color?: string;
              logo?: string;
            };
            /** Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none */
            conversion_secret_required?: 'always' | 'refunds_and_links' | 'never';
            /** Whether every conversion on the public listener must be signed */
            conversion_signature_required?: boolean;
            conversion_addresses?: string[];
            /** Requests that it may make in a minute; sends and conversions are not counted */
            requests_per_minute?: number;
            /** Whether calls that would be answered with warnings are refused with 422 instead */
            strict?: boolean;
            /** Whether a message for a contact on the opt-out list is refused with opted_out */
            refuse_opted_out?: boolean;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            /** archived: its keys no longer work, its links open on. suspended: its links do not open either, until it is active again */
            status?: 'active' | 'archived' | 'suspended';
            /** With status suspended: why, for the account and for you */
            reason?: string;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Account } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/account': {
    /** Read the account of this key, with its conversion secret if the key has the scope conversions */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              account_id: string;
              name: string;
              /** Its primary tracking domain; it is used once DNS proves it: see /v2/domains */
              tracking_domain: '' | string;
              fallback_url: '' | string;
              /** IANA name; the dashboard shows times in it */
              time_zone: string;
              /** Days after which a raw click is deleted. A conversion is credited only to a click that is still stored */
              click_retention_days: number;
              /** Days after which a raw send is deleted; its links end with it */
              send_retention_days: number;
              /** What is stored of a click’s address, once it was judged and its network and country were looked up: all of it, its network (/24 of IPv4, /48 of IPv6), or nothing */
              ip_storage: 'full' | 'truncated' | 'none';
              /** Whether a tap with Sec-GPC: 1 passes on no contact_id, no field of the message and no identifier of an advertising network */
              honour_gpc: boolean;
              /** Days after which entries of the audit log are deleted */
              audit_retention_days: number;
              bot_filter: 'no_filter' | 'filter';
              /** Visitors from these countries (ISO 3166) get a page instead of the destination */
              blocked_countries: string[];
              /** The account’s own rules of bot detection */
              bot_rules: {
                bot: {
                  /** Texts that match anywhere in the user agent, ignoring case */
                  user_agents: string[];
                  /** Addresses and networks (CIDR) */
                  addresses: string[];
                  /** Numbers of autonomous systems that only bots use */
                  asns: number[];
                };
                hosting: {
                  /** Autonomous systems of servers: suspicious, but not enough for a bot */
                  asns: number[];
                };
                person: {
                  /** Texts that match anywhere in the user agent, ignoring case */
                  user_agents: string[];
                  /** Addresses and networks (CIDR) */
                  addresses: string[];
                  /** Autonomous systems that carry people; this overrides the network signals */
                  asns: number[];
                };
              };
              /** How the preview, interstitial and blocked pages look */
              brand: {
                name: string;
                color: string;
                logo: string;
              };
              /** Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none */
              conversion_secret_required: 'always' | 'refunds_and_links' | 'never';
              /** Whether every conversion on the public listener must be signed */
              conversion_signature_required: boolean;
              conversion_addresses: string[];
              /** Requests that it may make in a minute; sends and conversions are not counted */
              requests_per_minute: number;
              /** Whether calls that would be answered with warnings are refused with 422 instead */
              strict: boolean;
              /** Whether a message for a contact on the opt-out list is refused with opted_out */
              refuse_opted_out: boolean;
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              /** Whether its data is made up, as by trackly demo: the console says so on every page */
              demo: boolean;
              /** The domain on which new links are made now; empty: the installation’s own */
              link_domain: string;
              /** Counts the rotations of its secret */
              secret_generation?: number;
              /** Until when the secret before the last rotation is accepted */
              previous_secret_ends_at?: string;
              status: 'active' | 'archived' | 'suspended';
              /** Why and since when it is suspended; null or absent otherwise */
              suspension?: {
                reason: string;
                at: string;
              } | null;
              created_at: string;
              updated_at: string;
              conversion_secret?: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change the settings of the account of this key */
    patch: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            fallback_url?: '' | string;
            /** IANA name; the dashboard shows times in it */
            time_zone?: string;
            bot_filter?: 'no_filter' | 'filter';
            /** The account’s own rules of bot detection */
            bot_rules?: {
              bot?: {
                /** Texts that match anywhere in the user agent, ignoring case */
                user_agents?: string[];
                /** Addresses and networks (CIDR) */
                addresses?: string[];
                /** Numbers of autonomous systems that only bots use */
                asns?: number[];
              };
              hosting?: {
                /** Autonomous systems of servers: suspicious, but not enough for a bot */
                asns?: number[];
              };
              person?: {
                /** Texts that match anywhere in the user agent, ignoring case */
                user_agents?: string[];
                /** Addresses and networks (CIDR) */
                addresses?: string[];
                /** Autonomous systems that carry people; this overrides the network signals */
                asns?: number[];
              };
            };
            /** How the preview, interstitial and blocked pages look */
            brand?: {
              name?: string;
              color?: string;
              logo?: string;
            };
            /** Which conversions on the public listener need a secret: all; refunds, chargebacks and those that name no click; none */
            conversion_secret_required?: 'always' | 'refunds_and_links' | 'never';
            /** Whether every conversion on the public listener must be signed */
            conversion_signature_required?: boolean;
            conversion_addresses?: string[];
            /** Whether calls that would be answered with warnings are refused with 422 instead */
            strict?: boolean;
            /** Whether a message for a contact on the opt-out list is refused with opted_out */
            refuse_opted_out?: boolean;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Account } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/keys': {
    /** List the API keys of the account, newest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              keys: ApiKey[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create an API key; it is shown once */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            scopes: ('read' | 'send' | 'receipts' | 'conversions' | 'catalog' | 'erase' | 'admin')[];
            /** A test key: every message and link that it makes is a test, and it changes nothing else */
            test?: boolean;
            /** When the key stops working; null: when it is revoked */
            expires_at?: string | null;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              key_id: string;
              name: string;
              /** The first characters, to recognise the key by */
              prefix: string;
              created_at: string;
              updated_at: string;
              expires_at: string | null;
              account_id: string;
              scopes: ('read' | 'send' | 'receipts' | 'conversions' | 'catalog' | 'erase' | 'admin')[];
              /** A test key: every message and link that it makes is a test, and it changes nothing else */
              test: boolean;
              /** Shown this once */
              api_key: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/keys/{key_id}': {
    get?: never;
    put?: never;
    post?: never;
    /** Revoke a key: within a second everywhere, open streams included */
    delete: {
      parameters: {
        query?: never;
        path: {
          key_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              key_id: string;
              revoked: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Rename a key, or change its scopes or its end */
    patch: {
      parameters: {
        query?: never;
        path: {
          key_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            scopes?: ('read' | 'send' | 'receipts' | 'conversions' | 'catalog' | 'erase' | 'admin')[];
            /** When the key stops working; null: when it is revoked */
            expires_at?: string | null;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': ApiKey } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/accounts/{id}/keys': {
    get?: never;
    put?: never;
    /** Create a key for an account, for one that has lost its own; it is shown once */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            scopes?: ('read' | 'send' | 'receipts' | 'conversions' | 'catalog' | 'erase' | 'admin')[];
            /** When the key stops working; null: when it is revoked */
            expires_at?: string | null;
            revoke_others?: boolean;
          } | null;
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              key_id: string;
              name: string;
              /** The first characters, to recognise the key by */
              prefix: string;
              created_at: string;
              updated_at: string;
              expires_at: string | null;
              account_id: string;
              scopes: ('read' | 'send' | 'receipts' | 'conversions' | 'catalog' | 'erase' | 'admin')[];
              /** A test key: every message and link that it makes is a test, and it changes nothing else */
              test: boolean;
              /** Shown this once */
              api_key: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/admin-keys': {
    /** List the admin keys, newest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              keys: AdminKey[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create an admin key; it is shown once */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** When the key stops working; null: when it is revoked */
            expires_at?: string | null;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              key_id: string;
              name: string;
              /** The first characters, to recognise the key by */
              prefix: string;
              created_at: string;
              updated_at: string;
              expires_at: string | null;
              /** Shown this once */
              api_key: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/admin-keys/{key_id}': {
    get?: never;
    put?: never;
    post?: never;
    /** Revoke an admin key, ADMIN_KEY of the environment too; not the one that asks */
    delete: {
      parameters: {
        query?: never;
        path: {
          key_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              key_id: string;
              revoked: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/members': {
    /** List the members of the account, oldest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              members: Member[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Invite somebody into the account; the link is shown once, and replaced by inviting again */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            email: string;
            /** owner: everything; member: all but keys, members, erasure; viewer: looks */
            role: 'owner' | 'member' | 'viewer';
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              member_id: string;
              /** Shown this once: give it to the person, and to nobody else */
              invitation_url: string;
              expires_at: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/members/{id}': {
    get?: never;
    put?: never;
    post?: never;
    /** Remove a member of the account, or an invitation */
    delete: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change the role of a member of the account */
    patch: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** owner: everything; member: all but keys, members, erasure; viewer: looks */
            role: 'owner' | 'member' | 'viewer';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Member } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/members/{id}/reset': {
    get?: never;
    put?: never;
    /** Take the password and the second factor of a member of the account away, and make a link to set a new password */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              member_id: string;
              /** Shown this once: give it to the person, and to nobody else */
              invitation_url: string;
              expires_at: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/accounts/{id}/members': {
    /** List the members of an account, oldest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              members: Member[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Invite somebody into an account; the link is shown once, and replaced by inviting again */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            email: string;
            /** owner: everything; member: all but keys, members, erasure; viewer: looks */
            role: 'owner' | 'member' | 'viewer';
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              member_id: string;
              /** Shown this once: give it to the person, and to nobody else */
              invitation_url: string;
              expires_at: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/accounts/{id}/members/{member_id}': {
    get?: never;
    put?: never;
    post?: never;
    /** Remove a member of an account, or an invitation */
    delete: {
      parameters: {
        query?: never;
        path: {
          id: string;
          member_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change the role of a member of an account */
    patch: {
      parameters: {
        query?: never;
        path: {
          id: string;
          member_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** owner: everything; member: all but keys, members, erasure; viewer: looks */
            role: 'owner' | 'member' | 'viewer';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Member } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/accounts/{id}/members/{member_id}/reset': {
    get?: never;
    put?: never;
    /** Take the password and the second factor of a member of an account away, and make a link to set a new password */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
          member_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              member_id: string;
              /** Shown this once: give it to the person, and to nobody else */
              invitation_url: string;
              expires_at: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/domains': {
    /** List tracking domains, oldest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              domains: Domain[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Add a tracking domain */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            domain: string;
            /** New links are made on it; an account’s first domain is primary */
            primary?: boolean;
            /** Where `/` of the domain leads; empty: a page */
            root_url?: '' | string;
            /** Where unknown links lead; empty: the account’s fallback_url, else a page */
            not_found_url?: '' | string;
            /** Where expired and disabled links lead after the offer’s own fallback_url; empty: the account’s fallback_url, else a page */
            expired_url?: '' | string;
            /** The text of /robots.txt; empty: nothing may be crawled */
            robots?: string;
            /** Files of /.well-known, for apps that open links of the domain */
            app_files?: {
              'apple-app-site-association'?: Record<string, unknown>;
              'assetlinks.json'?: unknown[];
            };
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Domain } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/domains/{domain}': {
    /** Read a tracking domain, with its health */
    get: {
      parameters: {
        query?: never;
        path: {
          domain: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** As DNS has it */
              domain: string;
              /** As people read it */
              name: string;
              /** pending_dns: `records` are missing. verified: its certificate is on the way. active: in use. failing: DNS no longer points here, or its certificate has ended. retired: given up; links on it still open */
              status: 'pending_dns' | 'verified' | 'active' | 'failing' | 'retired';
              primary: boolean;
              records: {
                type: 'TXT' | 'CNAME' | 'A' | 'AAAA';
                name: string;
                /** What it has to be */
                value: string;
                /** What the resolvers answered; empty: there is no such record */
                found: string[];
                ok: boolean;
              }[];
              certificate: {
                issuer: string;
                not_before: string;
                not_after: string;
              } | null;
              /** What to do; empty when there is nothing to do */
              hint: string;
              root_url: string;
              not_found_url: string;
              expired_url: string;
              robots: string;
              app_files: Record<string, unknown>;
              created_at: string;
              updated_at: string;
              checked_at: string | null;
              /** Why and since when the operator has taken it down: no link opens on it, and none is made on it. Absent otherwise */
              taken_down?: {
                reason: string;
                at: string;
              };
              /** The week before yesterday: a domain that carriers filter has a lower click rate than the others. null: reports can not be read now */
              health: {
                /** Messages with links on this domain */
                own: {
                  sent: number;
                  clicks_unique: number;
                  /** clicks_unique / sent; 0 when nothing was sent */
                  click_rate: number;
                };
                /** Messages with links on the account’s other domains */
                others: {
                  sent: number;
                  clicks_unique: number;
                  /** clicks_unique / sent; 0 when nothing was sent */
                  click_rate: number;
                };
              } | null;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Give a tracking domain up */
    delete: {
      parameters: {
        query?: never;
        path: {
          domain: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { 'application/json': Record<string, unknown> };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change a tracking domain, or make it primary */
    patch: {
      parameters: {
        query?: never;
        path: {
          domain: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            primary?: true;
            /** Where `/` of the domain leads; empty: a page */
            root_url?: '' | string;
            /** Where unknown links lead; empty: the account’s fallback_url, else a page */
            not_found_url?: '' | string;
            /** Where expired and disabled links lead after the offer’s own fallback_url; empty: the account’s fallback_url, else a page */
            expired_url?: '' | string;
            /** The text of /robots.txt; empty: nothing may be crawled */
            robots?: string;
            /** Files of /.well-known, for apps that open links of the domain */
            app_files?: {
              'apple-app-site-association'?: Record<string, unknown>;
              'assetlinks.json'?: unknown[];
            };
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Domain } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/domains/{domain}/verify': {
    get?: never;
    put?: never;
    /** Check a tracking domain now */
    post: {
      parameters: {
        query?: never;
        path: {
          domain: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Domain } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/takedowns': {
    /** List take-downs, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              takedowns: Takedown[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Take a link, an offer or a domain down */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            kind: 'link' | 'offer' | 'domain';
            /** link_id, offer_id, or the name of the domain */
            id: string;
            /** Refuses a thing of another account; may be left out */
            account_id?: string;
            /** Why; the account reads it too */
            reason: string;
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Takedown } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/takedowns/{id}': {
    /** Read a take-down */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Takedown } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Lift a take-down: what was closed opens again */
    delete: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              takedown_id: string;
              lifted: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers': {
    /** List offers, newest first, or search them */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          q?: string;
          status?: 'active' | 'paused' | 'archived';
          external_id?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offers: Offer[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create an offer */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            destination_url: string;
            payout_type?: 'cpa' | 'cpc' | 'revshare';
            payout?: string;
            currency?: string;
            bot_filter?: 'inherit' | 'no_filter' | 'filter';
            /** A page before the destination: none, one that opens the destination by itself, or one that waits for a tap */
            interstitial?: 'off' | 'timed' | 'tap';
            interstitial_seconds?: number;
            click_window_days?: number;
            min_conversion_seconds?: number;
            duplicates?: 'ignore' | 'rebill' | 'replace';
            /** Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook */
            attribution?: {
              model: 'first_click' | 'last_click' | 'view_through';
              /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
              window_days?: number;
              /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
              view_window_hours?: number;
              /** Conversions from this time on, by their own time; ISO 8601 with a zone */
              from: string;
            }[];
            fallback_url?: '' | string;
            /** The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there */
            fallback_offer_id?: '' | string;
            /** Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules */
            rules?: {
              /** Clicks and traces show it; fixes with the offer who gets which target */
              name: string;
              when: {
                /** Countries of the address, ISO 3166 */
                country?: string[];
                /** By the user agent */
                device?: ('iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other')[];
                /** The language that the browser asks for most; de is de-AT too */
                language?: string[];
                /** From this hour to the other, which is not in it; 22 to 6 goes past midnight */
                hours?: {
                  from: number;
                  to: number;
                  tz: string;
                };
                /** Days on the calendar of the zone, both in it */
                dates?: {
                  from?: string;
                  to?: string;
                  tz: string;
                };
                /** Parameters that the tap brings behind the link, with the values that hold; []: any value */
                query?: Record<string, string[]>;
              };
              to: {
                /** An offer of the account: this one is its own destination; its status and its fallback hold */
                offer_id?: string;
                /** An address with macros; the click stays one of this offer */
                url?: string;
                weight?: number;
              }[];
            }[];
            /** Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules */
            caps?: {
              count: 'first_clicks' | 'conversions' | 'payout';
              /** By the clock and the calendar of tz */
              per: 'hour' | 'day' | 'month';
              tz: string;
              /** A whole number; of payout a decimal string in the offer’s currency */
              limit: number | string;
            }[];
            /** Whether every conversion of this offer on the public listener must be signed */
            postback_signature_required?: boolean;
            /** Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first */
            postback_names?: {
              click_id?: string;
              link_id?: string;
              message_id?: string;
              code?: string;
              event?: string;
              revenue?: string;
              currency?: string;
              txn_id?: string;
              refund_id?: string;
              network?: string;
              ts?: string;
            };
            coupon_codes?: string[];
            metadata?: Record<string, string>;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            status?: 'active' | 'paused' | 'archived';
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Offer } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}': {
    /** Read an offer */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Offer } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change or archive an offer */
    patch: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            destination_url?: string;
            payout_type?: 'cpa' | 'cpc' | 'revshare';
            payout?: string;
            currency?: string;
            bot_filter?: 'inherit' | 'no_filter' | 'filter';
            /** A page before the destination: none, one that opens the destination by itself, or one that waits for a tap */
            interstitial?: 'off' | 'timed' | 'tap';
            interstitial_seconds?: number;
            click_window_days?: number;
            min_conversion_seconds?: number;
            duplicates?: 'ignore' | 'rebill' | 'replace';
            /** Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook */
            attribution?: {
              model: 'first_click' | 'last_click' | 'view_through';
              /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
              window_days?: number;
              /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
              view_window_hours?: number;
              /** Conversions from this time on, by their own time; ISO 8601 with a zone */
              from: string;
            }[];
            fallback_url?: '' | string;
            /** The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there */
            fallback_offer_id?: '' | string;
            /** Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules */
            rules?: {
              /** Clicks and traces show it; fixes with the offer who gets which target */
              name: string;
              when: {
                /** Countries of the address, ISO 3166 */
                country?: string[];
                /** By the user agent */
                device?: ('iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other')[];
                /** The language that the browser asks for most; de is de-AT too */
                language?: string[];
                /** From this hour to the other, which is not in it; 22 to 6 goes past midnight */
                hours?: {
                  from: number;
                  to: number;
                  tz: string;
                };
                /** Days on the calendar of the zone, both in it */
                dates?: {
                  from?: string;
                  to?: string;
                  tz: string;
                };
                /** Parameters that the tap brings behind the link, with the values that hold; []: any value */
                query?: Record<string, string[]>;
              };
              to: {
                /** An offer of the account: this one is its own destination; its status and its fallback hold */
                offer_id?: string;
                /** An address with macros; the click stays one of this offer */
                url?: string;
                weight?: number;
              }[];
            }[];
            /** Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules */
            caps?: {
              count: 'first_clicks' | 'conversions' | 'payout';
              /** By the clock and the calendar of tz */
              per: 'hour' | 'day' | 'month';
              tz: string;
              /** A whole number; of payout a decimal string in the offer’s currency */
              limit: number | string;
            }[];
            /** Whether every conversion of this offer on the public listener must be signed */
            postback_signature_required?: boolean;
            /** Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first */
            postback_names?: {
              click_id?: string;
              link_id?: string;
              message_id?: string;
              code?: string;
              event?: string;
              revenue?: string;
              currency?: string;
              txn_id?: string;
              refund_id?: string;
              network?: string;
              ts?: string;
            };
            coupon_codes?: string[];
            metadata?: Record<string, string>;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            status?: 'active' | 'paused' | 'archived';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Offer } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/offers/by-external-id/{external_id}': {
    get?: never;
    /** Create an offer under your own id, or replace it */
    put: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          external_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            destination_url: string;
            payout_type?: 'cpa' | 'cpc' | 'revshare';
            payout?: string;
            currency?: string;
            bot_filter?: 'inherit' | 'no_filter' | 'filter';
            /** A page before the destination: none, one that opens the destination by itself, or one that waits for a tap */
            interstitial?: 'off' | 'timed' | 'tap';
            interstitial_seconds?: number;
            click_window_days?: number;
            min_conversion_seconds?: number;
            duplicates?: 'ignore' | 'rebill' | 'replace';
            /** Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook */
            attribution?: {
              model: 'first_click' | 'last_click' | 'view_through';
              /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
              window_days?: number;
              /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
              view_window_hours?: number;
              /** Conversions from this time on, by their own time; ISO 8601 with a zone */
              from: string;
            }[];
            fallback_url?: '' | string;
            /** The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there */
            fallback_offer_id?: '' | string;
            /** Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules */
            rules?: {
              /** Clicks and traces show it; fixes with the offer who gets which target */
              name: string;
              when: {
                /** Countries of the address, ISO 3166 */
                country?: string[];
                /** By the user agent */
                device?: ('iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other')[];
                /** The language that the browser asks for most; de is de-AT too */
                language?: string[];
                /** From this hour to the other, which is not in it; 22 to 6 goes past midnight */
                hours?: {
                  from: number;
                  to: number;
                  tz: string;
                };
                /** Days on the calendar of the zone, both in it */
                dates?: {
                  from?: string;
                  to?: string;
                  tz: string;
                };
                /** Parameters that the tap brings behind the link, with the values that hold; []: any value */
                query?: Record<string, string[]>;
              };
              to: {
                /** An offer of the account: this one is its own destination; its status and its fallback hold */
                offer_id?: string;
                /** An address with macros; the click stays one of this offer */
                url?: string;
                weight?: number;
              }[];
            }[];
            /** Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules */
            caps?: {
              count: 'first_clicks' | 'conversions' | 'payout';
              /** By the clock and the calendar of tz */
              per: 'hour' | 'day' | 'month';
              tz: string;
              /** A whole number; of payout a decimal string in the offer’s currency */
              limit: number | string;
            }[];
            /** Whether every conversion of this offer on the public listener must be signed */
            postback_signature_required?: boolean;
            /** Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first */
            postback_names?: {
              click_id?: string;
              link_id?: string;
              message_id?: string;
              code?: string;
              event?: string;
              revenue?: string;
              currency?: string;
              txn_id?: string;
              refund_id?: string;
              network?: string;
              ts?: string;
            };
            coupon_codes?: string[];
            metadata?: Record<string, string>;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            /** Left out, it stays as it is; a new one is active */
            status?: 'active' | 'paused' | 'archived';
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offer_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              destination_url: string;
              payout_type: 'cpa' | 'cpc' | 'revshare';
              payout: string;
              currency: string;
              bot_filter: 'inherit' | 'no_filter' | 'filter';
              /** A page before the destination: none, one that opens the destination by itself, or one that waits for a tap */
              interstitial: 'off' | 'timed' | 'tap';
              interstitial_seconds: number;
              click_window_days: number;
              min_conversion_seconds: number;
              duplicates: 'ignore' | 'rebill' | 'replace';
              /** Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook */
              attribution: {
                model: 'first_click' | 'last_click' | 'view_through';
                /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
                window_days?: number;
                /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
                view_window_hours?: number;
                /** Conversions from this time on, by their own time; ISO 8601 with a zone */
                from: string;
              }[];
              fallback_url: '' | string;
              /** The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there */
              fallback_offer_id: '' | string;
              /** Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules */
              rules: {
                /** Clicks and traces show it; fixes with the offer who gets which target */
                name: string;
                when: {
                  /** Countries of the address, ISO 3166 */
                  country?: string[];
                  /** By the user agent */
                  device?: ('iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other')[];
                  /** The language that the browser asks for most; de is de-AT too */
                  language?: string[];
                  /** From this hour to the other, which is not in it; 22 to 6 goes past midnight */
                  hours?: {
                    from: number;
                    to: number;
                    tz: string;
                  };
                  /** Days on the calendar of the zone, both in it */
                  dates?: {
                    from?: string;
                    to?: string;
                    tz: string;
                  };
                  /** Parameters that the tap brings behind the link, with the values that hold; []: any value */
                  query?: Record<string, string[]>;
                };
                to: {
                  /** An offer of the account: this one is its own destination; its status and its fallback hold */
                  offer_id?: string;
                  /** An address with macros; the click stays one of this offer */
                  url?: string;
                  weight: number;
                }[];
              }[];
              /** Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules */
              caps: {
                count: 'first_clicks' | 'conversions' | 'payout';
                /** By the clock and the calendar of tz */
                per: 'hour' | 'day' | 'month';
                tz: string;
                /** A whole number; of payout a decimal string in the offer’s currency */
                limit: number | string;
              }[];
              /** Whether every conversion of this offer on the public listener must be signed */
              postback_signature_required: boolean;
              /** Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first */
              postback_names: {
                click_id?: string;
                link_id?: string;
                message_id?: string;
                code?: string;
                event?: string;
                revenue?: string;
                currency?: string;
                txn_id?: string;
                refund_id?: string;
                network?: string;
                ts?: string;
              };
              coupon_codes: string[];
              metadata: Record<string, string>;
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              status: 'active' | 'paused' | 'archived';
              /** Ranges of conversions that were booked anew, in order: of two, the later holds */
              rebooked?: {
                booking: string;
                model: 'first_click' | 'last_click' | 'view_through';
                window_days?: number;
                view_window_hours?: number;
                from_ms: number;
                to_ms: number;
              }[];
              /** Counts the rotations of its secret */
              secret_generation?: number;
              /** Until when the secret before the last rotation is accepted */
              previous_secret_ends_at?: string;
              /** Why and since when the operator has taken it down; absent otherwise */
              taken_down?: {
                reason: string;
                at: string;
              };
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offer_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              destination_url: string;
              payout_type: 'cpa' | 'cpc' | 'revshare';
              payout: string;
              currency: string;
              bot_filter: 'inherit' | 'no_filter' | 'filter';
              /** A page before the destination: none, one that opens the destination by itself, or one that waits for a tap */
              interstitial: 'off' | 'timed' | 'tap';
              interstitial_seconds: number;
              click_window_days: number;
              min_conversion_seconds: number;
              duplicates: 'ignore' | 'rebill' | 'replace';
              /** Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook */
              attribution: {
                model: 'first_click' | 'last_click' | 'view_through';
                /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
                window_days?: number;
                /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
                view_window_hours?: number;
                /** Conversions from this time on, by their own time; ISO 8601 with a zone */
                from: string;
              }[];
              fallback_url: '' | string;
              /** The offer that gets the taps while this one is paused, archived or full, before any fallback_url; its own fallback goes on from there */
              fallback_offer_id: '' | string;
              /** Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules */
              rules: {
                /** Clicks and traces show it; fixes with the offer who gets which target */
                name: string;
                when: {
                  /** Countries of the address, ISO 3166 */
                  country?: string[];
                  /** By the user agent */
                  device?: ('iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other')[];
                  /** The language that the browser asks for most; de is de-AT too */
                  language?: string[];
                  /** From this hour to the other, which is not in it; 22 to 6 goes past midnight */
                  hours?: {
                    from: number;
                    to: number;
                    tz: string;
                  };
                  /** Days on the calendar of the zone, both in it */
                  dates?: {
                    from?: string;
                    to?: string;
                    tz: string;
                  };
                  /** Parameters that the tap brings behind the link, with the values that hold; []: any value */
                  query?: Record<string, string[]>;
                };
                to: {
                  /** An offer of the account: this one is its own destination; its status and its fallback hold */
                  offer_id?: string;
                  /** An address with macros; the click stays one of this offer */
                  url?: string;
                  weight: number;
                }[];
              }[];
              /** Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules */
              caps: {
                count: 'first_clicks' | 'conversions' | 'payout';
                /** By the clock and the calendar of tz */
                per: 'hour' | 'day' | 'month';
                tz: string;
                /** A whole number; of payout a decimal string in the offer’s currency */
                limit: number | string;
              }[];
              /** Whether every conversion of this offer on the public listener must be signed */
              postback_signature_required: boolean;
              /** Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first */
              postback_names: {
                click_id?: string;
                link_id?: string;
                message_id?: string;
                code?: string;
                event?: string;
                revenue?: string;
                currency?: string;
                txn_id?: string;
                refund_id?: string;
                network?: string;
                ts?: string;
              };
              coupon_codes: string[];
              metadata: Record<string, string>;
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              status: 'active' | 'paused' | 'archived';
              /** Ranges of conversions that were booked anew, in order: of two, the later holds */
              rebooked?: {
                booking: string;
                model: 'first_click' | 'last_click' | 'view_through';
                window_days?: number;
                view_window_hours?: number;
                from_ms: number;
                to_ms: number;
              }[];
              /** Counts the rotations of its secret */
              secret_generation?: number;
              /** Until when the secret before the last rotation is accepted */
              previous_secret_ends_at?: string;
              /** Why and since when the operator has taken it down; absent otherwise */
              taken_down?: {
                reason: string;
                at: string;
              };
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/caps': {
    /** Read how full the caps of an offer are now */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offer_id: string;
              caps: {
                count: 'first_clicks' | 'conversions' | 'payout';
                per: 'hour' | 'day' | 'month';
                tz: string;
                limit: number | string;
                /** The running one by the clock of tz: 2026-11-29T18, 2026-11-29, 2026-11 */
                period: string;
                /** Of first clicks also those of taps that are not counted yet; of payout a decimal string */
                used: number | string;
                /** Whether the offer takes no taps for it until the period is over */
                full: boolean;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/postbacks': {
    /** Read the postback URLs to paste into networks that report conversions */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offer_id: string;
              postback_secret: string;
              conversion_secret: string;
              /** Until when the postback secret before the last rotation is accepted */
              previous_secret_ends_at: string | null;
              postbacks: {
                network: string;
                title: string;
                /** Postback URL to paste into the network */
                url: string;
                destination_parameter: string;
                note: string;
              }[];
              /** HTML for the page shown after a sale */
              pixel: string;
              /** URL that reports the use of a coupon */
              coupon: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/postback_secret/rotate': {
    get?: never;
    put?: never;
    /** Replace the postback secret; the one before it is accepted for grace_hours */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** How long the secret before is still accepted; 0: it ends now */
            grace_hours?: number;
          } | null;
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offer_id: string;
              postback_secret: string;
              conversion_secret: string;
              /** Until when the postback secret before the last rotation is accepted */
              previous_secret_ends_at: string | null;
              postbacks: {
                network: string;
                title: string;
                /** Postback URL to paste into the network */
                url: string;
                destination_parameter: string;
                note: string;
              }[];
              /** HTML for the page shown after a sale */
              pixel: string;
              /** URL that reports the use of a coupon */
              coupon: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/account/conversion_secret/rotate': {
    get?: never;
    put?: never;
    /** Replace the conversion secret; the one before it is accepted for grace_hours */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** How long the secret before is still accepted; 0: it ends now */
            grace_hours?: number;
          } | null;
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              account_id: string;
              conversion_secret: string;
              /** Until when the secret before is accepted */
              previous_secret_ends_at: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/reports': {
    /** List the newest reports of an offer as they came */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          state?:
            | 'attributed'
            | 'view_through'
            | 'unattributed'
            | 'duplicate'
            | 'replaced'
            | 'voided'
            | 'waiting'
            | 'refused'
            | 'test';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              reports: KeptReport[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/reports/{report_id}': {
    /** Read a report of an offer as it came */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
          report_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': KeptReport } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/reports/{report_id}/replay': {
    get?: never;
    put?: never;
    /** Send a kept report through reception again, as the account */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
          report_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              report_id: string;
              status: 'accepted' | 'duplicate' | 'refused';
              /** Of a repeat that of the first report; empty for a refused one */
              conversion_id: string;
              /** Why it can’t be credited, if that is known already */
              unattributed: string;
              error: string;
              message: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/postbacks/{network}/test': {
    get?: never;
    put?: never;
    /** Send a sample of a network’s postback to this installation */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
          network: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              network: string;
              /** What was sent; secrets are … */
              url: string;
              /** What was filled in for the network’s macros */
              values: Record<string, string>;
              passed: boolean;
              steps: {
                step: 'address' | 'secret' | 'signature' | 'caller' | 'values' | 'click' | 'booking';
                result: 'passed' | 'failed' | 'not_checked';
                explanation: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/installation_key': {
    /** List the keys of the installation, oldest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              keys: {
                /** Names the key without telling it */
                key_id: string;
                made_at: string;
                /** From then on it makes secrets, tokens and click ids */
                signs_from: string;
                /** From then on secrets and tokens made with it are refused */
                ends_at: string | null;
                leaked: boolean;
                /** Whether it is the one that signs now */
                signs: boolean;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/installation_key/rotate': {
    get?: never;
    put?: never;
    /** Make a new key of the installation; those before it are accepted for grace_hours */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** How long secrets and tokens made with the keys before are still accepted */
            grace_hours?: number;
            /** Whether somebody else may have the keys: click ids made with them end with the grace as well */
            leaked?: boolean;
          } | null;
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              keys: {
                /** Names the key without telling it */
                key_id: string;
                made_at: string;
                /** From then on it makes secrets, tokens and click ids */
                signs_from: string;
                /** From then on secrets and tokens made with it are refused */
                ends_at: string | null;
                leaked: boolean;
                /** Whether it is the one that signs now */
                signs: boolean;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/creatives': {
    /** List creatives, newest first, or search them */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          q?: string;
          status?: 'active' | 'paused' | 'archived';
          external_id?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              creatives: Creative[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create a creative */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            /** Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it */
            body: string;
            offer_links?: {
              key: string;
              offer_id: string;
            }[];
            /** A tracking domain of the account for its links: message over creative over campaign over account */
            domain?: '' | string;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            status?: 'active' | 'paused' | 'archived';
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Creative } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/creatives/{id}': {
    /** Read a creative */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Creative } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change or archive a creative */
    patch: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            /** Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it */
            body?: string;
            offer_links?: {
              key: string;
              offer_id: string;
            }[];
            /** A tracking domain of the account for its links: message over creative over campaign over account */
            domain?: '' | string;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            status?: 'active' | 'paused' | 'archived';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Creative } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/creatives/by-external-id/{external_id}': {
    get?: never;
    /** Create a creative under your own id, or replace it */
    put: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          external_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it */
            body: string;
            offer_links?: {
              key: string;
              offer_id: string;
            }[];
            /** A tracking domain of the account for its links: message over creative over campaign over account */
            domain?: '' | string;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
            /** Left out, it stays as it is; a new one is active */
            status?: 'active' | 'paused' | 'archived';
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              creative_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              /** Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it */
              body: string;
              offer_links: {
                key: string;
                offer_id: string;
              }[];
              /** A tracking domain of the account for its links: message over creative over campaign over account */
              domain: '' | string;
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              status: 'active' | 'paused' | 'archived';
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              creative_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              /** Text of the message with placeholders: {{link1}} … {{link20}}, a field such as {{first_name}}, or {{first_name|there}} with a default for messages without it */
              body: string;
              offer_links: {
                key: string;
                offer_id: string;
              }[];
              /** A tracking domain of the account for its links: message over creative over campaign over account */
              domain: '' | string;
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              status: 'active' | 'paused' | 'archived';
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/campaigns': {
    /** List campaigns, newest first, or search them */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          q?: string;
          status?: 'active' | 'paused' | 'archived';
          external_id?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              campaigns: Campaign[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create a campaign */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            variants?: {
              variant_id: string;
              creative_id: string;
              percent: number;
            }[];
            /** How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose */
            selection?: {
              /** `planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best */
              method?: 'planned' | 'thompson';
              metric?: 'click_rate' | 'revenue_per_message';
              /** Part of the messages that is split by the percents whatever the results, so that all stay measured */
              control_percent?: number;
            };
            /** A tracking domain of the account for its links: message over creative over campaign over account */
            domain?: '' | string;
            status?: 'active' | 'paused' | 'archived';
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Campaign } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/campaigns/{id}': {
    /** Read a campaign */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Campaign } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change or archive a campaign */
    patch: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            variants?: {
              variant_id: string;
              creative_id: string;
              percent: number;
            }[];
            /** How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose */
            selection?: {
              /** `planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best */
              method?: 'planned' | 'thompson';
              metric?: 'click_rate' | 'revenue_per_message';
              /** Part of the messages that is split by the percents whatever the results, so that all stay measured */
              control_percent?: number;
            };
            /** A tracking domain of the account for its links: message over creative over campaign over account */
            domain?: '' | string;
            status?: 'active' | 'paused' | 'archived';
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Campaign } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/campaigns/by-external-id/{external_id}': {
    get?: never;
    /** Create a campaign under your own id, or replace it */
    put: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          external_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            variants?: {
              variant_id: string;
              creative_id: string;
              percent: number;
            }[];
            /** How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose */
            selection?: {
              /** `planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best */
              method?: 'planned' | 'thompson';
              metric?: 'click_rate' | 'revenue_per_message';
              /** Part of the messages that is split by the percents whatever the results, so that all stay measured */
              control_percent?: number;
            };
            /** A tracking domain of the account for its links: message over creative over campaign over account */
            domain?: '' | string;
            /** Left out, it stays as it is; a new one is active */
            status?: 'active' | 'paused' | 'archived';
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              campaign_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              variants: {
                variant_id: string;
                creative_id: string;
                percent: number;
              }[];
              /** How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose */
              selection: {
                /** `planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best */
                method: 'planned' | 'thompson';
                metric: 'click_rate' | 'revenue_per_message';
                /** Part of the messages that is split by the percents whatever the results, so that all stay measured */
                control_percent: number;
              };
              /** A tracking domain of the account for its links: message over creative over campaign over account */
              domain: '' | string;
              status: 'active' | 'paused' | 'archived';
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              campaign_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              variants: {
                variant_id: string;
                creative_id: string;
                percent: number;
              }[];
              /** How messages that do not name their creative get a variant; see POST /v2/campaigns/:id/choose */
              selection: {
                /** `planned`: by the percents of the variants. `thompson`: by results, each variant in proportion to its chance of being the best */
                method: 'planned' | 'thompson';
                metric: 'click_rate' | 'revenue_per_message';
                /** Part of the messages that is split by the percents whatever the results, so that all stay measured */
                control_percent: number;
              };
              /** A tracking domain of the account for its links: message over creative over campaign over account */
              domain: '' | string;
              status: 'active' | 'paused' | 'archived';
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/campaigns/{id}/choose': {
    get?: never;
    put?: never;
    /** Choose the variant for contacts */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            contact_ids: string[];
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              campaign_id: string;
              /** When the results were read, at most a minute ago; null: as planned, without results */
              as_of: string | null;
              /** With which new contacts get each variant now */
              shares: {
                variant_id: string;
                probability: number;
              }[];
              /** In order of contact_ids */
              choices: {
                contact_id: string;
                variant_id: string;
                creative_id: string;
                /** With which the contact was given it; give it to the message as variant_probability */
                probability: number;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences': {
    /** List audiences, newest first, or search them */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          q?: string;
          status?: 'active' | 'archived';
          external_id?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              audiences: Audience[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Create an audience */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            /** Exactly one of these. At most 50 groups and conditions, nested at most 8 deep */
            definition: {
              /** All of these must be true */
              all?: Record<string, unknown>[];
              /** At least one of these must be true */
              any?: Record<string, unknown>[];
              /** This must be false */
              not?: Record<string, unknown>;
              /** Human clicks, by their current verdicts */
              clicked?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** The opposite of clicked */
              did_not_click?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Conversions in their current state */
              converted?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** The opposite of converted */
              did_not_convert?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** Messages */
              was_sent?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Contacts on the opt-out list */
              opted_out?: {
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
            };
            metadata?: Record<string, string>;
            status?: 'active' | 'archived';
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Audience } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/{id}': {
    /** Read an audience */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Audience } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change or archive an audience */
    patch: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
            external_id?: '' | string;
            /** Exactly one of these. At most 50 groups and conditions, nested at most 8 deep */
            definition?: {
              /** All of these must be true */
              all?: Record<string, unknown>[];
              /** At least one of these must be true */
              any?: Record<string, unknown>[];
              /** This must be false */
              not?: Record<string, unknown>;
              /** Human clicks, by their current verdicts */
              clicked?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** The opposite of clicked */
              did_not_click?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Conversions in their current state */
              converted?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** The opposite of converted */
              did_not_convert?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** Messages */
              was_sent?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Contacts on the opt-out list */
              opted_out?: {
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
            };
            metadata?: Record<string, string>;
            status?: 'active' | 'archived';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Audience } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/audiences/by-external-id/{external_id}': {
    get?: never;
    /** Create an audience under your own id, or replace it */
    put: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          external_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** Exactly one of these. At most 50 groups and conditions, nested at most 8 deep */
            definition: {
              /** All of these must be true */
              all?: Record<string, unknown>[];
              /** At least one of these must be true */
              any?: Record<string, unknown>[];
              /** This must be false */
              not?: Record<string, unknown>;
              /** Human clicks, by their current verdicts */
              clicked?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** The opposite of clicked */
              did_not_click?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Conversions in their current state */
              converted?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** The opposite of converted */
              did_not_convert?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** Messages */
              was_sent?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Contacts on the opt-out list */
              opted_out?: {
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
            };
            metadata?: Record<string, string>;
            /** Left out, it stays as it is; a new one is active */
            status?: 'active' | 'archived';
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              audience_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              /** The definition as it was sent */
              definition: Record<string, unknown>;
              metadata: Record<string, string>;
              status: 'active' | 'archived';
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              audience_id: string;
              account_id: string;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
              name: string;
              /** Your own id of it, for PUT …/by-external-id/{external_id}: unique in the account among things of its kind; once given it stays */
              external_id: '' | string;
              /** The definition as it was sent */
              definition: Record<string, unknown>;
              metadata: Record<string, string>;
              status: 'active' | 'archived';
              created_at: string;
              updated_at: string;
              /** What this request did */
              outcome: 'created' | 'changed' | 'unchanged';
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/count': {
    get?: never;
    put?: never;
    /** Count the contacts of a definition that is not saved */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Exactly one of these. At most 50 groups and conditions, nested at most 8 deep */
            definition: {
              /** All of these must be true */
              all?: Record<string, unknown>[];
              /** At least one of these must be true */
              any?: Record<string, unknown>[];
              /** This must be false */
              not?: Record<string, unknown>;
              /** Human clicks, by their current verdicts */
              clicked?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** The opposite of clicked */
              did_not_click?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Conversions in their current state */
              converted?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** The opposite of converted */
              did_not_convert?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** Messages */
              was_sent?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Contacts on the opt-out list */
              opted_out?: {
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
            };
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contacts: number;
              /** When it was evaluated, ISO 8601 UTC; `last_days` counts back from here */
              as_of: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/{id}/count': {
    /** Count the contacts of an audience */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contacts: number;
              /** When it was evaluated, ISO 8601 UTC; `last_days` counts back from here */
              as_of: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/preview': {
    get?: never;
    put?: never;
    /** Preview the first contacts of a definition that is not saved, and why each is in it */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Exactly one of these. At most 50 groups and conditions, nested at most 8 deep */
            definition: {
              /** All of these must be true */
              all?: Record<string, unknown>[];
              /** At least one of these must be true */
              any?: Record<string, unknown>[];
              /** This must be false */
              not?: Record<string, unknown>;
              /** Human clicks, by their current verdicts */
              clicked?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** The opposite of clicked */
              did_not_click?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Conversions in their current state */
              converted?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** The opposite of converted */
              did_not_convert?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
                revenue?: {
                  at_least?: string;
                  at_most?: string;
                  currency: string;
                };
              };
              /** Messages */
              was_sent?: {
                offer_id?: string;
                campaign_id?: string;
                variant_id?: string;
                creative_id?: string;
                message_id?: string;
                link_id?: string;
                link_key?: string;
                /** Times. Default: 1, or 0 where at_most is given */
                at_least?: number;
                /** Times */
                at_most?: number;
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
              /** Contacts on the opt-out list */
              opted_out?: {
                window?: {
                  /** This many days up to now, of 24 hours each */
                  last_days?: number;
                  /** Date or ISO 8601 time; without an offset it is in tz */
                  from?: string;
                  /** The same, not included; a plain date includes that day */
                  to?: string;
                  /** IANA time zone, such as Europe/Berlin. Default: UTC */
                  tz?: string;
                };
              };
            };
            limit?: number;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contacts: {
                contact_id: string;
                /** Messages */
                sent: number;
                /** ISO 8601 UTC; empty: never */
                last_sent_at: string;
                /** Human clicks, by their current verdicts */
                clicks: number;
                /** ISO 8601 UTC; empty: never */
                last_clicked_at: string;
                conversions: number;
                /** ISO 8601 UTC; empty: never */
                last_converted_at: string;
                revenue: {
                  currency: string;
                  /** Net of refunds */
                  amount: string;
                }[];
                /** What was counted of it for each condition */
                because: {
                  /** Path of the condition in the definition, such as all.0.clicked */
                  path: string;
                  condition: {
                    offer_id?: string;
                    campaign_id?: string;
                    variant_id?: string;
                    creative_id?: string;
                    message_id?: string;
                    link_id?: string;
                    link_key?: string;
                    /** Times. Default: 1, or 0 where at_most is given */
                    at_least?: number;
                    /** Times */
                    at_most?: number;
                    window?: {
                      /** This many days up to now, of 24 hours each */
                      last_days?: number;
                      /** Date or ISO 8601 time; without an offset it is in tz */
                      from?: string;
                      /** The same, not included; a plain date includes that day */
                      to?: string;
                      /** IANA time zone, such as Europe/Berlin. Default: UTC */
                      tz?: string;
                    };
                    revenue?: {
                      at_least?: string;
                      at_most?: string;
                      currency: string;
                    };
                  };
                  observed: {
                    count: number;
                    revenue?: {
                      amount: string;
                      currency: string;
                    };
                  };
                  holds: boolean;
                }[];
              }[];
              /** When it was evaluated, ISO 8601 UTC; `last_days` counts back from here */
              as_of: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/{id}/preview': {
    /** Preview the first contacts of an audience, by contact_id: their total activity, and why they are in it */
    get: {
      parameters: {
        query?: {
          limit?: number;
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contacts: {
                contact_id: string;
                /** Messages */
                sent: number;
                /** ISO 8601 UTC; empty: never */
                last_sent_at: string;
                /** Human clicks, by their current verdicts */
                clicks: number;
                /** ISO 8601 UTC; empty: never */
                last_clicked_at: string;
                conversions: number;
                /** ISO 8601 UTC; empty: never */
                last_converted_at: string;
                revenue: {
                  currency: string;
                  /** Net of refunds */
                  amount: string;
                }[];
                /** What was counted of it for each condition */
                because: {
                  /** Path of the condition in the definition, such as all.0.clicked */
                  path: string;
                  condition: {
                    offer_id?: string;
                    campaign_id?: string;
                    variant_id?: string;
                    creative_id?: string;
                    message_id?: string;
                    link_id?: string;
                    link_key?: string;
                    /** Times. Default: 1, or 0 where at_most is given */
                    at_least?: number;
                    /** Times */
                    at_most?: number;
                    window?: {
                      /** This many days up to now, of 24 hours each */
                      last_days?: number;
                      /** Date or ISO 8601 time; without an offset it is in tz */
                      from?: string;
                      /** The same, not included; a plain date includes that day */
                      to?: string;
                      /** IANA time zone, such as Europe/Berlin. Default: UTC */
                      tz?: string;
                    };
                    revenue?: {
                      at_least?: string;
                      at_most?: string;
                      currency: string;
                    };
                  };
                  observed: {
                    count: number;
                    revenue?: {
                      amount: string;
                      currency: string;
                    };
                  };
                  holds: boolean;
                }[];
              }[];
              /** When it was evaluated, ISO 8601 UTC; `last_days` counts back from here */
              as_of: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/{id}/contacts': {
    /** Stream all contacts of an audience, by contact_id */
    get: {
      parameters: {
        query?: {
          format?: 'ndjson' | 'csv';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { 'application/x-ndjson': string; 'text/csv': string };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audiences/{id}/contacts/{contact_id}': {
    /** Explain why a contact is or is not in an audience */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contact_id: string;
              in_audience: boolean;
              /** Whether the contact was sent a message, clicked or converted; only such contacts can be in an audience */
              known: boolean;
              because: {
                /** Path of the condition in the definition, such as all.0.clicked */
                path: string;
                condition: {
                  offer_id?: string;
                  campaign_id?: string;
                  variant_id?: string;
                  creative_id?: string;
                  message_id?: string;
                  link_id?: string;
                  link_key?: string;
                  /** Times. Default: 1, or 0 where at_most is given */
                  at_least?: number;
                  /** Times */
                  at_most?: number;
                  window?: {
                    /** This many days up to now, of 24 hours each */
                    last_days?: number;
                    /** Date or ISO 8601 time; without an offset it is in tz */
                    from?: string;
                    /** The same, not included; a plain date includes that day */
                    to?: string;
                    /** IANA time zone, such as Europe/Berlin. Default: UTC */
                    tz?: string;
                  };
                  revenue?: {
                    at_least?: string;
                    at_most?: string;
                    currency: string;
                  };
                };
                observed: {
                  count: number;
                  revenue?: {
                    amount: string;
                    currency: string;
                  };
                };
                holds: boolean;
              }[];
              /** When it was evaluated, ISO 8601 UTC; `last_days` counts back from here */
              as_of: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/messages': {
    get?: never;
    put?: never;
    /** Create messages and their links */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            messages: {
              contact_id: string;
              /** Needed without a campaign_id; else left out, the campaign chooses by its selection */
              creative_id?: string;
              campaign_id?: string;
              variant_id?: string;
              /** As POST /v2/campaigns/:id/choose answered it for this contact */
              variant_probability?: number;
              /** A tracking domain of the account for its links; else the creative’s, the campaign’s or the account’s */
              domain?: string;
              /** Generated if omitted. Repeat a request with the same value to retry safely */
              message_id?: string;
              fields?: Record<string, string | number | boolean>;
              sent_at?: string;
              expires_at?: string;
              /** A test: its links work like any other, and nothing of it counts in any report */
              test?: boolean;
            }[];
          };
          'application/x-ndjson': string;
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              messages: {
                /** Position in the request, from 0 */
                index: number;
                message_id: string;
                /** Text of the SMS; send it unchanged */
                text: string;
                links: {
                  key: string;
                  link_id: string;
                  short_url: string;
                  offer_id: string;
                }[];
                /** Where it is a test, which no report counts */
                is_test?: true;
                /** Where the campaign chose */
                variant_id?: string;
                /** Where the campaign chose */
                creative_id?: string;
                /** What was accepted although it is probably a mistake; absent where nothing was */
                warnings?: {
                  code:
                    | 'no_domain'
                    | 'domain_not_in_use'
                    | 'time_without_zone'
                    | 'variant_missing'
                    | 'field_missing'
                    | 'field_misspelt'
                    | 'repeat_differs'
                    | 'creative_changed'
                    | 'not_active'
                    | 'unknown_reference'
                    | 'no_click_id'
                    | 'no_link';
                  /** What was done, and what to do */
                  message: string;
                  /** What in the request it is about */
                  field?: string;
                }[];
                /** How many there are besides, once the answer has 1,000 */
                warnings_left_out?: number;
              }[];
              errors: {
                /** Position in the request, from 0 */
                index: number;
                error: string;
                message: string;
                /** What was accepted although it is probably a mistake; absent where nothing was */
                warnings?: {
                  code:
                    | 'no_domain'
                    | 'domain_not_in_use'
                    | 'time_without_zone'
                    | 'variant_missing'
                    | 'field_missing'
                    | 'field_misspelt'
                    | 'repeat_differs'
                    | 'creative_changed'
                    | 'not_active'
                    | 'unknown_reference'
                    | 'no_click_id'
                    | 'no_link';
                  /** What was done, and what to do */
                  message: string;
                  /** What in the request it is about */
                  field?: string;
                }[];
                /** How many there are besides, once the answer has 1,000 */
                warnings_left_out?: number;
                /** As it was sent */
                message_id?: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/messages/events': {
    get?: never;
    put?: never;
    /** Report what became of messages */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            events: {
              /** It need not be known yet */
              message_id: string;
              state: 'delivered' | 'undelivered' | 'failed' | 'sent' | 'cancelled' | 'opted_out';
              /** When it happened */
              at: string;
              /** The provider’s code */
              code?: string;
            }[];
          };
          'application/x-ndjson': string;
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** What was taken */
              events: {
                /** Position in the request, from 0 */
                index: number;
                message_id: string;
                /** What was accepted although it is probably a mistake; absent where nothing was */
                warnings?: {
                  code:
                    | 'no_domain'
                    | 'domain_not_in_use'
                    | 'time_without_zone'
                    | 'variant_missing'
                    | 'field_missing'
                    | 'field_misspelt'
                    | 'repeat_differs'
                    | 'creative_changed'
                    | 'not_active'
                    | 'unknown_reference'
                    | 'no_click_id'
                    | 'no_link';
                  /** What was done, and what to do */
                  message: string;
                  /** What in the request it is about */
                  field?: string;
                }[];
                /** How many there are besides, once the answer has 1,000 */
                warnings_left_out?: number;
              }[];
              errors: {
                /** Position in the request, from 0 */
                index: number;
                error: string;
                message: string;
                /** What was accepted although it is probably a mistake; absent where nothing was */
                warnings?: {
                  code:
                    | 'no_domain'
                    | 'domain_not_in_use'
                    | 'time_without_zone'
                    | 'variant_missing'
                    | 'field_missing'
                    | 'field_misspelt'
                    | 'repeat_differs'
                    | 'creative_changed'
                    | 'not_active'
                    | 'unknown_reference'
                    | 'no_click_id'
                    | 'no_link';
                  /** What was done, and what to do */
                  message: string;
                  /** What in the request it is about */
                  field?: string;
                }[];
                /** How many there are besides, once the answer has 1,000 */
                warnings_left_out?: number;
                /** As it was sent */
                message_id?: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/receipts': {
    /** List the providers whose delivery receipts are understood */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              providers: {
                provider: 'twilio' | 'infobip' | 'cm' | 'vonage' | 'sinch';
                /** Of the address to give to the provider; <key> is a key with the scope receipts */
                path: string;
                methods: ('GET' | 'POST')[];
                /** Whether receipts without a valid signature are refused */
                signature: 'checked' | 'not_checked' | 'not_offered';
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/receipts/{provider}/secret': {
    get?: never;
    /** Check the signatures of a provider’s receipts */
    put: {
      parameters: {
        query?: never;
        path: {
          provider: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            secret: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              provider: 'twilio' | 'infobip' | 'cm' | 'vonage' | 'sinch';
              signature: 'checked' | 'not_checked';
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    post?: never;
    /** No longer check the signatures of a provider’s receipts */
    delete: {
      parameters: {
        query?: never;
        path: {
          provider: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              provider: 'twilio' | 'infobip' | 'cm' | 'vonage' | 'sinch';
              signature: 'checked' | 'not_checked';
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/links/shorten': {
    get?: never;
    put?: never;
    /** Create one link outside a creative */
    post: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            url?: string;
            offer_id?: string;
            message_id?: string;
            contact_id?: string;
            campaign_id?: string;
            variant_id?: string;
            creative_id?: string;
            link_key?: string;
            fields?: Record<string, string | number | boolean>;
            sent_at?: string;
            expires_at?: string;
            domain?: string;
            /** A test: it opens like any other link, and nothing of it counts in any report */
            test?: boolean;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              link_id: string;
              short_url: string;
              /** Whose first click counts as unique: the contact’s, or, for a link without a contact, each visitor’s: an address and a user agent on a day (UTC) */
              counts_by: 'contact' | 'visitor';
              /** Where it is a test, which no report counts */
              is_test?: true;
              /** What was accepted although it is probably a mistake; absent where nothing was */
              warnings?: {
                code:
                  | 'no_domain'
                  | 'domain_not_in_use'
                  | 'time_without_zone'
                  | 'variant_missing'
                  | 'field_missing'
                  | 'field_misspelt'
                  | 'repeat_differs'
                  | 'creative_changed'
                  | 'not_active'
                  | 'unknown_reference'
                  | 'no_click_id'
                  | 'no_link';
                /** What was done, and what to do */
                message: string;
                /** What in the request it is about */
                field?: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/links/{link_id}': {
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Disable a link, or set when it expires and what is added to its destination */
    patch: {
      parameters: {
        query?: never;
        path: {
          link_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            status?: 'active' | 'disabled';
            expires_at?: string | null;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              link_id: string;
              status: 'active' | 'disabled';
              expires_at: string | null;
              /** Why and since when the operator has taken it down; absent otherwise */
              taken_down?: {
                reason: string;
                at: string;
              };
              /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
              url_params: Record<string, string>;
              /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
              query: 'drop' | 'pass' | 'fill' | null;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/links/preview': {
    get?: never;
    put?: never;
    /** Read where a tap on a link would go, and why; counts no click */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Any link of the account */
            link_id?: string;
            /** With key: a link of this message */
            message_id?: string;
            /** link1 …; may be left out where there is one link */
            key?: string;
            /** With key: a link of a message with this creative, before it is made */
            creative_id?: string;
            /** Without a creative: a link to this offer */
            offer_id?: string;
            /** Without a creative: a link with its own destination */
            url?: string;
            contact_id?: string;
            campaign_id?: string;
            variant_id?: string;
            fields?: Record<string, string | number | boolean>;
            expires_at?: string;
            /** What the tap brings behind the link, such as utm_source=qr&gclid=1 */
            tap_query?: string;
            /** For the rules of the offer: the visitor’s country */
            country?: string;
            /** For the rules of the offer */
            device?: 'iphone' | 'ipad' | 'android' | 'other_phone' | 'computer' | 'other';
            /** For the rules of the offer: as Accept-Language, such as de-AT */
            language?: string;
            /** For the rules of the offer: when the tap is; now, if missing */
            at?: string;
            /** Whether the tap says Sec-GPC: 1; see honour_gpc of the account */
            sec_gpc?: boolean;
            /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
            url_params?: Record<string, string>;
            /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
            query?: 'drop' | 'pass' | 'fill' | null;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': LinkPreview } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/uploads': {
    /** List uploads of conversions, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              uploads: Upload[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/uploads/{upload_id}': {
    /** Read an upload of conversions */
    get: {
      parameters: {
        query?: never;
        path: {
          upload_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Upload } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/uploads/{upload_id}/undo': {
    get?: never;
    put?: never;
    /** Take back all that an upload booked */
    post: {
      parameters: {
        query?: never;
        path: {
          upload_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Upload } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/imports': {
    /** List imports, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              imports: Import[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Import history: links, clicks, sends or conversions of another product */
    post: {
      parameters: {
        query?: {
          kind?: 'links' | 'clicks' | 'sends' | 'conversions';
          preset?:
            | 'dub_links'
            | 'bitly_links'
            | 'shortio_links'
            | 'rebrandly_links'
            | 'shlink_links'
            | 'shlink_visits'
            | 'kutt_links'
            | 'yourls_links'
            | 'yourls_clicks'
            | 'voluum_clicks'
            | 'voluum_conversions'
            | 'keitaro_clicks'
            | 'keitaro_conversions'
            | 'redtrack_clicks'
            | 'redtrack_conversions'
            | 'trackly_sends'
            | 'trackly_clicks'
            | 'trackly_conversions';
          dry_run?: 'true' | 'false';
          short_url_column?: string;
          code_column?: string;
          domain_column?: string;
          url_column?: string;
          expires_at_column?: string;
          time_column?: string;
          sent_at_column?: string;
          click_id_column?: string;
          message_id_column?: string;
          contact_id_column?: string;
          campaign_column?: string;
          variant_column?: string;
          creative_column?: string;
          offer_column?: string;
          ip_column?: string;
          user_agent_column?: string;
          country_column?: string;
          device_column?: string;
          os_column?: string;
          browser_column?: string;
          query_column?: string;
          verdict_column?: string;
          event_column?: string;
          status_column?: string;
          txn_id_column?: string;
          revenue_column?: string;
          payout_column?: string;
          currency_column?: string;
          domain?: string;
          case?: 'sensitive' | 'insensitive';
          decimal?: 'point' | 'comma';
          dates?: 'dmy' | 'mdy';
          tz?: string;
          currency?: string;
          file_name?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': ImportDryRun } };
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Import } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/imports/formats': {
    /** Exports that are known, and the fields that columns can be */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              presets: {
                preset: string;
                title: string;
                kind: 'links' | 'clicks' | 'sends' | 'conversions';
                /** What the names of its columns are from */
                source: string;
                /** file: as the product itself writes the file, or its tables; api: as its API has them, so the header line of its file is unconfirmed; none: unconfirmed, check the mapping */
                known_from: 'file' | 'api' | 'none';
              }[];
              kinds: {
                kind: 'links' | 'clicks' | 'sends' | 'conversions';
                fields: {
                  field: string;
                  meaning: string;
                }[];
                /** Of each list one must have a column */
                needed: string[][];
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/imports/{import_id}': {
    /** Read an import, with its progress */
    get: {
      parameters: {
        query?: never;
        path: {
          import_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Import } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/imports/{import_id}/undo': {
    get?: never;
    put?: never;
    /** Undo an import */
    post: {
      parameters: {
        query?: never;
        path: {
          import_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Import } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions': {
    /** List conversions in their current state */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          sort?:
            | 'converted_at'
            | '-converted_at'
            | 'received_at'
            | '-received_at'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv';
          status?: string;
          event?: string;
          channel?: string;
          offer_id?: string;
          campaign_id?: string;
          creative_id?: string;
          variant_id?: string;
          message_id?: string;
          link_id?: string;
          contact_id?: string;
          click_id?: string;
          txn_id?: string;
          currency?: string;
          reason?: string;
          bom?: '0' | '1';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: Conversion[];
              page: number;
              per_page: number;
              total_rows: number;
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Report conversions */
    post: {
      parameters: {
        query?: {
          network?: 'tune' | 'everflow' | 'cj' | 'impact' | 'shareasale' | 'voluum' | 'rakuten' | 'awin';
          click_id_column?: string;
          link_id_column?: string;
          offer_id_column?: string;
          message_id_column?: string;
          code_column?: string;
          contact_id_column?: string;
          event_column?: string;
          revenue_column?: string;
          currency_column?: string;
          txn_id_column?: string;
          refund_id_column?: string;
          ts_column?: string;
          decimal?: 'point' | 'comma';
          dates?: 'dmy' | 'mdy';
          tz?: string;
          currency?: string;
          file_name?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            conversions: {
              click_id?: string;
              link_id?: string;
              /** With message_id, or for a refund with its txn_id */
              offer_id?: string;
              message_id?: string;
              /** Coupon code */
              code?: string;
              /** Who used the coupon */
              contact_id?: string;
              event: 'sale' | 'rebill' | 'lead' | 'install' | 'signup' | 'refund' | 'chargeback' | 'void';
              /** Decimal string. A refund without it takes back all that is left */
              revenue?: string;
              /** Default: the offer's */
              currency?: string;
              txn_id?: string;
              /** Id of a refund or chargeback: refunds of one transaction with different ids add up */
              refund_id?: string;
              /** Short name of the advertising network, such as everflow */
              network?: string;
              /** Unix seconds or ISO 8601. Default: now */
              ts?: string;
            }[];
          };
          'application/x-ndjson': string;
          'text/csv': string;
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              conversions: {
                status: 'accepted' | 'duplicate';
                /** For a duplicate: the id of the report that said the same */
                conversion_id: string;
                /** The first report of its event and transaction, if the offer takes repeats or this report says something else */
                repeats?: string;
                /** Position in the request, from 0 */
                index: number;
                /** Why it is not credited, if already known */
                unattributed?: string;
                /** What is wrong with it though it counts, such as txn_id={id} */
                problem?: string;
                /** What was accepted although it is probably a mistake; absent where nothing was */
                warnings?: {
                  code:
                    | 'no_domain'
                    | 'domain_not_in_use'
                    | 'time_without_zone'
                    | 'variant_missing'
                    | 'field_missing'
                    | 'field_misspelt'
                    | 'repeat_differs'
                    | 'creative_changed'
                    | 'not_active'
                    | 'unknown_reference'
                    | 'no_click_id'
                    | 'no_link';
                  /** What was done, and what to do */
                  message: string;
                  /** What in the request it is about */
                  field?: string;
                }[];
                /** How many there are besides, once the answer has 1,000 */
                warnings_left_out?: number;
              }[];
              errors: {
                /** Position in the request, from 0 */
                index: number;
                error: string;
                message: string;
                /** What was accepted although it is probably a mistake; absent where nothing was */
                warnings?: {
                  code:
                    | 'no_domain'
                    | 'domain_not_in_use'
                    | 'time_without_zone'
                    | 'variant_missing'
                    | 'field_missing'
                    | 'field_misspelt'
                    | 'repeat_differs'
                    | 'creative_changed'
                    | 'not_active'
                    | 'unknown_reference'
                    | 'no_click_id'
                    | 'no_link';
                  /** What was done, and what to do */
                  message: string;
                  /** What in the request it is about */
                  field?: string;
                }[];
                /** How many there are besides, once the answer has 1,000 */
                warnings_left_out?: number;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/reconcile': {
    get?: never;
    put?: never;
    /** Compare a network’s export with what was booked here */
    post: {
      parameters: {
        query?: {
          network?: 'tune' | 'everflow' | 'cj' | 'impact' | 'shareasale' | 'voluum' | 'rakuten' | 'awin';
          click_id_column?: string;
          link_id_column?: string;
          offer_id_column?: string;
          message_id_column?: string;
          code_column?: string;
          contact_id_column?: string;
          event_column?: string;
          revenue_column?: string;
          currency_column?: string;
          txn_id_column?: string;
          refund_id_column?: string;
          ts_column?: string;
          decimal?: 'point' | 'comma';
          dates?: 'dmy' | 'mdy';
          tz?: string;
          currency?: string;
          file_name?: string;
          offer_id?: string;
          from?: string;
          to?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: { content: { 'text/csv': string } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { 'application/json': Record<string, unknown> };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/reconciliations': {
    /** List comparisons with exports, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              reconciliations: Reconciliation[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/reconciliations/{reconciliation_id}': {
    /** Read a comparison with an export, and the state of each difference */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          state?: 'open' | 'settled' | 'accepted_here' | 'accepted_there';
          format?: 'json' | 'csv';
          bom?: '0' | '1';
        };
        path: {
          reconciliation_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              reconciliation_id: string;
              created_at: string;
              created_by: string;
              file_name: string;
              network: string;
              /** Empty: all offers were compared */
              offer_id: string;
              range: {
                from: string;
                to: string;
              };
              counts: Record<string, number>;
              sums: {
                currency: string;
                network: string;
                here: string;
              }[];
              /** Of its differences, how many are still open */
              open: number;
              lines: ReconciliationLine[];
              page: number;
              per_page: number;
              total: number;
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/reconciliations/{reconciliation_id}/lines/{line_id}': {
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change the state or the note of a difference */
    patch: {
      parameters: {
        query?: never;
        path: {
          reconciliation_id: string;
          line_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** open; settled: a later comparison did not find it again; accepted_here: our amount stands; accepted_there: the network’s amount stands */
            state?: 'open' | 'settled' | 'accepted_here' | 'accepted_there';
            note?: string;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': ReconciliationLine } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/reports/messages': {
    /** Report by message_id */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'message_id'
            | '-message_id'
            | 'campaign_id'
            | '-campaign_id'
            | 'variant_id'
            | '-variant_id'
            | 'creative_id'
            | '-creative_id'
            | 'sent_at'
            | '-sent_at'
            | 'last_at'
            | '-last_at'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          message_id?: string;
          link_id?: string;
          link_key?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                message_id: string;
                campaign_id: string;
                variant_id: string;
                creative_id: string;
                /** Quarter hour of sent_at of the message; of a link outside a message, of its creation; in tz */
                sent_at: string;
                /** Quarter hour of the last send, delivery, click or money, in tz */
                last_at: string;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/offers': {
    /** Report by offer_id */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'offer_id'
            | '-offer_id'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                offer_id: string;
                /** Name from the catalog; null if it has none */
                name: string | null;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/creatives': {
    /** Report by creative_id */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'creative_id'
            | '-creative_id'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                creative_id: string;
                /** Name from the catalog; null if it has none */
                name: string | null;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/campaigns': {
    /** Report by campaign_id */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'campaign_id'
            | '-campaign_id'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                campaign_id: string;
                /** Name from the catalog; null if it has none */
                name: string | null;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/variants': {
    /** Report by campaign_id and variant_id */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'campaign_id'
            | '-campaign_id'
            | 'variant_id'
            | '-variant_id'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                campaign_id: string;
                variant_id: string;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** The complete A/B test of campaign_id: messages sent in the range, with all their clicks and conversions until now; with range_by=event, with those in the range. Links outside messages do not count. Of the filters only currency and rules_version apply. null without campaign_id, for an unknown campaign, and for a campaign without variants */
              experiment: {
                /** The campaign's first variant */
                control: string;
                /** Currency of the revenue: the requested one, else the one in which most messages earned; empty without revenue */
                currency: string;
                variants: {
                  variant_id: string;
                  planned_percent: number;
                  /** Messages sent in the range */
                  sent: number;
                  /** Of these, messages with a first human click; bots never count */
                  clicks_unique: number;
                  /** In every currency */
                  conversions: number;
                  /** sales - refunds in `currency` */
                  revenue: string;
                  /** clicks_unique / sent, with its 95 % interval (Wilson 1927) */
                  click_rate: {
                    value: number;
                    low: number;
                    high: number;
                    /** Probability of being the best variant, 0 to 1; null without messages */
                    chance_best: number | null;
                    /** Difference to the control, with its interval; null for the control and when either has no messages (Newcombe 1998, method 10) */
                    difference: {
                      value: number;
                      low: number;
                      high: number;
                    } | null;
                  };
                  /** Where the campaign chooses by results: the click rate with its 95 % interval, each message counted by one over the probability of its choice (Hájek). null otherwise */
                  click_rate_weighted: {
                    value: number;
                    low: number;
                    high: number;
                  } | null;
                  /** conversions / sent, with its 95 % interval: Wilson’s while no message has several conversions, else Student’s (1908) */
                  message_cvr: {
                    value: number;
                    /** null when all messages have the same value */
                    low: number | null;
                    high: number | null;
                    /** Probability of being the best variant, 0 to 1; null without messages */
                    chance_best: number | null;
                    /** Difference to the control, with its interval; null for the control and when either has no messages (Welch 1947) */
                    difference: {
                      value: number;
                      /** null when all messages have the same value */
                      low: number | null;
                      high: number | null;
                    } | null;
                  };
                  /** revenue / sent, with its 95 % interval (Student 1908): rpm is 1,000 times this */
                  revenue_per_message: {
                    value: number;
                    /** null when all messages have the same value */
                    low: number | null;
                    high: number | null;
                    /** Probability of being the best variant, 0 to 1; null without messages */
                    chance_best: number | null;
                    /** Difference to the control, with its interval; null for the control and when either has no messages (Welch 1947) */
                    difference: {
                      value: number;
                      /** null when all messages have the same value */
                      low: number | null;
                      high: number | null;
                    } | null;
                  };
                }[];
                warnings: {
                  code:
                    | 'sample_ratio_mismatch'
                    | 'chosen_by_results'
                    | 'too_early'
                    | 'several_currencies'
                    | 'few_sales'
                    | 'other_variants';
                  message: string;
                }[];
                verdict: {
                  metric: 'click_rate';
                  /** none: nothing to compare; same: the best are equal; mismatch: not split as planned; early: too early to judge; better: best is better; alike: they hardly differ; open: no difference to see yet */
                  outcome: 'none' | 'same' | 'mismatch' | 'early' | 'better' | 'alike' | 'open';
                  /** The leading variant */
                  best: string | null;
                  /** The one behind it */
                  second: string | null;
                  /** Probability of being the best variant, 0 to 1; null without messages */
                  chance: number | null;
                  /** Further messages, split as planned, that would decide the test if the true difference is the observed one */
                  messages_needed: number | null;
                  /** The same in plain English */
                  sentence: string;
                };
              } | null;
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/domains': {
    /** Report by domain */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'domain'
            | '-domain'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                domain: string;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/links': {
    /** Report by link_id */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'link_id'
            | '-link_id'
            | 'link_key'
            | '-link_key'
            | 'message_id'
            | '-message_id'
            | 'offer_id'
            | '-offer_id'
            | 'creative_id'
            | '-creative_id'
            | 'campaign_id'
            | '-campaign_id'
            | 'variant_id'
            | '-variant_id'
            | 'sent_at'
            | '-sent_at'
            | 'last_at'
            | '-last_at'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          search?: string;
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          message_id?: string;
          link_id?: string;
          link_key?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                link_id: string;
                link_key: string;
                message_id: string;
                offer_id: string;
                creative_id: string;
                campaign_id: string;
                variant_id: string;
                /** Quarter hour of sent_at of the message; of a link outside a message, of its creation; in tz */
                sent_at: string;
                /** Quarter hour of the last send, delivery, click or money, in tz */
                last_at: string;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/hours': {
    /** Report by hour */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          money_by?: 'click' | 'conversion';
          rules_version?: string;
          sort?:
            | 'hour'
            | '-hour'
            | 'sent'
            | '-sent'
            | 'clicks_total'
            | '-clicks_total'
            | 'clicks_human'
            | '-clicks_human'
            | 'clicks_bot'
            | '-clicks_bot'
            | 'clicks_unique'
            | '-clicks_unique'
            | 'click_rate'
            | '-click_rate'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'epc'
            | '-epc'
            | 'cvr'
            | '-cvr'
            | 'message_cvr'
            | '-message_cvr'
            | 'rpm'
            | '-rpm'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds'
            | 'delivered'
            | '-delivered'
            | 'failed'
            | '-failed'
            | 'opt_outs'
            | '-opt_outs'
            | 'delivery_rate'
            | '-delivery_rate'
            | 'click_rate_delivered'
            | '-click_rate_delivered'
            | 'view_conversions'
            | '-view_conversions'
            | 'view_revenue'
            | '-view_revenue';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'xlsx';
          by?: 'hour' | 'day' | 'week' | 'month';
          offer_id?: string;
          creative_id?: string;
          campaign_id?: string;
          variant_id?: string;
          domain?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                hour: string;
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions; refunds and chargebacks are not counted; those in this currency */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column; those in this currency */
                view_conversions: number;
                /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                view_revenue: string;
              }[];
              totals: Totals;
              page: number;
              per_page: number;
              total_rows: number;
              /** There are more than total_rows: messages and links are counted up to 10000 */
              more_rows: boolean;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              /** The range covered, widened to whole quarter hours, UTC; `to` is not included */
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
                /** Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished */
                unfinished: 'period' | 'conversions' | null;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/networks': {
    /** Conversions and money by advertising network */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          money_by?: 'click' | 'conversion';
          sort?:
            | 'network'
            | '-network'
            | 'currency'
            | '-currency'
            | 'reports'
            | '-reports'
            | 'attributed'
            | '-attributed'
            | 'problems'
            | '-problems'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv';
          network?: string;
          channel?: string;
          offer_id?: string;
          campaign_id?: string;
          creative_id?: string;
          variant_id?: string;
          domain?: string;
          event?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                /** As `network` in the report said; empty where it said nothing */
                network: string;
                /** All reports in this currency, whatever became of them, and each line of a refund */
                reports: number;
                /** Reports that are credited */
                attributed: number;
                /** Reports that are credited to nothing, or that something is wrong with */
                problems: number;
                /** problems / reports */
                problem_share: number;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              /** Over all rows, by currency */
              totals: {
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              page: number;
              per_page: number;
              total_rows: number;
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/channels': {
    /** Conversions and money by the channel that they came in by */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          money_by?: 'click' | 'conversion';
          sort?:
            | 'channel'
            | '-channel'
            | 'currency'
            | '-currency'
            | 'reports'
            | '-reports'
            | 'attributed'
            | '-attributed'
            | 'problems'
            | '-problems'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv';
          network?: string;
          channel?: string;
          offer_id?: string;
          campaign_id?: string;
          creative_id?: string;
          variant_id?: string;
          domain?: string;
          event?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                /** conv, offer, coupon, pixel or api */
                channel: string;
                /** All reports in this currency, whatever became of them, and each line of a refund */
                reports: number;
                /** Reports that are credited */
                attributed: number;
                /** Reports that are credited to nothing, or that something is wrong with */
                problems: number;
                /** problems / reports */
                problem_share: number;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              /** Over all rows, by currency */
              totals: {
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              page: number;
              per_page: number;
              total_rows: number;
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/payouts': {
    /** Conversions, and what they pay, by offer and advertising network */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          money_by?: 'click' | 'conversion';
          sort?:
            | 'offer_id'
            | '-offer_id'
            | 'network'
            | '-network'
            | 'currency'
            | '-currency'
            | 'reports'
            | '-reports'
            | 'attributed'
            | '-attributed'
            | 'problems'
            | '-problems'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv';
          network?: string;
          channel?: string;
          offer_id?: string;
          campaign_id?: string;
          creative_id?: string;
          variant_id?: string;
          domain?: string;
          event?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                /** Empty where the report named none that is known */
                offer_id: string;
                /** Of the offer */
                name: string;
                /** As `network` in the report said; empty where it said nothing */
                network: string;
                /** All reports in this currency, whatever became of them, and each line of a refund */
                reports: number;
                /** Reports that are credited */
                attributed: number;
                /** Reports that are credited to nothing, or that something is wrong with */
                problems: number;
                /** problems / reports */
                problem_share: number;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              /** Over all rows, by currency */
              totals: {
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              page: number;
              per_page: number;
              total_rows: number;
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/conversion-days': {
    /** Conversions and money by day of click and day of conversion */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          money_by?: 'click' | 'conversion';
          sort?:
            | 'click_day'
            | '-click_day'
            | 'conversion_day'
            | '-conversion_day'
            | 'currency'
            | '-currency'
            | 'conversions'
            | '-conversions'
            | 'revenue'
            | '-revenue'
            | 'payout'
            | '-payout'
            | 'sales'
            | '-sales'
            | 'refunds'
            | '-refunds';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv';
          network?: string;
          channel?: string;
          offer_id?: string;
          campaign_id?: string;
          creative_id?: string;
          variant_id?: string;
          domain?: string;
          event?: string;
          currency?: string;
          bom?: '0' | '1';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                /** Day of the click that earned it, in tz; of the message, for a coupon */
                click_day: string;
                /** Day of the conversion, in tz */
                conversion_day: string;
                /** Days from one to the other */
                days: number;
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              /** Over all rows, by currency */
              totals: {
                /** Currency of the money in this row; empty without money */
                currency: string;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Paid for conversions; payouts for clicks are in the other reports: a decimal string with 2 to 6 decimals */
                payout: string;
                /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                sales: string;
                /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                refunds: string;
              }[];
              page: number;
              per_page: number;
              total_rows: number;
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/annotations': {
    /** List annotations, by their time */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              annotations: Annotation[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Note what happened at a time */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** The time that it is about, past or to come */
            at: string;
            /** One line; it is kept when a contact is erased, so name none */
            text: string;
            /** The campaign whose charts alone show it; null: all charts of the account */
            campaign_id?: string | null;
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Annotation } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/annotations/{annotation_id}': {
    get?: never;
    put?: never;
    post?: never;
    /** Remove an annotation */
    delete: {
      parameters: {
        query?: never;
        path: {
          annotation_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              annotation_id: string;
              removed: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change an annotation */
    patch: {
      parameters: {
        query?: never;
        path: {
          annotation_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** The time that it is about, past or to come */
            at?: string;
            /** One line; it is kept when a contact is erased, so name none */
            text?: string;
            /** The campaign whose charts alone show it; null: all charts of the account */
            campaign_id?: string | null;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Annotation } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/views': {
    /** List the saved views that the caller sees, by name */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              views: View[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Save a view */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name: string;
            /** A page of the console, such as `/` or `/campaigns` */
            path: string;
            /** The parameters of its address: range, filters, sorting */
            query?: Record<string, string>;
            /** Its range is always the last so many days, today included, by the account’s clocks; null: the dates in `query` */
            days?: number | null;
            /** Seen by the member who makes it only; a key can make none that is private */
            private?: boolean;
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': View } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/views/{view_id}': {
    /** Read a saved view */
    get: {
      parameters: {
        query?: never;
        path: {
          view_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': View } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Remove a view that nobody reads by its address or by mail any more */
    delete: {
      parameters: {
        query?: never;
        path: {
          view_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              view_id: string;
              removed: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Rename a view, or change what it shows */
    patch: {
      parameters: {
        query?: never;
        path: {
          view_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** A page of the console, such as `/` or `/campaigns` */
            path?: string;
            /** The parameters of its address: range, filters, sorting */
            query?: Record<string, string>;
            /** Its range is always the last so many days, today included, by the account’s clocks; null: the dates in `query` */
            days?: number | null;
            /** Seen by the member who makes it only; a key can make none that is private */
            private?: boolean;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': View } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/views/{view_id}/share': {
    get?: never;
    put?: never;
    /** Share the report of a view by a secret address */
    post: {
      parameters: {
        query?: never;
        path: {
          view_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Columns of the reports that are shown; all others stay in the account */
            columns: (
              | 'sent'
              | 'clicks_total'
              | 'clicks_human'
              | 'clicks_bot'
              | 'clicks_unique'
              | 'click_rate'
              | 'currency'
              | 'conversions'
              | 'revenue'
              | 'payout'
              | 'epc'
              | 'cvr'
              | 'message_cvr'
              | 'rpm'
              | 'sales'
              | 'refunds'
              | 'delivered'
              | 'failed'
              | 'opt_outs'
              | 'delivery_rate'
              | 'click_rate_delivered'
              | 'view_conversions'
              | 'view_revenue'
            )[];
            /** When the address stops showing anything; null: when it is turned off */
            expires_at?: string | null;
            /** Asked for before anything is shown; null: the address is enough */
            password?: string | null;
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': View } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    /** End a shared address for good: it never shows anything again */
    delete: {
      parameters: {
        query?: never;
        path: {
          view_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': View } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Turn a shared address off or on, or change its columns, its end or its password */
    patch: {
      parameters: {
        query?: never;
        path: {
          view_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** false: the address shows nothing until it is true again */
            enabled?: boolean;
            /** Columns of the reports that are shown; all others stay in the account */
            columns?: (
              | 'sent'
              | 'clicks_total'
              | 'clicks_human'
              | 'clicks_bot'
              | 'clicks_unique'
              | 'click_rate'
              | 'currency'
              | 'conversions'
              | 'revenue'
              | 'payout'
              | 'epc'
              | 'cvr'
              | 'message_cvr'
              | 'rpm'
              | 'sales'
              | 'refunds'
              | 'delivered'
              | 'failed'
              | 'opt_outs'
              | 'delivery_rate'
              | 'click_rate_delivered'
              | 'view_conversions'
              | 'view_revenue'
            )[];
            /** When the address stops showing anything; null: when it is turned off */
            expires_at?: string | null;
            /** Asked for before anything is shown; null: the address is enough */
            password?: string | null;
            /** Gives it another address; the one before shows nothing any more */
            new_address?: true;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': View } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/schedules': {
    /** List the scheduled reports, oldest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              schedules: Schedule[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Schedule the report of a saved view */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            view_id: string;
            /** Of which finished period, and how often: each hour (UTC), day, week or month */
            every: 'hour' | 'day' | 'week' | 'month';
            /** On the account’s clocks; of an hourly one it says nothing */
            hour?: number;
            /** Of a weekly one: 1 Monday to 7 Sunday */
            weekday?: number;
            /** Of a monthly one */
            month_day?: number;
            /** Columns of the reports that are shown; all others stay in the account */
            columns: (
              | 'sent'
              | 'clicks_total'
              | 'clicks_human'
              | 'clicks_bot'
              | 'clicks_unique'
              | 'click_rate'
              | 'currency'
              | 'conversions'
              | 'revenue'
              | 'payout'
              | 'epc'
              | 'cvr'
              | 'message_cvr'
              | 'rpm'
              | 'sales'
              | 'refunds'
              | 'delivered'
              | 'failed'
              | 'opt_outs'
              | 'delivery_rate'
              | 'click_rate_delivered'
              | 'view_conversions'
              | 'view_revenue'
            )[];
            /** Makes it an alert: it is sent when this comes true, and again only after it was not true in between. null: it is sent in any case */
            only_if?: {
              /** One of `columns`: its total */
              measure:
                | 'sent'
                | 'clicks_total'
                | 'clicks_human'
                | 'clicks_bot'
                | 'clicks_unique'
                | 'click_rate'
                | 'conversions'
                | 'revenue'
                | 'payout'
                | 'epc'
                | 'cvr'
                | 'message_cvr'
                | 'rpm'
                | 'sales'
                | 'refunds'
                | 'delivered'
                | 'failed'
                | 'opt_outs'
                | 'delivery_rate'
                | 'click_rate_delivered'
                | 'view_conversions'
                | 'view_revenue';
              /** below, above: the figure itself. fallen, risen: its change against the period before */
              is: 'below' | 'above' | 'fallen' | 'risen';
              /** Of below and above in the unit of the measure, a rate as a share of 1 (0.05 is 5 %). Of fallen and risen: percent of the figure before, from which on it holds */
              value: number;
              /** Of an amount of money */
              currency?: string;
            } | null;
            /** An address that is no member’s is asked first, and gets nothing before it has confirmed */
            recipients?: string[];
            /** An incoming webhook of Slack, or of a chat that takes the same; it is kept encrypted, and not shown again */
            chat_url?: string | null;
            /** Whether mails have the rows as a file */
            attach_csv?: boolean;
            /** Of its mails and messages, also of those that ask to confirm */
            language?: 'en' | 'de';
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Schedule } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/schedules/{schedule_id}': {
    /** Read a scheduled report */
    get: {
      parameters: {
        query?: never;
        path: {
          schedule_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Schedule } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Remove a scheduled report */
    delete: {
      parameters: {
        query?: never;
        path: {
          schedule_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              schedule_id: string;
              removed: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change a scheduled report, or pause it */
    patch: {
      parameters: {
        query?: never;
        path: {
          schedule_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Of which finished period, and how often: each hour (UTC), day, week or month */
            every?: 'hour' | 'day' | 'week' | 'month';
            /** On the account’s clocks; of an hourly one it says nothing */
            hour?: number;
            /** Of a weekly one: 1 Monday to 7 Sunday */
            weekday?: number;
            /** Of a monthly one */
            month_day?: number;
            /** Columns of the reports that are shown; all others stay in the account */
            columns?: (
              | 'sent'
              | 'clicks_total'
              | 'clicks_human'
              | 'clicks_bot'
              | 'clicks_unique'
              | 'click_rate'
              | 'currency'
              | 'conversions'
              | 'revenue'
              | 'payout'
              | 'epc'
              | 'cvr'
              | 'message_cvr'
              | 'rpm'
              | 'sales'
              | 'refunds'
              | 'delivered'
              | 'failed'
              | 'opt_outs'
              | 'delivery_rate'
              | 'click_rate_delivered'
              | 'view_conversions'
              | 'view_revenue'
            )[];
            /** Makes it an alert: it is sent when this comes true, and again only after it was not true in between. null: it is sent in any case */
            only_if?: {
              /** One of `columns`: its total */
              measure:
                | 'sent'
                | 'clicks_total'
                | 'clicks_human'
                | 'clicks_bot'
                | 'clicks_unique'
                | 'click_rate'
                | 'conversions'
                | 'revenue'
                | 'payout'
                | 'epc'
                | 'cvr'
                | 'message_cvr'
                | 'rpm'
                | 'sales'
                | 'refunds'
                | 'delivered'
                | 'failed'
                | 'opt_outs'
                | 'delivery_rate'
                | 'click_rate_delivered'
                | 'view_conversions'
                | 'view_revenue';
              /** below, above: the figure itself. fallen, risen: its change against the period before */
              is: 'below' | 'above' | 'fallen' | 'risen';
              /** Of below and above in the unit of the measure, a rate as a share of 1 (0.05 is 5 %). Of fallen and risen: percent of the figure before, from which on it holds */
              value: number;
              /** Of an amount of money */
              currency?: string;
            } | null;
            /** An address that is no member’s is asked first, and gets nothing before it has confirmed */
            recipients?: string[];
            /** An incoming webhook of Slack, or of a chat that takes the same; it is kept encrypted, and not shown again */
            chat_url?: string | null;
            /** Whether mails have the rows as a file */
            attach_csv?: boolean;
            /** Of its mails and messages, also of those that ask to confirm */
            language?: 'en' | 'de';
            status?: 'active' | 'paused';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Schedule } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/schedules/{schedule_id}/send': {
    get?: never;
    put?: never;
    /** Send a scheduled report now, of the last finished period */
    post: {
      parameters: {
        query?: never;
        path: {
          schedule_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              schedule_id: string;
              queued: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/exports': {
    /** List the exports, newest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              exports: Export[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Export rows, once or every hour */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            datasets: ('clicks' | 'sends' | 'deliveries' | 'conversions' | 'verdicts' | 'contacts')[];
            format?: 'parquet' | 'csv' | 'ndjson';
            /** Of csv and ndjson; Parquet compresses itself */
            compression?: 'none' | 'gzip';
            /** once: a range. hour: each hour what was stored in it, also of earlier events, until it is removed */
            every?: 'once' | 'hour';
            /** Date or ISO 8601 time. Default: 30 days before to; of an hourly one: the hour that goes on */
            from?: string;
            /** A plain date includes that day. Default: now; of an hourly one: never */
            to?: string;
            /** Of dates. Default: the account’s */
            tz?: string;
            /** event (default): what happened in the range. sent: what came of messages sent in it. Not of an hourly one */
            range_by?: 'event' | 'sent';
            /** Only lines with one of these values. Each dataset has to have the columns that are named */
            filters?: {
              campaign_id?: string[];
              variant_id?: string[];
              creative_id?: string[];
              offer_id?: string[];
              domain?: string[];
              country?: string[];
              verdict?: string[];
              event?: string[];
            };
            /** folder: on the server, from where `GET …/file` reads it. s3: a bucket of S3-compatible storage, with its name and keys */
            destination?: {
              kind: 'folder' | 's3';
              bucket?: string;
              /** Names begin with it, and with the export’s id */
              prefix?: string;
              /** Default: us-east-1 */
              region?: string;
              /** Of the server. Default: Amazon’s, by the region */
              endpoint?: string;
              access_key_id?: string;
              /** Both keys are kept encrypted, and never shown */
              secret_access_key?: string;
            };
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { 'application/json': Export } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/exports/{export_id}': {
    /** Read an export and its progress */
    get: {
      parameters: {
        query?: never;
        path: {
          export_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Export } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** End an export and remove it */
    delete: {
      parameters: {
        query?: never;
        path: {
          export_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              export_id: string;
              removed: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Pause an export, take it up again, or give it other keys */
    patch: {
      parameters: {
        query?: never;
        path: {
          export_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** active: goes on where it stands, also after it was given up */
            status?: 'active' | 'paused';
            /** Other keys for the same bucket */
            keys?: {
              access_key_id: string;
              secret_access_key: string;
            };
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Export } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/exports/{export_id}/files': {
    /** List the files of an export, newest windows first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path: {
          export_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              files: ExportFile[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/exports/{export_id}/file': {
    /** Read a file of an export below EXPORT_DIR */
    get: {
      parameters: {
        query?: {
          name?: string;
        };
        path: {
          export_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': string } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks': {
    /** List webhooks and postbacks, oldest first */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              webhooks: Webhook[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Have events sent to an address */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Default: the host */
            name?: string;
            /** webhook: signed events, as Standard Webhooks has them; postback: a partner’s own request */
            kind?: 'webhook' | 'postback';
            /** Where it goes, https://…; of a postback with macros such as {{sub1}} behind the host. It is kept encrypted, and shown only to who may change it */
            url: string;
            events: (
              | 'click.human'
              | 'click.first'
              | 'click.bot'
              | 'conversion.booked'
              | 'conversion.reversed'
              | 'verdict.changed'
            )[];
            /** Only events that have one of the values in each of the named fields; {}: all */
            filter?: {
              offer_id?: string[];
              campaign_id?: string[];
              creative_id?: string[];
              variant_id?: string[];
              /** ISO 3166, such as US */
              country?: string[];
              /** human, bot */
              verdict?: string[];
              domain?: string[];
              /** Of a conversion: sale, lead …; no click has one */
              event?: string[];
              /** The tap brought one of these parameters, such as fbclid */
              parameter?: string[];
            };
            /** Of the data of an event, what is sent; null: everything. Of a webhook */
            fields?:
              | (
                  | 'click_id'
                  | 'link_id'
                  | 'message_id'
                  | 'contact_id'
                  | 'campaign_id'
                  | 'variant_id'
                  | 'creative_id'
                  | 'offer_id'
                  | 'domain'
                  | 'clicked_at'
                  | 'verdict'
                  | 'verdict_before'
                  | 'is_first_before'
                  | 'is_first_for_offer_before'
                  | 'payout_before'
                  | 'bot_reasons'
                  | 'is_first'
                  | 'is_first_for_offer'
                  | 'country'
                  | 'device'
                  | 'os'
                  | 'browser'
                  | 'query'
                  | 'conversion_id'
                  | 'event'
                  | 'txn_id'
                  | 'revenue'
                  | 'payout'
                  | 'currency'
                  | 'status'
                  | 'sign'
                  | 'converted_at'
                )[]
              | null;
            /** Up to so many events in one request, collected for up to a second; null: one each. Of a webhook */
            batch?: {
              events_max: number;
            } | null;
            /** Of a postback: how the request is made */
            template?: {
              preset?: 'everflow' | 'voluum' | 'keitaro' | 'redtrack' | 'meta' | 'tiktok' | 'custom';
              method?: 'GET' | 'POST';
              /** By name; values are kept encrypted and never shown. In a change, null keeps the value that is there */
              headers?: Record<string, string | null>;
              /** Of a POST, with macros */
              body?: string;
              content_type?: 'application/json' | 'application/x-www-form-urlencoded';
            };
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              webhook_id: string;
              name: string;
              kind: 'webhook' | 'postback';
              host: string;
              /** null for who may not change it, and in lists */
              url: string | null;
              events: (
                | 'click.human'
                | 'click.first'
                | 'click.bot'
                | 'conversion.booked'
                | 'conversion.reversed'
                | 'verdict.changed'
              )[];
              filter: {
                offer_id?: string[];
                campaign_id?: string[];
                creative_id?: string[];
                variant_id?: string[];
                /** ISO 3166, such as US */
                country?: string[];
                /** human, bot */
                verdict?: string[];
                domain?: string[];
                /** Of a conversion: sale, lead …; no click has one */
                event?: string[];
                /** The tap brought one of these parameters, such as fbclid */
                parameter?: string[];
              };
              fields: string[] | null;
              batch: {
                events_max: number;
              } | null;
              template: {
                preset: string;
                method: 'GET' | 'POST';
                /** Their names; values are not shown */
                headers: string[];
                body: string;
                content_type: string;
              } | null;
              status: 'active' | 'paused';
              paused: {
                /** request: somebody paused it; failing: nothing was delivered for three days; gone: it answered 410; full: too much waited. Set status to active to go on */
                reason: 'request' | 'failing' | 'gone' | 'full';
                at: string;
              } | null;
              /** When its secrets were made; the secrets are not shown */
              secrets: {
                created_at: string;
                /** Until when it signs too, after a rotation */
                expires_at: string | null;
              }[];
              /** Of the last 30 days; null while ClickHouse can not be asked */
              state: {
                /** Messages that were not delivered yet and are still tried */
                waiting: number;
                /** Of its newest message; 0: none in 30 days */
                last_sequence: number;
                last_delivered_at: string | null;
                last_attempt: {
                  at: string;
                  status: number;
                  outcome: string;
                  error: string;
                } | null;
                /** First try that failed since the last delivery */
                failing_since: string | null;
              } | null;
              created_by: string;
              created_at: string;
              updated_at: string;
              /** whsec_…, by which requests are verified: shown this once. null for a postback, which is not signed */
              secret: string | null;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/options': {
    /** What a webhook can be made of: events, fields, macros, partners’ templates */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              events: (
                | 'click.human'
                | 'click.first'
                | 'click.bot'
                | 'conversion.booked'
                | 'conversion.reversed'
                | 'verdict.changed'
              )[];
              /** What an event’s data has, and what it means */
              fields: Record<string, string>;
              /** What a postback’s macros stand for */
              macros: Record<string, string>;
              presets: {
                preset: string;
                name: string;
                /** Where the partner documents it; empty for the custom one */
                documented_at: string;
                url: string;
                method: 'GET' | 'POST';
                headers: Record<string, string>;
                body: string;
                content_type: 'application/json' | 'application/x-www-form-urlencoded';
                events: (
                  | 'click.human'
                  | 'click.first'
                  | 'click.bot'
                  | 'conversion.booked'
                  | 'conversion.reversed'
                  | 'verdict.changed'
                )[];
                /** The parameter behind the link that brings the partner’s click id */
                click_parameter: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/{webhook_id}': {
    /** Read a webhook */
    get: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Webhook } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Remove a webhook */
    delete: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              webhook_id: string;
              removed: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    /** Change a webhook, pause it, or have it go on */
    patch: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            name?: string;
            /** Where it goes, https://…; of a postback with macros such as {{sub1}} behind the host. It is kept encrypted, and shown only to who may change it */
            url?: string;
            events?: (
              | 'click.human'
              | 'click.first'
              | 'click.bot'
              | 'conversion.booked'
              | 'conversion.reversed'
              | 'verdict.changed'
            )[];
            /** Only events that have one of the values in each of the named fields; {}: all */
            filter?: {
              offer_id?: string[];
              campaign_id?: string[];
              creative_id?: string[];
              variant_id?: string[];
              /** ISO 3166, such as US */
              country?: string[];
              /** human, bot */
              verdict?: string[];
              domain?: string[];
              /** Of a conversion: sale, lead …; no click has one */
              event?: string[];
              /** The tap brought one of these parameters, such as fbclid */
              parameter?: string[];
            };
            /** Of the data of an event, what is sent; null: everything. Of a webhook */
            fields?:
              | (
                  | 'click_id'
                  | 'link_id'
                  | 'message_id'
                  | 'contact_id'
                  | 'campaign_id'
                  | 'variant_id'
                  | 'creative_id'
                  | 'offer_id'
                  | 'domain'
                  | 'clicked_at'
                  | 'verdict'
                  | 'verdict_before'
                  | 'is_first_before'
                  | 'is_first_for_offer_before'
                  | 'payout_before'
                  | 'bot_reasons'
                  | 'is_first'
                  | 'is_first_for_offer'
                  | 'country'
                  | 'device'
                  | 'os'
                  | 'browser'
                  | 'query'
                  | 'conversion_id'
                  | 'event'
                  | 'txn_id'
                  | 'revenue'
                  | 'payout'
                  | 'currency'
                  | 'status'
                  | 'sign'
                  | 'converted_at'
                )[]
              | null;
            /** Up to so many events in one request, collected for up to a second; null: one each. Of a webhook */
            batch?: {
              events_max: number;
            } | null;
            /** Of a postback: how the request is made */
            template?: {
              preset?: 'everflow' | 'voluum' | 'keitaro' | 'redtrack' | 'meta' | 'tiktok' | 'custom';
              method?: 'GET' | 'POST';
              /** By name; values are kept encrypted and never shown. In a change, null keeps the value that is there */
              headers?: Record<string, string | null>;
              /** Of a POST, with macros */
              body?: string;
              content_type?: 'application/json' | 'application/x-www-form-urlencoded';
            };
            status?: 'active' | 'paused';
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Webhook } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    trace?: never;
  };
  '/v2/webhooks/{webhook_id}/rotate': {
    get?: never;
    put?: never;
    /** Replace the secret of a webhook */
    post: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              webhook_id: string;
              secret: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/preview': {
    get?: never;
    put?: never;
    /** Show the request that a webhook would make */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Default: the host */
            name?: string;
            /** webhook: signed events, as Standard Webhooks has them; postback: a partner’s own request */
            kind?: 'webhook' | 'postback';
            /** Where it goes, https://…; of a postback with macros such as {{sub1}} behind the host. It is kept encrypted, and shown only to who may change it */
            url: string;
            events: (
              | 'click.human'
              | 'click.first'
              | 'click.bot'
              | 'conversion.booked'
              | 'conversion.reversed'
              | 'verdict.changed'
            )[];
            /** Only events that have one of the values in each of the named fields; {}: all */
            filter?: {
              offer_id?: string[];
              campaign_id?: string[];
              creative_id?: string[];
              variant_id?: string[];
              /** ISO 3166, such as US */
              country?: string[];
              /** human, bot */
              verdict?: string[];
              domain?: string[];
              /** Of a conversion: sale, lead …; no click has one */
              event?: string[];
              /** The tap brought one of these parameters, such as fbclid */
              parameter?: string[];
            };
            /** Of the data of an event, what is sent; null: everything. Of a webhook */
            fields?:
              | (
                  | 'click_id'
                  | 'link_id'
                  | 'message_id'
                  | 'contact_id'
                  | 'campaign_id'
                  | 'variant_id'
                  | 'creative_id'
                  | 'offer_id'
                  | 'domain'
                  | 'clicked_at'
                  | 'verdict'
                  | 'verdict_before'
                  | 'is_first_before'
                  | 'is_first_for_offer_before'
                  | 'payout_before'
                  | 'bot_reasons'
                  | 'is_first'
                  | 'is_first_for_offer'
                  | 'country'
                  | 'device'
                  | 'os'
                  | 'browser'
                  | 'query'
                  | 'conversion_id'
                  | 'event'
                  | 'txn_id'
                  | 'revenue'
                  | 'payout'
                  | 'currency'
                  | 'status'
                  | 'sign'
                  | 'converted_at'
                )[]
              | null;
            /** Up to so many events in one request, collected for up to a second; null: one each. Of a webhook */
            batch?: {
              events_max: number;
            } | null;
            /** Of a postback: how the request is made */
            template?: {
              preset?: 'everflow' | 'voluum' | 'keitaro' | 'redtrack' | 'meta' | 'tiktok' | 'custom';
              method?: 'GET' | 'POST';
              /** By name; values are kept encrypted and never shown. In a change, null keeps the value that is there */
              headers?: Record<string, string | null>;
              /** Of a POST, with macros */
              body?: string;
              content_type?: 'application/json' | 'application/x-www-form-urlencoded';
            };
            /** Default: the first of its events */
            type?:
              | 'click.human'
              | 'click.first'
              | 'click.bot'
              | 'conversion.booked'
              | 'conversion.reversed'
              | 'verdict.changed';
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              method: 'GET' | 'POST';
              url: string;
              /** Values of a postback’s own headers are … */
              headers: Record<string, string>;
              body: string;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/{webhook_id}/test': {
    get?: never;
    put?: never;
    /** Send a test event to a webhook at once */
    post: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Default: the first of its events */
            type?:
              | 'click.human'
              | 'click.first'
              | 'click.bot'
              | 'conversion.booked'
              | 'conversion.reversed'
              | 'verdict.changed';
          } | null;
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** Whether the answer was 2xx */
              delivered: boolean;
              /** 0: no answer came */
              status: number;
              duration_ms: number;
              /** Why it was not delivered; empty where it was */
              error: string;
              /** The first 1000 bytes of the answer */
              answer: string;
              request: {
                method: 'GET' | 'POST';
                url: string;
                /** Values of a postback’s own headers are … */
                headers: Record<string, string>;
                body: string;
              };
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/{webhook_id}/deliveries': {
    /** Search what was sent to a webhook, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          from?: string;
          to?: string;
          tz?: string;
          state?: 'waiting' | 'again' | 'delivered' | 'failed' | 'ended';
          type?:
            | 'click.human'
            | 'click.first'
            | 'click.bot'
            | 'conversion.booked'
            | 'conversion.reversed'
            | 'verdict.changed';
          id?: string;
        };
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              deliveries: WebhookDelivery[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/{webhook_id}/deliveries/{message_id}': {
    /** Read one message, what it says, and every try to send it */
    get: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
          message_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** webhook-id of its requests */
              message_id: string;
              /** webhook-sequence of its requests */
              sequence: number;
              events: number;
              /** The first of them */
              event_ids: string[];
              types: (
                | 'click.human'
                | 'click.first'
                | 'click.bot'
                | 'conversion.booked'
                | 'conversion.reversed'
                | 'verdict.changed'
              )[];
              /** When its first event happened */
              happened_at: string;
              made_at: string;
              state: 'waiting' | 'again' | 'delivered' | 'failed' | 'ended';
              attempts: number;
              /** The last try; null before the first */
              last: {
                at: string;
                /** 0: no answer came */
                status: number;
                duration_ms: number;
                error: string;
              } | null;
              /** When it is tried again */
              next_at: string | null;
              tries: {
                at: string;
                /** 0: no answer came */
                status: number;
                duration_ms: number;
                error: string;
                /** Which try of the message it was, from 1 */
                n: number;
                /** delivered, again, failed or ended */
                outcome: string;
                next_at: string | null;
                /** The replay that it was of; empty for none */
                replay: string;
              }[];
              payload: {
                id: string;
                type:
                  | 'click.human'
                  | 'click.first'
                  | 'click.bot'
                  | 'conversion.booked'
                  | 'conversion.reversed'
                  | 'verdict.changed';
                timestamp: string;
                data: Record<string, unknown>;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/webhooks/{webhook_id}/replay': {
    get?: never;
    put?: never;
    /** Send messages of the last 30 days again */
    post: {
      parameters: {
        query?: never;
        path: {
          webhook_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Of messages or events */
            ids?: string[];
            /** By when the message was made */
            from?: string;
            /** Not included */
            to?: string;
          };
        };
      };
      responses: {
        202: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              replay_id: string;
              /** How many are sent again, under their own ids and sequence numbers */
              messages: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/google-ads.csv': {
    /** Conversions as the file that Google Ads imports */
    get: {
      parameters: {
        query: {
          conversion_name: string;
          from?: string;
          to?: string;
          tz?: string;
          offer_id?: string;
          event?: 'sale' | 'rebill' | 'lead' | 'install' | 'signup' | 'refund' | 'chargeback' | 'void';
          click_ids?: 'gclid' | 'all';
          ad_user_data?: 'granted' | 'denied';
          ad_personalization?: 'granted' | 'denied';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'text/csv': string } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/alerts': {
    /** Offers that have gone silent, problems that rise, and people who are turned away */
    get: {
      parameters: {
        query?: {
          offer_id?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** The most certain first */
              alerts: {
                kind: 'offer_silent' | 'problems_rising' | 'people_refused';
                /** Empty for refused reports, which are counted for the whole account */
                offer_id: string;
                /** Name of the offer */
                name: string | null;
                /** ISO 8601 UTC */
                since: string;
                /** Conversions, problems, or refused taps of people, that were to be expected since then */
                expected: number;
                /** Those that were seen */
                seen: number;
                /** The chance of this without a fault */
                probability: number;
                /** What to look at */
                hint: string;
              }[];
              as_of: string;
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/bots': {
    /** Bot clicks by reason, kind, network, country, hour, time after the send, or what was sent */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          by?:
            | 'reason'
            | 'kind'
            | 'asn'
            | 'country'
            | 'hour'
            | 'delay'
            | 'campaign_id'
            | 'creative_id'
            | 'offer_id'
            | 'domain';
          campaign_id?: string;
          offer_id?: string;
          creative_id?: string;
          limit?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                /** With by=reason */
                reason?: string;
                /** With by=kind */
                kind?: string;
                /** With by=asn: autonomous system number of the network */
                asn?: number;
                /** With by=country: ISO 3166 */
                country?: string;
                /** With by=hour: start of the hour */
                hour?: string;
                /** With by=delay: least seconds from the send to the click, one of -1, 0, 1, 2, 5, 10, 30, 60, 300, 1800, 3600, 21600, 86400; -1: before the send */
                delay?: number;
                /** With by=campaign_id; empty without one */
                campaign_id?: string;
                /** With by=creative_id; empty without one */
                creative_id?: string;
                /** With by=offer_id; empty without one */
                offer_id?: string;
                /** With by=domain: the host that was tapped */
                domain?: string;
                /** Who runs a network; name of a campaign, creative or offer in the catalog; null without */
                name?: string | null;
                clicks_bot: number;
                /** Not with by=reason and by=kind */
                clicks_total?: number;
              }[];
              /** The range that the rows cover, UTC */
              range: {
                from: string;
                to: string;
                tz: string;
              };
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/suspicious': {
    /** Share of suspicious first clicks by campaign */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          limit?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                campaign_id: string;
                clicks_unique: number;
                /** First clicks with one weak reason for a bot */
                suspicious: number;
                /** suspicious / clicks_unique */
                share: number;
              }[];
              /** The range that the rows cover, UTC */
              range: {
                from: string;
                to: string;
                tz: string;
              };
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/addresses': {
    /** Addresses that opened the links of many recipients */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          recipients_min?: number;
          limit?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                ip: string;
                asn: number;
                country: string;
                recipients: number;
                links: number;
                clicks_total: number;
                clicks_bot: number;
                user_agents: number;
                first_at: string;
                last_at: string;
              }[];
              /** The range that the rows cover, UTC */
              range: {
                from: string;
                to: string;
                tz: string;
              };
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/attribution/preview': {
    get?: never;
    put?: never;
    /** Compute what another attribution would change in a range, without saving it */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            model: 'first_click' | 'last_click' | 'view_through';
            /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
            window_days?: number;
            /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
            view_window_hours?: number;
            /** Date or ISO 8601 time of conversions, by their own time */
            from: string;
            /** The same; a plain date includes that day. Default: now */
            to?: string;
            tz?: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              offer_id: string;
              model: 'first_click' | 'last_click' | 'view_through';
              from: string;
              to: string;
              /** Conversions that count in the range now */
              conversions: number;
              /** What would change, by kind and currency */
              totals: {
                /** moved: to another click; gained: it is credited to no click now; lost: it would be credited to none; with _view: of messages that were delivered and not tapped, which count in view_conversions */
                kind: 'moved' | 'gained' | 'lost' | 'moved_view' | 'gained_view' | 'lost_view';
                currency: string;
                /** Conversions; a refund that moves with its sale is revenue alone */
                conversions: number;
                /** Sales less refunds */
                revenue: string;
              }[];
              /** By campaigns, the largest 100; '' is none */
              campaigns: {
                /** moved: to another click; gained: it is credited to no click now; lost: it would be credited to none; with _view: of messages that were delivered and not tapped, which count in view_conversions */
                kind: 'moved' | 'gained' | 'lost' | 'moved_view' | 'gained_view' | 'lost_view';
                from_campaign_id: string;
                to_campaign_id: string;
                currency: string;
                /** Conversions; a refund that moves with its sale is revenue alone */
                conversions: number;
                /** Sales less refunds */
                revenue: string;
              }[];
              /** By messages, the largest 100; '' is none */
              messages: {
                /** moved: to another click; gained: it is credited to no click now; lost: it would be credited to none; with _view: of messages that were delivered and not tapped, which count in view_conversions */
                kind: 'moved' | 'gained' | 'lost' | 'moved_view' | 'gained_view' | 'lost_view';
                from_campaign_id: string;
                to_campaign_id: string;
                from_message_id: string;
                to_message_id: string;
                currency: string;
                /** Conversions; a refund that moves with its sale is revenue alone */
                conversions: number;
                /** Sales less refunds */
                revenue: string;
              }[];
              /** Rows that `campaigns` would have */
              campaigns_total: number;
              /** Rows that `messages` would have */
              messages_total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/attribution/rebook': {
    get?: never;
    put?: never;
    /** Book a past range of conversions anew, by another attribution */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            model: 'first_click' | 'last_click' | 'view_through';
            /** Longest time from the click to the conversion. Left out: click_window_days of the offer */
            window_days?: number;
            /** Of view_through: longest time from the delivery to the conversion. Left out: 24 */
            view_window_hours?: number;
            /** Date or ISO 8601 time of conversions, by their own time */
            from: string;
            /** The same; a plain date includes that day. Default: now */
            to?: string;
            tz?: string;
          };
        };
      };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Rebooking } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/attribution/rebookings': {
    /** List the ranges that were booked anew, newest first */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rebookings: Rebooking[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/attribution/rebookings/{booking}': {
    /** Read the progress of a range that is booked anew */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
          booking: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Rebooking } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/offers/{id}/attribution/rebookings/{booking}/undo': {
    get?: never;
    put?: never;
    /** Book a range back to what it was credited by before */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
          booking: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Rebooking } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/rejudgements': {
    /** List rejudgements, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rejudgements: Rejudgement[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Rejudge a range of clicks under the current rules */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Date or ISO 8601 time; whole quarter hours are judged */
            from: string;
            /** The same; a plain date includes that day. Default: now */
            to?: string;
            tz?: string;
          };
        };
      };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Rejudgement } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/accounts/{id}/rejudgements': {
    get?: never;
    put?: never;
    /** Rejudge a range of clicks of any account */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Date or ISO 8601 time; whole quarter hours are judged */
            from: string;
            /** The same; a plain date includes that day. Default: now */
            to?: string;
            tz?: string;
          };
        };
      };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': Rejudgement } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/rejudgements/{id}': {
    /** Read the progress of a rejudgement */
    get: {
      parameters: {
        query?: never;
        path: {
          id: number;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Rejudgement } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/accounts/{id}/rejudgements/{rejudgement}': {
    /** Read the progress of a rejudgement of any account */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
          rejudgement: number;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Rejudgement } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/unattributed': {
    /** Conversions that are credited to nothing, by reason */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          offer_id?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              rows: {
                reason: string;
                offer_id: string;
                channel: string;
                event: string;
                currency: string;
                reports: number;
                /** Sum of the reported amounts */
                amount: string;
                first_received_at: string;
                last_received_at: string;
                /** The latest conversion of the row */
                example: {
                  conversion_id: string;
                  reported: string;
                  txn_id: string;
                };
                /** URL of the trace of the example */
                url: string;
              }[];
              /** Reports that count though something is wrong with them: the postback is to be mended */
              problems: {
                /** Such as txn_id={transaction_id}: a macro that the network did not fill in */
                problem: string;
                offer_id: string;
                channel: string;
                reports: number;
                last_received_at: string;
                /** The latest of them */
                conversion_id: string;
              }[];
              /** Refused reports of the whole account */
              refused: {
                day: string;
                error: string;
                reports: number;
              }[];
              reports: number;
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/refused': {
    /** Taps that did not reach the destination, by reason */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          offer_id?: string;
          campaign_id?: string;
          reason?:
            | 'disabled'
            | 'expired'
            | 'offer_paused'
            | 'offer_archived'
            | 'offer_unknown'
            | 'offer_capped'
            | 'account_suspended'
            | 'taken_down'
            | 'wrong_domain'
            | 'country_blocked'
            | 'opt_out';
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** The most frequent first, at most 1,000 */
              rows: {
                reason:
                  | 'disabled'
                  | 'expired'
                  | 'offer_paused'
                  | 'offer_archived'
                  | 'offer_unknown'
                  | 'offer_capped'
                  | 'account_suspended'
                  | 'taken_down'
                  | 'wrong_domain'
                  | 'country_blocked'
                  | 'opt_out';
                offer_id: string;
                offer_name: string | null;
                campaign_id: string;
                campaign_name: string | null;
                taps: number;
                /** Of these, judged human */
                people: number;
                /** Contacts among the people */
                contacts: number;
                first_tapped_at: string;
                last_tapped_at: string;
                /** Link of the latest tap */
                example_link_id: string;
                /** URL of the trace of that link */
                url: string;
              }[];
              taps: number;
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/countries': {
    /** Messages, and what became of them, by the country of their contacts */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          campaign_id?: string;
          domain?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** The country with the most messages first */
              rows: {
                /** Of the contact, ISO 3166, as the message’s field `country` says; empty where it says none */
                country: string;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; null with range_by=event */
                delivery_rate: number | null;
              }[];
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/breakdown': {
    /** What human clicks are made of: devices, systems, browsers, apps, countries, networks, hours, what was sent */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          measure?: 'clicks_human' | 'clicks_unique';
          rules_version?: string;
          by?:
            | 'device'
            | 'os'
            | 'browser'
            | 'in_app'
            | 'country'
            | 'network'
            | 'domain'
            | 'campaign_id'
            | 'variant_id'
            | 'creative_id'
            | 'offer_id'
            | 'hour_of_week'
            | 'hour'
            | 'day'
            | 'week'
            | 'month'
            | 'parameter';
          parameter?: string;
          limit?: number;
          format?: 'json' | 'csv';
          bom?: '0' | '1';
          campaign_id?: string;
          variant_id?: string;
          creative_id?: string;
          offer_id?: string;
          device?: string;
          os?: string;
          browser?: string;
          in_app?: string;
          country?: string;
          network?: string;
          domain?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              by:
                | 'device'
                | 'os'
                | 'browser'
                | 'in_app'
                | 'country'
                | 'network'
                | 'domain'
                | 'campaign_id'
                | 'variant_id'
                | 'creative_id'
                | 'offer_id'
                | 'hour_of_week'
                | 'hour'
                | 'day'
                | 'week'
                | 'month'
                | 'parameter';
              /** Most of the measure first; hours of the week and periods in their order */
              rows: {
                /** Of what `by` says; empty where clicks have none. A network is its number; an hour of the week is `Mon 00` (Monday from midnight on) to `Sun 23`, a period its start with the offset of tz */
                value: string;
                /** Organisation that runs a network; name of a campaign, creative or offer in the catalog; null of all others */
                name: string | null;
                /** Clicks judged human */
                clicks_human: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** The measure / that of the totals, from 0 to 1 */
                share: number;
              }[];
              /** Over all rows, also those beyond the limit */
              totals: {
                /** Clicks judged human */
                clicks_human: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
              };
              total_rows: number;
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/breakdowns': {
    /** Several breakdowns at once, of the same clicks */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          range_by?: 'sent' | 'event';
          measure?: 'clicks_human' | 'clicks_unique';
          rules_version?: string;
          by?: string;
          limit?: number;
          campaign_id?: string;
          variant_id?: string;
          creative_id?: string;
          offer_id?: string;
          device?: string;
          os?: string;
          browser?: string;
          in_app?: string;
          country?: string;
          network?: string;
          domain?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** In the order of `by` */
              breakdowns: {
                by:
                  | 'device'
                  | 'os'
                  | 'browser'
                  | 'in_app'
                  | 'country'
                  | 'network'
                  | 'domain'
                  | 'campaign_id'
                  | 'variant_id'
                  | 'creative_id'
                  | 'offer_id'
                  | 'hour_of_week'
                  | 'hour'
                  | 'day'
                  | 'week'
                  | 'month'
                  | 'parameter';
                /** Most of the measure first; hours of the week and periods in their order */
                rows: {
                  /** Of what `by` says; empty where clicks have none. A network is its number; an hour of the week is `Mon 00` (Monday from midnight on) to `Sun 23`, a period its start with the offset of tz */
                  value: string;
                  /** Organisation that runs a network; name of a campaign, creative or offer in the catalog; null of all others */
                  name: string | null;
                  /** Clicks judged human */
                  clicks_human: number;
                  /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                  clicks_unique: number;
                  /** The measure / that of the totals, from 0 to 1 */
                  share: number;
                }[];
                /** Over all rows, also those beyond the limit */
                totals: {
                  /** Clicks judged human */
                  clicks_human: number;
                  /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                  clicks_unique: number;
                };
                total_rows: number;
              }[];
              /** Versions of the bot rules under which the shown verdicts were given */
              rules_versions: string[];
              range: {
                from: string;
                to: string;
                tz: string;
                range_by: 'sent' | 'event';
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/cohorts': {
    /** Conversions and revenue by the period of the click and the days since */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          by?: 'day' | 'week' | 'month';
          campaign_id?: string;
          variant_id?: string;
          creative_id?: string;
          offer_id?: string;
          domain?: string;
          currency?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              by: 'day' | 'week' | 'month';
              /** Days since the click, by the calendar of tz, of each cell of a row; the last has no end */
              ages: {
                from: number;
                to: number | null;
              }[];
              /** Oldest first, without periods that have neither clicks nor money */
              rows: {
                /** First day of the period of the clicks */
                cohort: string;
                /** Whether the range begins or ends within the period: the row has a part of it */
                partial: boolean;
                /** Unique clicks in this period */
                clicks_unique: number;
                /** Conversions in this currency, without refunds and chargebacks */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                cells: {
                  /** Conversions in this currency, without refunds and chargebacks */
                  conversions: number;
                  /** sales - refunds: a decimal string with 2 to 6 decimals */
                  revenue: string;
                  /** finished: all its days are over for all clicks of the row; rising: for some of them not; ahead: none has begun */
                  state: 'finished' | 'rising' | 'ahead';
                }[];
              }[];
              /** Currency of the money; empty without money */
              currency: string;
              /** All in which these clicks earned, most conversions first */
              currencies: string[];
              /** The range covered, UTC */
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/reports/send-times': {
    /** Click rate and revenue by the hour of the week in which messages were sent */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          campaign_id?: string;
          variant_id?: string;
          creative_id?: string;
          offer_id?: string;
          domain?: string;
          currency?: string;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** All 168 hours of the week, in order */
              rows: {
                /** Hour of the week in which messages were sent, in tz: `Mon 00` to `Sun 23` */
                value: string;
                /** On how many days messages were sent in this hour */
                days: number;
                /** Fewer than 100 messages: their rates say nothing */
                too_few: boolean;
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent */
                click_rate: number;
                /** Low end of the interval that holds the true rate in 95 of 100 cases */
                click_rate_low: number;
                /** High end of it */
                click_rate_high: number;
                /** Conversions; refunds and chargebacks are not counted */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals */
                rpm: string;
              }[];
              totals: {
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Click rate: clicks_unique / sent */
                click_rate: number;
                /** Low end of the interval that holds the true rate in 95 of 100 cases */
                click_rate_low: number;
                /** High end of it */
                click_rate_high: number;
                /** Conversions; refunds and chargebacks are not counted */
                conversions: number;
                /** sales - refunds: a decimal string with 2 to 6 decimals */
                revenue: string;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals */
                rpm: string;
              };
              /** The hour with the highest click rate, if its interval is above that of all other messages, both widened for as many comparisons as hours, and messages were sent in it on 2 days or more; null if none is */
              best: string | null;
              /** Below so many messages an hour has too few */
              sent_min: number;
              /** Currency of the money; empty without money */
              currency: string;
              /** All in which these messages earned, most conversions first */
              currencies: string[];
              /** The range covered, UTC: without messages of the last 24 hours, whose clicks still come */
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/clicks': {
    /** Clicks of a range, newest first */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          campaign_id?: string;
          creative_id?: string;
          offer_id?: string;
          message_id?: string;
          contact_id?: string;
          domain?: string;
          device?: string;
          os?: string;
          browser?: string;
          in_app?: string;
          country?: string;
          network?: string;
          verdict?: 'human' | 'bot';
          kind?: string;
          reason?: string;
          delay?: string;
          after?: string;
          limit?: number;
          strict?: 'true' | 'false';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** Newest first */
              clicks: ListedClick[];
              /** There are others, older ones */
              more: boolean;
              /** For `after`, to read those; null where there are none */
              next: string | null;
              /** The range covered, UTC */
              range: {
                from: string;
                to: string;
                tz: string;
              };
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/clicks/{id}': {
    /** The story of a click */
    get: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              click: Click;
              first_click: {
                is_first: boolean;
                is_first_for_offer: boolean;
                /** The first click on the message; null if there is none */
                first_click_id: string | null;
                /** The first click on the offer within the message */
                first_click_id_for_offer: string | null;
              };
              names: {
                /** Name from the catalog; null if it has none */
                offer: string | null;
                /** Name from the catalog; null if it has none */
                planned_offer: string | null;
                /** Name from the catalog; null if it has none */
                creative: string | null;
                /** Name from the catalog; null if it has none */
                campaign: string | null;
              };
              /** Why the tap came to this offer or address, where it is not simply its link’s, in a sentence */
              led_by: string | null;
              /** Conversions credited to the click, by time */
              conversions: Conversion[];
              /** The link's story */
              link_url: string;
              /** The message's story */
              message_url: string | null;
              /** Reports and columns that count the click, each with a URL that shows it */
              reports: {
                report:
                  | 'messages'
                  | 'offers'
                  | 'creatives'
                  | 'campaigns'
                  | 'variants'
                  | 'domains'
                  | 'links'
                  | 'hours';
                counts_as: string[];
                url: string;
              }[];
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/links/{id}': {
    /** The story of a link */
    get: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              link: {
                link_id: string;
                link_key: string;
                message_id: string;
                contact_id: string | null;
                offer_id: string;
                /** Name from the catalog; null if it has none */
                offer_name: string | null;
                creative_id: string;
                campaign_id: string;
                variant_id: string;
                sent_at: string | null;
                /** Whether it is a test: it opens like any other, and no report counts it */
                is_test: boolean;
                /** What a recipient taps; null once the link is gone */
                short_url: string | null;
                /** The link's own destination; empty if it uses the offer's */
                url: string;
                expires_at: string | null;
                /** Whose first click counts as unique: the contact’s, or, for a link without a contact, each visitor’s: an address and a user agent on a day (UTC) */
                counts_by: 'contact' | 'visitor';
                /** Parameters to add to the destination, such as {"utm_source": "sms", "utm_campaign": "{{campaign_id}}"}, with the macros of destinations. One that the destination has itself stays; else the link’s value is taken before the offer’s, the creative’s, the campaign’s and the account’s. An empty value takes a parameter of a wider level away; one that is filled with nothing is left out */
                url_params: Record<string, string>;
                /** What becomes of the parameters that a tap brings: drop keeps them with the click only, pass appends them to the destination, fill makes them macros. null: as the next wider level says (link, offer, creative, campaign, account), drop where none does */
                query: 'drop' | 'pass' | 'fill' | null;
                status: 'active' | 'disabled' | 'expired' | 'gone' | 'taken_down';
                /** Why it does not open: the operator has closed the link, its offer or its domain */
                taken_down: {
                  what: 'link' | 'offer' | 'domain';
                  reason: string;
                  at: string;
                } | null;
              };
              message_url: string | null;
              totals: Totals;
              /** Newest first, at most 100 */
              clicks: Click[];
              /** Taps that named a link and did not reach its destination, newest first, at most 100; counted nowhere else */
              refused: RefusedTap[];
              conversions: Conversion[];
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/messages/{id}': {
    /** The story of a message */
    get: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              message: {
                message_id: string;
                contact_id: string | null;
                creative_id: string;
                /** Name from the catalog; null if it has none */
                creative_name: string | null;
                campaign_id: string;
                /** Name from the catalog; null if it has none */
                campaign_name: string | null;
                variant_id: string;
                sent_at: string | null;
                logged_at: string | null;
                fields: Record<string, string>;
                /** Whether it is a test: it opens like any other, and no report counts it */
                is_test: boolean;
                /** Token of the batch that counted the send; null until it is counted */
                batch: string | null;
                /** What became of it, computed from all of its events; null until one tells */
                state: 'delivered' | 'undelivered' | 'failed' | 'sent' | 'cancelled' | 'opted_out' | null;
                /** When, as the provider says */
                state_at: string | null;
                /** The provider’s code of that event; empty without one */
                code: string;
                /** When the recipient opted out first, as an event says */
                opted_out_at: string | null;
              };
              /** What was reported of it, by time, the first 100 */
              events: {
                /** What happened: cancelled, failed, sent, delivered, undelivered or opted_out */
                state: string;
                /** When it happened, as the provider says, UTC */
                at: string;
                /** The provider's code; empty without one */
                code: string;
                /** Provider whose receipt it is; empty for an event that the sender reported, optout_link where the recipient used the opt-out link */
                provider: string;
                /** When it was received here, UTC */
                received_at: string;
              }[];
              links: {
                link_key: string;
                link_id: string;
                offer_id: string;
                /** Name from the catalog; null if it has none */
                offer_name: string | null;
                totals: Totals;
              }[];
              totals: Totals;
              /** In time order, the first 500 */
              clicks: Click[];
              /** Taps that named a link and did not reach its destination, newest first, at most 100; counted nowhere else */
              refused: RefusedTap[];
              conversions: Conversion[];
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/contacts': {
    /** Find contacts by the beginning of their id */
    get: {
      parameters: {
        query: {
          search: string;
          limit?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contacts: {
                contact_id: string;
                /** Messages that are kept */
                messages: number;
                last_sent_at: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/contacts/{contact_id}': {
    /** The story of a contact */
    get: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contact_id: string;
              /** Newest first, at most 100 */
              messages: {
                /** The message */
                message_id: string;
                /** Creative of the message */
                creative_id: string;
                /** Campaign of the message; empty without one */
                campaign_id: string;
                /** Arm of the campaign's A/B test; empty without one */
                variant_id: string;
                /** When the message was sent, as the sender says, UTC */
                sent_at: string;
                /** Its links, in the order of link_keys */
                link_ids: string[];
                /** Offers of its links, in the order of link_keys */
                offer_ids: string[];
                /** True for a test: no report counts it */
                is_test: boolean;
              }[];
              /** Newest first, at most 100 */
              clicks: Click[];
              /** Taps that named a link and did not reach its destination, newest first, at most 100; counted nowhere else */
              refused: RefusedTap[];
              /** Of which the contact is the subject: credited to its links, or reported about it */
              conversions: Conversion[];
              /** Those that it is in now, of the 50 newest */
              audiences: {
                audience_id: string;
                name: string;
              }[];
              /** null: it is not on the opt-out list */
              opt_out: OptOut | null;
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Erase a contact everywhere */
    delete: {
      parameters: {
        query?: never;
        path: {
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': ErasureAccepted } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/conversions/{id}': {
    /** The story of a conversion */
    get: {
      parameters: {
        query?: {
          strict?: 'true' | 'false';
        };
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              conversion: Conversion;
              explanation: string;
              /** Terms and ids at the time of reception */
              terms: {
                payout_type: string;
                payout: string;
                /** Of the offer */
                currency: string;
                model: 'first_click' | 'last_click' | 'view_through';
                click_window_days: number;
                view_window_hours: number;
                min_conversion_seconds: number;
                duplicates: string;
              };
              /** What decides which click it is credited to */
              attribution: {
                model: 'first_click' | 'last_click' | 'view_through';
                click_window_days: number;
                /** 0 unless the model is view_through */
                view_window_hours: number;
                /** The booking that set it for a range; null: the offer’s choice when the conversion came in */
                booking: string | null;
              };
              /** The clicks of the contact on the offer, newest first, at most 100: which has the conversion, and why the others do not. Empty for coupons */
              candidates: {
                click_id: string;
                message_id: string;
                link_id: string;
                clicked_at: string;
                /** Whether it has the conversion */
                chosen: boolean;
                /** bot: A bot made it. other_message: It is on another message than the report names, and first_click stays with that one. other_visitor: Another visitor made it, on a link without a contact. not_first: An earlier human click on the message has the conversion. not_last: A later human click before the conversion has it. too_early: The conversion happened before it, or sooner after it than the offer allows. outside_window: The conversion happened later after it than the window. not_counted: The conversion counts for no click: its status says why. */
                why_not:
                  | 'bot'
                  | 'other_message'
                  | 'other_visitor'
                  | 'not_first'
                  | 'not_last'
                  | 'too_early'
                  | 'outside_window'
                  | 'not_counted'
                  | null;
              }[];
              /** All conversions of its transaction, including itself */
              transaction: Conversion[];
              /** The lines of its bookings, oldest first */
              history: {
                booked_at: string;
                /** 1: the line was booked; -1: it was reversed */
                sign: number;
                status: string;
                reason: string;
                click_id: string;
                revenue: string;
                payout: string;
                currency: string;
                batch: string;
              }[];
              click_url: string | null;
              link_url: string | null;
              message_url: string | null;
              /** There where rows of a shard of ClickHouse are missing */
              partial?: boolean;
              /** The shards that are away */
              shards_away?: number[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/erasures': {
    get?: never;
    put?: never;
    /** Erase many contacts */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            contact_ids: string[];
          };
          'application/x-ndjson': string;
        };
      };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { 'application/json': ErasureAccepted } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/erasures/{id}': {
    /** Read the progress of an erasure */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': Erasure } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/contacts/{contact_id}/export': {
    /** Stream all that is known of a contact */
    get: {
      parameters: {
        query?: never;
        path: {
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/x-ndjson': string } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/optouts': {
    /** List the contacts who opted out, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              optouts: OptOut[];
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/optouts/{contact_id}': {
    /** Whether a contact opted out */
    get: {
      parameters: {
        query?: never;
        path: {
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': OptOut } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    /** Put a contact on the opt-out list */
    put: {
      parameters: {
        query?: never;
        path: {
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** ISO 8601, when the contact opted out; default: now */
            at?: string;
          } | null;
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': OptOut } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    post?: never;
    /** Take a contact off the opt-out list: it has opted in again */
    delete: {
      parameters: {
        query?: never;
        path: {
          contact_id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              contact_id: string;
              opted_out: false;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/audit': {
    /** Who changed what, from where, before and after; newest first */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
          tz?: string;
          account_id?: string;
          actor?: string;
          action?:
            | 'account.created'
            | 'account.changed'
            | 'account.suspended'
            | 'account.resumed'
            | 'account.removed'
            | 'account.conversion_secret_rotated'
            | 'session.started'
            | 'member.invited'
            | 'member.joined'
            | 'member.changed'
            | 'member.reset'
            | 'member.removed'
            | 'member.password_changed'
            | 'member.second_factor_on'
            | 'member.second_factor_off'
            | 'member.recovery_codes_renewed'
            | 'key.created'
            | 'key.changed'
            | 'key.revoked'
            | 'admin_key.created'
            | 'admin_key.revoked'
            | 'receipts.secret_set'
            | 'receipts.secret_removed'
            | 'optout.removed'
            | 'offer.created'
            | 'offer.changed'
            | 'offer.postback_secret_rotated'
            | 'offer.rebooking_requested'
            | 'offer.rebooking_undo_requested'
            | 'offer.report_replayed'
            | 'creative.created'
            | 'creative.changed'
            | 'campaign.created'
            | 'campaign.changed'
            | 'audience.created'
            | 'audience.changed'
            | 'annotation.created'
            | 'annotation.changed'
            | 'annotation.removed'
            | 'view.created'
            | 'view.changed'
            | 'view.removed'
            | 'view.shared'
            | 'view.share_changed'
            | 'view.share_ended'
            | 'schedule.created'
            | 'schedule.changed'
            | 'schedule.removed'
            | 'schedule.sent'
            | 'schedule.confirmed'
            | 'schedule.unsubscribed'
            | 'export.created'
            | 'export.changed'
            | 'export.removed'
            | 'webhook.created'
            | 'webhook.changed'
            | 'webhook.removed'
            | 'webhook.secret_rotated'
            | 'webhook.replayed'
            | 'webhook.paused'
            | 'domain.created'
            | 'domain.changed'
            | 'domain.removed'
            | 'link.changed'
            | 'erasure.requested'
            | 'rejudgement.requested'
            | 'conversions.uploaded'
            | 'conversions.upload_undone'
            | 'import.made'
            | 'import.undone'
            | 'conversions.dispute_changed'
            | 'conversions.reconciled'
            | 'dead_letter.replayed'
            | 'dead_letter.all_replayed'
            | 'dead_letter.discarded'
            | 'takedown.created'
            | 'takedown.lifted'
            | 'installation.key_rotated'
            | 'installation.job_started'
            | 'installation.restored';
          actor_kind?: 'key' | 'member' | 'operator' | 'system';
          address?: string;
          subject_kind?:
            | 'account'
            | 'session'
            | 'member'
            | 'key'
            | 'admin_key'
            | 'receipts'
            | 'optout'
            | 'offer'
            | 'creative'
            | 'campaign'
            | 'audience'
            | 'annotation'
            | 'view'
            | 'schedule'
            | 'export'
            | 'webhook'
            | 'domain'
            | 'link'
            | 'erasure'
            | 'rejudgement'
            | 'conversions'
            | 'import'
            | 'dead_letter'
            | 'takedown'
            | 'installation';
          subject_id?: string;
          outcome?: 'done' | 'unknown';
          page?: number;
          per_page?: number;
          format?: 'json' | 'csv' | 'ndjson';
          bom?: '0' | '1';
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              entries: AuditEntry[];
              page: number;
              per_page: number;
              total: number;
            };
            'application/x-ndjson': string;
            'text/csv': string;
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/ledger': {
    /** The click ledger: what happened to every answer, by minute and process */
    get: {
      parameters: {
        query?: {
          from?: string;
          to?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              from: string;
              to: string;
              rows: {
                minute: string;
                process: string;
                answered: number;
                aborted: number;
                lost: number;
                refused: number;
                logged: number;
                read: number;
                kept: number;
                dead_lettered: number;
                inserted: number;
                /** Among inserted: rows of tests, which no report counts */
                tests: number;
                /** open: rows are still being processed */
                state: 'open' | 'balanced' | 'drift';
                drift?: {
                  stage: 'logged' | 'read' | 'kept' | 'inserted';
                  /** Too few (negative) or too many at this stage */
                  rows: number;
                  batches: string[];
                };
              }[];
              /** Answered clicks that wait in spools now, of any time: they are in no row until they are drained */
              spools: Spool[];
              totals: {
                answered: number;
                aborted: number;
                lost: number;
                refused: number;
                logged: number;
                read: number;
                kept: number;
                dead_lettered: number;
                inserted: number;
                /** Among inserted: rows of tests, which no report counts */
                tests: number;
                /** Must be 0 */
                drift_rows: number;
                /** Clicks in all spools now; 0 soon after Redis is back */
                spooled: number;
              };
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/dead-letters': {
    /** Rows that could not be processed, oldest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          log?: string;
          reason?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              dead_letters: DeadLetter[];
              page: number;
              per_page: number;
              total: number;
              /** How many there are of each reason, the most first */
              reasons: {
                log: string;
                reason: string;
                count: number;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/dead-letters/replay': {
    get?: never;
    put?: never;
    /** Replay the dead letters of one reason, the oldest 1000 at once */
    post: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            /** Word by word, as the list has it */
            reason: string;
            /** Of one log only */
            log?: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              replayed: number;
              /** Of this reason, after it */
              left: number;
              /** What could not be replayed now, and why */
              refused: {
                dead_letter_id: string;
                message: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/dead-letters/{id}': {
    /** Read a dead letter, with its row and reason */
    get: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { 'application/json': DeadLetter } };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    /** Discard a dead letter permanently */
    delete: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              dead_letter_id: string;
              discarded: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/dead-letters/{id}/replay': {
    get?: never;
    put?: never;
    /** Replay a dead letter: put its row back on its log */
    post: {
      parameters: {
        query?: never;
        path: {
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              dead_letter_id: string;
              replayed: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/alarms': {
    /** The alarms of deploy/alerts.yml as they stand now */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              alarms: {
                /** As in deploy/alerts.yml */
                name: string;
                severity: 'page' | 'ticket';
                /** pending: its cause is there, not yet for so long that it fires. elsewhere: only Prometheus can judge it */
                state: 'firing' | 'pending' | 'quiet' | 'elsewhere';
                /** Since when the answering process has seen the cause */
                since: string | null;
                /** How long the cause lasts before it fires */
                for_s: number;
                found: string;
                /** The runbook's words */
                means: string;
                do: string;
                /** Where the runbook says it */
                help: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/spools': {
    /** Answered clicks that wait on the disks of machines */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              processes: {
                name: string;
                present: boolean;
                /** Whether its clicks go to the spool now */
                spooling: boolean | null;
                bytes: number;
                bytes_max: number | null;
                disk_free_bytes: number | null;
                disk_size_bytes: number | null;
              }[];
              /** Clicks that wait in spools, also of processes that are gone */
              spools: Spool[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/partitions': {
    /** What waits in each partition of the logs, and the shards that take it */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              partitions: {
                partition: number;
                /** Of ClickHouse, from 1 */
                shard: number;
                shard_away: boolean;
                takes_rows: boolean;
                entries: number;
                bytes: number;
                /** Age of the oldest entry that waits; 0 if none does */
                behind_ms: number;
                logs: {
                  log: string;
                  entries: number;
                  bytes: number;
                  behind_ms: number;
                  /** Rows of its open batch */
                  batch_rows: number;
                }[];
              }[];
              page: number;
              per_page: number;
              total: number;
              layouts: {
                first: number;
                count: number;
                shards: number;
                state: 'opening' | 'taking' | 'emptying' | 'empty';
              }[];
              shards: {
                shard: number;
                up: boolean;
              }[];
              /** What is wrong with nodes of ClickHouse that are away */
              troubles: string[];
              redis_shards: {
                shard: number;
                master: string;
                up: boolean;
                replicas: number;
                used_ratio: number | null;
              }[];
              disks: {
                name: string;
                free_bytes: number;
                size_bytes: number;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/domains': {
    /** The tracking domains of all accounts and their certificates, what is wrong first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          q?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              domains: {
                domain: string;
                account_id: string;
                status: 'pending_dns' | 'verified' | 'active' | 'failing' | 'retired';
                hint: string;
                taken_down: boolean;
                checked_at: string | null;
                /** ISO 8601 */
                next_check_at: string;
                certificate: {
                  issuer: string;
                  not_before: string;
                  not_after: string;
                  /** From when it is ordered anew */
                  renewal_at: string;
                } | null;
                /** In a row */
                order_failures: number;
                order_error: string;
                next_order_at: string | null;
              }[];
              page: number;
              per_page: number;
              total: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/queues': {
    /** The queues of the workers, and how many jobs are in each state */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              queues: {
                queue: string;
                counts: {
                  waiting: number;
                  active: number;
                  delayed: number;
                  failed: number;
                };
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/queues/{queue}/jobs': {
    /** The first 100 jobs of a queue in one state */
    get: {
      parameters: {
        query?: {
          state?: 'waiting' | 'active' | 'delayed' | 'failed';
        };
        path: {
          queue: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              jobs: {
                id: string;
                name: string;
                /** JSON, cut where it is long */
                data: string;
                attempts: number;
                failed_reason: string;
                /** ISO 8601 */
                added_at: string;
                started_at: string | null;
                due_at: string | null;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/queues/{queue}/jobs/{id}/retry': {
    get?: never;
    put?: never;
    /** Start a job now that waits for its time, or has failed */
    post: {
      parameters: {
        query?: never;
        path: {
          queue: string;
          id: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              id: string;
              retried: boolean;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/limits': {
    /** What accounts were refused lately, and how much they ask for now */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** How far back refusals are counted */
              hours: number;
              window_s: number;
              limits: {
                limit: string;
                refused: number;
              }[];
              /** Those that were refused something, or ask for something now */
              accounts: {
                account_id: string;
                name: string;
                /** In its window */
                requests: number;
                requests_max: number;
                refused: number;
                refused_by: {
                  limit: string;
                  count: number;
                }[];
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/operations/accounts': {
    /** How much each account has, newest first */
    get: {
      parameters: {
        query?: {
          page?: number;
          per_page?: number;
          account_id?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              accounts: {
                account_id: string;
                name: string;
                status: 'active' | 'archived' | 'suspended';
                created_at: string;
                messages: number;
                clicks: number;
                conversions: number;
                messages_recent: number;
                clicks_recent: number;
              }[];
              page: number;
              per_page: number;
              total: number;
              recent_days: number;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/health': {
    /** Health of the installation */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** With the admin key the worst of the checks. failing: somebody is refused something now; degraded: everything works, but not for long or not as it should. For an account: whether clicks are counted. failing: not for now, and calls may be refused; degraded: late */
              state: 'ok' | 'degraded' | 'failing';
              /** For the admin key only */
              checks?: {
                name: string;
                state: 'ok' | 'degraded' | 'failing';
                /** What was found, in a sentence */
                found: string;
                /** What to do; empty where there is nothing to do */
                do: string;
                /** Where the runbook says more */
                help: string;
              }[];
              /** Age of the oldest click that is not in the reports yet; 0 if none waits */
              behind_ms: number;
              logs: {
                log: string;
                /** Entries that wait for a worker */
                entries: number;
              }[];
              /** For the admin key only */
              admin: {
                dead_letters: number;
                /** Null until it was read once */
                ledger: {
                  minutes: number;
                  /** Rows (minute and process) in which all stages agree */
                  balanced: number;
                  /** Rows whose clicks are still being processed */
                  open: number;
                  /** Must be 0 */
                  drift_rows: number;
                  /** Answered clicks that wait in spools now, of any time */
                  spooled: number;
                  answered: number;
                  inserted: number;
                } | null;
                processes: {
                  /** Its role and number, its machine, and a mark of its start */
                  name: string;
                  seen_ms_ago: number;
                }[];
                /** How far reports lagged in the last hour, every ten seconds, as the answering process saw it; null while Redis was away */
                lag: {
                  at: string;
                  behind_ms: number | null;
                  /** Entries that waited in all logs */
                  entries: number | null;
                }[];
              } | null;
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/live': {
    /** Live activity as server-sent events */
    get: {
      parameters: {
        query?: {
          campaign_id?: string;
          offer_id?: string;
          message_id?: string;
          contact_id?: string;
          verdict?: 'human' | 'bot';
          country?: string;
        };
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'text/event-stream': {
              /** Today's totals of the whole account, in its time zone */
              counters: {
                /** Messages sent, whatever became of them, without cancelled ones; with an offer, messages with a link to it; for links, links of messages */
                sent: number;
                /** All clicks, human and bot */
                clicks_total: number;
                /** Clicks judged human */
                clicks_human: number;
                /** Clicks judged bot; never counted in clicks_unique */
                clicks_bot: number;
                /** First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC) */
                clicks_unique: number;
                /** Of these, delivered: by the state of each message, whatever was reported of it how often */
                delivered: number;
                /** Of these, failed or undelivered */
                failed: number;
                /** Of these, answered by an opt-out, which stands beside the state */
                opt_outs: number;
                /** Click rate: clicks_unique / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate: number | null;
                /** Conversions per click: conversions / clicks_unique; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                cvr: number | null;
                /** Conversions per message: conversions / sent; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                message_cvr: number | null;
                /** Delivery rate: delivered / sent; 0 where nobody reports what became of messages; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                delivery_rate: number | null;
                /** Click rate of delivered messages: clicks_unique / delivered; 0 when it would divide by 0; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                click_rate_delivered: number | null;
                /** null with several currencies: see currencies */
                currency: string | null;
                /** Conversions; refunds and chargebacks are not counted */
                conversions: number;
                /** View-through conversions: of messages that were delivered and not tapped, on offers that count them; in no other column */
                view_conversions: number;
                sales: string | null;
                refunds: string | null;
                payout: string | null;
                view_revenue: string | null;
                revenue: string | null;
                /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                epc: string | null;
                /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                rpm: string | null;
                currencies: {
                  currency: string;
                  conversions: number;
                  view_conversions: number;
                  /** Revenue of sales and rebills: a decimal string with 2 to 6 decimals */
                  sales: string;
                  /** Revenue reversed by refunds and chargebacks: a decimal string with 2 to 6 decimals */
                  refunds: string;
                  /** Payout for conversions and, on cpc offers, for first clicks: a decimal string with 2 to 6 decimals */
                  payout: string;
                  /** Revenue of view-through conversions less refunds; not in revenue: a decimal string with 2 to 6 decimals */
                  view_revenue: string;
                  /** sales - refunds: a decimal string with 2 to 6 decimals */
                  revenue: string;
                  /** Earnings per click: revenue / clicks_unique: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                  epc: string | null;
                  /** Revenue per 1,000 messages: revenue × 1,000 / sent: a decimal string with 2 to 6 decimals; null with range_by=event, where what is counted answers messages (or, with money_by=conversion, clicks) of other ranges */
                  rpm: string | null;
                }[];
                day: string;
                tz: string;
              };
              activity: {
                /** When it is told, by the clock of the server */
                at: string;
                /** Clicks a second, over the seconds from 12 to 2 before now */
                per_second: number;
                /** 1: every click is in `clicks`. Otherwise one of so many, always the same ones: all are counted, not all are listed */
                one_of: number;
                /** Minutes whose counts have changed, of the last 30; the first event has all that have clicks */
                minutes: {
                  minute: string;
                  human: number;
                  bot: number;
                }[];
                /** Of the last 30 minutes, the most first; '' where it is not known */
                countries: {
                  country: string;
                  clicks: number;
                }[];
              };
              /** At most 40 a second */
              clicks: {
                /** click_id */
                id: string;
                clicked_at: string;
                link_id: string;
                link_key: string;
                message_id: string;
                contact_id: string;
                offer_id: string;
                campaign_id: string;
                variant_id: string;
                country: string;
                method: string;
                /** human or bot, by the first verdict */
                verdict: string;
                bot_reasons: string[];
                /** 1 for a first click, else 0 */
                is_first: number;
                /** Unix time in ms */
                inserted_ms: number;
              }[];
              /** At most 40 a second */
              conversions: {
                /** Id of this state of the conversion */
                id: string;
                conversion_id: string;
                received_at: string;
                event: string;
                offer_id: string;
                txn_id: string;
                channel: string;
                status: string;
                reason: string;
                click_id: string;
                campaign_id: string;
                message_id: string;
                contact_id: string;
                currency: string;
                revenue: string;
                /** Unix time in ms */
                inserted_ms: number;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/schema': {
    /** The views for your own SQL, and ten example questions with their SQL */
    get: {
      parameters: {
        query?: never;
        path?: never;
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              database: string;
              views: {
                name: string;
                /** What one row stands for */
                comment: string;
                columns: {
                  name: string;
                  /** ClickHouse's */
                  type: string;
                  /** What it means */
                  comment: string;
                  /** Empty for names, ids and texts */
                  unit: string;
                }[];
              }[];
              questions: {
                title: string;
                /** Runs unchanged, with account_id and the parameters */
                sql: string;
                columns: {
                  name: string;
                  meaning: string;
                }[];
                parameters: {
                  name: string;
                  type: string;
                  meaning: string;
                  example: string;
                }[];
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/receipts/{provider}/{key}': {
    /** The same for a provider that sends a receipt as the parameters of a GET */
    get: {
      parameters: {
        query?: never;
        path: {
          provider: string;
          key: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** Receipts that were kept */
              kept: number;
              /** Receipts whose status says nothing about delivery, such as queued */
              ignored: number;
              /** Receipts that were not kept */
              errors: {
                index: number;
                error: 'no_reference' | 'unknown_status' | 'invalid_event';
                message: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    put?: never;
    /** Take delivery receipts in the form of a provider */
    post: {
      parameters: {
        query?: never;
        path: {
          provider: string;
          key: string;
        };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            'application/json': {
              /** Receipts that were kept */
              kept: number;
              /** Receipts whose status says nothing about delivery, such as queued */
              ignored: number;
              /** Receipts that were not kept */
              errors: {
                index: number;
                error: 'no_reference' | 'unknown_status' | 'invalid_event';
                message: string;
              }[];
            };
          };
        };
        default: { headers: { [name: string]: unknown }; content: { 'application/json': ApiError } };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
