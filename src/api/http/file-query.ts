/** The query parameters of files: how a file names its columns and writes its values. Uploads and comparisons share them. */
import { z } from 'zod';
import { ExportError } from '../../conversions/exports/export-error.ts';
import { EXPORT_NETWORKS, FILE_COLUMNS, type FileColumn } from '../../conversions/exports/export-formats.ts';
import type { FileChoices, OpenFile } from '../../conversions/exports/read-file.ts';
import { InvalidReportError, readZone } from '../../reports/report-range.ts';
import type { SpooledBody } from './body-spool.ts';
import { readCsv } from './csv.ts';
import { ApiError } from './errors.ts';

const HEADER_LENGTH_MAX = 200;
const FILE_NAME_LENGTH_MAX = 200;

const columns = Object.fromEntries(
  FILE_COLUMNS.map((column) => [
    `${column}_column`,
    z
      .string()
      .min(1)
      .max(HEADER_LENGTH_MAX)
      .optional()
      .describe(`The file's own name of the column ${column}, such as Sale Amount`),
  ]),
) as Record<`${FileColumn}_column`, z.ZodOptional<z.ZodString>>;

export const fileQuery = z.strictObject({
  network: z
    .enum(EXPORT_NETWORKS)
    .optional()
    .describe('Whose export it is. Default: the network that has such a header line; else our own names'),
  ...columns,
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
    .describe("Currency of amounts without one. Default: the offer's"),
  file_name: z.string().max(FILE_NAME_LENGTH_MAX).optional().describe('Name of the file, for the list'),
});
export type FileQuery = z.output<typeof fileQuery>;

/** Throws ApiError where the time zone is none. */
export function choicesOf(query: FileQuery): FileChoices {
  const { network, decimal, dates, tz, currency } = query;
  const named = Object.fromEntries(
    FILE_COLUMNS.flatMap((column) => {
      const name = query[`${column}_column`];
      return name === undefined ? [] : [[column, name]];
    }),
  );
  return { network, named, decimal, dates, tz: zoneOf(tz), currency: currency?.toUpperCase() ?? '' };
}

function zoneOf(tz: string): string {
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
