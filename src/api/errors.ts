/**
 * Every error of the API: a stable code, a status, and a message that says what to do.
 * On the wire: `{"error": "<code>", "message": "<what to do>"}`.
 */

const STATUS = {
  invalid_json: 400,
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

export class ApiError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
  get status(): number {
    return STATUS[this.code];
  }
}

export interface ErrorBody {
  error: ErrorCode;
  message: string;
}

export function errorBody(error: ApiError): ErrorBody {
  return { error: error.code, message: error.message };
}
