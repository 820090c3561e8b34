/**
 * GET /v2/reports/breakdown and /v2/reports/breakdowns: what human clicks are made of, by one dimension or by several at
 * once, for the clicks that all filters fit. With ClickHouse down: 503.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  BREAKDOWN_FILTERS,
  BREAKDOWNS_TOGETHER,
  type Breakdown,
  type BreakdownsQuestion,
} from '../../reports/breakdown-query.ts';
import type { CatalogKind } from '../../reports/definitions.ts';
import { readNames } from '../../reports/entity-names.ts';
import { PERIODS } from '../../reports/period.ts';
import {
  type BreakdownAnswer,
  type BreakdownRow,
  readBreakdown,
  readBreakdowns,
} from '../../reports/read-breakdown.ts';
import { CSV_ROWS_MAX } from '../../reports/read-report.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { InvalidReportError, readRange } from '../../reports/report-range.ts';
import { readRulesVersions } from '../../reports/rules-versions.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { forPeople } from '../http/csv-query.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { BY_FORMAT } from '../http/limit-requests.ts';
import {
  breakdownAnswer,
  breakdownQuery,
  breakdownsAnswer,
  breakdownsQuery,
  type ClicksQuery,
  OWN_NAMES,
  OWN_NAMES_OF_SEVERAL,
  TOGETHER,
} from './breakdown-schemas.ts';
import { judgedRange, readFilters } from './report-filters.ts';
import { isoRange } from './report-schemas.ts';

const VALUE_LENGTH_SHOWN = 60;
const DAY_MS = 24 * 3_600_000;
/** More than there are countries: a map has all of them. */
const COUNTRIES_MAX = 300;

/** Kinds of the catalog that a row may be of. */
const NAMED: Partial<Record<Breakdown, CatalogKind>> = {
  campaign_id: 'campaign',
  creative_id: 'creative',
  offer_id: 'offer',
};

const DESCRIPTION =
  'Filters may be combined. `query.<name>=<value>` (up to 5, such as `query.utm_source=qr`) reports only taps that brought this parameter, for as long as raw rows are kept; `by=parameter` counts clicks of the last `click_retention_days`.';

export function breakdownReportRoutes(app: Api, context: ApiContext): void {
  const { clickhouse, redis } = context;
  const tags = ['reports'];
  const config = { scope: 'read', limit: BY_FORMAT } as const;
  const schema = {
    tags,
    summary:
      'What human clicks are made of: devices, systems, browsers, apps, countries, networks, hours, what was sent',
    description: DESCRIPTION,
    querystring: breakdownQuery,
    response: {
      200: {
        description: 'The rows, with totals',
        content: { 'application/json': { schema: breakdownAnswer }, 'text/csv': { schema: z.string() } },
      },
    },
  };
  app.get('/v2/reports/breakdown', { config, schema }, (request, reply) =>
    explainErrors(async () => {
      const { query } = request;
      const { by, parameter } = query;
      if ((by === 'parameter') !== (parameter !== undefined)) {
        throw new InvalidReportError(
          'by=parameter goes with parameter=<name>, such as parameter=utm_source: write both, or neither.',
        );
      }
      const { account_id, click_retention_days } = request.account;
      const filtered = readFilters('breakdown', query, BREAKDOWN_FILTERS, OWN_NAMES);
      const limit = query.format === 'csv' ? CSV_ROWS_MAX : query.limit;
      const { read, shown } = await readJudged(context, account_id, query, async (clicks) => {
        const raw_from_ms = clicks.now_ms - click_retention_days * DAY_MS;
        const question = { ...clicks, ...filtered, by, parameter, limit, raw_from_ms };
        const found = await readBreakdown(clickhouse, question);
        await nameRows(redis, account_id, by, found.rows);
        return found;
      });
      if (query.format === 'csv') {
        reply.header('content-type', 'text/csv; charset=utf-8');
        reply.header(
          'content-disposition',
          `attachment; filename="${by}_${shown.range.from.slice(0, 10)}_${shown.range.to.slice(0, 10)}.csv"`,
        );
        // Fastify streams it; its type knows only what the schema says.
        return Readable.from(
          csvOf(columnsOf(by), rowsOf(by, read.rows), forPeople(query)),
        ) as unknown as string;
      }
      return { by, ...read, ...shown };
    }),
  );

  const several = {
    tags,
    summary: 'Several breakdowns at once, of the same clicks',
    description: `Each is what /v2/reports/breakdown answers, and all are read at once. ${DESCRIPTION}`,
    querystring: breakdownsQuery,
    response: {
      200: {
        description: 'One after the other, each with its totals',
        content: { 'application/json': { schema: breakdownsAnswer } },
      },
    },
  };
  app.get(
    '/v2/reports/breakdowns',
    { config: { scope: 'read', limit: 'report' }, schema: several },
    (request) =>
      explainErrors(async () => {
        const { query } = request;
        const by = readSeveral(query.by);
        const { account_id } = request.account;
        const filtered = readFilters('breakdown', query, BREAKDOWN_FILTERS, OWN_NAMES_OF_SEVERAL);
        const { read, shown } = await readJudged(context, account_id, query, async (clicks) => {
          const limits = { country: COUNTRIES_MAX };
          const question = { ...clicks, ...filtered, by, limit: query.limit, limits };
          const found = await readBreakdowns(clickhouse, question);
          await Promise.all(found.map(({ rows }, i) => nameRows(redis, account_id, by[i], rows)));
          return found;
        });
        return { breakdowns: by.map((one, i) => ({ by: one, ...(read[i] as BreakdownAnswer) })), ...shown };
      }),
  );
}

/** Throws InvalidReportError. */
function readSeveral(text: string): Breakdown[] {
  const asked_by = text.split(',').map((name) => name.trim());
  const by = asked_by.flatMap((name) => BREAKDOWNS_TOGETHER.find((one) => one === name) ?? []);
  const unknown = asked_by.find((name) => !by.some((one) => one === name));
  if (unknown !== undefined) {
    throw new InvalidReportError(
      `by=${unknown.slice(0, VALUE_LENGTH_SHOWN)} is not among the breakdowns that are answered together: write some of ${TOGETHER}, separated by commas. by=parameter has a route of its own, /v2/reports/breakdown.`,
    );
  }
  const periods = by.filter((one) => (PERIODS as readonly string[]).includes(one));
  if (new Set(by).size < by.length || periods.length > 1) {
    throw new InvalidReportError(
      `by=${text.slice(0, VALUE_LENGTH_SHOWN)} asks for one breakdown twice or for several periods: write each once, and one of ${PERIODS.join(', ')} at most.`,
    );
  }
  return by;
}

type ClicksAsked = Omit<BreakdownsQuestion, 'by' | 'limit' | 'filters' | 'tap_filters'>;

/** Reads with `read`, and beside it what the answer says of the clicks. Throws InvalidReportError. */
async function readJudged<T>(
  { clickhouse }: ApiContext,
  account_id: string,
  { from, to, tz, range_by, measure, rules_version }: ClicksQuery,
  read: (clicks: ClicksAsked) => Promise<T>,
) {
  const now_ms = Date.now();
  const range = readRange(from, to, tz, now_ms);
  const versions = readRulesVersions(
    clickhouse,
    account_id,
    judgedRange({ range, range_by }, now_ms),
    rules_version,
  );
  // Which verdicts count must be known before the rows are read, where old ones were asked for.
  const rejudgement_max = rules_version === undefined ? undefined : (await versions).rejudgement_max;
  const [found, { shown }] = await Promise.all([
    read({ account_id, measure, range, range_by, rejudgement_max, now_ms }),
    versions,
  ]);
  const iso = isoRange(range);
  return { read: found, shown: { rules_versions: shown, range: { ...iso, range_by } } };
}

/** Gives rows of the catalog their names. */
async function nameRows(
  redis: ApiContext['redis'],
  account_id: string,
  by: Breakdown | undefined,
  rows: BreakdownRow[],
): Promise<void> {
  const kind = by && NAMED[by];
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
