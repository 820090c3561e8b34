/**
 * Finds which column of a file is which of ours: by a query parameter (`revenue_column=Sale Amount`), by the export
 * format of a network, or by our own names. Columns that are none of ours are ignored, and are named in the answer.
 * Throws ExportError. Pure.
 */
import { ExportError } from './export-error.ts';
import {
  EXPORT_FORMATS,
  EXPORT_NETWORKS,
  type ExportFormat,
  FILE_COLUMNS,
  type FileColumn,
} from './export-formats.ts';
import { headerKey, placesOf, recognise } from './known-files.ts';

export interface Columns {
  /** Positions in a row. */
  at: Partial<Record<FileColumn | 'status' | 'time_of_day', number>>;
  /** The file's own name of each of its columns. */
  names: readonly string[];
  /** Names that were not taken for any of ours. */
  ignored: string[];
  /** Whose export it is; undefined: a file with our own names. */
  format: ExportFormat | undefined;
}

export interface ColumnChoices {
  /** A network of the table; undefined: it is recognised by its header line. */
  network?: string | undefined;
  /** Our column → the file's name of it. */
  named: Partial<Record<FileColumn, string>>;
}

/** What files call an amount that may or may not be the one that is meant. */
const AMOUNT_LIKE =
  /(?:^|_)(?:payout|amount|commission|earnings|sale_amount|total|price|value|revenue|sales)(?:_|$)/;

export function resolveColumns(header: readonly string[], { network, named }: ColumnChoices): Columns {
  const format = formatOf(header, network);
  const at: Columns['at'] = format === undefined ? ownColumns(header) : columnsOf(format, header);
  const by_hand = Object.fromEntries(
    Object.entries(named).map(([column, name]) => [column, positionOf(header, name, column)]),
  );
  // A column that is named by hand is nothing else beside.
  const positions = new Set(Object.values(by_hand));
  for (const [column, position] of Object.entries(at) as [keyof Columns['at'], number][]) {
    if (positions.has(position)) delete at[column];
  }
  Object.assign(at, by_hand);
  const used = new Set(Object.values(at));
  const ignored = header.filter((name, i) => name !== '' && !used.has(i));
  return { at, names: header, ignored, format };
}

function formatOf(header: readonly string[], network: string | undefined): ExportFormat | undefined {
  if (network !== undefined) {
    const format = EXPORT_FORMATS.find((one) => one.network === network);
    if (format !== undefined) return format;
    throw new ExportError(`network is one of ${EXPORT_NETWORKS.join(', ')}`);
  }
  return recognise(EXPORT_FORMATS, header);
}

function columnsOf({ columns }: ExportFormat, header: readonly string[]): Columns['at'] {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([column, names]) =>
      placesOf(names, header)
        .slice(0, 1)
        .map((found) => [column, found]),
    ),
  );
}

function ownColumns(header: readonly string[]): Columns['at'] {
  const names = header.map((name) => name.toLowerCase());
  const at: Columns['at'] = {};
  for (const column of FILE_COLUMNS) {
    const found = names.indexOf(column);
    if (found !== -1) at[column] = found;
  }
  const time = names.indexOf('time');
  if (time !== -1) {
    if (at.ts !== undefined)
      throw new ExportError('the file has two columns of the time, ts and time: send one');
    at.ts = time;
  }
  return at;
}

function positionOf(header: readonly string[], name: string, column: string): number {
  const wanted = name.trim().toLowerCase();
  const found = header.findIndex((one) => one.toLowerCase() === wanted);
  if (found !== -1) return found;
  throw new ExportError(
    `${column}_column is "${name.slice(0, 60)}", and the file has no such column: it has ${listOf(header)}`,
  );
}

/** What to do where a file with sales has no amount; names the columns that may be meant. */
export function amountMissing({ names }: Columns): string {
  const like = names.filter((name) => AMOUNT_LIKE.test(headerKey(name)));
  const choose =
    like.length === 0
      ? 'add one'
      : `is it ${listOf(like, 'or')}? rename it, or add revenue_column=${like[0]} to the address`;
  return `the file has sales and no column revenue: ${choose}`;
}

const LISTED_MAX = 20;
const listOf = (names: readonly string[], word = 'and'): string => {
  const quoted = names.slice(0, LISTED_MAX).map((name) => `"${name.slice(0, 40)}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${word} ${quoted.at(-1)}`;
};
