/** Why a conversion was refused before anything was logged: a stable code, a status, and what to do. */

const STATUS = {
  invalid_json: 400,
  invalid_conversion: 400,
  line_too_long: 400,
  secret_required: 403,
  wrong_secret: 403,
  signature_required: 403,
  wrong_signature: 403,
  address_not_allowed: 403,
  account_suspended: 403,
  unknown_click: 404,
  unknown_link: 404,
  unknown_offer: 404,
  method_not_allowed: 405,
  too_large: 413,
  /** Of the API alone, where the account or the request is strict. */
  warned: 422,
  unsupported_media_type: 415,
  /** In place of an unknown id or a wrong secret, to an address that sent many. */
  too_many_unknown: 429,
  unavailable: 503,
} as const;

export type ConversionErrorCode = keyof typeof STATUS;
export const CONVERSION_ERRORS = Object.keys(STATUS) as ConversionErrorCode[];

export class ConversionError extends Error {
  readonly code: ConversionErrorCode;
  /** The account of the report, if known; refusals are counted per account. */
  readonly account_id: string | undefined;
  constructor(code: ConversionErrorCode, message: string, account_id?: string) {
    super(message);
    this.code = code;
    this.account_id = account_id;
  }
  get status(): number {
    return STATUS[this.code];
  }
}
