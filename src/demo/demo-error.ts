/** The demo can not be made or removed as asked; the message says what to do. */
import { OperatorError } from '../platform/operator-error.ts';

export class DemoError extends OperatorError {
  readonly code = 'demo';
}
