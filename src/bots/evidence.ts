/**
 * The evidence for judging a click: the request, and what was known of its address at the time. All of it is stored
 * with the click, so that the click can be rejudged under other rules.
 */
import type { Answered } from '../clicks/click.ts';

/**
 * What an address did in the RATE_WINDOW_MS up to this click, within the click's account. Unknown for private
 * addresses and for a click that is judged alone.
 */
export interface AddressActivity {
  /** Distinct recipients whose links it opened. */
  recipients: number;
  /** Distinct links that it opened. */
  links: number;
  /** Distinct user agents that it used. */
  agents: number;
  /** Since it opened another link of the same message, in ms; -1: it did not. */
  since_other_link_ms: number;
}

export const NO_ACTIVITY: AddressActivity = { recipients: 0, links: 0, agents: 0, since_other_link_ms: -1 };

/** For a click that is judged alone. */
export const ALONE: AddressActivity = { recipients: 1, links: 1, agents: 1, since_other_link_ms: -1 };

/** What kind of network an address is in. */
export type NetworkKind =
  /** Servers. */
  | 'hosting'
  /** Vendors that open links to look for malware. */
  | 'security'
  /** Relays for people: iCloud Private Relay, WARP, consumer VPNs, gateways for a company's whole traffic. */
  | 'relay'
  /** Web filters of companies, whose vendors also open links in their own sandboxes. */
  | 'gateway'
  /** Not on the public internet: tests, or a proxy in front that TRUST_PROXY does not count. */
  | 'private'
  /** Carriers, home lines, companies, universities; the default. */
  | 'access';

export interface Evidence {
  user_agent: string;
  /** `GET`, `HEAD`, or `POST` for Continue. */
  method: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  network: NetworkKind;
  /** Country of the address, ISO 3166; '' if unknown. */
  country: string;
  /** Country of the contact, from the message's field `country`; '' where it has none. */
  contact_country: string;
  /** When the message was sent, in ms; 0 for a link outside a message. */
  sent_at_ms: number;
  clicked_at_ms: number;
  activity: AddressActivity;
  answered: Answered;
}

/** `kind:detail`. */
export type Reason = `${string}:${string}`;
