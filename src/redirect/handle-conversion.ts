/**
 * The journey of a conversion on the public listener, step by step: read the request, receive the
 * conversion (whose it is, whether the caller may say so), record it, answer. Answered once it is durably
 * logged. With Redis down it is tried for ANSWER_WITHIN_MS (see exchange.ts), then the caller is told to send it
 * again: what was logged after all is known then as a duplicate.
 */

import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { Channel, Conversion } from '../conversions/conversion.ts';
import type { ReceiveContext } from '../conversions/receive/authenticate.ts';
import { ConversionError } from '../conversions/receive/conversion-error.ts';
import { PARAMETERS, type Parameters, parametersOfObject } from '../conversions/receive/conversion-input.ts';
import { receiveConversion } from '../conversions/receive/receive-conversion.ts';
import { receivedAs } from '../conversions/receive/receive-many.ts';
import { type Recorded, recordConversions } from '../conversions/receive/record-conversions.ts';
import type { RefusalCounter } from '../conversions/refusals.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { readAddress } from './client-address.ts';
import { ANSWER_WITHIN_MS, Exchange, type ExchangeKind, type Exchanges } from './exchange.ts';
import type { ConversionOutcome } from './outcomes.ts';
import type { RedirectMetrics } from './redirect-metrics.ts';

const RETRY_MS = 100;
const QUERY_LENGTH_MAX = 4_096;
const BODY_BYTES_MAX = 16 * 1024;
const TOO_LARGE = `a body may have ${BODY_BYTES_MAX} bytes: send many conversions to POST /v2/conversions`;
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

/** One report of a conversion, and its answer. */
class Call extends Exchange<ConversionOutcome> {
  readonly channel: Channel;
  readonly ip: string;

  constructor(res: HttpResponse, kind: ExchangeKind<ConversionOutcome>, channel: Channel, ip: string) {
    super(res, kind);
    this.channel = channel;
    this.ip = ip;
  }
}

export interface ConversionDependencies {
  exchanges: Exchanges;
  context: ReceiveContext;
  redis: RedisClient;
  metrics: Pick<RedirectMetrics, 'conversions'>;
  refusals: RefusalCounter;
  /** How many proxies in front may be believed for the client address. */
  trust_proxy: number;
}

export class ConversionHandler implements ExchangeKind<ConversionOutcome> {
  open_count = 0;
  readonly #given: ConversionDependencies;

  constructor(given: ConversionDependencies) {
    this.#given = given;
  }

  /** GET, or POST with a form or JSON; what stands in the address counts for both. */
  handle(res: HttpResponse, req: HttpRequest, channel: Channel): void {
    const call = this.#begin(res, req, channel);
    const query = req.getQuery() ?? '';
    const type = req.getHeader('content-type');
    if (req.getMethod() !== 'post') {
      this.#given.exchanges.awaitAnswer(call);
      void this.#receive(call, () => parametersOf(query));
      return;
    }
    this.#given.exchanges.readBody(call, BODY_BYTES_MAX, (body) => {
      void this.#receive(call, () => {
        if (body === undefined) throw new ConversionError('too_large', TOO_LARGE);
        return { ...parametersOf(query), ...bodyOf(type, body) };
      });
    });
  }

  /** Whatever happens, the answer is the picture. */
  handlePixel(res: HttpResponse, req: HttpRequest): void {
    const link_id = req.getParameter(0)?.replace(/\.gif$/, '') ?? '';
    const query = req.getQuery() ?? '';
    const call = this.#begin(res, req, 'pixel');
    this.#given.exchanges.awaitAnswer(call);
    void this.#receive(call, () => ({ ...parametersOf(query), link_id }));
  }

  #begin(res: HttpResponse, req: HttpRequest, channel: Channel): Call {
    const call = new Call(res, this, channel, readAddress(res, req, this.#given.trust_proxy));
    this.#given.exchanges.begin(call);
    return call;
  }

  /** The steps. */
  async #receive(call: Call, read: () => Parameters): Promise<void> {
    try {
      if (this.open_count > OPEN_MAX) throw unavailable();
      const given = read();
      const report = { channel: call.channel, given, ip: call.ip };
      const conversion = await receiveConversion(this.#given.context, report, Date.now());
      const received = receivedAs(conversion, await this.#record(conversion, call.waits_since));
      this.#answer(call, received.status, 200, received);
    } catch (error) {
      this.#refuse(call, error instanceof ConversionError ? error : unavailable());
    }
  }

  /** Sends the same conversion again until the reply is there: a second time changes nothing. */
  async #record(conversion: Conversion, since: number): Promise<Recorded> {
    const { redis, context } = this.#given;
    while (performance.now() - since < ANSWER_WITHIN_MS) {
      try {
        return (await recordConversions(redis, [conversion], context.partition_bytes_max))[0] as Recorded;
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
    if (account_id !== undefined) this.#given.refusals.count(account_id, code);
    this.#answer(call, code, status, { error: code, message });
  }

  #answer(call: Call, outcome: ConversionOutcome, status: number, body: object): void {
    const { exchanges } = this.#given;
    if (!exchanges.end(call, outcome)) return;
    const { res } = call;
    const pixel = call.channel === 'pixel';
    const closing = exchanges.closes(res);
    res.cork(() => {
      res.writeStatus(pixel ? '200 OK' : (STATUS_TEXT[status] ?? String(status)));
      res.writeHeader('Content-Type', pixel ? 'image/gif' : 'application/json');
      res.writeHeader('Cache-Control', 'private, no-store, max-age=0');
      // The picture says nothing: whoever looks for a mistake finds it here.
      if (pixel) res.writeHeader('X-Conversion', outcome);
      // A shop's page may report from the browser; there is nothing to read here but its own answer.
      res.writeHeader('Access-Control-Allow-Origin', '*');
      if (status === 503 && !pixel) res.writeHeader('Retry-After', String(RETRY_AFTER_S));
      if (closing) res.writeHeader('Connection', 'close');
      res.end(pixel ? PIXEL : `${JSON.stringify(body)}\n`, closing);
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
