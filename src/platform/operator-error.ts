/**
 * An obstacle that the operator can remove: its message is a sentence that says how, so it is shown without a stack.
 * Each kind is a class of its own with a stable code.
 */
export abstract class OperatorError extends Error {
  abstract readonly code: string;
}
