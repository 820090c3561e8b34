/**
 * Rows as CSV (RFC 4180: CRLF), for people, who open it in a spreadsheet, or for machines; see platform/csv-cells.ts. `bom`
 * makes Excel read UTF-8. Pure.
 */
import { type CsvValue, rawCell, safeCell } from '../platform/csv-cells.ts';
import { MEASURES } from './measures.ts';

const BYTE_ORDER_MARK = '\ufeff';

/** Who reads the file: `people` in a spreadsheet, or `machines`. */
export interface CsvFor {
  reader: 'people' | 'machines';
  /** Whether it begins with a byte order mark, by which Excel knows UTF-8. */
  bom?: boolean;
}

/** Yields the header line, then one text for each group of rows. */
export async function* csvOf(
  columns: readonly string[],
  groups: AsyncIterable<Record<string, CsvValue>[]>,
  { reader, bom = false }: CsvFor,
): AsyncGenerator<string> {
  yield `${bom ? BYTE_ORDER_MARK : ''}${columns.join(',')}\r\n`;
  const cell = (name: string, value: CsvValue): string =>
    reader === 'machines' || name in MEASURES ? rawCell(value) : safeCell(value);
  for await (const rows of groups) {
    yield rows.map((row) => `${columns.map((name) => cell(name, row[name])).join(',')}\r\n`).join('');
  }
}
