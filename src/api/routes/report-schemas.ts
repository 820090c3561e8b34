/** The query and response schemas of the reports: they validate the query and describe it in the OpenAPI document. */
import { z } from 'zod';
import {
  LAST_AT,
  REPORTS,
  type Report,
  type ReportName,
  SENT_AT,
  sortColumns,
} from '../../reports/definitions.ts';
import { FILTER_FORM, FILTER_LENGTH_MAX } from '../../reports/filter-values.ts';
import {
  AMOUNT_NAMES,
  type AmountName,
  COUNT_NAMES,
  type CountName,
  MEASURE_NAMES,
  MONEY_RATE_NAMES,
  MONEY_TIMES,
  type MoneyRateName,
  meaningOf,
  NOT_ANSWERED,
  PLAIN_RATE_NAMES,
  type PlainRateName,
  RANGE_BY,
  TALLY_NAMES,
  type TallyName,
} from '../../reports/measures.ts';
import { PERIODS } from '../../reports/period.ts';
import { CSV_ROWS_MAX, LISTED_ROWS_MAX } from '../../reports/read-report.ts';
import type { Range } from '../../reports/report-range.ts';
import { UNFINISHED } from '../../reports/unfinished.ts';
import { bom } from '../http/csv-query.ts';
import { pageOrFileQuery } from '../http/paging.ts';
import { experiment } from './experiments.ts';

const VALUE_LENGTH_MAX = 200;

const DECIMAL = 'a decimal string with 2 to 6 decimals';
const count = (name: CountName | TallyName) => z.number().describe(meaningOf(name));
const amount = (name: AmountName | 'revenue') => z.string().describe(`${meaningOf(name)}: ${DECIMAL}`);

/** A schema for each of these names. */
const each = <Name extends string, Schema>(names: readonly Name[], schemaOf: (name: Name) => Schema) =>
  Object.fromEntries(names.map((name) => [name, schemaOf(name)])) as Record<Name, Schema>;

const counts = each(COUNT_NAMES, count);
const rates = each(PLAIN_RATE_NAMES, (name: PlainRateName) =>
  z
    .number()
    .nullable()
    .describe(`${meaningOf(name)}; 0 when it would divide by 0; ${NOT_ANSWERED}`),
);
const AMOUNTS = [...AMOUNT_NAMES, 'revenue'] as const;
const amounts = each(AMOUNTS, amount);
const moneyRates = each(MONEY_RATE_NAMES, (name: MoneyRateName) =>
  z
    .string()
    .nullable()
    .describe(`${meaningOf(name)}: ${DECIMAL}; ${NOT_ANSWERED}`),
);

const values = {
  ...counts,
  ...rates,
  currency: z.string().describe('Currency of the money in this row; empty without money'),
  ...each(TALLY_NAMES, (name) => count(name).describe(`${meaningOf(name)}; those in this currency`)),
  ...amounts,
  ...moneyRates,
};
/** In the order of a row. */
const measures = z.object(
  Object.fromEntries(MEASURE_NAMES.map((name) => [name, values[name]])) as typeof values,
);

/** Counts, and money by currency: with several currencies the money beside the counts is null. */
export const totals = z
  .object({
    ...counts,
    ...rates,
    currency: z.string().nullable().describe('null with several currencies: see currencies'),
    ...each(TALLY_NAMES, count),
    ...each(AMOUNTS, (name) => amount(name).nullable()),
    ...moneyRates,
    currencies: z.array(
      z.object({
        currency: z.string(),
        ...each(TALLY_NAMES, () => z.number()),
        ...amounts,
        ...moneyRates,
      }),
    ),
  })
  .meta({ id: 'Totals' });

/** Parameters of the hours report only. */
export const by = z
  .enum(PERIODS)
  .default('hour')
  .describe('Period of a row, in the time zone tz; weeks start on Monday. `hour` is the start of the period');

/** Parameter of all other reports: a period has no name. */
export const search = z
  .string()
  .min(1)
  .max(VALUE_LENGTH_MAX)
  .optional()
  .describe('Only rows with this text in the id or the name');

export const isByTime = (report: Report): boolean => report.ids[0] === 'hour';

const unfinished = z
  .enum(UNFINISHED)
  .nullable()
  .describe(
    'Why the numbers still rise. `period`: it is not over. `conversions`: it is over, but its messages are younger than the longest click_window_days of the offers, so that clicks and conversions still come. null: it is finished',
  );

function defaultSort(report: Report): string {
  if (isByTime(report)) return 'hour';
  return report.listed ? `-${SENT_AT}` : '-clicks_unique';
}

/** What every report takes of its range. */
export const rangeQuery = {
  from: z
    .string()
    .max(40)
    .optional()
    .describe('Date or ISO 8601 time; without an offset it is in tz. Default: 30 days before `to`'),
  to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
  tz: z.string().max(64).default('UTC').describe('IANA time zone, such as Europe/Berlin'),
  range_by: z
    .enum(RANGE_BY)
    .optional()
    .describe(
      'What the range is of. `sent`: messages sent in it, and all that came of them until now. `event`: what happened in it: sends, clicks and money at their own times. Default: sent; with money_by: event',
    ),
};
export const rules_version = z
  .string()
  .min(1)
  .max(40)
  .optional()
  .describe('Use the last verdicts given under this version of the bot rules. Default: the current verdicts');
export const format = z.enum(['json', 'csv']).default('json');
export const filter = z.string().min(1).max(FILTER_LENGTH_MAX).optional();

/** `from`, `to` and `tz` of a report whose range is of one thing only. */
export const timeQuery = (which: string) => ({
  from: rangeQuery.from.describe(`As in the other reports; ${which}`),
  to: rangeQuery.to,
  tz: rangeQuery.tz,
});

/** A filter for each of these names. */
export const filtersOf = <Name extends string>(names: readonly Name[]) =>
  each(names, (name) => filter.describe(`Only this ${name}. ${FILTER_FORM}`));

export const currency = z.string().describe('Currency of the money; empty without money');

export const isoRange = ({ from_ms, to_ms, tz }: Range) => ({
  from: new Date(from_ms).toISOString(),
  to: new Date(to_ms).toISOString(),
  tz,
});

export function querySchema(report: Report) {
  const columns = sortColumns(report);
  const sorts = columns.flatMap((column) => [column, `-${column}`]);
  // Loose, so that an unknown filter gets an error that lists the allowed ones.
  return z.looseObject({
    ...rangeQuery,
    money_by: z
      .enum(MONEY_TIMES)
      .optional()
      .describe(
        'In a range of events: whether money counts at the time of its click (the default) or of its conversion',
      ),
    rules_version,
    sort: z
      .enum(sorts)
      .default(defaultSort(report))
      .describe('Column to sort by; a leading - sorts in descending order'),
    ...pageOrFileQuery.shape,
    format: z
      .enum(['json', 'csv', 'xlsx'])
      .default('json')
      .describe(
        `csv, xlsx: all rows, up to ${CSV_ROWS_MAX}, as a file; xlsx is a workbook for Excel and its like, with numbers as numbers`,
      ),
    ...(isByTime(report) ? { by } : { search }),
    ...Object.fromEntries(
      report.filters.map((name) => [name, filter.describe(`Only this ${name}. ${FILTER_FORM}`)]),
    ),
    bom,
  });
}

export function pageSchema(name: ReportName) {
  const report = REPORTS[name];
  const text = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, z.string()]));
  return z.object({
    rows: z.array(
      z.object({
        ...text(report.ids),
        ...(report.named
          ? { name: z.string().nullable().describe('Name from the catalog; null if it has none') }
          : {}),
        ...text(report.beside),
        ...(report.listed
          ? {
              [SENT_AT]: z
                .string()
                .describe(
                  'Quarter hour of sent_at of the message; of a link outside a message, of its creation; in tz',
                ),
              [LAST_AT]: z
                .string()
                .describe('Quarter hour of the last send, delivery, click or money, in tz'),
            }
          : {}),
        ...(isByTime(report) ? { unfinished } : {}),
        ...measures.shape,
      }),
    ),
    totals: totals.describe('Over all rows, not only this page'),
    page: z.number(),
    per_page: z.number(),
    total_rows: z.number(),
    more_rows: z
      .boolean()
      .describe(`There are more than total_rows: messages and links are counted up to ${LISTED_ROWS_MAX}`),
    rules_versions: z
      .array(z.string())
      .describe('Versions of the bot rules under which the shown verdicts were given'),
    range: z
      .object({ from: z.string(), to: z.string(), tz: z.string(), range_by: z.enum(RANGE_BY), unfinished })
      .describe('The range covered, widened to whole quarter hours, UTC; `to` is not included'),
    ...(name === 'variants' ? { experiment } : {}),
  });
}
