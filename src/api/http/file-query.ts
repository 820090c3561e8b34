/**
 * The query parameters of files: how a file names its columns and writes its values. Uploads of conversions, comparisons
 * and imports of history share them.
 */
import { z } from 'zod';
import { ExportError } from '../../conversions/exports/export-error.ts';
import { EXPORT_NETWORKS, FILE_COLUMNS } from '../../conversions/exports/export-formats.ts';
import type { FileChoices, OpenFile } from '../../conversions/exports/read-file.ts';
import { InvalidReportError, readZone } from '../../reports/report-range.ts';
import type { SpooledBody } from './body-spool.ts';
import { readCsv } from './csv.ts';
import { ApiError } from './errors.ts';

const HEADER_LENGTH_MAX = 200;
const FILE_NAME_LENGTH_MAX = 200;

/** `<name>_column` for each of these names: the file's own name of that column. */
export const columnsQuery = <Name extends string>(
  names: readonly Name[],
  meaningOf: (name: Name) => string,
): Record<`${Name}_column`, z.ZodOptional<z.ZodString>> =>
  Object.fromEntries(
    names.map((name) => [
      `${name}_column`,
      z.string().min(1).max(HEADER_LENGTH_MAX).optional().describe(meaningOf(name)),
    ]),
  ) as Record<`${Name}_column`, z.ZodOptional<z.ZodString>>;

/** The columns that a query names. */
export const namedColumns = <Name extends string>(
  names: readonly Name[],
  query: Readonly<Partial<Record<`${Name}_column`, string | undefined>>>,
): Partial<Record<Name, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const title = query[`${name}_column`];
      return title === undefined ? [] : [[name, title]];
    }),
  ) as Partial<Record<Name, string>>;

/** How a file writes its values. */
export const styleQuery = {
  decimal: z
    .enum(['point', 'comma'])
    .optional()
    .describe('What begins the decimals of amounts. Default: found from the amounts'),
  dates: z
    .enum(['dmy', 'mdy'])
    .optional()
    .describe('Whether 11/12/2026 begins with the day or the month. Default: found from the dates'),
  tz: z.string().max(64).default('UTC').describe('IANA time zone of times without an offset in the file'),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .optional()
    .describe('Currency of amounts without one'),
  file_name: z.string().max(FILE_NAME_LENGTH_MAX).optional().describe('Name of the file, for the list'),
};

export const fileQuery = z.strictObject({
  network: z
    .enum(EXPORT_NETWORKS)
    .optional()
    .describe('Whose export it is. Default: the network that has such a header line; else our own names'),
  ...columnsQuery(
    FILE_COLUMNS,
    (column) => `The file's own name of the column ${column}, such as Sale Amount`,
  ),
  ...styleQuery,
  currency: styleQuery.currency.describe("Currency of amounts without one. Default: the offer's"),
});
export type FileQuery = z.output<typeof fileQuery>;

/** Throws ApiError where the time zone is none. */
export function choicesOf(query: FileQuery): FileChoices {
  const { network, decimal, dates, tz, currency } = query;
  return {
    network,
    named: namedColumns(FILE_COLUMNS, query),
    ...{ decimal, dates, tz: zoneOf(tz), currency: currency?.toUpperCase() ?? '' },
  };
}

/** Throws ApiError. */
export function zoneOf(tz: string): string {
  try {
    return readZone(tz);
  } catch (error) {
    if (error instanceof InvalidReportError) throw new ApiError('invalid_request', error.message);
    throw error;
  }
}

/** Opens a body as CSV, as often as it is called. */
export const csvOpener =
  (body: SpooledBody, group_max: number): OpenFile =>
  () =>
    readCsv(body.read(), group_max);

/** Errors of the file as a whole as ApiErrors. */
export async function explainFile<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ExportError) throw new ApiError('invalid_request', error.message);
    throw error;
  }
}
