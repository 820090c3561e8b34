/**
 * Reads a network's export to compare it: the lines that can be compared, and those that are left out, each with why.
 * Throws ExportError where the export as a whole can not be compared.
 */
import { amountMissing, type Columns } from '../exports/export-columns.ts';
import { ExportError } from '../exports/export-error.ts';
import type { FileLine, ReportFile } from '../exports/read-file.ts';
import { ConversionError } from '../receive/conversion-error.ts';
import { checkAmount, readReported } from '../receive/conversion-input.ts';
import { type Exported, reconcileKey } from '../reconcile.ts';

/** All of them are in memory. */
const LINES_MAX = 200_000;
/** More lines have the id of a column that is not of transactions. */
const LINES_PER_KEY_MAX = 1_000;

export interface LeftOut {
  line: number;
  reason: 'bad' | 'total' | 'rejected';
  message: string;
}

export interface NetworkExport {
  exported: Exported[];
  left_out: LeftOut[];
  /** Lines without any value. */
  skipped: number;
  /** First and last ms of its times, by line. */
  spans: ReadonlyMap<number, readonly [number, number]>;
}

export async function readExport(file: ReportFile, now_ms: number): Promise<NetworkExport> {
  assertColumns(file.columns);
  const { at, format } = file.columns;
  // A network's own words for events are not the events that its postbacks reported.
  const event_given = format === undefined && at.event !== undefined;
  const read = { exported: [] as Exported[], left_out: [] as LeftOut[], skipped: 0 };
  const spans = new Map<number, readonly [number, number]>();
  for await (const group of file.lines(now_ms)) {
    for (const one of group) addLine(read, readLine(one, event_given, now_ms));
    for (const { line, row } of group) {
      if (row.kind === 'report' && row.span_ms !== undefined) spans.set(line, row.span_ms);
    }
    if (read.exported.length + read.left_out.length > LINES_MAX) {
      throw new ExportError(`an export may have at most ${LINES_MAX} lines: compare it in parts`);
    }
  }
  assertTransactions(read.exported);
  if (read.exported.length === 0) throw new ExportError(nothingToCompare(read.left_out));
  return { ...read, spans };
}

function assertColumns(columns: Columns): void {
  if (columns.at.txn_id === undefined) {
    throw new ExportError(
      'the first line names the columns: txn_id, revenue, time, and event, refund_id and currency if it has them. Add txn_id_column=… to the address',
    );
  }
  if (columns.at.revenue === undefined) throw new ExportError(amountMissing(columns));
}

function addLine(read: Omit<NetworkExport, 'spans'>, line: Exported | LeftOut | undefined): void {
  if (line === undefined) read.skipped++;
  else if ('reason' in line) read.left_out.push(line);
  else read.exported.push(line);
}

function nothingToCompare([first]: readonly LeftOut[]): string {
  const why = first === undefined ? '' : `: line ${first.line}: ${first.message}`;
  return `the export has no lines that can be compared${why}`;
}

function assertTransactions(exported: readonly Exported[]): void {
  for (const [, { length, 0: first }] of Map.groupBy(exported, reconcileKey)) {
    if (length <= LINES_PER_KEY_MAX) continue;
    throw new ExportError(
      `${length} lines have the txn_id "${first?.txn_id.slice(0, 40)}": name the column of the transaction with txn_id_column=…`,
    );
  }
}

/** Undefined for a line without any value. */
function readLine(
  { line, row }: FileLine,
  event_given: boolean,
  now_ms: number,
): Exported | LeftOut | undefined {
  if (row.kind === 'empty') return undefined;
  if (row.kind !== 'report') return { line, reason: row.kind, message: row.problem };
  try {
    const reported = readReported(row.given, now_ms);
    checkAmount(reported);
    const { txn_id, refund_id, amount, currency, problem } = reported;
    if (problem !== '') throw new ConversionError('invalid_conversion', `${problem} is no id`);
    if (txn_id === '') throw new ConversionError('invalid_conversion', 'it has no txn_id');
    const { event } = reported;
    if (event === 'void') throw new ConversionError('invalid_conversion', 'a void is not compared');
    return { line, txn_id, refund_id, event, event_given, amount: amount || '0.00', currency };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return { line, reason: 'bad', message: error.message };
  }
}
