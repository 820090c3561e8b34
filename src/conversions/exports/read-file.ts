/**
 * Reads a whole file of reports, in passes, with flat memory: the header line, then how it writes amounts and dates, then
 * its lines as often as they are asked for. Throws ExportError where the file as a whole can not be read.
 */
import { fromLocal, startOfDate } from '../../reports/report-range.ts';
import type { Decimal } from './export-amount.ts';
import { type ColumnChoices, type Columns, resolveColumns } from './export-columns.ts';
import type { DateOrder, ExportTime } from './export-time.ts';
import { type FileStyle, StyleScan } from './file-style.ts';
import { type ReadRow, type RowReading, readRow } from './read-row.ts';

const DAY_MS = 24 * 3_600_000;

/** A line of a CSV: its values, or why it has none. */
interface Row {
  line: number;
  values: readonly string[];
  problem: string | undefined;
}

/** Opens the file from its beginning. */
export type OpenFile = () => Promise<OpenedFile>;

interface OpenedFile {
  header: readonly string[];
  groups: AsyncGenerator<Row[]>;
  close(): void;
}

export interface FileChoices extends ColumnChoices {
  decimal?: Decimal | undefined;
  dates?: DateOrder | undefined;
  /** IANA name of the time zone of times without an offset. */
  tz: string;
  /** Currency of amounts that have none; '' the offer's. */
  currency: string;
}

export interface FileLine {
  line: number;
  row: ReadRow;
}

export interface ReportFile {
  columns: Columns;
  /** Its lines in groups, in order. */
  lines(now_ms: number): AsyncGenerator<FileLine[]>;
}

export async function readFile(open: OpenFile, choices: FileChoices): Promise<ReportFile> {
  const { columns, style } = await lookThrough(await open(), choices);
  async function* lines(now_ms: number): AsyncGenerator<FileLine[]> {
    const reading: RowReading = {
      ...style,
      columns,
      currency: choices.currency,
      now_ms,
      spanOf: (time) => spanOf(time, choices.tz),
    };
    const { groups, close } = await open();
    try {
      for await (const group of groups) {
        yield group.map(({ line, values, problem }) => ({
          line,
          row: problem === undefined ? readRow(reading, values) : { kind: 'bad', problem },
        }));
      }
    } finally {
      close();
    }
  }
  return { columns, lines };
}

async function lookThrough(
  { header, groups, close }: OpenedFile,
  choices: FileChoices,
): Promise<{ columns: Columns; style: FileStyle }> {
  try {
    const columns = resolveColumns(header, choices);
    const scan = new StyleScan(columns, choices);
    if (scan.needed) {
      for await (const group of groups) {
        for (const { line, values, problem } of group) if (problem === undefined) scan.look(line, values);
      }
    }
    return { columns, style: scan.style };
  } finally {
    close();
  }
}

/** The first and the last ms that a time can mean. */
export function spanOf({ local_ms, offset_ms, date_only }: ExportTime, tz: string): [number, number] {
  if (date_only) return [startOfDate(local_ms, tz), startOfDate(local_ms + DAY_MS, tz) - 1];
  const at_ms = Math.floor(offset_ms === undefined ? fromLocal(local_ms, tz) : local_ms - offset_ms);
  return [at_ms, at_ms];
}
