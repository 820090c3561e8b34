/**
 * A tap, step by step: read the request, find the link, choose the offer, choose the destination, choose what stands before it, log the
 * click, or why there is none, answer. Each step is a file in steps/. With everything in memory no step waits but the log. With Redis down,
 * links redirect on from memory and from ClickHouse, their clicks held by the spool; what neither knows gets a page
 * that tries again, once by itself. What stands still for ANSWER_WITHIN_MS (see exchange.ts) gets it too.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { InstallationKeySource } from '../access/key-ring.ts';
import type { Judge } from '../bots/judge.ts';
import { OPT_OUT_LINK } from '../catalog/placeholders.ts';
import { hasGpc } from '../clicks/click.ts';
import type { ClickIds } from '../clicks/click-id.ts';
import { SeenAgents } from '../clicks/seen-agents.ts';
import type { ClickAck, WhenFull } from '../config.ts';
import { createAnswer } from './answer.ts';
import type { CapGate } from './cap-gate.ts';
import type { ClickLog } from './click-log/click-log.ts';
import type { ReadAddress } from './client-address.ts';
import type { ExchangeKind, Exchanges } from './exchange.ts';
import type { Guesses } from './guesses.ts';
import type { LinkLookup } from './link-lookup.ts';
import type { TapOutcome } from './outcomes.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';
import type { Sites } from './sites.ts';
import { chooseDestination } from './steps/choose-destination.ts';
import { createChooseGate } from './steps/choose-gate.ts';
import { chooseOffer } from './steps/choose-offer.ts';
import { answerUnknown, composeAnswer } from './steps/compose-answer.ts';
import { findLink } from './steps/find-link.ts';
import { createLogClick } from './steps/log-click.ts';
import { createLogRefused, type LogRefused, type RefusedOf, refusedOf } from './steps/log-refused.ts';
import { createOptOut, type OptOut } from './steps/opt-out.ts';
import { CONTINUE_BYTES_MAX, readRequest, readToken } from './steps/read-request.ts';
import {
  type Found,
  type FoundLink,
  Tap,
  type TapAnswer,
  type TapRequest,
  UNAVAILABLE,
  type UnknownLink,
} from './tap.ts';
import type { TapTracing } from './tap-tracing.ts';

export interface TapDependencies {
  exchanges: Exchanges;
  lookup: LinkLookup;
  sites: Sites;
  clickLog: ClickLog;
  guesses: Pick<Guesses, 'count'>;
  metrics: Pick<RedirectMetrics, 'taps' | 'gone' | 'refused' | 'lost' | 'latency'>;
  judge: Judge;
  caps: Pick<CapGate, 'ask'>;
  keys: InstallationKeySource;
  click_ids: Pick<ClickIds, 'create'>;
  /** Holds the opt-out of a link's recipient. */
  optOut: OptOut;
  readAddress: ReadAddress;
  settings: { click_ack: ClickAck; when_full: WhenFull; trust_proxy: number };
  /** Undefined unless traces are asked for. */
  tracing?: TapTracing | undefined;
}

export class TapHandler implements ExchangeKind<TapOutcome> {
  open_count = 0;
  readonly #given: TapDependencies;
  readonly #chooseGate: ReturnType<typeof createChooseGate>;
  readonly #logClick: ReturnType<typeof createLogClick>;
  readonly #logRefused: LogRefused;
  readonly #optOut: ReturnType<typeof createOptOut>;
  readonly #answer: ReturnType<typeof createAnswer>;

  constructor(given: TapDependencies) {
    const { exchanges, clickLog, metrics, judge, keys, click_ids, settings } = given;
    this.#given = given;
    this.#chooseGate = createChooseGate(judge, keys);
    const agents = new SeenAgents();
    this.#logClick = createLogClick({
      agents,
      click_ids,
      clickLog,
      metrics,
      click_ack: settings.click_ack,
      when_full: settings.when_full,
    });
    this.#logRefused = createLogRefused({ agents, click_ids, clickLog, metrics });
    this.#optOut = createOptOut(keys, given.optOut);
    this.#answer = createAnswer(exchanges, metrics.gone);
  }

  /** The steps of a tap, in order. Only a link that is not in memory is waited for, and then the log. */
  handle(res: HttpResponse, req: HttpRequest, method: 'GET' | 'HEAD'): void {
    const tap = this.#begin(res, req, method);
    this.#given.exchanges.awaitAnswer(tap);
    this.#find(tap);
  }

  #find(tap: Tap): void {
    const found = findLink(this.#given, tap.request);
    if (found instanceof Promise) {
      found.then(
        (loaded) => this.#lead(tap, loaded),
        () => this.#answer(tap, UNAVAILABLE),
      );
    } else this.#lead(tap, found);
  }

  #lead(tap: Tap, found: Found): void {
    if (tap.trace !== undefined) tap.trace.found_ms = Date.now();
    if (found.kind === 'unknown') {
      this.#answerUnknown(tap, found);
      return;
    }
    if (found.link.link_key === OPT_OUT_LINK) {
      this.#leadOut(tap, found);
      return;
    }
    const chosen = chooseOffer(this.#given, tap, found);
    if (chosen instanceof Promise) {
      chosen.then(
        (led) => this.#open(tap, led),
        () => this.#answer(tap, UNAVAILABLE),
      );
    } else this.#open(tap, chosen);
  }

  /** The link is there, and its offer is chosen. */
  #open(tap: Tap, found: FoundLink): void {
    const destination = chooseDestination(found, tap.at_ms);
    if (destination.kind === 'gone') {
      const { reason } = destination;
      this.#refuse(tap, { ...found, reason }, { outcome: 'gone', reason });
      return;
    }
    const gate = this.#chooseGate(tap, found);
    this.#logClick(tap, found, gate, (click_id, logged) => {
      if (tap.trace !== undefined) tap.trace.logged_ms = Date.now();
      if (logged === 'refused') this.#answer(tap, UNAVAILABLE);
      else {
        const { query, headers } = tap.request;
        const click = { click_id, at_ms: tap.at_ms, found, destination, gate, query, gpc: hasGpc(headers) };
        const answer = composeAnswer(this.#given.keys, click);
        const reason = refusedOf(answer);
        if (reason === undefined) this.#answer(tap, answer);
        else this.#refuse(tap, { ...found, reason, click_id }, answer);
      }
    });
  }

  /** A tap on an opt-out link: it is in the traces, and no click. */
  #leadOut(tap: Tap, found: FoundLink): void {
    const end = (answer: TapAnswer): void =>
      this.#refuse(tap, { ...found, reason: answer.outcome === 'gone' ? answer.reason : 'opt_out' }, answer);
    const answer = this.#optOut(tap, found);
    if (answer instanceof Promise) answer.then(end, () => this.#answer(tap, UNAVAILABLE));
    else end(answer);
  }

  /** Logged before it is answered, so that it is under way when the recipient has the answer; not waited for. */
  #refuse(tap: Tap, of: RefusedOf, answer: TapAnswer): void {
    this.#logRefused(tap, of, answer);
    this.#answer(tap, answer);
  }

  /** A path that can be neither link nor old code finds nothing: scanners of web sites ask for such, and they are not guesses. */
  #answerUnknown(tap: Tap, found: UnknownLink): void {
    const { link_id, ip } = tap.request;
    const is_guess = (link_id !== undefined || found.asked_code === true) && found.guess;
    const retry_after_s = is_guess ? this.#given.guesses.count(ip, 'link') : 0;
    const unknown = answerUnknown(found);
    const answer: TapAnswer =
      retry_after_s > 0 && unknown.outcome === 'not_found'
        ? { outcome: 'too_many_unknown', retry_after_s }
        : unknown;
    if (found.refused === undefined) this.#answer(tap, answer);
    else this.#refuse(tap, found.refused, answer);
  }

  /** The button of a page takes the same steps; whatever else is posted can only be opened. */
  handleContinue(res: HttpResponse, req: HttpRequest): void {
    const tap = this.#begin(res, req, 'POST');
    this.#given.exchanges.readBody(tap, CONTINUE_BYTES_MAX, (body) => {
      tap.token = readToken(body);
      if (tap.token === undefined) {
        this.#answer(tap, { outcome: 'method_not_allowed' });
      } else this.#find(tap);
    });
  }

  #begin(res: HttpResponse, req: HttpRequest, method: TapRequest['method']): Tap {
    const { exchanges, readAddress, settings, tracing } = this.#given;
    const request = readRequest(res, req, method, readAddress, settings.trust_proxy > 0);
    const tap = new Tap(res, this, request, exchanges.closingAfter(res, req));
    if (tracing !== undefined) tap.trace = tracing.begin(tap.at_ms, req);
    exchanges.begin(tap);
    return tap;
  }

  ended({ waits_since, trace }: Tap, outcome: TapOutcome): void {
    const { taps, latency } = this.#given.metrics;
    taps[outcome]++;
    latency.observe(performance.now() - waits_since);
    if (trace !== undefined) this.#given.tracing?.end(trace, outcome);
  }

  answerLate(tap: Tap): void {
    this.#answer(tap, UNAVAILABLE);
  }
}
