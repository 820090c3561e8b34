/**
 * `trackly send`: creates messages, one for --contact, or one a row of a file or of standard input, NDJSON or CSV, of any
 * length. With --run a second time of the same file sends nothing twice: a row without a message_id gets one of the
 * run's name and the number of its row. The exit status is 1 where a message was refused.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { RowAnswerOf, RowOf } from '../client/client.ts';
import { AccountClientError, explained, openAccountClient } from './account-client.ts';
import { readArguments, UsageError } from './errors.ts';
import { endWithReader, print, printLines, shown } from './print.ts';

type Message = RowOf<'/v2/messages'>;
type Answer = RowAnswerOf<'/v2/messages'>;

interface Warned {
  warnings?: { code: string; message: string }[];
}

/** Errors that are printed; the others are counted. */
const ERRORS_SHOWN_MAX = 20;
/** Between two notes of how far it is. */
const PROGRESS_EVERY_MS = 1_000;
const RUN = /^[\w.-]{1,60}$/;
/** What a row may say of a message; other columns of a CSV are its fields. */
const PROPERTIES: ReadonlySet<string> = new Set([
  'contact_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'domain',
  'message_id',
  'sent_at',
  'expires_at',
]);

const OPTIONS = {
  contact: { type: 'string' },
  creative: { type: 'string' },
  campaign: { type: 'string' },
  variant: { type: 'string' },
  field: { type: 'string', multiple: true },
  'message-id': { type: 'string' },
  run: { type: 'string' },
  test: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

export async function send(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS, 1);
  const [file] = positionals;
  const { contact, run } = values;
  if (contact !== undefined && file !== undefined) throw new UsageError('give either --contact or a file');
  if (contact === undefined && file === undefined && process.stdin.isTTY) {
    throw new UsageError('give --contact, or a file of messages, or - for standard input');
  }
  if (run !== undefined && !RUN.test(run)) {
    throw new UsageError('--run is a name of up to 60 letters, digits and . _ -, such as november-1');
  }
  if (contact === undefined && values['message-id'] !== undefined) {
    throw new UsageError('--message-id goes with --contact: rows of a file have a message_id each, or --run');
  }
  const given = givenOf(values);
  endWithReader();
  const trackly = openAccountClient();
  if (contact !== undefined) {
    const { 'message-id': message_id } = values;
    const one = { contact_id: contact, ...given, ...(message_id !== undefined && { message_id }) };
    return explained(() => showAnswers(trackly.stream('/v2/messages', [one]), values.json === true));
  }
  const rows = messagesOf(await openInput(file), given, run);
  await explained(() => countAnswers(trackly.stream('/v2/messages', rows), values.json === true));
}

/** What the options say of every message. */
function givenOf({ creative, campaign, variant, field = [], test }: Values): Omit<Message, 'contact_id'> {
  const fields = Object.fromEntries(
    field.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--field is a value such as first_name=Ann, not "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  return {
    ...(creative !== undefined && { creative_id: creative }),
    ...(campaign !== undefined && { campaign_id: campaign }),
    ...(variant !== undefined && { variant_id: variant }),
    ...(field.length > 0 && { fields }),
    ...(test === true && { test }),
  };
}

/** Throws UsageError where there is no such file. */
async function openInput(file: string | undefined): Promise<Readable> {
  if (file === undefined || file === '-') return process.stdin;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.isDirectory()) throw new UsageError(`there is no file "${file}"`);
  return createReadStream(file);
}

/** A message a row; what the row does not say, the options do. Throws AccountClientError for a line that is none. */
export async function* messagesOf(
  input: Readable,
  given: Omit<Message, 'contact_id'>,
  run: string | undefined,
): AsyncGenerator<Message> {
  let row = 0;
  for await (const message of readRows(input)) {
    row++;
    const { fields } = message as { fields?: object };
    const both = { ...given.fields, ...fields };
    yield {
      ...(run !== undefined && { message_id: `${run}-${row}` }),
      ...given,
      ...message,
      ...(Object.keys(both).length > 0 && { fields: both }),
    } as Message;
  }
}

/** NDJSON where the first line begins with a brace, else CSV with a header. */
async function* readRows(input: Readable): AsyncGenerator<object> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const first = await nextLine(lines);
  if (first === undefined) return;
  const rest = withFirst(first, lines);
  yield* first.trimStart().startsWith('{') ? jsonRows(rest) : csvRows(rest, delimiterOf(first));
}

async function nextLine(lines: AsyncIterator<string>): Promise<string | undefined> {
  for (;;) {
    const { done, value } = await lines.next();
    if (done) return undefined;
    const line = value.replace(/^\uFEFF/, '');
    if (line.trim() !== '') return line;
  }
}

async function* withFirst(first: string, lines: AsyncIterator<string>): AsyncGenerator<string> {
  yield first;
  for (;;) {
    const { done, value } = await lines.next();
    if (done) return;
    yield value;
  }
}

async function* jsonRows(lines: AsyncIterable<string>): AsyncGenerator<object> {
  let number = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    number++;
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      row = undefined;
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new AccountClientError(
        `row ${number} is no JSON object: write one message a line; those before it are sent`,
      );
    }
    yield row;
  }
}

/** What stands between the names of the header: spreadsheets of some languages write semicolons. */
const delimiterOf = (header: string): string =>
  [',', ';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ',';

async function* csvRows(lines: AsyncIterable<string>, delimiter: string): AsyncGenerator<object> {
  const { parse } = await import('csv-parse');
  const { Readable } = await import('node:stream');
  const withEnds = async function* () {
    for await (const line of lines) yield `${line}\n`;
  };
  const parser = parse({ columns: true, trim: true, skip_empty_lines: true, delimiter });
  Readable.from(withEnds())
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  try {
    for await (const record of parser) yield messageOfRecord(record as Record<string, string>);
  } catch (error) {
    if (error instanceof AccountClientError) throw error;
    throw new AccountClientError(
      `the CSV can not be read: ${(error as Error).message}; the rows before it are sent`,
    );
  }
}

/** Empty values are left out. */
export function messageOfRecord(record: Record<string, string>): object {
  if (!('contact_id' in record)) {
    throw new AccountClientError(
      'the CSV has no column contact_id: name it in the first line, before the rows',
    );
  }
  const given = Object.entries(record).filter(([name, value]) => value !== '' || name === 'contact_id');
  const own = given.filter(([name]) => PROPERTIES.has(name));
  const fields = given.filter(([name]) => !PROPERTIES.has(name) && name !== 'test');
  return {
    ...Object.fromEntries(own),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    ...(record['test'] === 'true' && { test: true }),
  };
}

/** What was taken although it is probably a mistake: each kind once. */
function warn(told: Set<string>, { warnings = [] }: Warned): void {
  for (const { code, message } of warnings) {
    if (told.has(code)) continue;
    told.add(code);
    process.stderr.write(`trackly: warning: ${shown(message)}\n`);
  }
}

/** Each message with its text, for a person or a program. */
async function showAnswers(answers: AsyncIterable<Answer>, json: boolean): Promise<void> {
  const told = new Set<string>();
  for await (const answer of answers) {
    warn(told, answer);
    if (json) await printLines([JSON.stringify(answer)]);
    else if (answer.error !== undefined)
      process.stderr.write(`trackly: ${answer.error}: ${shown(answer.message)}\n`);
    else {
      const links = answer.links.map(({ key, short_url }) => `  ${shown(key)}  ${short_url}`);
      await printLines([`message ${shown(answer.message_id)}`, `  ${shown(answer.text)}`, ...links]);
    }
    if (answer.error !== undefined) process.exitCode = 1;
  }
}

/** How many there were; with `json` each answer, too. */
async function countAnswers(answers: AsyncIterable<Answer>, json: boolean): Promise<void> {
  const count = { made: 0, refused: 0, told_ms: Date.now() };
  const told = new Set<string>();
  try {
    for await (const answer of answers) {
      warn(told, answer);
      note(count, answer);
      if (json) await print(`${JSON.stringify(answer)}\n`);
    }
  } finally {
    const { made, refused } = count;
    if (refused > 0) process.exitCode = 1;
    const hidden = refused > ERRORS_SHOWN_MAX ? ` (${ERRORS_SHOWN_MAX} shown)` : '';
    const sum = `${made} created, ${refused} refused${hidden}`;
    process.stderr.write(json ? `trackly: ${sum}\n` : `${sum}; --json prints each message with its text\n`);
  }
}

function note(count: { made: number; refused: number; told_ms: number }, { index, ...answer }: Answer): void {
  if (answer.error === undefined) count.made++;
  else if (++count.refused <= ERRORS_SHOWN_MAX) {
    process.stderr.write(`trackly: row ${index + 1}: ${answer.error}: ${shown(answer.message)}\n`);
  }
  if (!process.stderr.isTTY || Date.now() - count.told_ms < PROGRESS_EVERY_MS) return;
  count.told_ms = Date.now();
  process.stderr.write(`${count.made + count.refused} answered\r`);
}
