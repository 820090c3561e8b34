/**
 * The journey of a conversion on the public listener, step by step: read the request, receive the
 * conversion (whose it is, whether the caller may say so), record it, answer. Answered once it is durably
 * logged. With Redis down it is tried for ANSWER_WITHIN_MS (see exchange.ts), then the caller is told to send it
 * again: what was logged after all is known then as a duplicate.
 */

import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { otherNamesOf } from '../catalog/postback-names.ts';
import type { Channel, Conversion } from '../conversions/conversion.ts';
import type { ReportRecorder } from '../conversions/inspector/report-recorder.ts';
import { isTest } from '../conversions/inspector/test-token.ts';
import type { ReceiveContext } from '../conversions/receive/authenticate.ts';
import { ConversionError, type ConversionErrorCode } from '../conversions/receive/conversion-error.ts';
import type { OtherNames, Parameters } from '../conversions/receive/conversion-input.ts';
import { receiveConversion } from '../conversions/receive/receive-conversion.ts';
import { receivedAs } from '../conversions/receive/receive-many.ts';
import { type Recorded, recordConversions } from '../conversions/receive/record-conversions.ts';
import { readSignature } from '../conversions/receive/signature.ts';
import type { RefusalCounter } from '../conversions/refusals.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import type { ReadAddress } from './client-address.ts';
import { Call, noteOf, testedAs } from './conversion-call.ts';
import { writeNotAllowed, writePreflight } from './conversion-methods.ts';
import { endAnswer } from './end-answer.ts';
import { ANSWER_WITHIN_MS, type ExchangeKind, type Exchanges } from './exchange.ts';
import type { Guesses } from './guesses.ts';
import type { ConversionOutcome } from './outcomes.ts';
import { BODY_BYTES_MAX, parametersOfPost, parametersOfQuery } from './read-report.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';

const RETRY_MS = 100;
/** Conversions at work in one process; beyond, the caller is told to come back. */
const OPEN_MAX = 10_000;
const RETRY_AFTER_S = 5;

/** Refusals that are also what guessing looks like: nobody has the id, or the secret is another one. */
const GUESSES: ReadonlySet<ConversionErrorCode> = new Set([
  'unknown_click',
  'unknown_link',
  'unknown_offer',
  'wrong_secret',
]);
const TOO_MANY_UNKNOWN = {
  error: 'too_many_unknown' satisfies ConversionErrorCode,
  message:
    'this address reported many ids or secrets that nobody has, as this one is: correct the postback; right reports are taken all the time',
};

/** The smallest transparent GIF. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const STATUS_TEXT: Record<number, string> = {
  200: '200 OK',
  400: '400 Bad Request',
  403: '403 Forbidden',
  404: '404 Not Found',
  413: '413 Content Too Large',
  415: '415 Unsupported Media Type',
  429: '429 Too Many Requests',
  503: '503 Service Unavailable',
};

export interface ConversionDependencies {
  exchanges: Exchanges;
  context: ReceiveContext;
  redis: RedisClient;
  metrics: Pick<RedirectMetrics, 'conversions'>;
  refusals: RefusalCounter;
  inspector: Pick<ReportRecorder, 'hasRoom' | 'note'>;
  guesses: Pick<Guesses, 'count'>;
  readAddress: ReadAddress;
}

/** What the request says; `others`: other names of our parameters. */
type Read = (others?: OtherNames) => Parameters;

export class ConversionHandler implements ExchangeKind<ConversionOutcome> {
  open_count = 0;
  readonly #given: ConversionDependencies;

  constructor(given: ConversionDependencies) {
    this.#given = given;
  }

  /** GET, HEAD, or POST with a form or JSON; what stands in the address counts for all. */
  handle(res: HttpResponse, req: HttpRequest, channel: Channel): void {
    const call = this.#begin(res, req, channel);
    const { query } = call.request;
    if (call.request.method !== 'post') {
      this.#given.exchanges.awaitAnswer(call);
      void this.#receive(call, (others) => parametersOfQuery(query, others), query);
      return;
    }
    const headers = { type: req.getHeader('content-type'), encoding: req.getHeader('content-encoding') };
    call.content_type = headers.type;
    this.#given.exchanges.readBody(call, BODY_BYTES_MAX, (body) => {
      call.body = body;
      void this.#receive(call, (others) => parametersOfPost(query, headers, body, others), query);
    });
  }

  handlePreflight(res: HttpResponse, req: HttpRequest): void {
    const { exchanges, metrics } = this.#given;
    metrics.conversions.preflight++;
    const closing = exchanges.closingAfter(res, req);
    exchanges.write(res, () => writePreflight(res, closing));
  }

  /** Any other method. */
  handleOther(res: HttpResponse, req: HttpRequest): void {
    const { exchanges, metrics } = this.#given;
    metrics.conversions.method_not_allowed++;
    // Whatever body follows is not read.
    const closing = exchanges.closingAfter(res, req) || 'decided';
    exchanges.write(res, () => writeNotAllowed(res, closing));
  }

  /** Whatever happens, the answer is the picture. */
  handlePixel(res: HttpResponse, req: HttpRequest): void {
    const link_id = req.getParameter(0)?.replace(/\.gif$/, '') ?? '';
    const call = this.#begin(res, req, 'pixel');
    this.#given.exchanges.awaitAnswer(call);
    void this.#receive(call, () => ({ ...parametersOfQuery(call.request.query), link_id }));
  }

  #begin(res: HttpResponse, req: HttpRequest, channel: Channel): Call {
    const { exchanges, readAddress } = this.#given;
    const method = req.getMethod();
    const request = {
      ...{ channel, method, ip: readAddress(res, req), query: req.getQuery() ?? '' },
      head_only: method === 'head',
    };
    const call = new Call(res, this, request, exchanges.closingAfter(res, req));
    exchanges.begin(call);
    return call;
  }

  /** The steps. `query` may carry a signature; a pixel's may not, because its link is not in it. */
  async #receive(call: Call, read: Read, query = ''): Promise<void> {
    try {
      if (this.open_count > OPEN_MAX) throw unavailable();
      call.given = read();
      const given = await this.#withOtherNames(call.given, read);
      call.given = given;
      const { channel, ip, head_only } = call.request;
      const now_ms = Date.now();
      call.test = isTest(this.#given.context.keys, query, given.offer_id?.trim() ?? '', now_ms);
      const signed = readSignature(query, now_ms);
      const report = { channel, given, ip: call.test ? await this.#listedAddress(given) : ip, signed };
      const conversion = await receiveConversion(this.#given.context, report, now_ms);
      call.conversion = conversion;
      if (head_only || call.test) {
        this.#answer(call, 'checked', 200, head_only ? undefined : testedAs(conversion, given));
        return;
      }
      const recorded = await this.#record(conversion, call.waits_since);
      const received = receivedAs(conversion, recorded, given.ignored);
      this.#answer(call, received.status, 200, received);
    } catch (error) {
      this.#refuse(call, error instanceof ConversionError ? error : unavailable());
    }
  }

  /** Read again where the offer that is named has other names for our parameters. */
  async #withOtherNames(given: Parameters, read: Read): Promise<Parameters> {
    if (given.ignored === undefined || given.offer_id === undefined) return given;
    const { sources } = this.#given.context;
    const offer_id = given.offer_id.trim();
    const account_id = await sources.offerOwner(offer_id);
    const offer = account_id === null ? null : await sources.offer(account_id, offer_id);
    const others = otherNamesOf(offer?.postback_names);
    return others === undefined ? given : read(others);
  }

  /** An address that the account lists, for a test, which comes from an address of this installation; '' for none. */
  async #listedAddress({ offer_id = '' }: Parameters): Promise<string> {
    const { sources } = this.#given.context;
    const account_id = await sources.offerOwner(offer_id.trim());
    const account = account_id === null ? null : await sources.account(account_id);
    return account?.conversion_addresses[0]?.split('/')[0] ?? '';
  }

  /** Sends the same conversion again until the reply is there: a second time changes nothing. */
  async #record(conversion: Conversion, since: number): Promise<Recorded> {
    const { redis, context } = this.#given;
    while (performance.now() - since < ANSWER_WITHIN_MS) {
      try {
        return (await recordConversions(redis, [conversion], context.log_bytes_max))[0] as Recorded;
      } catch {
        await sleep(RETRY_MS);
      }
    }
    throw unavailable();
  }

  ended(_call: Call, outcome: ConversionOutcome): void {
    this.#given.metrics.conversions[outcome]++;
  }

  answerLate(call: Call): void {
    this.#refuse(call, unavailable());
  }

  #refuse(call: Call, { account_id, code, status, message }: ConversionError): void {
    const counts = !call.request.head_only && !call.test;
    if (account_id !== undefined && counts) this.#given.refusals.count(account_id, code);
    if (GUESSES.has(code) && !call.test)
      call.retry_after_s = this.#given.guesses.count(call.request.ip, 'conversion');
    if (call.retry_after_s > 0) this.#answer(call, 'too_many_unknown', 429, TOO_MANY_UNKNOWN);
    else this.#answer(call, code, status, { error: code, message });
  }

  #answer(call: Call, outcome: ConversionOutcome, status: number, body: object | undefined): void {
    const { exchanges } = this.#given;
    if (!exchanges.end(call, outcome)) return;
    const { inspector } = this.#given;
    if (!call.request.head_only && inspector.hasRoom(outcome === 'accepted')) {
      inspector.note(noteOf(call, outcome, status, body));
    }
    const { res } = call;
    const pixel = call.request.channel === 'pixel';
    const text = body === undefined ? undefined : `${JSON.stringify(body)}\n`;
    exchanges.write(res, () => {
      res.writeStatus(pixel ? '200 OK' : (STATUS_TEXT[status] ?? String(status)));
      res.writeHeader('Content-Type', pixel ? 'image/gif' : 'application/json');
      res.writeHeader('Cache-Control', 'private, no-store, max-age=0');
      // The picture says nothing: whoever looks for a mistake finds it here.
      if (pixel) res.writeHeader('X-Conversion', outcome);
      // A shop's page may report from the browser; there is nothing to read here but its own answer.
      res.writeHeader('Access-Control-Allow-Origin', '*');
      if (status === 503 && !pixel) res.writeHeader('Retry-After', String(RETRY_AFTER_S));
      if (status === 429 && !pixel) res.writeHeader('Retry-After', String(call.retry_after_s));
      endAnswer(res, pixel ? PIXEL : text, call.closing(exchanges.closing), call.request.head_only);
    });
  }
}

const unavailable = (): ConversionError =>
  new ConversionError('unavailable', 'it could not be stored: send it again in a moment');
