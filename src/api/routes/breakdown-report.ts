/**
 * GET /v2/reports/breakdown: what human clicks are made of, by one dimension, for the clicks that all filters fit. With
 * ClickHouse down: 503.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { CatalogKind } from '../../reports/definitions.ts';
import { readNames } from '../../reports/entity-names.ts';
import { meaningOf, RANGE_BY } from '../../reports/measures.ts';
import {
  BREAKDOWN_FILTERS,
  BREAKDOWN_MEASURES,
  BREAKDOWNS,
  type Breakdown,
  type BreakdownFilter,
  type BreakdownRow,
  NO_VALUE,
  readBreakdown,
} from '../../reports/read-breakdown.ts';
import { CSV_ROWS_MAX } from '../../reports/read-report.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { InvalidReportError, readRange } from '../../reports/report-range.ts';
import { readRulesVersions } from '../../reports/rules-versions.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { bom, forPeople } from '../http/csv-query.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import { judgedRange, readFilters } from './report-filters.ts';
import { filter, format, rangeQuery, rules_version } from './report-schemas.ts';

const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 100;
const PARAMETER_LENGTH_MAX = 200;

const own = {
  ...rangeQuery,
  range_by: z
    .enum(RANGE_BY)
    .default('sent')
    .describe('What the range is of. `sent`: clicks on messages sent in it. `event`: clicks in it'),
  by: z
    .enum(BREAKDOWNS)
    .default('device')
    .describe(
      'What a row is. `network` is the autonomous system of the address, `hour_of_week` the hour of the click in tz, `hour`, `day`, `week` and `month` the period in tz that the range is of (of messages, or of clicks), `parameter` the value of a parameter that taps brought',
    ),
  measure: z
    .enum(BREAKDOWN_MEASURES)
    .default('clicks_human')
    .describe('What rows are ordered by, and `share` is of'),
  parameter: z
    .string()
    .min(1)
    .max(PARAMETER_LENGTH_MAX)
    .optional()
    .describe('With by=parameter: its name, such as `utm_source`'),
  rules_version,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(ROWS_MAX)
    .default(ROWS_DEFAULT)
    .describe('Maximum number of rows of an answer in JSON; with by=hour_of_week there are always 168'),
  format: format.describe(`csv: all rows, up to ${CSV_ROWS_MAX}, as a file`),
  bom,
};
const described: Partial<Record<BreakdownFilter, string>> = {
  country: `Only this country, ISO 3166; \`${NO_VALUE}\`: unknown`,
  device: 'Only this one: phone, tablet, desktop or other',
  in_app: `Only this app; \`${NO_VALUE}\`: outside apps`,
  network: `Only this network, by its number; \`${NO_VALUE}\`: unknown`,
};
// Loose, so that an unknown filter gets an error that lists the allowed ones.
const querystring = z.looseObject({
  ...own,
  ...(Object.fromEntries(
    BREAKDOWN_FILTERS.map((name) => [name, filter.describe(described[name] ?? `Only this ${name}`)]),
  ) as Record<BreakdownFilter, typeof filter>),
});

const counts = {
  clicks_human: z.number().describe(meaningOf('clicks_human')),
  clicks_unique: z.number().describe(meaningOf('clicks_unique')),
};
const answer = z.object({
  by: z.enum(BREAKDOWNS),
  rows: z
    .array(
      z.object({
        value: z
          .string()
          .describe(
            'Of what `by` says; empty where clicks have none. A network is its number; an hour of the week is `Mon 00` (Monday from midnight on) to `Sun 23`, a period its start with the offset of tz',
          ),
        name: z
          .string()
          .nullable()
          .describe(
            'Organisation that runs a network; name of a campaign, creative or offer in the catalog; null of all others',
          ),
        ...counts,
        share: z.number().describe('The measure / that of the totals, from 0 to 1'),
      }),
    )
    .describe('Most of the measure first; hours of the week and periods in their order'),
  totals: z.object(counts).describe('Over all rows, also those beyond the limit'),
  total_rows: z.number(),
  rules_versions: z
    .array(z.string())
    .describe('Versions of the bot rules under which the shown verdicts were given'),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string(), range_by: z.enum(RANGE_BY) }),
});

/** Kinds of the catalog that a row may be of. */
const NAMED: Partial<Record<Breakdown, CatalogKind>> = {
  campaign_id: 'campaign',
  creative_id: 'creative',
  offer_id: 'offer',
};

export function breakdownReportRoutes(app: Api, { clickhouse, redis }: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary:
      'What human clicks are made of: devices, systems, browsers, apps, countries, networks, hours, what was sent',
    description:
      'Filters may be combined. `query.<name>=<value>` (up to 5, such as `query.utm_source=qr`) reports only taps that brought this parameter; it and `by=parameter` find clicks for as long as raw rows are kept.',
    querystring,
    response: {
      200: {
        description: 'The rows, with totals',
        content: { 'application/json': { schema: answer }, 'text/csv': { schema: z.string() } },
      },
    },
  };
  const config = { scope: 'read', limit: BY_FORMAT } as const;
  app.get('/v2/reports/breakdown', { config, schema }, (request, reply) =>
    explainErrors(async () => {
      const { query } = request;
      const { by, measure, parameter, range_by, limit } = query;
      if ((by === 'parameter') !== (parameter !== undefined)) {
        throw new InvalidReportError(
          'by=parameter goes with parameter=<name>, such as parameter=utm_source: write both, or neither.',
        );
      }
      const { account_id } = request.account;
      const now_ms = Date.now();
      const range = readRange(query.from, query.to, query.tz, now_ms);
      const filters = readFilters('breakdown', query, BREAKDOWN_FILTERS, Object.keys(own));
      const judged = judgedRange({ range, range_by }, now_ms);
      const { shown, rejudgement_max } = await readRulesVersions(
        clickhouse,
        account_id,
        judged,
        query.rules_version,
      );
      const rows_max = query.format === 'csv' ? CSV_ROWS_MAX : limit;
      const read = await readBreakdown(clickhouse, {
        ...{ account_id, by, measure, parameter, range, range_by, rejudgement_max, limit: rows_max, now_ms },
        ...filters,
      });
      await nameRows(redis, account_id, by, read.rows);
      const [from, to] = [range.from_ms, range.to_ms].map((at_ms) => new Date(at_ms).toISOString()) as [
        string,
        string,
      ];
      if (query.format === 'csv') {
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header(
          'content-disposition',
          `attachment; filename="${by}_${from.slice(0, 10)}_${to.slice(0, 10)}.csv"`,
        );
        // Fastify streams it; its type knows only what the schema says.
        return Readable.from(
          csvOf(columnsOf(by), rowsOf(by, read.rows), forPeople(query)),
        ) as unknown as string;
      }
      return { by, ...read, rules_versions: shown, range: { from, to, tz: range.tz, range_by } };
    }),
  );
}

/** Gives rows of the catalog their names. */
async function nameRows(
  redis: ApiContext['redis'],
  account_id: string,
  by: Breakdown,
  rows: BreakdownRow[],
): Promise<void> {
  const kind = NAMED[by];
  if (kind === undefined) return;
  const ids = rows.map(({ value }) => value);
  const names = await readNames(redis, kind, account_id, ids);
  for (const [i, row] of rows.entries()) row.name = names[i] ?? null;
}

const columnsOf = (by: Breakdown): string[] => [
  by,
  ...(by === 'network' || NAMED[by] !== undefined ? ['name'] : []),
  'clicks_human',
  'clicks_unique',
  'share',
];

/** In a file the value stands under what it is of. */
async function* rowsOf(
  by: string,
  rows: Awaited<ReturnType<typeof readBreakdown>>['rows'],
): AsyncGenerator<Record<string, string | number | null>[]> {
  yield rows.map(({ value, ...row }) => ({ ...row, [by]: value }));
}
