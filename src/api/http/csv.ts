/**
 * Reads an uploaded CSV with flat memory (csv-parse): the first line names the columns, and the other lines are
 * yielded in groups as they arrive. Column names are lower-cased; a byte order mark and blank lines are skipped.
 */
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ApiError } from './errors.ts';

const COLUMNS_MAX = 100;
const LINE_BYTES_MAX = 64 * 1024;

export interface CsvRow {
  /** Line number in the file, from 1; line 1 names the columns. */
  line: number;
  values: Record<string, string>;
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
  const columns = first.record.slice(0, COLUMNS_MAX).map((name) => name.toLowerCase());
  async function* groups(): AsyncGenerator<CsvRow[]> {
    let group: CsvRow[] = [];
    for (let one = await next(records); one !== undefined; one = await next(records)) {
      const { record, info } = one;
      const values = Object.fromEntries(columns.map((name, i) => [name, record[i] ?? '']));
      group.push({ line: info.lines, values });
      if (group.length < group_max) continue;
      yield group;
      group = [];
    }
    if (group.length > 0) yield group;
  }
  return { columns, groups: groups() };
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
