/**
 * Reads and writes NDJSON with flat memory: splits the request into lines as it arrives, processes a few groups of
 * lines at a time, and answers in order. A slow reader slows the writer: no more is read than can be answered. If the
 * request is aborted, the answer ends.
 */
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';

/** Bytes of one line; a longer line is skipped to its end. */
export const LINE_BYTES_MAX = 64 * 1024;
/** Groups processed at once: while one waits for Redis, another is parsed. */
const GROUPS_AT_WORK_MAX = 3;

/** Replaces a line that can not be read; it has its own error, and the others live. */
export class BadLine {
  readonly code: 'line_too_long' | 'invalid_json';
  readonly message: string;
  constructor(code: BadLine['code'], message: string) {
    this.code = code;
    this.message = message;
  }
}

const TOO_LONG = new BadLine('line_too_long', `a line may have ${LINE_BYTES_MAX} bytes`);
const NOT_UTF8 = new BadLine('invalid_json', 'this line is not UTF-8: encode it as UTF-8');

type Line = string | BadLine;

/**
 * A stream of one JSON line for each line of `input` (blank lines are skipped). `work` answers a group of lines, in
 * order; `first_index` is the number of the group's first line, from 0.
 */
export function answerLines(
  input: Readable,
  group_lines_max: number,
  work: (group: Line[], first_index: number) => Promise<object[]>,
): Readable {
  async function* answers(): AsyncGenerator<string> {
    const atWork: Promise<object[]>[] = [];
    let index = 0;
    const toText = async (group: Promise<object[]>): Promise<string> =>
      (await group).map((answer) => `${JSON.stringify(answer)}\n`).join('');
    for await (const group of groupsOf(input, group_lines_max)) {
      const working = work(group, index);
      // Awaited later; until then a rejection must not be reported as unhandled.
      working.catch(() => {});
      atWork.push(working);
      index += group.length;
      // At the bound, or when the sender pauses to wait for an answer, await the oldest group.
      while (atWork.length >= GROUPS_AT_WORK_MAX || (atWork.length > 0 && group.length < group_lines_max)) {
        yield await toText(atWork.shift() as Promise<object[]>);
      }
    }
    for (const working of atWork) yield await toText(working);
  }
  return Readable.from(answers(), { objectMode: false, highWaterMark: 256 * 1024 });
}

/** One piece of text for each group of rows, a JSON object a line. */
export async function* ndjsonOf(groups: AsyncIterable<object[]>): AsyncGenerator<string> {
  for await (const rows of groups) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Lines in groups: what one chunk of the request brought, at most `lines_max` at a time. */
async function* groupsOf(input: Readable, lines_max: number): AsyncGenerator<Line[]> {
  for await (const lines of linesOf(input)) {
    for (let from = 0; from < lines.length; from += lines_max) yield lines.slice(from, from + lines_max);
  }
}

/** The lines in groups as they arrive; blank ones are skipped. */
export async function* linesOf(input: Readable): AsyncGenerator<Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10, from); end !== -1; end = bytes.indexOf(10, from)) {
      if (skipping) skipping = false;
      else addLine(lines, bytes.subarray(from, end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LINE_BYTES_MAX) {
      if (!skipping) lines.push(TOO_LONG);
      skipping = true;
      rest = Buffer.alloc(0);
    }
    if (lines.length > 0) yield lines;
  }
  const last: Line[] = [];
  if (!skipping) addLine(last, rest);
  if (last.length > 0) yield last;
}

function addLine(lines: Line[], bytes: Buffer): void {
  if (bytes.length > LINE_BYTES_MAX) lines.push(TOO_LONG);
  else if (!isUtf8(bytes)) lines.push(NOT_UTF8);
  else {
    // A byte order mark counts as a space.
    const text = bytes.toString('utf8').trim();
    if (text !== '') lines.push(text);
  }
}
