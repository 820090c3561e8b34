/**
 * Reads an uploaded CSV with flat memory (csv-parse): the first line names the columns, and the other lines are
 * yielded in groups as they arrive. Column names are lower-cased; a byte order mark, blank lines and spaces at the ends
 * of a value are skipped. A line that can only be read by guessing has a problem instead of values.
 */
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ApiError } from './errors.ts';

const COLUMNS_MAX = 100;
const LINE_BYTES_MAX = 64 * 1024;
/** What the decoder puts in the place of bytes that are not UTF-8. */
const REPLACED = '\ufffd';

export interface CsvRow {
  /** Line number in the file, from 1; line 1 names the columns. */
  line: number;
  values: Record<string, string>;
  /** Why the line can not be read; its values are not to be used then. */
  problem: string | undefined;
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

export interface Csv {
  columns: string[];
  /** Lines after the first, at most `group_max` at a time. */
  groups: AsyncGenerator<CsvRow[]>;
}

/** Reads the first line immediately. Throws ApiError when the text is not valid CSV. */
export async function readCsv(input: Readable, group_max: number): Promise<Csv> {
  const parser = input.pipe(
    parse({
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: LINE_BYTES_MAX,
      relax_column_count: true,
    }),
  );
  input.once('error', (error) => parser.destroy(error));
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<CsvRecord>;
  const first = await next(records);
  if (first === undefined)
    throw new ApiError('invalid_request', 'the CSV is empty: begin with a line of column names');
  const columns = columnsOf(first);
  async function* groups(): AsyncGenerator<CsvRow[]> {
    let group: CsvRow[] = [];
    for (let one = await next(records); one !== undefined; one = await next(records)) {
      const { record, info } = one;
      const values = Object.fromEntries(columns.map((name, i) => [name, record[i] ?? '']));
      group.push({ line: info.lines, values, problem: problemOf(record, columns.length) });
      if (group.length < group_max) continue;
      yield group;
      group = [];
    }
    if (group.length > 0) yield group;
  }
  return { columns, groups: groups() };
}

function columnsOf({ record }: CsvRecord): string[] {
  const columns = record.map((name) => name.toLowerCase());
  const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) < i);
  if (twice !== undefined)
    throw new ApiError(
      'invalid_request',
      `the CSV has two columns "${twice.slice(0, 40)}": send one of them`,
    );
  if (columns.length > COLUMNS_MAX)
    throw new ApiError(
      'invalid_request',
      `a CSV may have ${COLUMNS_MAX} columns: leave out those that are not needed`,
    );
  if (record.some((name) => name.includes(REPLACED)))
    throw new ApiError('invalid_request', 'the names of the columns are not UTF-8: encode the file as UTF-8');
  return columns;
}

/** Missing values at the end are empty; what has no column would be lost: `49,90` without quotes is two values. */
function problemOf(record: string[], columns: number): string | undefined {
  if (record.slice(columns).some((value) => value.length > 0))
    return `this line has more values than the ${columns} columns: put a value with a comma in quotes`;
  if (record.some((value) => value.includes(REPLACED)))
    return 'this line is not UTF-8: encode the file as UTF-8';
  return undefined;
}

async function next(records: AsyncIterator<CsvRecord>): Promise<CsvRecord | undefined> {
  try {
    const { done, value } = await records.next();
    return done ? undefined : value;
  } catch (error) {
    if (error instanceof CsvError)
      throw new ApiError('invalid_request', `the CSV can not be read: ${error.message}`);
    throw error;
  }
}
