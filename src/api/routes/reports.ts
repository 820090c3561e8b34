/**
 * GET /v2/reports/…: one route for each report over the rollups in ClickHouse, as JSON pages or a CSV
 * stream, for the caller's own account only. With ClickHouse down it answers 503 and redirects go on.
 */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { REPORT_NAMES, REPORTS, type ReportName, type ReportRow } from '../../reports/definitions.ts';
import { findByName } from '../../reports/entity-names.ts';
import type { MoneyTime, RangeBy } from '../../reports/measures.ts';
import { readReport, reportColumns, streamReport } from '../../reports/read-report.ts';
import { readRipeness } from '../../reports/read-ripeness.ts';
import { csvOf } from '../../reports/report-csv.ts';
import type { ReportQuestion } from '../../reports/report-query.ts';
import { InvalidReportError, readRange } from '../../reports/report-range.ts';
import { XLSX_TYPE, xlsxOf } from '../../reports/report-xlsx.ts';
import { readRulesVersions } from '../../reports/rules-versions.ts';
import { type Ripeness, unfinishedAt } from '../../reports/unfinished.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { forPeople } from '../http/csv-query.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import { pageOf } from '../http/paging.ts';
import { readExperiment } from './experiments.ts';
import { judgedRange, readFilters } from './report-filters.ts';
import { by, isByTime, pageSchema, querySchema, search } from './report-schemas.ts';

const NOT_FILTERS = [
  'from',
  'to',
  'tz',
  'range_by',
  'money_by',
  'rules_version',
  'sort',
  'page',
  'per_page',
  'format',
  'bom',
];

const BY_FILE = { ...BY_FORMAT, xlsx: 'download' } as const;

/** Registers the routes; `request.account` is set before them. */
export function reportRoutes(app: Api, context: ApiContext): void {
  for (const name of REPORT_NAMES) reportRoute(app, context, name);
}

function reportRoute(app: Api, context: ApiContext, name: ReportName): void {
  const report = REPORTS[name];
  const schema = {
    tags: ['reports'],
    summary: `Report by ${report.ids.join(' and ')}`,
    description:
      'Beside the filters below, `query.<name>=<value>` (up to 5, such as `query.utm_source=qr`) reports only clicks that brought this parameter, with their conversions; `sent` is 0 then, and clicks are found for as long as raw rows are kept.',
    querystring: querySchema(report),
    response: {
      200: {
        description: 'The rows, sorted, with totals',
        content: { 'application/json': { schema: pageSchema(name) }, 'text/csv': { schema: z.string() } },
      },
    },
  };
  app.get(`/v2/reports/${name}`, { config: { scope: 'read', limit: BY_FILE }, schema }, (request, reply) =>
    explainErrors(async () => {
      const { query } = request;
      const question = await addSearch(context, readQuestion(name, request.account.account_id, query), query);
      const { page, per_page } = pageOf(query);
      const now_ms = Date.now();
      // What is shown may be asked beside the report; which verdicts count must be known before it.
      const ripe = readRipeness(context.clickhouse, question, now_ms);
      if (isByTime(REPORTS[name])) question.ripeness = ripe;
      const beside_rows = Promise.all([
        readRulesVersions(
          context.clickhouse,
          question.account_id,
          judgedRange(question, now_ms),
          query.rules_version,
        ),
        ripe,
      ]);
      if (query.rules_version !== undefined)
        question.rejudgement_max = (await beside_rows)[0].rejudgement_max;
      if (query.format !== 'json') {
        const [rows, [, ripeness]] = await Promise.all([streamReport(context, question), beside_rows]);
        const { from, to } = shownRange(question, ripeness);
        return sendFile(reply, `${name}_${from.slice(0, 10)}_${to.slice(0, 10)}`, query, {
          columns: reportColumns(question),
          rows,
        });
      }
      const [[{ shown }, ripeness], answer, test] = await Promise.all([
        beside_rows,
        readReport(context, question, page, per_page),
        name === 'variants' ? readExperiment(context, question, now_ms) : undefined,
      ]);
      const beside = test === undefined ? {} : { experiment: test };
      const range = shownRange(question, ripeness);
      return { ...answer, ...beside, page, per_page, rules_versions: shown, range };
    }),
  );
}

/** A file of all rows, streamed. */
function sendFile(
  reply: FastifyReply,
  name: string,
  query: ReportQuery,
  { columns, rows }: { columns: string[]; rows: AsyncGenerator<ReportRow[]> },
): string {
  const isCsv = query.format === 'csv';
  reply.header('content-type', isCsv ? 'text/csv; charset=utf-8' : XLSX_TYPE);
  reply.header('content-disposition', `attachment; filename="${name}.${query.format}"`);
  // Fastify streams it; its type knows only what the schema says.
  return Readable.from(
    isCsv ? csvOf(columns, rows, forPeople(query)) : xlsxOf(columns, rows),
  ) as unknown as string;
}

function shownRange({ range, range_by }: ReportQuestion, ripeness: Ripeness) {
  const { from_ms, to_ms, tz } = range;
  const [from, to] = [new Date(from_ms).toISOString(), new Date(to_ms).toISOString()];
  return { from, to, tz, range_by, unfinished: unfinishedAt(ripeness, to_ms) };
}

/** A range of messages has their money at the time of the message. Throws InvalidReportError. */
function rangeKind({ range_by, money_by }: ReportQuery): { range_by: RangeBy; money_by: MoneyTime } {
  if (range_by === 'sent' && money_by !== undefined) {
    throw new InvalidReportError(
      'money_by goes with range_by=event: with range_by=sent, money counts with the message that earned it. Leave one of them out.',
    );
  }
  return { range_by: range_by ?? (money_by === undefined ? 'sent' : 'event'), money_by: money_by ?? 'click' };
}

/** With what a search finds in names, which ClickHouse does not know. */
async function addSearch(
  { redis }: ApiContext,
  question: ReportQuestion,
  query: ReportQuery,
): Promise<ReportQuestion> {
  const { report, account_id } = question;
  const text = isByTime(report) ? undefined : search.parse(query['search']);
  if (text === undefined) return question;
  const named = report.named ? await findByName(redis, report.named, account_id, text) : [];
  return { ...question, search: { text, named } };
}

type ReportQuery = z.output<ReturnType<typeof querySchema>>;

function readQuestion(name: ReportName, account_id: string, query: ReportQuery): ReportQuestion {
  const report = REPORTS[name];
  const notFilters = isByTime(report) ? [...NOT_FILTERS, 'by'] : [...NOT_FILTERS, 'search'];
  return {
    report,
    account_id,
    range: readRange(query.from, query.to, query.tz, Date.now()),
    ...readFilters(name, query, report.filters, notFilters),
    ...rangeKind(query),
    ...(isByTime(report) ? { period: by.parse(query['by']) } : {}),
    sort: { column: query.sort.replace(/^-/, ''), descending: query.sort.startsWith('-') },
  };
}
