/**
 * A tap on its way through the steps of handle-tap.ts, and what they hand on: the request, what was found, the
 * destination, and the answer. Values of closed types; nothing here asks or waits.
 */
import type { HttpResponse } from 'uWebSockets.js';
import type { Account } from '../catalog/definitions.ts';
import type { HeaderValues } from '../clicks/click.ts';
import type { DestinationTemplate } from './destination-template.ts';
import type { Closing } from './end-answer.ts';
import { Exchange, type ExchangeKind } from './exchange.ts';
import type { GoneReason, TapOutcome } from './outcomes.ts';
import type { Page } from './pages/pages.ts';
import type { ServedLink, ServedOffer } from './served-link.ts';

/** What a tap needs of its request, every part of it bounded. */
export interface TapRequest {
  method: 'GET' | 'HEAD' | 'POST';
  /** Undefined where the path is not a link's. */
  link_id: string | undefined;
  host: string;
  ip: string;
  user_agent: string;
  headers: HeaderValues;
  /** What follows the question mark, cut. */
  query: string;
}

export class Tap extends Exchange<TapOutcome> {
  readonly request: TapRequest;
  /** Unix time in ms: the click's. */
  readonly at_ms = Date.now();
  /** What Continue on a preview page has sent; undefined for all but a POST. */
  token: string | undefined = undefined;

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
}

/** There is no such link. */
export interface UnknownLink {
  kind: 'unknown';
  /** Of the account whose domain was asked; '' where there is none. */
  fallback_url: string;
}

export type Found = FoundLink | UnknownLink;

/** The destination of a link, or why it has none any more. */
export type Destination =
  | { kind: 'redirect'; template: DestinationTemplate }
  | { kind: 'fallback'; url: string; reason: GoneReason }
  | { kind: 'gone'; reason: GoneReason };

/** What a tap is answered with; `outcome` is counted. */
export type TapAnswer =
  | { outcome: 'redirected' | 'continued'; location: string }
  /** Without a reason: there is no such link. */
  | { outcome: 'fallback'; location: string; reason?: GoneReason }
  | { outcome: 'gone'; reason: GoneReason }
  | { outcome: 'interstitial' | 'preview' | 'blocked'; page: Page }
  | { outcome: 'not_found' | 'unavailable' | 'method_not_allowed' };

/** The click can't be held, or the link not be read now. */
export const UNAVAILABLE: TapAnswer = { outcome: 'unavailable' };
