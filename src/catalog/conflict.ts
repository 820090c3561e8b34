/** The error of the catalog: what must be unique is taken, or changes under too many hands. */

/** Somebody else already has what must be unique; `message` says what. */
export class ConflictError extends Error {
  readonly code = 'conflict';
}
