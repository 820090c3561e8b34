/** Files that the browser makes: rows as CSV, safe to open in a spreadsheet as the API's own files are. */
import { safeCell } from '../../platform/csv-cells.ts';

/** RFC 4180. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(safeCell).join(',')}\r\n`).join('');
}

/** Rows of an answer of the API under the names that it has for their values. */
export function csvOfRows(rows: readonly object[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cellOf = (value: unknown): string | number | null =>
    typeof value === 'number' || typeof value === 'string'
      ? value
      : value == null
        ? null
        : JSON.stringify(value);
  return csvOf([
    names,
    ...rows.map((row) => names.map((name) => cellOf((row as Record<string, unknown>)[name]))),
  ]);
}

export function save(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

export const csvFile = (text: string): Blob => new Blob([text], { type: 'text/csv;charset=utf-8' });
