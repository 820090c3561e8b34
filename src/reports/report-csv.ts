/**
 * A report as CSV (RFC 4180: CRLF, quotes doubled), safe to open in a spreadsheet: text that would be read
 * as a formula gets a leading apostrophe (OWASP, "CSV injection"). Pure.
 */
import { MEASURES } from './definitions.ts';

const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

type Value = string | number | null | undefined;

/** Yields the header line, then one text for each group of rows. */
export async function* csvOf(
  columns: readonly string[],
  groups: AsyncIterable<Record<string, Value>[]>,
): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const rows of groups) {
    yield rows
      .map((row) => `${columns.map((name) => cell(row[name], !(name in MEASURES))).join(',')}\r\n`)
      .join('');
  }
}

/** One cell. `is_text`: a value that people entered, not a computed value. */
function cell(value: Value, is_text: boolean): string {
  if (value === null || value === undefined) return '';
  let text = String(value);
  if (is_text && FORMULA_START.test(text)) text = `'${text}`;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
