/**
 * Every error of the API: a stable code, a status, and a message that says what to do. On the wire: `{"error":
 * "<code>", "message": "<what to do>"}`. This file explains each code; the OpenAPI document shows the explanations.
 */
import type { Warning } from '../../catalog/warnings.ts';

interface Meaning {
  status: number;
  /** For a developer: when the error occurs, and what to do. */
  means: string;
}

export const ERRORS = {
  invalid_json: { status: 400, means: 'The body is not valid JSON. Send it as documented, in UTF-8.' },
  invalid_request: {
    status: 400,
    means: 'A field is missing, misspelt or wrong: `message` names it and says how to write it.',
  },
  unauthorized: {
    status: 401,
    means: 'No key, or an unknown one. Send `X-Api-Key`; ask for a new key if it was lost.',
  },
  forbidden: {
    status: 403,
    means:
      "The wrong kind of key: accounts, the click ledger and dead letters need the admin key; all other routes need an account's key.",
  },
  wrong_credentials: {
    status: 403,
    means: 'The email address, the password or the code is wrong; a code works once. It is not said which.',
  },
  second_factor_required: {
    status: 403,
    means:
      'The password is right: send it again with the `code` of the authenticator app, or a recovery code.',
  },
  invitation_ended: {
    status: 410,
    means: 'The link was used, replaced or withdrawn, or is older than seven days: ask for a new one.',
  },
  account_suspended: {
    status: 403,
    means:
      'The operator has suspended the account: its links do not open, and its keys are refused until it is active again. Ask the operator.',
  },
  not_found: {
    status: 404,
    means: 'The account has no such resource. A new click or conversion appears within 2 seconds.',
  },
  method_not_allowed: {
    status: 405,
    means: 'The route does not have this method: `Allow` lists those that it has.',
  },
  warned: {
    status: 422,
    means:
      'The account or the request is strict, and there is a warning: `message` is the first of `warnings`. Nothing was done.',
  },
  idempotency_key_reused: {
    status: 422,
    means:
      'The Idempotency-Key was used for another body within the last 7 days. Send the same body, or use a new key.',
  },
  request_timeout: {
    status: 408,
    means: 'The body did not arrive in time. Send it faster, less at once, or as NDJSON.',
  },
  conflict: {
    status: 409,
    means:
      'The value is already taken (a domain, a coupon code), or the resource was changed at the same time: read it again, then repeat.',
  },
  too_large: {
    status: 413,
    means:
      'The body is too large. Send less at once, or use NDJSON, which has no size limit; a file of conversions may have 1 GiB.',
  },
  unsupported_media_type: {
    status: 415,
    means:
      "Send `application/json`; messages and conversions also take `application/x-ndjson`, conversions `text/csv`. curl sends `-d` as a form: add `-H 'content-type: application/json'`. A body may be compressed with gzip, in no other way.",
  },
  too_many_requests: {
    status: 429,
    means:
      'More than the account, its key or the address may ask for, or too many wrong tries to sign in: `message` says of what. Repeat it after `Retry-After` seconds; `RateLimit` says in every answer what is left.',
  },
  internal: {
    status: 500,
    means:
      'An internal error, which was logged. Repeat the request once; if it fails again, tell the operator.',
  },
  unavailable: {
    status: 503,
    means:
      'Redis or ClickHouse is down or too slow, or the logs are full. It may not have been stored: repeat the request with your own id, with increasing delays.',
  },
  disk_full_soon: {
    status: 503,
    means:
      'The disk of the installation is nearly full, and the rest is kept for taps. Nothing was stored: the operator has to make room, then repeat the request.',
  },
} as const satisfies Record<string, Meaning>;

/** Where an error that passes by itself says nothing else. */
const RETRY_AFTER_S = '1';
/** A disk does not empty within a second. */
const DISK_RETRY_AFTER_S = '30';

export type ErrorCode = keyof typeof ERRORS;

/** What an error is about, for programs. */
interface About {
  /** The field of the request: `payout`, `variants.0.percent`. */
  field?: string | undefined;
  /** Of `warned`: all of them. */
  warnings?: readonly Warning[] | undefined;
}

export class ApiError extends Error {
  readonly code: ErrorCode;
  /** Sent with it. */
  readonly headers: Record<string, string>;
  readonly about: About;
  constructor(code: ErrorCode, message: string, headers: Record<string, string> = {}, about: About = {}) {
    super(message);
    this.code = code;
    this.about = about;
    const again = code === 'too_many_requests' || code === 'unavailable';
    const seconds = code === 'disk_full_soon' ? DISK_RETRY_AFTER_S : again ? RETRY_AFTER_S : undefined;
    this.headers = { ...(seconds !== undefined && { 'retry-after': seconds }), ...headers };
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** What is wrong with one field of the request; the message begins with its name. */
export const fieldError = (field: string, problem: string, code: ErrorCode = 'invalid_request'): ApiError =>
  new ApiError(code, `${field}: ${problem}`, {}, { field });

export interface ErrorBody extends About {
  error: ErrorCode;
  message: string;
}

export function errorBody({ code, message, about: { field, warnings } }: ApiError): ErrorBody {
  return {
    error: code,
    message,
    ...(field !== undefined && { field }),
    ...(warnings !== undefined && { warnings }),
  };
}
