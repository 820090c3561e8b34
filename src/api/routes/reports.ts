/**
 * GET /v2/reports/…: one route per report over the rollups in ClickHouse, as JSON pages or a CSV stream, for the
 * caller's own account only. With ClickHouse down it answers 503; redirects continue.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ClickHouseUnavailableError } from '../../reports/ask-clickhouse.ts';
import { type Filter, REPORT_NAMES, REPORTS, type ReportName } from '../../reports/definitions.ts';
import { findByName } from '../../reports/entity-names.ts';
import { readReport, reportColumns, streamReport } from '../../reports/read-report.ts';
import { csvOf } from '../../reports/report-csv.ts';
import type { ReportQuestion, Search } from '../../reports/report-query.ts';
import { InvalidReportError, type Range, readRange } from '../../reports/report-range.ts';
import { readRulesVersions } from '../../reports/rules-versions.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';
import { readExperiment } from './experiments.ts';
import { by, isByTime, pageSchema, querySchema } from './report-schemas.ts';

const KEY_LENGTH_SHOWN = 60;
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
  app.get(`/v2/reports/${name}`, { schema }, (request, reply) =>
    explainErrors(async () => {
      const { query } = request;
      const question = readQuestion(name, request.account.account_id, query);
      if (query.search !== undefined) question.search = await readSearch(context, question, query.search);
      // The shown versions can be read in parallel with the report; a requested version must be resolved first.
      const versions = readRulesVersions(
        context.clickhouse,
        question.account_id,
        question.range,
        query.rules_version,
      );
      if (query.rules_version !== undefined) question.rejudgement_max = (await versions).rejudgement_max;
      const range = shownRange(question.range);
      if (query.format === 'csv') {
        const [rows] = await Promise.all([streamReport(context, question), versions]);
        const file = `${name}_${range.from.slice(0, 10)}_${range.to.slice(0, 10)}.csv`;
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header('content-disposition', `attachment; filename="${file}"`);
        // Fastify streams it; the return type comes from the schema.
        return Readable.from(csvOf(reportColumns(question), rows)) as unknown as string;
      }
      const { page, per_page } = query;
      const [{ shown }, answer, test] = await Promise.all([
        versions,
        readReport(context, question, page, per_page),
        name === 'variants' ? readExperiment(context, question, Date.now()) : undefined,
      ]);
      const beside = test === undefined ? {} : { experiment: test };
      return { ...answer, ...beside, page, per_page, rules_versions: shown, range };
    }),
  );
}

const shownRange = ({ from_ms, to_ms, tz }: Range): { from: string; to: string; tz: string } => ({
  from: new Date(from_ms).toISOString(),
  to: new Date(to_ms).toISOString(),
  tz,
});

/** Ids whose name matches the search; ClickHouse does not have the names. */
async function readSearch(
  { redis }: ApiContext,
  { report, account_id }: ReportQuestion,
  text: string,
): Promise<Search> {
  return { text, named: report.named ? await findByName(redis, report.named, account_id, text) : [] };
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

/** Turns errors of the reports into ApiErrors. */
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
