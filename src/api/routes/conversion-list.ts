/** GET /v2/conversions: single conversions, as pages or as a CSV for a spreadsheet. With ClickHouse down: 503. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { FILTER_FORM, FILTER_LENGTH_MAX } from '../../reports/filter-values.ts';
import {
  CONVERSION_FILTERS,
  CONVERSION_SORTS,
  CONVERSIONS_CSV_MAX,
  type ConversionQuestion,
  listConversions,
  streamConversions,
} from '../../reports/list-conversions.ts';
import { CONVERSION_COLUMNS } from '../../reports/read-conversions.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { bom, forPeople } from '../http/csv-query.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import { pageOf, pageOrFileQuery } from '../http/paging.ts';
import { conversion } from './conversion-traces.ts';

const filter = z.string().min(1).max(FILTER_LENGTH_MAX).optional().describe(FILTER_FORM);
const filters = z.object({
  ...(Object.fromEntries(CONVERSION_FILTERS.map((name) => [name, filter])) as Record<
    (typeof CONVERSION_FILTERS)[number],
    typeof filter
  >),
  reason: filter,
});

const querystring = z.strictObject({
  from: z.string().max(40).optional().describe('As in the reports; by the time of the conversion'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
  sort: z.enum(CONVERSION_SORTS.flatMap((name) => [name, `-${name}`])).default('-converted_at'),
  ...pageOrFileQuery.shape,
  format: z
    .enum(['json', 'csv'])
    .default('json')
    .describe(`csv: all, up to ${CONVERSIONS_CSV_MAX}, as a file`),
  ...filters.shape,
  bom,
});

const page = z.object({
  rows: z.array(conversion),
  page: z.number(),
  per_page: z.number(),
  total_rows: z.number(),
});

export function conversionListRoutes(app: Api, { clickhouse }: ApiContext): void {
  const schema = {
    tags: ['conversions'],
    summary: 'List conversions in their current state',
    querystring,
    response: {
      200: {
        description: 'The conversions',
        content: { 'application/json': { schema: page }, 'text/csv': { schema: z.string() } },
      },
    },
  };
  app.get('/v2/conversions', { config: { scope: 'read', limit: BY_FORMAT }, schema }, (request, reply) =>
    explainErrors(async () => {
      const { query } = request;
      const { page, per_page } = pageOf(query);
      const question: ConversionQuestion = {
        account_id: request.account.account_id,
        range: readRange(query.from, query.to, query.tz, Date.now()),
        filters: Object.fromEntries(
          Object.entries(filters.parse(query)).filter(([, value]) => value !== undefined),
        ),
        sort: {
          column: query.sort.replace(/^-/, '') as ConversionQuestion['sort']['column'],
          descending: query.sort.startsWith('-'),
        },
      };
      if (query.format === 'csv') {
        const rows = await streamConversions(clickhouse, question);
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', 'attachment; filename="conversions.csv"');
        // Fastify streams it; the return type comes from the schema.
        return Readable.from(csvOf(CONVERSION_COLUMNS, rows, forPeople(query))) as unknown as string;
      }
      return { ...(await listConversions(clickhouse, question, page, per_page)), page, per_page };
    }),
  );
}
