/**
 * Cells of a CSV (RFC 4180: quotes doubled) for two kinds of readers. People open a file in a spreadsheet of any language:
 * text is quoted, and what would be read as a formula gets an apostrophe (OWASP, "CSV Injection"), also behind the
 * separators of other languages. Machines get every value as it is. The files of the API and of the console are made of
 * these. Pure.
 */

/** What begins a formula, at the beginning of a cell or behind a separator that another language splits lines at. */
const FORMULA = /(^|[;\t\r\n|])(?=[=+\-@\t\r])/g;
const NEEDS_QUOTES = /[",\r\n]/;

export type CsvValue = string | number | null | undefined;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A value as it is; in quotes where it would not be one value otherwise. */
export function rawCell(value: CsvValue): string {
  const text = String(value ?? '');
  return NEEDS_QUOTES.test(text) ? quoted(text) : text;
}

/** Text that people entered. Letters, digits and the like need no quotes in any language. */
export function safeCell(value: CsvValue): string {
  if (typeof value === 'number') return String(value);
  const text = String(value ?? '').replace(FORMULA, "$1'");
  return /^[\p{L}\p{N} _.:/-]*$/u.test(text) ? text : quoted(text);
}
