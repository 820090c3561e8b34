/** What there is to import, made of client.ts by `npm run client`: change that instead. */
import { type RetryNote, TracklyError } from './errors.js';
import type { paths } from './openapi.ts';

export type { ClientErrorCode, RetryNote } from './errors.js';
export type { paths } from './openapi.ts';
export { TracklyError };
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** The paths that have `M`. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends {
    responses: object;
  }
    ? P
    : never;
}[keyof paths];
type Place<Operation, Name extends 'path' | 'query'> = Operation extends {
  parameters: Record<Name, infer T>;
}
  ? Record<Name, T & Taps<Name>>
  : Operation extends {
        parameters: {
          [N in Name]?: infer T;
        };
      }
    ? [T] extends [undefined]
      ? unknown
      : {
          [N in Name]?: T & Taps<Name>;
        }
    : unknown;
/** Reports filter by what taps brought, too: `query.utm_source`. */
type Taps<Name> = Name extends 'query'
  ? {
      [name: `query.${string}`]: string;
    }
  : unknown;
type Json<T> = T extends {
  content: {
    'application/json': infer Body;
  };
}
  ? Body
  : undefined;
type Body<Operation> = Operation extends {
  requestBody: infer B;
}
  ? [B] extends [undefined]
    ? unknown
    : {
        body: Json<B>;
      }
  : Operation extends {
        requestBody?: infer B;
      }
    ? [B] extends [undefined]
      ? unknown
      : {
          body?: Json<NonNullable<B>>;
        }
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
export type AnswerOf<M extends Method, P extends PathOf<M>> = paths[P][M] extends {
  responses: infer R;
}
  ? {
      [Status in keyof R]: Status extends 200 | 201 | 202 | 204 ? Json<R[Status]> : never;
    }[keyof R]
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
type ListOf<T, Name extends string> = T extends {
  [N in Name]: (infer One)[];
}
  ? One
  : never;
export type StreamPath = keyof Streams;
export type RowOf<P extends StreamPath> = ListOf<Json<paths[P]['post']['requestBody']>, Streams[P]>;
/** A row's own error. */
export interface RowError {
  index: number;
  error: string;
  message: string;
  message_id?: string;
  warnings?: {
    code: string;
    message: string;
    field?: string;
  }[];
}
/** The answer to a row, or its error: the two are told apart by `error`. */
export type RowAnswerOf<P extends StreamPath> =
  | (ListOf<AnswerOf<'post', P>, Streams[P]> & {
      index: number;
      error?: undefined;
    })
  | RowError;
/** What a watcher is sent: see GET /v2/live. */
export type LiveEvent = {
  [Name in keyof LiveData]: {
    event: Name;
    data: LiveData[Name];
  };
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
    options?: {
      signal?: AbortSignal;
    },
  ): AsyncGenerator<RowAnswerOf<P>>;
  /** Clicks, conversions and counters as they come, until `signal` is aborted; broken connections are made again. */
  live(options?: { query?: LiveQuery; signal?: AbortSignal }): AsyncGenerator<LiveEvent>;
}
/** Throws where the address is none. */
export declare function createTrackly(options: TracklyOptions): Trackly;
