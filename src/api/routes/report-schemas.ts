/** The query and response schemas of the reports: they validate the query and describe it in the OpenAPI document. */
import { z } from 'zod';
import {
  LAST_AT,
  type MEASURES,
  MONEY_TIMES,
  REPORTS,
  type Report,
  type ReportName,
  sortColumns,
} from '../../reports/definitions.ts';
import { PERIODS } from '../../reports/period.ts';
import { CSV_ROWS_MAX, LISTED_ROWS_MAX } from '../../reports/read-report.ts';
import { bom } from '../http/csv-query.ts';
import { pageOrFileQuery } from '../http/paging.ts';
import { experiment } from './experiments.ts';

const VALUE_LENGTH_MAX = 200;

const money = (what: string) => z.string().describe(`${what}: a decimal string with 2 to 6 decimals`);
const DESCRIPTIONS: Record<keyof typeof MEASURES, z.ZodType<string | number>> = {
  sent: z.number().describe('Messages sent; with an offer, messages with a link to it; for links, links'),
  clicks_total: z.number().describe('All clicks'),
  clicks_human: z.number().describe('Clicks judged human'),
  clicks_bot: z.number().describe('Clicks judged bot'),
  clicks_unique: z
    .number()
    .describe(
      'First human click of a contact on a message; with an offer, on the offer within it; of a link without a contact, of each visitor (address and user agent, on a day, UTC)',
    ),
  click_rate: z.number().describe('clicks_unique / sent, 0 when nothing was sent'),
  currency: z.string().describe('Currency of the money in this row; empty without money'),
  conversions: z.number().describe('Conversions in this currency, without refunds and chargebacks'),
  revenue: money('sales - refunds'),
  payout: money('Paid for conversions and, on cpc offers, for first clicks'),
  epc: money('revenue / clicks_unique'),
  cvr: z.number().describe('conversions / clicks_unique'),
  rpm: money('Revenue per 1,000 sent'),
  sales: money('Revenue of sales and rebills'),
  refunds: money('Revenue reversed by refunds and chargebacks'),
};
const measures = z.object(DESCRIPTIONS);

/** Counts, and money by currency: with several currencies the money beside the counts is null. */
export const totals = measures
  .extend({
    currency: z.string().nullable().describe('null with several currencies: see currencies'),
    revenue: z.string().nullable(),
    payout: z.string().nullable(),
    epc: z.string().nullable(),
    rpm: z.string().nullable(),
    sales: z.string().nullable(),
    refunds: z.string().nullable(),
    currencies: z.array(
      z.object({
        currency: z.string(),
        conversions: z.number(),
        revenue: z.string(),
        payout: z.string(),
        epc: z.string(),
        rpm: z.string(),
        sales: z.string(),
        refunds: z.string(),
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

function defaultSort(report: Report): string {
  if (isByTime(report)) return 'hour';
  return report.listed ? `-${LAST_AT}` : '-clicks_unique';
}

export function querySchema(report: Report) {
  const columns = sortColumns(report);
  const sorts = columns.flatMap((column) => [column, `-${column}`]);
  const filter = z.string().min(1).max(VALUE_LENGTH_MAX).optional();
  // Loose, so that an unknown filter gets an error that lists the allowed ones.
  return z.looseObject({
    from: z
      .string()
      .max(40)
      .optional()
      .describe('Date or ISO 8601 time; without an offset it is in tz. Default: 30 days before `to`'),
    to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
    tz: z.string().max(64).default('UTC').describe('IANA time zone, such as Europe/Berlin'),
    money_by: z
      .enum(MONEY_TIMES)
      .default('click')
      .describe('Whether money counts at the time of its click or of its conversion'),
    rules_version: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .describe(
        'Use the last verdicts given under this version of the bot rules. Default: the current verdicts',
      ),
    sort: z
      .enum(sorts)
      .default(defaultSort(report))
      .describe('Column to sort by; a leading - sorts in descending order'),
    ...pageOrFileQuery.shape,
    format: z
      .enum(['json', 'csv'])
      .default('json')
      .describe(`csv: all rows, up to ${CSV_ROWS_MAX}, as a file`),
    ...(isByTime(report) ? { by } : { search }),
    ...Object.fromEntries(report.filters.map((name) => [name, filter.describe(`Only this ${name}`)])),
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
              [LAST_AT]: z
                .string()
                .describe('Quarter hour of the last send, click or money in the range, in tz'),
            }
          : {}),
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
      .object({ from: z.string(), to: z.string(), tz: z.string() })
      .describe('The range covered, widened to whole quarter hours, UTC; `to` is not included'),
    ...(name === 'variants' ? { experiment } : {}),
  });
}
