/** What commands show at a terminal: tables, and texts of strangers without anything that a terminal obeys. */

/** Control characters, which move the cursor, change titles and colours, or end a line; and marks that turn text round. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** As text of one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(OBEYED, '·');
}

/** Counts, amounts and rates stand right. */
const NUMBER = /^-?[\d,.]+%?$/;
const GAP = '  ';

/** The lines of a table, without spaces at their ends. `rows` hold a text for each column. */
export function tableLines(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? ''))));
  const right = columns.map(
    (_, i) => rows.some((row) => row[i]) && rows.every((row) => isNumber(row[i] ?? '')),
  );
  return all.map((row) =>
    columns
      .map((_, i) => {
        const text = row[i] ?? '';
        const space = ' '.repeat((widths[i] ?? 0) - widthOf(text));
        return right[i] ? space + text : text + space;
      })
      .join(GAP)
      .trimEnd(),
  );
}

const isNumber = (text: string): boolean => text === '' || NUMBER.test(text);
const widthOf = (text: string): number => [...text].length;

/** Writes to standard output as fast as its reader reads. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}

export const printLines = (lines: readonly string[]): Promise<void> => print(`${lines.join('\n')}\n`);

/** Whoever reads standard output may close it, such as `head`: the command ends then. */
export function endWithReader(): void {
  process.stdout.on('error', () => process.exit(0));
}
