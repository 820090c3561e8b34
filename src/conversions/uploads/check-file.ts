/**
 * The first pass over an uploaded file: every line is read and looked up as it will be when it is recorded, and nothing
 * is stored. One bad line is enough for the file to be refused; all of them are counted, the first are named. Reads
 * Redis; rejects when it is down.
 */

import { isSale } from '../conversion.ts';
import { amountMissing, type Columns } from '../exports/export-columns.ts';
import { ExportError } from '../exports/export-error.ts';
import type { FileLine, ReportFile } from '../exports/read-file.ts';
import { ConversionError } from '../receive/conversion-error.ts';
import type { Parameters } from '../receive/conversion-input.ts';
import type { checkMany } from '../receive/receive-many.ts';

/** Bad lines that the answer names. */
export const BAD_LINES_NAMED_MAX = 1_000;
/** One of them says what converted. */
const IDS = ['click_id', 'link_id', 'offer_id', 'code'] as const;

export interface BadLine {
  line: number;
  error: string;
  message: string;
}

export interface CheckedFile {
  lines: number;
  /** All bad lines, and the first of them. */
  failed: number;
  errors: BadLine[];
}

type Check = (givens: readonly Parameters[]) => ReturnType<typeof checkMany>;

/** Throws ExportError where the file as a whole can not be uploaded. */
export async function checkFile(file: ReportFile, check: Check, now_ms: number): Promise<CheckedFile> {
  assertIds(file.columns);
  const checked: CheckedFile = { lines: 0, failed: 0, errors: [] };
  for await (const group of file.lines(now_ms)) {
    const bad = [...unreadable(group), ...(await refused(file, group, check))];
    checked.lines += group.length;
    checked.failed += bad.length;
    bad.sort((a, b) => a.line - b.line);
    checked.errors.push(...bad.slice(0, BAD_LINES_NAMED_MAX - checked.errors.length));
  }
  if (checked.lines === 0) throw new ExportError('the file has no lines to record');
  return checked;
}

const unreadable = (group: readonly FileLine[]): BadLine[] =>
  group.flatMap(({ line, row }) =>
    row.kind === 'bad' || row.kind === 'total'
      ? [{ line, error: 'invalid_conversion', message: row.problem }]
      : [],
  );

async function refused(
  { columns }: ReportFile,
  group: readonly FileLine[],
  check: Check,
): Promise<BadLine[]> {
  const reports = reportsOf(group);
  const results = await check(reports.map(({ given }) => given));
  return results.flatMap((result, i) => {
    const { line } = reports[i] as (typeof reports)[number];
    // Nothing is wrong with the line.
    if (result instanceof ConversionError && result.code === 'unavailable') throw result;
    if (result instanceof ConversionError) return [{ line, error: result.code, message: result.message }];
    if (columns.at.revenue === undefined && isSale(result.event)) {
      throw new ExportError(amountMissing(columns));
    }
    return [];
  });
}

/** The reports of a group of lines, with the lines that they are on. */
export const reportsOf = (group: readonly FileLine[]): { line: number; given: Parameters }[] =>
  group.flatMap(({ line, row }) => (row.kind === 'report' ? [{ line, given: row.given }] : []));

function assertIds({ at, names }: Columns): void {
  if (IDS.some((name) => at[name] !== undefined)) return;
  const has = names
    .slice(0, 20)
    .map((name) => `"${name.slice(0, 40)}"`)
    .join(', ');
  throw new ExportError(
    `the first line names the columns, one of them click_id, link_id, offer_id or code; this one has ${has}. Rename one, or add click_id_column=… to the address`,
  );
}
