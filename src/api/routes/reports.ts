/**
 * GET /v2/reports/…: one route for each report over the rollups in ClickHouse, as JSON pages or a CSV
 * stream, for the caller's own account only. With ClickHouse down it answers 503 and redirects go on.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ClickHouseUnavailableError } from '../../reports/ask-clickhouse.ts';
import {
  type Filter,
  LAST_AT,
  type MEASURES,
  MONEY_TIMES,
  REPORT_NAMES,
  REPORTS,
  type Report,
  type ReportName,
  sortColumns,
} from '../../reports/definitions.ts';
import { findByName } from '../../reports/entity-names.ts';
import { PERIODS } from '../../reports/period.ts';
import {
  CSV_ROWS_MAX,
  LISTED_ROWS_MAX,
  readReport,
  reportColumns,
  streamReport,
} from '../../reports/read-report.ts';
import { csvOf } from '../../reports/report-csv.ts';
import type { ReportQuestion } from '../../reports/report-query.ts';
import { InvalidReportError, readRange } from '../../reports/report-range.ts';
import { readRulesVersions } from '../../reports/rules-versions.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { experiment, readExperiment } from './experiments.ts';

const PER_PAGE_DEFAULT = 50;
const PER_PAGE_MAX = 1_000;
const PAGE_MAX = 1_000_000;
const VALUE_LENGTH_MAX = 200;
const KEY_LENGTH_SHOWN = 60;

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

const NOT_FILTERS = [
  'from',
  'to',
  'tz',
  'money_by',
  'rules_version',
  'search',
  'sort',
  'page',
  'per_page',
  'format',
];

/** What only the hours report takes. */
const by = z
  .enum(PERIODS)
  .default('hour')
  .describe('What a row covers, by the clocks of tz; weeks start on Monday. `hour` is its start');

const isByTime = (report: Report): boolean => report.ids[0] === 'hour';

function defaultSort(report: Report): string {
  if (isByTime(report)) return 'hour';
  return report.listed ? `-${LAST_AT}` : '-clicks_unique';
}

function querySchema(report: Report) {
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

function pageSchema(name: ReportName) {
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

/** Registers the routes; `request.account` is set before them. */
export function reportRoutes(app: Api, context: ApiContext): void {
  for (const name of REPORT_NAMES) reportRoute(app, context, name);
}

function reportRoute(app: Api, context: ApiContext, name: ReportName): void {
  const report = REPORTS[name];
  const schema = {
    tags: ['reports'],
    summary: `Report by ${report.ids.join(' and ')}`,
    querystring: querySchema(report),
    response: {
      200: {
        description: 'The rows, sorted, with totals',
        content: { 'application/json': { schema: pageSchema(name) }, 'text/csv': { schema: z.string() } },
      },
    },
  };
  app.get(`/v2/reports/${name}`, { schema }, async (request, reply) => {
    const { query } = request;
    return explainErrors(async () => {
      const question = readQuestion(name, request.account.account_id, query);
      if (query.search !== undefined) {
        const named = report.named
          ? await findByName(context.redis, report.named, question.account_id, query.search)
          : [];
        question.search = { text: query.search, named };
      }
      // What is shown may be asked beside the report; which verdicts count must be known before it.
      const versions = readRulesVersions(
        context.clickhouse,
        question.account_id,
        question.range,
        query.rules_version,
      );
      if (query.rules_version !== undefined) question.rejudgement_max = (await versions).rejudgement_max;
      const range = {
        from: new Date(question.range.from_ms).toISOString(),
        to: new Date(question.range.to_ms).toISOString(),
        tz: question.range.tz,
      };
      if (query.format === 'csv') {
        const [rows] = await Promise.all([streamReport(context, question), versions]);
        const file = `${name}_${range.from.slice(0, 10)}_${range.to.slice(0, 10)}.csv`;
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${file}"`);
        // Fastify streams it; its type knows only what the schema says.
        return Readable.from(csvOf(reportColumns(question), rows)) as unknown as string;
      }
      const { page, per_page } = query;
      const [{ shown }, answer, test] = await Promise.all([
        versions,
        readReport(context, question, page, per_page),
        name === 'variants' ? readExperiment(context, question, Date.now()) : undefined,
      ]);
      return {
        ...answer,
        ...(test === undefined ? {} : { experiment: test }),
        page,
        per_page,
        rules_versions: shown,
        range,
      };
    });
  });
}

type ReportQuery = z.output<ReturnType<typeof querySchema>>;

function readQuestion(name: ReportName, account_id: string, query: ReportQuery): ReportQuestion {
  const report = REPORTS[name];
  const notFilters = isByTime(report) ? [...NOT_FILTERS, 'by'] : NOT_FILTERS;
  const filters: Partial<Record<Filter, string>> = {};
  for (const [key, value] of Object.entries(query)) {
    if (notFilters.includes(key)) continue;
    const filter = report.filters.find((allowed) => allowed === key);
    if (filter === undefined) {
      throw new InvalidReportError(
        `${key.slice(0, KEY_LENGTH_SHOWN)} is not a filter of the ${name} report: use ${report.filters.join(', ')}, beside ${notFilters.join(', ')}.`,
      );
    }
    filters[filter] = String(value);
  }
  return {
    report,
    account_id,
    range: readRange(query.from, query.to, query.tz, Date.now()),
    filters,
    money_by: query.money_by,
    ...(isByTime(report) ? { period: by.parse(query.by) } : {}),
    sort: { column: query.sort.replace(/^-/, ''), descending: query.sort.startsWith('-') },
  };
}

/** Errors of the reports as the API's own. */
export async function explainErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InvalidReportError) throw new ApiError('invalid_request', error.message);
    if (error instanceof ClickHouseUnavailableError) {
      throw new ApiError('unavailable', error.message);
    }
    throw error;
  }
}
