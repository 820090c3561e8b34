/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled), for two kinds of readers. A file for people opens in a spreadsheet of any
 * language: text is quoted, and what would be read as a formula gets an apostrophe (OWASP, "CSV Injection"), also behind
 * the separators of other languages; `bom` makes Excel read UTF-8. A file for machines has every value as it is. Pure.
 */
import { MEASURES } from './measures.ts';

/** What begins a formula, at the beginning of a cell or behind a separator that another language splits lines at. */
const FORMULA = /(^|[;\t\r\n|])(?=[=+\-@\t\r])/g;
const NEEDS_QUOTES = /[",\r\n]/;
const BYTE_ORDER_MARK = '\ufeff';

type Value = string | number | null | undefined;

/** Who reads the file: `people` in a spreadsheet, or `machines`. */
export interface CsvFor {
  reader: 'people' | 'machines';
  /** Whether it begins with a byte order mark, by which Excel knows UTF-8. */
  bom?: boolean;
}

/** Yields the header line, then one text for each group of rows. */
export async function* csvOf(
  columns: readonly string[],
  groups: AsyncIterable<Record<string, Value>[]>,
  { reader, bom = false }: CsvFor,
): AsyncGenerator<string> {
  yield `${bom ? BYTE_ORDER_MARK : ''}${columns.join(',')}\r\n`;
  const cell = (name: string, value: Value): string =>
    reader === 'machines' || name in MEASURES ? rawCell(value) : safeCell(value);
  for await (const rows of groups) {
    yield rows.map((row) => `${columns.map((name) => cell(name, row[name])).join(',')}\r\n`).join('');
  }
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A value as it is; in quotes where it would not be one value otherwise. */
function rawCell(value: Value): string {
  const text = String(value ?? '');
  return NEEDS_QUOTES.test(text) ? quoted(text) : text;
}

/** Text that people entered. Letters, digits and the like need no quotes in any language. */
function safeCell(value: Value): string {
  if (typeof value === 'number') return String(value);
  const text = String(value ?? '').replace(FORMULA, "$1'");
  return /^[\p{L}\p{N} _.:/-]*$/u.test(text) ? text : quoted(text);
}
