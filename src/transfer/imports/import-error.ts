/** The file as a whole can not be imported: why, and what to do. */
export class ImportError extends Error {
  readonly code = 'invalid_import';
}
