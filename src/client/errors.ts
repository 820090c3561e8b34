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

export class TracklyError extends Error {
  override readonly name = 'TracklyError';
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

  constructor(code: TracklyError['code'], message: string, about: About = {}) {
    super(message, about.cause === undefined ? {} : { cause: about.cause });
    this.code = code;
    this.status = about.status ?? 0;
    this.field = about.field;
    this.body = about.body;
    this.retry_after_ms = about.retry_after_ms;
  }
}

/** A try that failed and is made again. */
export interface RetryNote {
  error: TracklyError;
  /** The number of the try that failed, from 1. */
  tries: number;
  wait_ms: number;
}

/** Of bulk calls all of whose rows were refused. */
interface Refusal extends Partial<ApiError> {
  errors?: { error: string; message: string }[];
}

/**
 * The error of an answer that is no success; reads its body.
 * @internal
 */
export async function errorOf(response: Response): Promise<TracklyError> {
  const { status } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel().catch(() => {});
    const to = response.headers.get('location') ?? 'another address';
    return new TracklyError('redirected', `the address leads on to ${to}: use that one`, { status });
  }
  const text = await response.text().catch(() => '');
  const body = parsed(text);
  const { error, message, field, errors } = (body ?? {}) as Refusal;
  const [first] = errors ?? [];
  const code = (error ?? first?.error ?? 'unexpected') as TracklyError['code'];
  const sentence =
    message ?? first?.message ?? `the answer was ${status}, and not of the API: check the address`;
  const retry_after_ms = retryAfterMs(response.headers.get('retry-after'), Date.now());
  return new TracklyError(code, sentence, { status, body, field, retry_after_ms });
}

/**
 * What `Retry-After` asks for, in ms; undefined where it says nothing.
 * @internal
 */
export function retryAfterMs(header: string | null, now_ms: number): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait_ms = Number.isNaN(seconds) ? Date.parse(header) - now_ms : seconds * 1_000;
  return Number.isNaN(wait_ms) ? undefined : Math.max(0, wait_ms);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
