/**
 * Every error of the API: a stable code, a status, and a message that says what to do.
 * On the wire: `{"error": "<code>", "message": "<what to do>"}`. What each code means stands here, once, and is
 * shown in the OpenAPI document.
 */

interface Meaning {
  status: number;
  /** For a developer: when it comes, and what to do. */
  means: string;
}

export const ERRORS = {
  invalid_json: { status: 400, means: 'The body is not JSON. Send it as it is described, in UTF-8.' },
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
      "The wrong kind of key: accounts, the ledger and dead letters need the admin key, everything else an account's.",
  },
  not_found: {
    status: 404,
    means: 'There is no such thing in this account. A new click or conversion is here within 2 seconds.',
  },
  method_not_allowed: { status: 405, means: 'The route takes another method: see /docs.' },
  conflict: {
    status: 409,
    means:
      'Somebody else has it already (a domain, a coupon code), or changed it at the same time: read it again, then repeat.',
  },
  too_large: { status: 413, means: 'Send less at once, or NDJSON or CSV, which may have any length.' },
  unsupported_media_type: {
    status: 415,
    means:
      'Send `application/json`; messages and conversions also take `application/x-ndjson`, conversions `text/csv`.',
  },
  too_many_requests: { status: 429, means: 'Too much of it is waiting: ask again when some is done.' },
  internal: {
    status: 500,
    means: 'A fault here, which was logged. Repeat it once; then tell whoever operates this.',
  },
  unavailable: {
    status: 503,
    means:
      'Redis or ClickHouse is away, or the logs are full. Nothing was half done: repeat it, more slowly each time.',
  },
} as const satisfies Record<string, Meaning>;

export type ErrorCode = keyof typeof ERRORS;

export class ApiError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
}

export interface ErrorBody {
  error: ErrorCode;
  message: string;
}

export function errorBody(error: ApiError): ErrorBody {
  return { error: error.code, message: error.message };
}
