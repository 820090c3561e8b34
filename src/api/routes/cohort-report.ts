/** GET /v2/reports/cohorts: what clicks earned by the days since they were made. With ClickHouse down: 503. */
import { z } from 'zod';
import {
  AGES,
  CELL_STATES,
  COHORT_FILTERS,
  COHORT_PERIODS,
  type CohortFilter,
  readClickCohorts,
} from '../../reports/read-click-cohorts.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { givenOf } from './report-filters.ts';
import { currency, filter, filtersOf, isoRange, timeQuery } from './report-schemas.ts';

const querystring = z.strictObject({
  ...timeQuery('by the time of the click'),
  by: z
    .enum(COHORT_PERIODS)
    .default('week')
    .describe('Period of the clicks of a row, in tz; weeks start on Monday'),
  ...filtersOf(COHORT_FILTERS),
  currency: filter.describe('Of the money. Default: that in which most conversions earned'),
});

const money = {
  conversions: z.number().describe('Conversions in this currency, without refunds and chargebacks'),
  revenue: z.string().describe('sales - refunds: a decimal string with 2 to 6 decimals'),
};
const answer = z.object({
  by: z.enum(COHORT_PERIODS),
  ages: z
    .array(z.object({ from: z.number(), to: z.number().nullable() }))
    .describe('Days since the click, by the calendar of tz, of each cell of a row; the last has no end'),
  rows: z
    .array(
      z.object({
        cohort: z.string().describe('First day of the period of the clicks'),
        partial: z
          .boolean()
          .describe('Whether the range begins or ends within the period: the row has a part of it'),
        clicks_unique: z.number().describe('Unique clicks in this period'),
        ...money,
        cells: z.array(
          z.object({
            ...money,
            state: z
              .enum(CELL_STATES)
              .describe(
                'finished: all its days are over for all clicks of the row; rising: for some of them not; ahead: none has begun',
              ),
          }),
        ),
      }),
    )
    .describe('Oldest first, without periods that have neither clicks nor money'),
  currency,
  currencies: z.array(z.string()).describe('All in which these clicks earned, most conversions first'),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string() }).describe('The range covered, UTC'),
});

export function cohortReportRoutes(app: Api, context: ApiContext): void {
  const schema = {
    tags: ['reports'],
    summary: 'Conversions and revenue by the period of the click and the days since',
    querystring,
    response: { 200: answer },
  };
  const ages = AGES.map((from, i) => ({ from, to: i + 1 < AGES.length ? (AGES[i + 1] ?? 0) - 1 : null }));
  app.get('/v2/reports/cohorts', { config: { scope: 'read', limit: 'report' }, schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, by, currency: wanted, ...given } = request.query;
      const now_ms = Date.now();
      const range = readRange(from, to, tz, now_ms);
      const filters = givenOf<CohortFilter>(given);
      const { account_id } = request.account;
      const read = await readClickCohorts(context, {
        ...{ account_id, by, range, filters, currency: wanted, now_ms },
      });
      return { by, ages, ...read, range: isoRange(range) };
    }),
  );
}
