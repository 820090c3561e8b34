/** Answers `invalid_request` for what the parser of messages refuses, where a route takes one thing and not a batch. */
import { MessageError } from '../../messages/message.ts';
import { ApiError } from './errors.ts';

export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof MessageError) throw new ApiError('invalid_request', error.message, {}, error);
    throw error;
  }
}
