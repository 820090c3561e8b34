/** Turns whatever was thrown while a request was answered into an error with a code and a sentence. Pure. */
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AccessError } from '../../access/access-error.ts';
import { TooManyKeysError } from '../../access/key-store.ts';
import { ConflictError } from '../../catalog/conflict.ts';
import { AccountSuspendedError } from '../../catalog/suspension.ts';
import { LogFullError } from '../../log/refusal.ts';
import { redisFault } from '../../platform/redis-faults.ts';
import { ApiError, fieldError } from './errors.ts';

const ofAccess = ({ code, message, retry_after_s }: AccessError): ApiError =>
  new ApiError(code, message, retry_after_s === undefined ? {} : { 'retry-after': String(retry_after_s) });

/** What the product's own classes of errors are to a caller; undefined for all others. */
function ownError(error: Error): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof AccessError) return ofAccess(error);
  if (error instanceof AccountSuspendedError) return new ApiError(error.code, error.message);
  if (error instanceof ConflictError) return new ApiError('conflict', error.message, {}, error);
  if (error instanceof TooManyKeysError) return new ApiError('conflict', error.message);
  if (error instanceof LogFullError)
    return new ApiError('unavailable', 'the system is full: try again later');
  return undefined;
}

interface Asked {
  /** The route's own bound. */
  body_bytes_max: number;
  content_type: string | undefined;
}

/** What an error that a handler, a hook or Fastify threw is to a caller. */
export function apiErrorOf(error: FastifyError, { body_bytes_max, content_type }: Asked): ApiError {
  const own = ownError(error);
  if (own !== undefined) return own;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issue = error.validation[0];
    const path = issue?.instancePath.split('/').filter(Boolean).join('.') ?? '';
    const problem = issue?.message ?? 'is not valid';
    return path === '' ? new ApiError('invalid_request', problem) : fieldError(path, problem);
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError(
        'too_large',
        `a body may have at most ${body_bytes_max} bytes: send less at once, or NDJSON`,
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongType(content_type);
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new ApiError('invalid_json', 'the body is not valid JSON');
  }
  // zlib's codes: Z_DATA_ERROR, Z_BUF_ERROR.
  if (error.code?.startsWith('Z_'))
    return new ApiError('invalid_request', 'the body is not whole gzip, as Content-Encoding says it is');
  if (error instanceof SyntaxError)
    return new ApiError('invalid_json', `the body is not valid JSON: ${error.message.slice(0, 100)}`);
  if (isRedisAway(error))
    return new ApiError(
      'unavailable',
      `${storeFault(error)}: what was asked may not have been stored; repeat it with your own id, with increasing delays`,
    );
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new ApiError('invalid_request', error.message);
  }
  return new ApiError('internal', 'an internal error occurred and was logged');
}

/** What is wrong with Redis, without its address. */
function storeFault(error: Error): string {
  const fault = redisFault('redis://redis', error);
  return fault === undefined ? 'the store can not be reached' : `Redis, the store: ${fault.found}`;
}

function wrongType(content_type: string | undefined): ApiError {
  const given =
    content_type === undefined
      ? 'the body has no Content-Type: '
      : /^application\/x-www-form-urlencoded\b/i.test(content_type)
        ? 'the body came as a form, as curl -d sends it by itself: '
        : `the body came as ${content_type.slice(0, 60)}: `;
  return new ApiError(
    'unsupported_media_type',
    `${given}add -H 'content-type: application/json' (messages and conversions also take application/x-ndjson, conversions text/csv)`,
  );
}

/** ioredis has no common error class for a lost connection, a time-out and a server that does not take commands. */
function isRedisAway(error: Error): boolean {
  return (
    error.name === 'MaxRetriesPerRequestError' ||
    /isn't writeable|Connection is closed|Command timed out|^LOADING|^OOM|^READONLY|^MASTERDOWN|^MISCONF|^NOAUTH|^NOPERM|^CLUSTERDOWN|ECONNRE/.test(
      error.message,
    )
  );
}
