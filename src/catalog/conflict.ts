/** The conflict error of the catalog: a unique value is taken, or too many changes run at the same time. */

/** A value that must be unique is taken; `message` names it. */
export class ConflictError extends Error {
  readonly code = 'conflict';
  /** What has the value. */
  readonly field: string | undefined;
  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}
