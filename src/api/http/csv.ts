/**
 * Reads an uploaded CSV with flat memory (csv-parse): the first line names the columns, and the other lines are
 * yielded in groups. The separator (comma, semicolon, tab or pipe) is the one that the first line has most of. A byte
 * order mark, blank lines and spaces at the ends of a value are skipped. A line that can only be read by guessing has a
 * problem instead of values; behind a broken quote nothing can be read.
 */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ApiError } from './errors.ts';

const COLUMNS_MAX = 200;
const LINE_BYTES_MAX = 64 * 1024;
/** Characters of a group, give or take a line: groups follow from the file alone. */
const GROUP_CHARACTERS_MAX = 8 * 1024 * 1024;
const SEPARATORS = [',', ';', '\t', '|'] as const;
/** What the decoder puts in the place of bytes that are not UTF-8. */
const REPLACED = '\ufffd';
const NUL = '\0';
/** Its byte order mark, as Windows writes it. */
const UTF_16 = Buffer.from([0xff, 0xfe]);

export interface CsvRow {
  /** Line number in the file, from 1; line 1 names the columns. */
  line: number;
  values: string[];
  /** Why the line can not be read; its values are not to be used then. */
  problem: string | undefined;
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

export interface Csv {
  /** As the file writes them. */
  header: string[];
  /** Lines after the first, at most `group_max` at a time; fewer where they are long. */
  groups: AsyncGenerator<CsvRow[]>;
  /** Ends the reading; needed where the groups are not read to their end. */
  close(): void;
}

/** Reads the first line immediately. Throws ApiError where that can not name columns. */
export async function readCsv(input: Readable, group_max: number): Promise<Csv> {
  const { first, all } = await peek(input);
  const separator = separatorOf(first);
  const parser = parse({
    bom: true,
    info: true,
    delimiter: separator,
    skip_empty_lines: true,
    // A tab is a space too.
    trim: separator !== '\t',
    max_record_size: LINE_BYTES_MAX,
    relax_column_count: true,
  });
  // Whoever reads the records gets the error.
  pipeline(Readable.from(all), parser, () => {});
  const close = (): void => {
    parser.destroy();
    input.destroy();
  };
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<CsvRecord>;
  const named = await next(records);
  let header: string[];
  try {
    header = headerOf(named);
  } catch (error) {
    close();
    throw error;
  }
  async function* groups(): AsyncGenerator<CsvRow[]> {
    let group: CsvRow[] = [];
    let characters = 0;
    let line = named === undefined || 'broken' in named ? 1 : named.info.lines;
    for (let one = await next(records); one !== undefined; one = await next(records)) {
      if ('broken' in one) {
        const problem = `${one.broken.message}: nothing behind it can be read`;
        group.push({ line: line + 1, values: [], problem });
        break;
      }
      line = one.info.lines;
      const values = one.record.map((value) => value.trim());
      group.push({ line, ...rowOf(values, header) });
      characters += values.reduce((sum, value) => sum + value.length, 0);
      if (group.length < group_max && characters < GROUP_CHARACTERS_MAX) continue;
      yield group;
      group = [];
      characters = 0;
    }
    if (group.length > 0) yield group;
  }
  return { header, groups: groups(), close };
}

/** The first line, and everything with it. */
async function peek(input: Readable): Promise<{ first: string; all: AsyncGenerator<Buffer> }> {
  // It is ended early where the rest is not needed.
  input.on('error', () => {});
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let begin: Buffer = Buffer.alloc(0);
  let first: string | undefined;
  while (first === undefined && begin.length < LINE_BYTES_MAX) {
    const { done, value } = await chunks.next();
    if (done) break;
    begin = Buffer.concat([begin, value]);
    first = /^[^\r\n]*(?=[\r\n])/.exec(begin.toString('utf8'))?.[0];
  }
  first ??= begin.toString('utf8');
  if (first.includes(NUL) || begin.subarray(0, 2).equals(UTF_16)) {
    input.destroy();
    throw new ApiError('invalid_request', 'the file is no UTF-8 text (is it UTF-16?): save it as CSV UTF-8');
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield begin;
    for (let one = await chunks.next(); !one.done; one = await chunks.next()) yield one.value;
  }
  return { first, all: all() };
}

/** Outside of quotes. Where the line has none of them it has one column. */
function separatorOf(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counts = SEPARATORS.map((separator) => bare.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function headerOf(named: CsvRecord | { broken: CsvError } | undefined): string[] {
  if (named === undefined)
    throw new ApiError('invalid_request', 'the CSV is empty: begin with a line of column names');
  if ('broken' in named)
    throw new ApiError('invalid_request', `the CSV can not be read: ${named.broken.message}`);
  const { record } = named;
  const header = record.map((name) => name.trim());
  const names = header.map((name) => name.toLowerCase());
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) < i);
  if (twice !== undefined)
    throw new ApiError(
      'invalid_request',
      `the CSV has two columns "${twice.slice(0, 40)}": send one of them`,
    );
  if (header.length > COLUMNS_MAX)
    throw new ApiError(
      'invalid_request',
      `a CSV may have ${COLUMNS_MAX} columns: leave out those that are not needed`,
    );
  if (header.some((name) => name.includes(REPLACED)))
    throw new ApiError('invalid_request', 'the names of the columns are not UTF-8: encode the file as UTF-8');
  return header;
}

/** What has no column would be lost: `49,90` without quotes is two values. */
function rowOf(values: string[], header: readonly string[]): Omit<CsvRow, 'line'> {
  if (values.slice(header.length).some((value) => value !== ''))
    return {
      values,
      problem: `it has ${values.length} values, more values than the ${header.length} columns. Put a value with a comma in quotes, such as that of "${header.at(-1)}"`,
    };
  if (values.some((value) => value.includes(REPLACED)))
    return {
      values,
      problem: `"${nameOf(values, header, REPLACED)}" is not UTF-8: encode the file as UTF-8`,
    };
  if (values.some((value) => value.includes(NUL)))
    return { values, problem: `"${nameOf(values, header, NUL)}" has a NUL byte: remove it` };
  return { values, problem: undefined };
}

const nameOf = (values: readonly string[], header: readonly string[], wrong: string): string =>
  header[values.findIndex((value) => value.includes(wrong))] ?? '';

async function next(
  records: AsyncIterator<CsvRecord>,
): Promise<CsvRecord | { broken: CsvError } | undefined> {
  try {
    const { done, value } = await records.next();
    return done ? undefined : value;
  } catch (error) {
    if (error instanceof CsvError) return { broken: error };
    throw error;
  }
}
