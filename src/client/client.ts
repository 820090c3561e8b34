/**
 * The client of the API, for Node 20 and later, and for whatever else has `fetch`; it depends on nothing. Paths,
 * parameters, bodies and answers are checked by the compiler, from the types that the API itself writes (openapi.ts).
 * Others get it as the package `trackly-links`; see package.json beside this file, and src/guides/client.md.
 *
 *   const trackly = createTrackly({ url: 'http://localhost:8081', api_key: 'trk_…' });
 *   const { short_url } = await trackly.post('/v2/links/shorten', { body: { url: 'https://shop.example/' } });
 *
 * What fails is tried again where that can do nothing twice, else it throws TracklyError.
 */
import { newUuid } from '../platform/uuid.ts';
import { addressOf } from './address.ts';
import { errorOf, type RetryNote, TracklyError } from './errors.ts';
import { followEvents } from './live.ts';
import type { paths } from './openapi.ts';
import { withRetries } from './retries.ts';
import { streamRows } from './stream-rows.ts';
import type { Row } from './unanswered-rows.ts';

export type { ClientErrorCode, RetryNote } from './errors.ts';
export type { paths } from './openapi.ts';
export { TracklyError };

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The paths that have `M`. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: object } ? P : never;
}[keyof paths];

type Place<Operation, Name extends 'path' | 'query'> = Operation extends { parameters: Record<Name, infer T> }
  ? Record<Name, T & Taps<Name>>
  : Operation extends { parameters: { [N in Name]?: infer T } }
    ? [T] extends [undefined]
      ? unknown
      : { [N in Name]?: T & Taps<Name> }
    : unknown;

/** Reports filter by what taps brought, too: `query.utm_source`. */
type Taps<Name> = Name extends 'query' ? { [name: `query.${string}`]: string } : unknown;

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;

type Body<Operation> = Operation extends { requestBody: infer B }
  ? [B] extends [undefined]
    ? unknown
    : { body: Json<B> }
  : Operation extends { requestBody?: infer B }
    ? [B] extends [undefined]
      ? unknown
      : { body?: Json<NonNullable<B>> }
    : unknown;

export interface CallOptions {
  signal?: AbortSignal;
  /** For this call in place of the client's. */
  timeout_ms?: number;
  /** Of reports of conversions: makes one request of all that carry it. Without one the client draws its own. */
  idempotency_key?: string;
}

/** What a call of `P` takes: `path`, `query` and `body` as the route has them. */
export type OptionsOf<M extends Method, P extends PathOf<M>> = Place<paths[P][M], 'path'> &
  Place<paths[P][M], 'query'> &
  Body<paths[P][M]> &
  CallOptions;

/** What a call of `P` resolves with. */
export type AnswerOf<M extends Method, P extends PathOf<M>> = paths[P][M] extends { responses: infer R }
  ? { [Status in keyof R]: Status extends 200 | 201 | 202 | 204 ? Json<R[Status]> : never }[keyof R]
  : never;

/** The options may be left out where none is needed. */
type Arguments<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];

type Call<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...options: Arguments<OptionsOf<M, P>>
) => Promise<AnswerOf<M, P>>;

/** Routes that take rows of any number, and what their list is called in JSON. */
interface Streams {
  '/v2/messages': 'messages';
  '/v2/messages/events': 'events';
  '/v2/conversions': 'conversions';
}
type ListOf<T, Name extends string> = T extends { [N in Name]: (infer One)[] } ? One : never;
export type StreamPath = keyof Streams;
export type RowOf<P extends StreamPath> = ListOf<Json<paths[P]['post']['requestBody']>, Streams[P]>;
/** A row's own error. */
export interface RowError {
  index: number;
  error: string;
  message: string;
  message_id?: string;
  warnings?: { code: string; message: string; field?: string }[];
}
/** The answer to a row, or its error: the two are told apart by `error`. */
export type RowAnswerOf<P extends StreamPath> =
  | (ListOf<AnswerOf<'post', P>, Streams[P]> & { index: number; error?: undefined })
  | RowError;

/** What a watcher is sent: see GET /v2/live. */
export type LiveEvent = {
  [Name in keyof LiveData]: { event: Name; data: LiveData[Name] };
}[keyof LiveData];
type LiveData = paths['/v2/live']['get']['responses'][200]['content']['text/event-stream'];
type LiveQuery = NonNullable<paths['/v2/live']['get']['parameters']['query']>;

export interface TracklyOptions {
  /** The API's address, such as `https://links.example`. */
  url: string;
  /** An account's key, or the admin key. */
  api_key: string;
  /** For one try of a call, with its answer. Default: 30,000. */
  timeout_ms?: number;
  /** Tries of a call, with the first. Default: 5. */
  tries_max?: number;
  /** Told of each try that failed and is made again. */
  on_retry?: (note: RetryNote) => void;
  /** In place of the global one. */
  fetch?: typeof fetch;
}

export interface Trackly {
  get: Call<'get'>;
  post: Call<'post'>;
  put: Call<'put'>;
  patch: Call<'patch'>;
  delete: Call<'delete'>;
  /** The answer as it comes, a success: for files, such as reports with `format=csv`. `address` has its query. */
  open(address: string, options?: CallOptions): Promise<Response>;
  /**
   * Rows of any number, sent and answered at once in one order; no more is read from `rows` than is answered, but for
   * 5,000 rows. After a broken connection it goes on where it was: messages get a `message_id` if they have none, by which
   * a repeat is the same message; of conversions only those with a `txn_id` are sent twice.
   */
  stream<P extends StreamPath>(
    path: P,
    rows: AsyncIterable<RowOf<P>> | Iterable<RowOf<P>>,
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<RowAnswerOf<P>>;
  /** Clicks, conversions and counters as they come, until `signal` is aborted; broken connections are made again. */
  live(options?: { query?: LiveQuery; signal?: AbortSignal }): AsyncGenerator<LiveEvent>;
}

const TIMEOUT_MS = 30_000;
const TRIES_MAX = 5;
/** What may be done twice as well as once. */
const REPEATABLE: ReadonlySet<string> = new Set(['get', 'put', 'patch']);

/** What every call is made of, whatever its path. */
interface Asked extends CallOptions {
  path?: object;
  query?: object;
  body?: unknown;
}

interface Sent extends RequestInit {
  address: string;
  repeatable: boolean;
}

/** Why a try was given up. */
class TimedOut extends Error {}

/** Throws where the address is none. */
export function createTrackly(options: TracklyOptions): Trackly {
  const { api_key, timeout_ms = TIMEOUT_MS, tries_max = TRIES_MAX, on_retry, fetch: ask = fetch } = options;
  const base = baseOf(options.url);

  const request = (address: string, init: RequestInit): Promise<Response> =>
    ask(`${base}${address}`, {
      ...init,
      headers: { 'x-api-key': api_key, ...init.headers },
      // The key goes to this address, and nowhere else.
      redirect: 'manual',
    }).catch((error: unknown) => {
      throw failureOf(error, init.signal, base);
    });

  /** What `read` makes of a success, with all tries; `timeout_ms` is for the answer and what is read of it. */
  function send<T>(sent: Sent, asked: Asked, read: (response: Response) => Promise<T>): Promise<T> {
    const { signal } = asked;
    const { address, repeatable, ...init } = sent;
    const attempt = async (): Promise<T> => {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new TimedOut()), asked.timeout_ms ?? timeout_ms);
      const both = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
      try {
        return await read(await connect(address, { ...init, signal: both }));
      } catch (error) {
        throw error instanceof TracklyError ? error : failureOf(error, both, base);
      } finally {
        clearTimeout(timer);
      }
    };
    return withRetries(attempt, { tries_max, repeatable, signal, on_retry });
  }

  async function call(method: string, path: string, asked: Asked = {}): Promise<unknown> {
    const { body, key } = keyed(method, path, asked);
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const sent: Sent = {
      method: method.toUpperCase(),
      address: addressOf(path, { ...asked.path, ...asked.query }),
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      repeatable: REPEATABLE.has(method) || key !== undefined || isNamed(path, body),
    };
    return send(sent, asked, (response) => jsonOf(response, base));
  }

  async function connect(address: string, init: RequestInit): Promise<Response> {
    const response = await request(address, init);
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  const calls = Object.fromEntries(
    (['get', 'post', 'put', 'patch', 'delete'] as const).map((method) => [
      method,
      (path: string, asked?: Asked) => call(method, path, asked),
    ]),
  ) as unknown as Pick<Trackly, Method>;

  return {
    ...calls,
    open: (address, asked = {}) => send({ address, repeatable: true }, asked, async (response) => response),
    stream(path, rows, { signal } = {}) {
      const headers = { 'content-type': 'application/x-ndjson' };
      const answers = streamRows({
        rows,
        toRow: (value, index) => rowOf(path, value as object, index),
        // `duplex` is part of the standard, and not yet of the types.
        connect: (body, ended) =>
          connect(path, { method: 'POST', headers, body, signal: ended, duplex: 'half' } as RequestInit),
        ...{ tries_max, signal, on_retry },
      });
      return answers as AsyncGenerator<never>;
    },
    live({ query = {}, signal } = {}) {
      const address = addressOf('/v2/live', query);
      const events = followEvents({
        connect: (ended) => connect(address, { signal: ended }),
        ...{ signal, on_retry },
      });
      return events as AsyncGenerator<LiveEvent>;
    },
  };
}

function baseOf(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new TypeError(`"${url}" is no address of an API: write it as https://links.example`);
  }
  return url.replace(/\/+$/, '');
}

/** What no answer came of. Rethrows what the caller aborted with. */
function failureOf(error: unknown, signal: AbortSignal | null | undefined, base: string): unknown {
  if (!signal?.aborted) {
    const cause = (error as Error).cause ?? error;
    return new TracklyError('unreachable', `no API answers at ${base}`, { cause });
  }
  const { reason } = signal;
  if (!(reason instanceof TimedOut)) return reason;
  return new TracklyError('timeout', `${base} did not answer in time`, { cause: error });
}

async function jsonOf(response: Response, base: string): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new TracklyError('unexpected', `what answers at ${base} is not the API: check the address`, {
      status: response.status,
    });
  }
}

/** With ids by which the API knows a repeat, where a route has such. */
function keyed(
  method: string,
  path: string,
  { body, idempotency_key }: Asked,
): { body: unknown; key?: string } {
  if (method !== 'post') return { body };
  if (path === '/v2/conversions') return { body, key: idempotency_key ?? newUuid() };
  const { messages } = (body ?? {}) as { messages?: object[] };
  if (path !== '/v2/messages' || !Array.isArray(messages)) return { body };
  return { body: { ...(body as object), messages: messages.map(withId) } };
}

const withId = (message: object): object =>
  'message_id' in message && message.message_id !== undefined
    ? message
    : { ...message, message_id: newUuid() };

/** Routes whose rows carry ids. */
const isNamed = (path: string, body: unknown): boolean =>
  body !== undefined && (path === '/v2/messages' || path === '/v2/messages/events');

function rowOf(path: StreamPath, value: object, index: number): Row {
  const row = path === '/v2/messages' ? withId(value) : value;
  const { txn_id = '' } = row as { txn_id?: string };
  return { index, line: `${JSON.stringify(row)}\n`, repeatable: path !== '/v2/conversions' || txn_id !== '' };
}
