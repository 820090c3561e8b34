/**
 * The journey of a conversion on the public listener, step by step: read the request, receive the
 * conversion (whose it is, whether the caller may say so), record it, answer. Answered once it is durably
 * logged. With Redis down it is tried for ANSWER_WITHIN_MS, then the caller is told to send it again:
 * what was logged after all is known then as a duplicate.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { Conversion, Way } from '../conversions/conversion.ts';
import type { ReceiveContext } from '../conversions/receive/authenticate.ts';
import { ConversionError } from '../conversions/receive/conversion-error.ts';
import { PARAMETERS, type Parameters, parametersOfObject } from '../conversions/receive/conversion-input.ts';
import { receiveConversion } from '../conversions/receive/receive-conversion.ts';
import { receivedAs } from '../conversions/receive/receive-many.ts';
import { type Recorded, recordConversions } from '../conversions/receive/record-conversions.ts';
import type { RefusalCounter } from '../conversions/refusals.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { within } from '../platform/within.ts';
import { readAddress } from './read-request.ts';
import type { ConversionOutcome, RedirectMetrics } from './redirect-metrics.ts';

const ANSWER_WITHIN_MS = 5_000;
const RETRY_MS = 100;
const QUERY_LENGTH_MAX = 4_096;
const BODY_BYTES_MAX = 16 * 1024;
/** Conversions at work in one process; beyond, the caller is told to come back. */
const OPEN_MAX = 10_000;
const RETRY_AFTER_S = 5;

/** The smallest transparent GIF. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const STATUS_TEXT: Record<number, string> = {
  200: '200 OK',
  400: '400 Bad Request',
  403: '403 Forbidden',
  404: '404 Not Found',
  413: '413 Content Too Large',
  503: '503 Service Unavailable',
};

/** One request on its way: `open` until it was answered or the client hung up. */
interface Call {
  res: HttpResponse;
  way: Way;
  ip: string;
  open: boolean;
}

export class ConversionHandler {
  /** Set while draining: every answer closes its connection. */
  closing = false;
  open_calls = 0;
  readonly #context: ReceiveContext;
  readonly #redis: RedisClient;
  readonly #metrics: RedirectMetrics;
  readonly #refusals: RefusalCounter;
  readonly #trust_proxy: number;

  constructor(
    context: ReceiveContext,
    redis: RedisClient,
    metrics: RedirectMetrics,
    refusals: RefusalCounter,
    trust_proxy: number,
  ) {
    this.#refusals = refusals;
    this.#context = context;
    this.#redis = redis;
    this.#metrics = metrics;
    this.#trust_proxy = trust_proxy;
  }

  /** GET, or POST with a form or JSON; what stands in the address counts for both. */
  handle(res: HttpResponse, req: HttpRequest, way: Way): void {
    const call = this.#open(res, req, way);
    const query = req.getQuery() ?? '';
    const type = req.getHeader('content-type');
    if (req.getMethod() !== 'post') {
      void this.#receive(call, () => parametersOf(query));
      return;
    }
    this.#readBody(call, (body) => {
      void this.#receive(call, () => ({ ...parametersOf(query), ...bodyOf(type, body) }));
    });
  }

  /** Whatever happens, the answer is the picture. */
  handlePixel(res: HttpResponse, req: HttpRequest): void {
    const link_id = req.getParameter(0)?.replace(/\.gif$/, '') ?? '';
    const query = req.getQuery() ?? '';
    const call = this.#open(res, req, 'pixel');
    void this.#receive(call, () => ({ ...parametersOf(query), link_id }));
  }

  async #receive(call: Call, read: () => Parameters): Promise<void> {
    try {
      if (this.open_calls > OPEN_MAX) throw unavailable();
      const given = read();
      const conversion = await within(ANSWER_WITHIN_MS, () => this.#conversion(call, given));
      const received = receivedAs(conversion, await this.#record(conversion));
      this.#answer(call, received.status, 200, received);
    } catch (error) {
      const known = error instanceof ConversionError ? error : unavailable();
      if (known.account_id !== undefined) this.#refusals.count(known.account_id, known.code);
      this.#answer(call, known.code, known.status, { error: known.code, message: known.message });
    }
  }

  #conversion(call: Call, given: Parameters): Promise<Conversion> {
    return receiveConversion(this.#context, { way: call.way, given, ip: call.ip }, Date.now());
  }

  /** Sends the same conversion again until the reply is there: a second time changes nothing. */
  async #record(conversion: Conversion): Promise<Recorded> {
    const until = performance.now() + ANSWER_WITHIN_MS;
    for (;;) {
      try {
        const { partition_bytes_max } = this.#context;
        return (await recordConversions(this.#redis, [conversion], partition_bytes_max))[0] as Recorded;
      } catch (error) {
        if (performance.now() >= until) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  #open(res: HttpResponse, req: HttpRequest, way: Way): Call {
    const call: Call = { res, way, ip: readAddress(res, req, this.#trust_proxy), open: true };
    this.open_calls++;
    res.onAborted(() => this.#close(call, 'aborted'));
    return call;
  }

  #close(call: Call, outcome: ConversionOutcome): boolean {
    if (!call.open) return false;
    call.open = false;
    this.open_calls--;
    this.#metrics.conversions[outcome]++;
    return true;
  }

  #readBody(call: Call, done: (body: Buffer) => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    call.res.onData((chunk, last) => {
      bytes += chunk.byteLength;
      // The chunk is gone after this call.
      if (bytes <= BODY_BYTES_MAX) chunks.push(Buffer.from(new Uint8Array(chunk)));
      if (!last || !call.open) return;
      if (bytes <= BODY_BYTES_MAX) done(Buffer.concat(chunks));
      else {
        const message = `a body may have ${BODY_BYTES_MAX} bytes: send many conversions to POST /v2/conversions`;
        this.#answer(call, 'too_large', 413, { error: 'too_large', message });
      }
    });
  }

  #answer(call: Call, outcome: ConversionOutcome, status: number, body: object): void {
    if (!this.#close(call, outcome)) return;
    const { res } = call;
    res.cork(() => {
      res.writeStatus(call.way === 'pixel' ? '200 OK' : (STATUS_TEXT[status] ?? String(status)));
      res.writeHeader('Content-Type', call.way === 'pixel' ? 'image/gif' : 'application/json');
      res.writeHeader('Cache-Control', 'private, no-store, max-age=0');
      // The picture says nothing: whoever looks for a mistake finds it here.
      if (call.way === 'pixel') res.writeHeader('X-Conversion', outcome);
      // A shop's page may report from the browser; there is nothing to read here but its own answer.
      res.writeHeader('Access-Control-Allow-Origin', '*');
      if (status === 503 && call.way !== 'pixel') res.writeHeader('Retry-After', String(RETRY_AFTER_S));
      if (this.closing) res.writeHeader('Connection', 'close');
      res.end(call.way === 'pixel' ? PIXEL : `${JSON.stringify(body)}\n`, this.closing);
    });
  }
}

function parametersOf(query: string): Parameters {
  if (query.length > QUERY_LENGTH_MAX) {
    throw new ConversionError('too_large', `an address may have ${QUERY_LENGTH_MAX} characters after the ?`);
  }
  const search = new URLSearchParams(query);
  return Object.fromEntries(
    PARAMETERS.flatMap((name) => {
      const value = search.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

function bodyOf(type: string, body: Buffer): Parameters {
  const text = body.toString('utf8');
  if (text.trim() === '') return {};
  if (!/^application\/json\b/i.test(type)) return parametersOf(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConversionError('invalid_json', 'the body is not valid JSON');
  }
  return parametersOfObject(json);
}

const unavailable = (): ConversionError =>
  new ConversionError('unavailable', 'it could not be stored: send it again in a moment');
