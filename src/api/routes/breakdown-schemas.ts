/** The query and response schemas of the breakdowns: they validate the query and describe it in the OpenAPI document. */
import { z } from 'zod';
import {
  BREAKDOWN_FILTERS,
  BREAKDOWN_MEASURES,
  BREAKDOWNS,
  BREAKDOWNS_TOGETHER,
  type BreakdownFilter,
  NO_VALUE,
} from '../../reports/breakdown-query.ts';
import { FILTER_FORM } from '../../reports/filter-values.ts';
import { meaningOf, RANGE_BY } from '../../reports/measures.ts';
import { PERIODS } from '../../reports/period.ts';
import { CSV_ROWS_MAX } from '../../reports/read-report.ts';
import { bom } from '../http/csv-query.ts';
import { filter, format, rangeQuery, rules_version } from './report-schemas.ts';

const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 100;
const PARAMETER_LENGTH_MAX = 200;
/** Of each of several breakdowns. */
const ROWS_EACH_DEFAULT = 10;

const limit = (rows: number) => z.coerce.number().int().min(1).max(ROWS_MAX).default(rows);
const asked = {
  ...rangeQuery,
  range_by: z
    .enum(RANGE_BY)
    .default('sent')
    .describe('What the range is of. `sent`: clicks on messages sent in it. `event`: clicks in it'),
  measure: z
    .enum(BREAKDOWN_MEASURES)
    .default('clicks_human')
    .describe('What rows are ordered by, and `share` is of'),
  rules_version,
};
const clicksAsked = z.object(asked);
export type ClicksQuery = z.output<typeof clicksAsked>;

const own = {
  ...asked,
  by: z
    .enum(BREAKDOWNS)
    .default('device')
    .describe(
      'What a row is. `network` is the autonomous system of the address, `hour_of_week` the hour of the click in tz, `hour`, `day`, `week` and `month` the period in tz that the range is of (of messages, or of clicks), `parameter` the value of a parameter that taps brought',
    ),
  parameter: z
    .string()
    .min(1)
    .max(PARAMETER_LENGTH_MAX)
    .optional()
    .describe('With by=parameter: its name, such as `utm_source`'),
  limit: limit(ROWS_DEFAULT).describe(
    'Maximum number of rows of an answer in JSON; with by=hour_of_week there are always 168',
  ),
  format: format.describe(`csv: all rows, up to ${CSV_ROWS_MAX}, as a file`),
  bom,
};
const described: Partial<Record<BreakdownFilter, string>> = {
  country: `Only this country, ISO 3166; \`${NO_VALUE}\`: unknown`,
  device: 'Only this one: phone, tablet, desktop or other',
  in_app: `Only this app; \`${NO_VALUE}\`: outside apps`,
  network: `Only this network, by its number; \`${NO_VALUE}\`: unknown`,
};
const filters = Object.fromEntries(
  BREAKDOWN_FILTERS.map((name) => [
    name,
    filter.describe(`${described[name] ?? `Only this ${name}`}. ${FILTER_FORM}`),
  ]),
) as Record<BreakdownFilter, typeof filter>;
// Loose, so that an unknown filter gets an error that lists the allowed ones.
export const breakdownQuery = z.looseObject({ ...own, ...filters });
/** Parameters that are no filters. */
export const OWN_NAMES = Object.keys(own);

export const TOGETHER = BREAKDOWNS_TOGETHER.join(', ');
const ownOfSeveral = {
  ...asked,
  by: z
    .string()
    .max(BREAKDOWNS_TOGETHER.join().length)
    .default(BREAKDOWNS_TOGETHER.filter((by) => !(PERIODS as readonly string[]).includes(by)).join())
    .describe(
      `What rows are, separated by commas: each once, and one of ${PERIODS.join(', ')} at most. Of ${TOGETHER}`,
    ),
  limit: limit(ROWS_EACH_DEFAULT).describe(
    'Maximum number of rows of each breakdown; of hour_of_week and of country there are always all',
  ),
};
export const breakdownsQuery = z.looseObject({ ...ownOfSeveral, ...filters });
export const OWN_NAMES_OF_SEVERAL = Object.keys(ownOfSeveral);

const counts = {
  clicks_human: z.number().describe(meaningOf('clicks_human')),
  clicks_unique: z.number().describe(meaningOf('clicks_unique')),
};
const breakdown = {
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
};
const shownClicks = {
  rules_versions: z
    .array(z.string())
    .describe('Versions of the bot rules under which the shown verdicts were given'),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string(), range_by: z.enum(RANGE_BY) }),
};
export const breakdownAnswer = z.object({ ...breakdown, ...shownClicks });
export const breakdownsAnswer = z.object({
  breakdowns: z.array(z.object(breakdown)).describe('In the order of `by`'),
  ...shownClicks,
});
