/** The first lines of a file as its reader will see them: separator, columns, some rows. For a preview only. Pure. */

const SEPARATORS = [',', ';', '\t', '|'] as const;

export interface CsvHead {
  separator: string;
  columns: string[];
  rows: string[][];
}

/** Of so much of the text as is needed for `rows_max` rows; the last row of a text that was cut may be a part of one. */
export function csvHead(text: string, rows_max: number): CsvHead {
  const bare = text.replace(/^\ufeff/, '');
  const [first = ''] = bare.split(/\r?\n/, 1);
  const separator = SEPARATORS.toSorted((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
  const [columns = [], ...rows] = rowsOf(bare, separator, rows_max + 1);
  return { separator, columns: columns.map((name) => name.trim()), rows };
}

function rowsOf(text: string, separator: string, rows_max: number): string[][] {
  const own = separator === '|' ? '\\|' : separator;
  // A value, in quotes or not, and what ends it.
  const values = new RegExp(`("(?:[^"]|"")*"?|[^${own}\\r\\n]*)(${own}|\\r?\\n|\\r|$)`, 'y');
  const rows: string[][] = [];
  let row: string[] = [];
  while (values.lastIndex < text.length && rows.length < rows_max) {
    const [whole = '', value = '', end = ''] = values.exec(text) ?? [];
    // Text behind a closing quote: no such file is readable.
    if (whole === '') return rows;
    row.push(value.replace(/^"|"$/g, '').replaceAll('""', '"'));
    if (end === separator) continue;
    // Empty lines are none.
    if (row.some((one) => one !== '')) rows.push(row);
    row = [];
  }
  if (row.length > 0 && rows.length < rows_max) rows.push(row);
  return rows;
}
