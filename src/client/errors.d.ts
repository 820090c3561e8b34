/** What there is to import, made of errors.ts by `npm run client`: change that instead. */
/** What a call of the client throws: the API's own refusal, or that no answer came. */
import type { ApiError } from './openapi.ts';
/** Codes of the client itself: no API answered, or not in time; a stream broke where rows can't be sent again. */
export type ClientErrorCode = 'unreachable' | 'timeout' | 'interrupted' | 'redirected' | 'unexpected';
interface About {
  status?: number;
  field?: string | undefined;
  body?: unknown;
  retry_after_ms?: number | undefined;
  cause?: unknown;
}
export declare class TracklyError extends Error {
  readonly name = 'TracklyError';
  /** 0 where no answer came. */
  readonly status: number;
  /** Stable: the API's `error`, or one of the client's own. */
  readonly code: ApiError['error'] | ClientErrorCode;
  /** The field of the request that it is about. */
  readonly field: string | undefined;
  /** The answer as it was read, where there was one. */
  readonly body: unknown;
  /** How long the API asks to wait, in ms; undefined where it doesn't. */
  readonly retry_after_ms: number | undefined;
  constructor(code: TracklyError['code'], message: string, about?: About);
}
/** A try that failed and is made again. */
export interface RetryNote {
  error: TracklyError;
  /** The number of the try that failed, from 1. */
  tries: number;
  wait_ms: number;
}
