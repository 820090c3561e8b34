/** A file that can not be read as it was meant; the message says which column or value, and what to do. */
export class ExportError extends Error {
  readonly code = 'invalid_export';
}
