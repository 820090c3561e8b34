/**
 * The journey of a tap, step by step: read the request, look up the link, its offer and its account, choose
 * the destination and what stands before it, log the click, answer. With everything in memory no step waits
 * but the log. With Redis down, links redirect on from memory and from ClickHouse, their clicks held by the spool; what
 * neither knows gets a page that tries again, once by itself. What stands still for ANSWER_WITHIN_MS gets it too.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { Judge } from '../bots/judge.ts';
import type { Account, Brand, Offer } from '../catalog/definitions.ts';
import { type Answered, encodeClick, encodeClickLink, encodeHeaders } from '../clicks/click.ts';
import { newClickId } from '../clicks/click-id.ts';
import type { ClickAck, WhenFull } from '../config.ts';
import { MINUTE_MS } from '../log/append.ts';
import { chooseDestination, type Destination, type ServedOffer } from './choose-destination.ts';
import { chooseGate } from './choose-gate.ts';
import type { ClickLog } from './click-log.ts';
import { asciiUrl, fillDestination } from './destination-template.ts';
import type { LinkLookup, ServedLink } from './link-lookup.ts';
import { linkIdOfPath } from './link-path.ts';
import { blockedPage, DEFAULT_BRAND, interstitialPage, previewPage } from './pages/gate-pages.ts';
import {
  AGAIN,
  GONE,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  PAGE_HEADERS,
  PAGE_POLICY,
  type Page,
  STILL_AWAY,
  TRY_AGAIN,
} from './pages/pages.ts';
import { isPreviewToken, newPreviewToken } from './preview-token.ts';
import { type ClickRequest, readRequest } from './read-request.ts';
import type { Outcome, RedirectMetrics } from './redirect-metrics.ts';

/** A tap that can't be answered within this time gets the page that tries again. */
export const ANSWER_WITHIN_MS = 5_000;
const LATE_CHECK_EVERY_MS = 250;

/** One request on its way: `open` until it was answered or the client hung up. */
interface Tap {
  res: HttpResponse;
  request: ClickRequest;
  at_ms: number;
  started: number;
  open: boolean;
  /** Its place among those that are checked for lateness. */
  place: number;
  /** What Continue on a preview page has sent; undefined for all but a POST. */
  token?: string;
}

export interface RedirectSettings {
  trust_proxy: number;
  click_ack: ClickAck;
  when_full: WhenFull;
}

/** A token and its name, several times over. */
const BODY_BYTES_MAX = 512;
const NO_BODY = Buffer.alloc(0);

export class RedirectHandler {
  /** Set while draining: every answer closes its connection. */
  closing = false;
  open_taps = 0;
  readonly #lookup: LinkLookup;
  readonly #clickLog: ClickLog;
  readonly #metrics: RedirectMetrics;
  readonly #settings: RedirectSettings;
  readonly #judge: Judge;
  readonly #installation_key: string;
  /** Open ones, in no order, checked for lateness. */
  readonly #taps: Tap[] = [];
  readonly #lateCheck: NodeJS.Timeout;

  constructor(
    lookup: LinkLookup,
    clickLog: ClickLog,
    metrics: RedirectMetrics,
    settings: RedirectSettings,
    judge: Judge,
    installation_key: string,
  ) {
    this.#judge = judge;
    this.#installation_key = installation_key;
    this.#lookup = lookup;
    this.#clickLog = clickLog;
    this.#metrics = metrics;
    this.#settings = settings;
    this.#lateCheck = setInterval(() => this.#answerLate(), LATE_CHECK_EVERY_MS);
  }

  handle(res: HttpResponse, req: HttpRequest, method: 'GET' | 'HEAD'): void {
    const tap = this.#open(res, readRequest(res, req, method, this.#settings.trust_proxy));
    this.#watch(tap);
    const link_id = linkIdOfPath(tap.request.path);
    if (link_id === undefined) this.#unknownLink(tap);
    else this.#findLink(tap, link_id);
  }

  /** Continue on a preview page; whatever else is posted can only be opened. */
  handleContinue(res: HttpResponse, req: HttpRequest): void {
    const tap = this.#open(res, readRequest(res, req, 'POST', this.#settings.trust_proxy));
    const link_id = linkIdOfPath(tap.request.path);
    let body = NO_BODY;
    let too_long = false;
    res.onData((chunk, last) => {
      too_long ||= body.length + chunk.byteLength > BODY_BYTES_MAX;
      // The chunk is uWebSockets.js's own and gone after this.
      if (!too_long) body = Buffer.concat([body, Buffer.from(chunk)]);
      if (!last) return;
      // A slow sender is not late with us: its time begins now.
      tap.started = performance.now();
      this.#watch(tap);
      const token = too_long ? null : new URLSearchParams(body.toString('latin1')).get('token');
      if (link_id === undefined || token === null) {
        this.#page(tap, METHOD_NOT_ALLOWED, 'method_not_allowed');
        return;
      }
      tap.token = token;
      this.#findLink(tap, link_id);
    });
  }

  #findLink(tap: Tap, link_id: string): void {
    const { links } = this.#lookup;
    const link = links.peek(link_id);
    if (link !== undefined) this.#findRest(tap, link);
    else
      links.load(link_id).then(
        (loaded) => this.#findRest(tap, loaded),
        () => this.#page(tap, TRY_AGAIN, 'unavailable'),
      );
  }

  #findRest(tap: Tap, link: ServedLink | null): void {
    if (link === null) {
      this.#unknownLink(tap);
      return;
    }
    const found = this.#lookup.findInMemory(link);
    if (found !== undefined) this.#choose(tap, link, found.offer, found.account);
    else
      this.#lookup.find(link).then(
        ({ offer, account }) => this.#choose(tap, link, offer, account),
        () => this.#page(tap, TRY_AGAIN, 'unavailable'),
      );
  }

  #choose(
    tap: Tap,
    served: ServedLink,
    offer: ServedOffer | null | undefined,
    account: Account | null,
  ): void {
    const destination = chooseDestination(served, served.own_destination, offer, tap.at_ms);
    if (destination.kind === 'gone') {
      this.#page(tap, GONE, 'gone');
      return;
    }
    const gate = chooseGate(this.#judge, tap.request, served, offer?.offer, account, tap.at_ms);
    const continues =
      tap.token !== undefined &&
      gate !== 'blocked' &&
      isPreviewToken(this.#installation_key, served.link_id, tap.token, tap.at_ms);
    // A token that is late, or of another link, brings the page again.
    const answered = continues
      ? 'continue'
      : tap.token === undefined || gate === 'blocked'
        ? gate
        : 'preview';
    this.#logClick(tap, served, destination, answered, offer?.offer, account?.brand ?? DEFAULT_BRAND);
  }

  #logClick(
    tap: Tap,
    served: ServedLink,
    destination: Exclude<Destination, { kind: 'gone' }>,
    answered: Answered,
    offer: Offer | undefined,
    brand: Brand,
  ): void {
    const click_id = newClickId(tap.at_ms, served.link_id);
    const { method, ip, user_agent, headers } = tap.request;
    const row = encodeClick(
      click_id,
      tap.at_ms,
      method,
      ip,
      user_agent,
      encodeHeaders(headers),
      encodeClickLink(served, served.from.click_json),
      answered,
    );
    const answer = (error?: Error, minute?: number): void => {
      if (error !== undefined && !this.#answersUnheld(tap)) return;
      // Minute 0: on the way through the spool, which counts for itself.
      if (error === undefined && minute !== undefined && minute > 0) {
        this.#clickLog.note(minute, tap.open ? 'answered' : 'aborted');
      }
      if (answered === 'blocked') {
        this.#page(tap, blockedPage(brand), 'blocked');
        return;
      }
      const location =
        destination.kind === 'fallback'
          ? asciiUrl(destination.url)
          : fillDestination(destination.template, served, click_id, tap.at_ms);
      if (answered === 'preview') {
        const { link_id } = served;
        const token = newPreviewToken(this.#installation_key, link_id, tap.at_ms);
        this.#page(tap, previewPage(brand, hostOf(location), link_id, token), 'preview');
      } else if (destination.kind === 'fallback') this.#redirect(tap, location, 'fallback');
      else if (answered === 'interstitial') {
        const seconds = offer?.interstitial === 'timed' ? offer.interstitial_seconds : undefined;
        this.#page(tap, interstitialPage(brand, hostOf(location), location, seconds), 'interstitial');
      } else this.#redirect(tap, location, answered === 'continue' ? 'continued' : 'redirected');
    };
    if (this.#settings.click_ack === 'fast') {
      answer();
      this.#clickLog.add(served.partition, row, (error, minute) => {
        if (error !== undefined) this.#countLost(tap.at_ms);
        else if (minute > 0) this.#clickLog.note(minute, 'answered');
      });
    } else this.#clickLog.add(served.partition, row, answer);
  }

  /** Whether a tap whose click is held nowhere is answered all the same; else it was asked to try again. */
  #answersUnheld(tap: Tap): boolean {
    if (this.#settings.when_full === 'refuse') {
      this.#page(tap, TRY_AGAIN, 'unavailable');
      return false;
    }
    if (tap.open) this.#countLost(tap.at_ms);
    return tap.open;
  }

  #countLost(at_ms: number): void {
    const minute = Math.floor(at_ms / MINUTE_MS);
    this.#metrics.lost++;
    this.#clickLog.note(minute, 'answered');
    this.#clickLog.note(minute, 'lost');
  }

  /** No such link: the fallback of the account whose domain was asked, or a page. Not a click. */
  #unknownLink(tap: Tap): void {
    this.#lookup.fallbackOfHost(tap.request.host).then(
      (url) => {
        if (url === '') this.#page(tap, NOT_FOUND, 'not_found');
        else this.#redirect(tap, asciiUrl(url), 'fallback');
      },
      () => this.#page(tap, NOT_FOUND, 'not_found'),
    );
  }

  #redirect(tap: Tap, location: string, outcome: Outcome): void {
    if (!this.#close(tap, outcome)) return;
    const { res } = tap;
    res.cork(() => {
      // After a form the browser is to fetch, whatever the method was.
      const status = tap.request.method === 'POST' ? '303 See Other' : '302 Found';
      // In one call: each takes as long as writing all of it. A location has no line break, see asciiUrl.
      res.writeStatus(`${status}\r\nLocation: ${location}\r\nCache-Control: private, no-store`);
      if (this.closing) res.writeHeader('Connection', 'close');
      if (tap.request.method === 'HEAD') res.endWithoutBody(0, this.closing);
      else res.end('', this.closing);
    });
  }

  #page(tap: Tap, page: Page, outcome: Outcome): void {
    if (!this.#close(tap, outcome)) return;
    const shown = page === TRY_AGAIN && tap.request.query === AGAIN ? STILL_AWAY : page;
    writePage(tap.res, shown, tap.request.method === 'HEAD', this.closing);
  }

  #open(res: HttpResponse, request: ClickRequest): Tap {
    const tap: Tap = { res, request, at_ms: Date.now(), started: performance.now(), open: true, place: -1 };
    res.onAborted(() => {
      this.#close(tap, 'aborted');
    });
    this.open_taps++;
    return tap;
  }

  /** False when there is nobody to answer any more. */
  #close(tap: Tap, outcome: Outcome): boolean {
    if (!tap.open) return false;
    tap.open = false;
    this.open_taps--;
    this.#unwatch(tap);
    this.#metrics.outcomes[outcome]++;
    this.#metrics.latency.observe(performance.now() - tap.started);
    return true;
  }

  #watch(tap: Tap): void {
    tap.place = this.#taps.push(tap) - 1;
  }

  /** The last one takes its place: nothing of a tap is kept once it was answered. */
  #unwatch(tap: Tap): void {
    if (tap.place < 0) return;
    const last = this.#taps.pop() as Tap;
    if (last === tap) return;
    this.#taps[tap.place] = last;
    last.place = tap.place;
  }

  #answerLate(): void {
    const late = performance.now() - ANSWER_WITHIN_MS;
    for (const tap of this.#taps.filter(({ started }) => started <= late)) {
      this.#page(tap, TRY_AGAIN, 'unavailable');
    }
  }

  stop(): void {
    clearInterval(this.#lateCheck);
  }
}

/** The name that a person knows the destination by. */
const hostOf = (location: string): string => /^https?:\/\/([^/?#]*)/i.exec(location)?.[1] ?? '';

/** Writes a page; for HEAD only its headers. */
export function writePage(res: HttpResponse, page: Page, head_only: boolean, closing: boolean): void {
  res.cork(() => {
    res.writeStatus(page.status);
    for (const [name, value] of PAGE_HEADERS) res.writeHeader(name, value);
    res.writeHeader('Content-Security-Policy', page.policy ?? PAGE_POLICY);
    res.writeHeader('Cache-Control', 'private, no-store');
    if (page.retry_after_s !== undefined) res.writeHeader('Retry-After', String(page.retry_after_s));
    // After a length without its body uWebSockets.js takes no other request on the connection.
    if (closing || head_only) res.writeHeader('Connection', 'close');
    if (head_only) res.endWithoutBody(Buffer.byteLength(page.body), true);
    else res.end(page.body, closing);
  });
}
