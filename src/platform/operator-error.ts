/**
 * An error that the operator can fix: its message is a sentence that says how, so it is shown without a stack. Each
 * kind has its own class with a stable code.
 */
export abstract class OperatorError extends Error {
  abstract readonly code: string;
}
