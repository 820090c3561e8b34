/**
 * What the reports take and answer, as schemas: they validate the query, and the OpenAPI document is made of them.
 */
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
import { experiment } from './experiments.ts';

const PER_PAGE_DEFAULT = 50;
const PER_PAGE_MAX = 1_000;
const PAGE_MAX = 1_000_000;
const VALUE_LENGTH_MAX = 200;

const money = (what: string) => z.string().describe(`${what}: a decimal string with 2 to 6 decimals`);
const DESCRIPTIONS: Record<keyof typeof MEASURES, z.ZodType<string | number>> = {
  sent: z.number().describe('Messages sent; with an offer, messages with a link to it; for links, links'),
  clicks_total: z.number().describe('All clicks'),
  clicks_human: z.number().describe('Clicks judged human'),
  clicks_bot: z.number().describe('Clicks judged bot'),
  clicks_unique: z
    .number()
    .describe('First human click of a contact on a message; with an offer, on the offer within it'),
  click_rate: z.number().describe('clicks_unique / sent, 0 when nothing was sent'),
  currency: z.string().describe('Of the money in this row; empty where there is none'),
  conversions: z.number().describe('Conversions in this currency; refunds and chargebacks are none'),
  revenue: money('sales - refunds'),
  payout: money('What is paid for conversions and, on cpc offers, first clicks'),
  epc: money('revenue / clicks_unique'),
  cvr: z.number().describe('conversions / clicks_unique'),
  rpm: money('Revenue per 1,000 sent'),
  sales: money('Revenue of sales and rebills'),
  refunds: money('Revenue taken back by refunds and chargebacks'),
};
const measures = z.object(DESCRIPTIONS);

/** Counts once, money by currency: with several currencies it is null beside the counts. */
export const totals = measures
  .extend({
    currency: z.string().nullable().describe('null with several: see currencies'),
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

/** What only the hours report takes. */
export const by = z
  .enum(PERIODS)
  .default('hour')
  .describe('What a row covers, by the clocks of tz; weeks start on Monday. `hour` is its start');

export const isByTime = (report: Report): boolean => report.ids[0] === 'hour';

function defaultSort(report: Report): string {
  if (isByTime(report)) return 'hour';
  return report.listed ? `-${LAST_AT}` : '-clicks_unique';
}

export function querySchema(report: Report) {
  const columns = sortColumns(report);
  const sorts = columns.flatMap((column) => [column, `-${column}`]);
  const filter = z.string().min(1).max(VALUE_LENGTH_MAX).optional();
  // Loose: another report's filter gets an answer that says which ones there are.
  return z.looseObject({
    from: z
      .string()
      .max(40)
      .optional()
      .describe('Date or ISO 8601 time, of tz without an offset. Default: 30 days before `to`'),
    to: z.string().max(40).optional().describe('The same; a plain date includes that day. Default: now'),
    tz: z.string().max(64).default('UTC').describe('IANA time zone, such as Europe/Berlin'),
    money_by: z
      .enum(MONEY_TIMES)
      .default('click')
      .describe('Money at the time of the click that earned it, or of the conversion'),
    rules_version: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .describe('Verdicts as last given under this version of the bot rules. Default: as they hold now'),
    search: z
      .string()
      .min(1)
      .max(VALUE_LENGTH_MAX)
      .optional()
      .describe('Only things with this text in their id or in their name'),
    sort: z.enum(sorts).default(defaultSort(report)).describe('A column; with - the largest first'),
    page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
    per_page: z.coerce.number().int().min(1).max(PER_PAGE_MAX).default(PER_PAGE_DEFAULT),
    format: z
      .enum(['json', 'csv'])
      .default('json')
      .describe(`csv: all rows, up to ${CSV_ROWS_MAX}, as a file`),
    ...(isByTime(report) ? { by } : {}),
    ...Object.fromEntries(report.filters.map((name) => [name, filter.describe(`Only this ${name}`)])),
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
          ? { name: z.string().nullable().describe('From the catalog; null when it has none') }
          : {}),
        ...text(report.beside),
        ...(report.listed
          ? {
              [LAST_AT]: z
                .string()
                .describe('Quarter hour of its last send, click or money in the range, by tz'),
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
      .describe('Versions of the bot rules that the verdicts shown were given under'),
    range: z
      .object({ from: z.string(), to: z.string(), tz: z.string() })
      .describe('What is covered, widened to whole quarter hours; `to` is not included. UTC'),
    ...(name === 'variants' ? { experiment } : {}),
  });
}
