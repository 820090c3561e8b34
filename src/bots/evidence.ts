/**
 * What a click is judged by: the request as it came, and what was known of its address at the time. All of
 * it is stored with the click, so that the same click can be judged again under other rules.
 */
import type { Answered } from '../clicks/click.ts';

/**
 * What an address did in the RATE_WINDOW_MS that end with this click, in the click's account. Nothing of it
 * is known of private addresses, and of a click that is judged by itself.
 */
export interface AddressActivity {
  /** Distinct recipients whose links it opened. */
  recipients: number;
  /** Distinct links that it opened. */
  links: number;
  /** Distinct user agents that it did so with. */
  agents: number;
  /** Since it opened another link of the same message, in ms; -1: it did not. */
  since_other_link_ms: number;
}

export const NO_ACTIVITY: AddressActivity = { recipients: 0, links: 0, agents: 0, since_other_link_ms: -1 };

/** Of a click by itself. */
export const ALONE: AddressActivity = { recipients: 1, links: 1, agents: 1, since_other_link_ms: -1 };

/** What kind of network an address is in. */
export type NetworkKind =
  /** Servers. */
  | 'hosting'
  /** Vendors that open links to look for malware. */
  | 'security'
  /** People leave through it: iCloud Private Relay, WARP, consumer VPNs, companies' whole traffic. */
  | 'relay'
  /** Companies' filters of the web, whose vendors open links in sandboxes of their own, too. */
  | 'gateway'
  /** Not on the public internet: tests, or a proxy in front that TRUST_PROXY does not count. */
  | 'private'
  /** Carriers, home lines, companies, universities; the usual one. */
  | 'access';

export interface Evidence {
  user_agent: string;
  /** `GET`, `HEAD`, or `POST` for Continue. */
  method: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  network: NetworkKind;
  /** Country of the address, ISO 3166; '' where it is not known. */
  country: string;
  /** Country of the contact, from the message's field `country`; '' where it has none. */
  contact_country: string;
  /** Of the message; 0 where the link is outside of one. */
  sent_at_ms: number;
  clicked_at_ms: number;
  activity: AddressActivity;
  answered: Answered;
}

/** `kind:detail`. */
export type Reason = `${string}:${string}`;
