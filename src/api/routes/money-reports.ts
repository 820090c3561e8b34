/**
 * GET /v2/reports/networks, channels, payouts and conversion-days: money by who reported it, by how it came in, by
 * offer and network, and by day of click against day of conversion; as pages or as a CSV, for the caller's own account. With ClickHouse down: 503.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { readNames } from '../../reports/entity-names.ts';
import { FILTER_FORM, FILTER_LENGTH_MAX } from '../../reports/filter-values.ts';
import { MONEY_TIMES } from '../../reports/measures.ts';
import {
  MONEY_FILTERS,
  MONEY_REPORT_NAMES,
  MONEY_REPORTS,
  MONEY_ROWS_MAX,
  type MoneyFilter,
  type MoneyReportName,
  type MoneyRow,
  moneyColumns,
  moneySorts,
  readMoneyReport,
} from '../../reports/money-report.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { bom, forPeople } from '../http/csv-query.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import { pageOf, pageOrFileQuery } from '../http/paging.ts';

const SUMMARIES: Record<MoneyReportName, string> = {
  networks: 'Conversions and money by advertising network',
  channels: 'Conversions and money by the channel that they came in by',
  payouts: 'Conversions, and what they pay, by offer and advertising network',
  'conversion-days': 'Conversions and money by day of click and day of conversion',
};

const money = (what: string) => z.string().describe(`${what}: a decimal string with 2 to 6 decimals`);
const MONEYS = {
  currency: z.string().describe('Currency of the money in this row; empty without money'),
  conversions: z.number().describe('Conversions in this currency, without refunds and chargebacks'),
  revenue: money('sales - refunds'),
  payout: money('Paid for conversions; payouts for clicks are in the other reports'),
  sales: money('Revenue of sales and rebills'),
  refunds: money('Revenue reversed by refunds and chargebacks'),
};
const COUNTS = {
  reports: z
    .number()
    .describe('All reports in this currency, whatever became of them, and each line of a refund'),
  attributed: z.number().describe('Reports that are credited'),
  problems: z.number().describe('Reports that are credited to nothing, or that something is wrong with'),
  problem_share: z.number().describe('problems / reports'),
};
const ROWS = {
  networks: z.object({
    network: z.string().describe('As `network` in the report said; empty where it said nothing'),
    ...COUNTS,
    ...MONEYS,
  }),
  channels: z.object({
    channel: z.string().describe('conv, offer, coupon, pixel or api'),
    ...COUNTS,
    ...MONEYS,
  }),
  payouts: z.object({
    offer_id: z.string().describe('Empty where the report named none that is known'),
    name: z.string().describe('Of the offer'),
    network: z.string().describe('As `network` in the report said; empty where it said nothing'),
    ...COUNTS,
    ...MONEYS,
  }),
  'conversion-days': z.object({
    click_day: z.string().describe('Day of the click that earned it, in tz; of the message, for a coupon'),
    conversion_day: z.string().describe('Day of the conversion, in tz'),
    days: z.number().describe('Days from one to the other'),
    ...MONEYS,
  }),
};

/** Strict: an option that a report does not have is refused. */
function querySchema(name: MoneyReportName) {
  const sorts = moneySorts(name).flatMap((column) => [column, `-${column}`]);
  const filter = z.string().max(FILTER_LENGTH_MAX).optional();
  return z.strictObject({
    from: z.string().max(40).optional().describe('As in the other reports'),
    to: z.string().max(40).optional(),
    tz: z.string().max(64).default('UTC').describe('IANA time zone, such as Europe/Berlin'),
    money_by: z
      .enum(MONEY_TIMES)
      .default('click')
      .describe('Which time is in the range: of the click that earned it, or of the conversion'),
    sort: z.enum(sorts).default(name === 'conversion-days' ? 'click_day' : '-revenue'),
    ...pageOrFileQuery.shape,
    format: z.enum(['json', 'csv']).default('json').describe('csv: all rows, as a file'),
    ...(Object.fromEntries(
      MONEY_FILTERS.map((each) => [each, filter.describe(`Only this ${each}. ${FILTER_FORM}`)]),
    ) as Record<MoneyFilter, typeof filter>),
    bom,
  });
}

/** Registers the routes; `request.account` is set before them. */
export function moneyReportRoutes(app: Api, context: ApiContext): void {
  for (const name of MONEY_REPORT_NAMES) moneyReportRoute(app, context, name);
}

function moneyReportRoute(app: Api, { clickhouse, redis }: ApiContext, name: MoneyReportName): void {
  const page = z.object({
    rows: z.array(ROWS[name]),
    totals: z.array(z.object(MONEYS)).describe('Over all rows, by currency'),
    page: z.number(),
    per_page: z.number(),
    total_rows: z.number(),
    range: z.object({ from: z.string(), to: z.string(), tz: z.string() }),
  });
  const schema = {
    tags: ['reports'],
    summary: SUMMARIES[name],
    description: `A row for each ${MONEY_REPORTS[name].join(', ')} and currency; at most ${MONEY_ROWS_MAX}.`,
    querystring: querySchema(name),
    response: {
      200: {
        description: 'The rows, sorted, with totals',
        content: { 'application/json': { schema: page }, 'text/csv': { schema: z.string() } },
      },
    },
  };
  app.get(`/v2/reports/${name}`, { config: { scope: 'read', limit: BY_FORMAT }, schema }, (request, reply) =>
    explainErrors(async () => {
      const { query } = request;
      const { page, per_page } = pageOf(query);
      const range = readRange(query.from, query.to, query.tz, Date.now());
      const filters = Object.fromEntries(
        MONEY_FILTERS.flatMap((filter) => (query[filter] === undefined ? [] : [[filter, query[filter]]])),
      );
      const sort = { column: query.sort.replace(/^-/, ''), descending: query.sort.startsWith('-') };
      const { account_id } = request.account;
      const question = { name, account_id, range, money_by: query.money_by, filters, sort };
      const { rows, totals } = await readMoneyReport(clickhouse, question, Date.now());
      if (name === 'payouts') await nameOffers(redis, account_id, rows);
      const [from, to] = [range.from_ms, range.to_ms].map((at_ms) => new Date(at_ms).toISOString()) as [
        string,
        string,
      ];
      if (query.format === 'csv') {
        const file = `${name}_${from.slice(0, 10)}_${to.slice(0, 10)}.csv`;
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${file}"`);
        // Fastify streams it; its type knows only what the schema says.
        return Readable.from(csvOf(moneyColumns(name), groupsOf(rows), forPeople(query))) as never;
      }
      const shown = rows.slice((page - 1) * per_page, page * per_page) as never[];
      return {
        rows: shown,
        totals,
        page,
        per_page,
        total_rows: rows.length,
        range: { from, to, tz: range.tz },
      };
    }),
  );
}

/** Puts the names of the offers into the rows. */
async function nameOffers(
  redis: ApiContext['redis'],
  account_id: string,
  rows: readonly MoneyRow[],
): Promise<void> {
  const ids = [...new Set(rows.map((row) => String(row['offer_id'])))].filter((id) => id !== '');
  const names = new Map<string, string>();
  for (let i = 0; i < ids.length; i += GROUP_ROWS) {
    const group = ids.slice(i, i + GROUP_ROWS);
    const found = await readNames(redis, 'offer', account_id, group);
    for (const [at, id] of group.entries()) names.set(id, found[at] ?? '');
  }
  for (const row of rows) row['name'] = names.get(String(row['offer_id'])) ?? '';
}

async function* groupsOf<Row>(rows: readonly Row[]): AsyncGenerator<Row[]> {
  for (let i = 0; i < rows.length; i += GROUP_ROWS) yield rows.slice(i, i + GROUP_ROWS);
}
const GROUP_ROWS = 1_000;
