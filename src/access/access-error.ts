/**
 * What signing in, invitations and members refuse: a stable code of the API, and what to do. Pure; src/api/http turns
 * it into an answer.
 */

export type AccessErrorCode =
  | 'wrong_credentials'
  | 'second_factor_required'
  | 'invitation_ended'
  | 'invalid_request'
  | 'not_found'
  | 'conflict'
  | 'too_many_requests';

export class AccessError extends Error {
  readonly code: AccessErrorCode;
  /** Seconds after which it may be tried again; only of `too_many_requests`. */
  readonly retry_after_s: number | undefined;
  constructor(code: AccessErrorCode, message: string, retry_after_s?: number) {
    super(message);
    this.code = code;
    this.retry_after_s = retry_after_s;
  }
}

/** One answer for an unknown address, a wrong password and a wrong code: it does not tell which. */
export const wrongCredentials = (): AccessError =>
  new AccessError('wrong_credentials', 'the email address, the password or the code is wrong');
