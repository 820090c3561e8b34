/**
 * A tap on its way through the steps of handle-tap.ts, and what they hand on: the request, what was found, the
 * destination, and the answer. Values of closed types; nothing here asks or waits.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { Account } from '../catalog/definitions.ts';
import type { HeaderValues } from '../clicks/click.ts';
import type { GoneReason, Led } from '../links/destination.ts';
import type { ParameterPlan } from '../links/parameters.ts';
import type { Closing } from './end-answer.ts';
import { Exchange, type ExchangeKind } from './exchange.ts';
import type { TapOutcome } from './outcomes.ts';
import type { Page } from './pages/pages.ts';
import type { Reach, ServedLink, ServedOffer } from './served-link.ts';
import type { Site } from './sites.ts';
import type { TapTrace } from './tap-tracing.ts';

/** What a tap needs of its request, every part of it bounded. */
export interface TapRequest {
  method: 'GET' | 'HEAD' | 'POST';
  /** Undefined where the path is not a link's. */
  link_id: string | undefined;
  /** The path where it is more than a link id: an old code may be; '' else. */
  path: string;
  host: string;
  ip: string;
  user_agent: string;
  headers: HeaderValues;
  /** What follows the question mark, cut; without the mark of a page that opens the link again. */
  query: string;
  /** Whether such a page has opened it. */
  again: boolean;
}

export class Tap extends Exchange<TapOutcome> {
  readonly request: TapRequest;
  /** Unix time in ms: the click's. */
  readonly at_ms = Date.now();
  /** Of its click, where that was made before the click is logged. */
  click_id: string | undefined = undefined;
  /** What the button of a page has sent; undefined for all but a POST. */
  token: string | undefined = undefined;
  /** Of the few taps that are traced. */
  trace: TapTrace | undefined = undefined;

  constructor(res: HttpResponse, kind: ExchangeKind<TapOutcome>, request: TapRequest, closing: Closing) {
    super(res, kind, closing);
    this.request = request;
  }
}

export interface FoundLink {
  kind: 'link';
  link: ServedLink;
  /** Undefined for a link without one, null where it does not exist. */
  offer: ServedOffer | null | undefined;
  /** Null where it was removed by hand. */
  account: Account | null;
  /** What the host of the request stands for. */
  site: Site;
  /** What is added to the destination; undefined where nothing is. */
  plan: ParameterPlan | undefined;
  /** The other offers that the link's offer may lead to. */
  reach: Reach | undefined;
  /** Where it leads elsewhere; `offer` and `plan` are then of where it leads. */
  led: Led | undefined;
}

/** There is no such link, or none that opens on this host. */
export interface UnknownLink {
  kind: 'unknown';
  /** Of the host that was asked; '' where there is none. */
  fallback_url: string;
  /** Whether it may be a guess; not on a domain whose links the operator has closed. */
  guess: boolean;
  /** Whether an old code was looked up in vain: on a domain with such codes, that is a guess as a link id is. */
  asked_code?: boolean;
  /** The link where there is one, and why it does not open on this host. */
  refused?: { link: ServedLink; site: Site; reason: 'wrong_domain' | 'taken_down' };
}

export type Found = FoundLink | UnknownLink;

/** What a tap is answered with; `outcome` is counted. */
export type TapAnswer =
  | { outcome: 'redirected' | 'continued'; location: string }
  /** Without a reason: there is no such link. */
  | { outcome: 'fallback'; location: string; reason?: GoneReason }
  | { outcome: 'gone'; reason: GoneReason }
  | { outcome: 'interstitial' | 'preview' | 'blocked' | 'opt_out_page' | 'opted_out'; page: Page }
  | { outcome: 'not_found' | 'unavailable' | 'method_not_allowed' }
  /** As not_found, to an address that asked for many; it may ask again after so long. */
  | { outcome: 'too_many_unknown'; retry_after_s: number };

/** The click can't be held, or the link not be read now. */
export const UNAVAILABLE: TapAnswer = { outcome: 'unavailable' };
