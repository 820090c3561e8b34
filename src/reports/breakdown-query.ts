/**
 * Writes the SQL of breakdowns: which there are, by what they may be filtered, and which rollup answers them. Names come
 * only from this file; every value is a query parameter. Pure.
 */
import { matches, matchParams } from './filter-values.ts';
import { hourOfWeekExpression, hourOfWeekNames, hourOfWeekParams } from './hour-of-week.ts';
import { columnOf, type RangeBy } from './measures.ts';
import { PERIODS, type Period, periodExpression, periodParams } from './period.ts';
import { type Query, timeColumn, within } from './report-query.ts';
import { InvalidReportError, type Range } from './report-range.ts';
import { type TapFilters, tapParams, tappedBreakdown } from './tap-filter.ts';

/** The columns of the rollup that may be filtered by and broken down to, by their names in the API. */
const COLUMNS = {
  device: 'device',
  os: 'os',
  browser: 'browser',
  in_app: 'in_app',
  country: 'country',
  network: 'asn',
  domain: 'domain',
} as const;

/** What was sent, and led to. */
const ITEMS = ['campaign_id', 'variant_id', 'creative_id', 'offer_id'] as const;

export const BREAKDOWNS = [
  ...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]),
  ...ITEMS,
  'hour_of_week',
  ...PERIODS,
  'parameter',
] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** What rows are ordered by, and what `share` is of. */
export const BREAKDOWN_MEASURES = ['clicks_human', 'clicks_unique'] as const;
export type BreakdownMeasure = (typeof BREAKDOWN_MEASURES)[number];

export const BREAKDOWN_FILTERS = [...ITEMS, ...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[])] as const;
export type BreakdownFilter = (typeof BREAKDOWN_FILTERS)[number];

/** As a filter: the rows with an empty value, such as clicks outside apps. */
export const NO_VALUE = 'none';
const ASN_MAX = 2 ** 32 - 1;

/** Breakdowns that one query answers together: all but `parameter`, which reads other rows, and one period at most. */
export const BREAKDOWNS_TOGETHER = BREAKDOWNS.filter((by) => by !== 'parameter');

/** What the rollup of quarter hours has too, in far fewer rows. */
const OF_QUARTER_HOURS: readonly string[] = [...ITEMS, 'domain', 'hour_of_week', ...PERIODS];

interface ClicksAsked {
  account_id: string;
  measure: BreakdownMeasure;
  range: Range;
  range_by: RangeBy;
  filters: Partial<Record<BreakdownFilter, string>>;
  tap_filters?: TapFilters;
  /** Counts verdicts as of this rejudgement; undefined: current verdicts. */
  rejudgement_max?: number | undefined;
  /** Maximum number of rows of each breakdown; all hours of a week are always there. */
  limit: number;
  now_ms: number;
}

export interface BreakdownQuestion extends ClicksAsked {
  by: Breakdown;
  /** Its name, with by=parameter. */
  parameter?: string | undefined;
}

export interface BreakdownsQuestion extends ClicksAsked {
  /** Each once, of BREAKDOWNS_TOGETHER. */
  by: readonly Breakdown[];
  /** Other limits than `limit`. */
  limits?: Partial<Record<Breakdown, number>>;
}

export const isPeriod = (by: Breakdown): by is Period => (PERIODS as readonly string[]).includes(by);

/** Values that are ordered as numbers. */
const isNumber = (by: Breakdown): boolean => by === 'network' || by === 'hour_of_week' || isPeriod(by);

/** Breakdowns that one statement answers, and the rollup that it reads. */
export interface Together {
  by: readonly Breakdown[];
  rollup: 'rollup_quarter_hours' | 'rollup_breakdowns';
}

/** All of `by`, in as many statements as rollups are read. What taps brought stands for rollup_breakdowns. */
export function togetherOf({ by, filters, tap_filters }: BreakdownsQuestion): Together[] {
  const filtered = BREAKDOWN_FILTERS.filter((name) => filters[name] !== undefined);
  const whole = tap_filters === undefined && filtered.every((name) => OF_QUARTER_HOURS.includes(name));
  const of_quarter_hours = by.filter((one) => whole && OF_QUARTER_HOURS.includes(one));
  const together: Together[] = [
    { rollup: 'rollup_quarter_hours', by: of_quarter_hours },
    { rollup: 'rollup_breakdowns', by: by.filter((one) => !of_quarter_hours.includes(one)) },
  ];
  return together.filter((one) => one.by.length > 0);
}

/**
 * GROUPING SETS read the rows once and group them once for each breakdown, `nth`; its value stands in the column of the
 * same number.
 */
export function breakdownsQuery(
  question: BreakdownsQuestion,
  rollup: Together['rollup'],
  parameter: string | undefined,
): Query {
  const { by, measure, filters, rejudgement_max, range, range_by, tap_filters } = question;
  const given = BREAKDOWN_FILTERS.filter((name) => filters[name] !== undefined);
  const conditions = [
    'rollup.account_id = {account_id:String}',
    within(timeColumn(question)),
    ...given.map((name) => conditionOf(name, filters[name] ?? '')),
    ...(rejudgement_max === undefined ? [] : ['rollup.rejudgement <= {rejudgement_max:UInt32}']),
    ...(rollup === 'rollup_quarter_hours' ? ["rollup.money_by = ''"] : []),
  ];
  const tapped = parameter !== undefined || tap_filters !== undefined;
  const source = tapped ? tappedBreakdown(tap_filters ?? [], range_by) : `trackly.${rollup}`;
  /** An expression for each breakdown: that of the row's. */
  const each = (of: (one: Breakdown, i: number) => string): string =>
    by.length === 1 ? of(by[0] as Breakdown, 0) : `[${by.map(of).join(', ')}][nth + 1]`;
  const unique = (one: Breakdown): string =>
    columnOf('clicks_unique', filters.offer_id === undefined && one !== 'offer_id' ? 'message' : 'offer');
  const whole = measure === 'clicks_human' ? 'all_human' : 'all_unique';
  const named = by.includes('network');
  const values = by.map((_, i) => `value_${i}`);
  return {
    query: `SELECT nth, text AS value, ${named ? `if(nth = ${by.indexOf('network')}, nullIf(named.network, ''), NULL)` : 'NULL'} AS name,
        clicks_human, clicks_unique, if(${whole} = 0, 0, round(${measure} / ${whole}, 6)) AS share, all_human, all_unique, all_rows
      FROM (
        SELECT nth, text, number, clicks_human, clicks_unique, row_number() OVER (PARTITION BY nth ORDER BY ranked DESC, number, text) AS place,
          sum(clicks_human) OVER (PARTITION BY nth) AS all_human, sum(clicks_unique) OVER (PARTITION BY nth) AS all_unique,
          count() OVER (PARTITION BY nth) AS all_rows
        FROM (
          SELECT toUInt8(${values.map((value, i) => `${i} * (1 - grouping(${value}))`).join(' + ')}) AS nth,
            ${each((_, i) => `toString(value_${i})`)} AS text, ${each((one, i) => (isNumber(one) ? `toUInt32(value_${i})` : 'toUInt32(0)'))} AS number,
            sum(taken.clicks_human) AS clicks_human, ${each((one) => `sum(taken.${unique(one)})`)} AS clicks_unique,
            ${each((one) => (isPeriod(one) ? 'toInt64(0)' : `toInt64(${measure})`))} AS ranked
          FROM (
            SELECT ${by.map((one, i) => `${valueBy(one, range_by)} AS value_${i}`).join(', ')}, rollup.clicks_human AS clicks_human,
              rollup.first_clicks AS first_clicks, rollup.first_offer_clicks AS first_offer_clicks
            FROM ${source} AS rollup WHERE ${conditions.join(' AND ')}
          ) AS taken
          GROUP BY GROUPING SETS (${values.map((value) => `(${value})`).join(', ')})
          HAVING clicks_human != 0 OR clicks_unique != 0
        )
      ) AS counted
      ${named ? 'LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = counted.number' : ''}
      WHERE place <= {limits:Array(UInt32)}[nth + 1]
      ORDER BY nth, place`,
    query_params: {
      account_id: question.account_id,
      ...{ from_s: range.from_ms / 1_000, to_s: range.to_ms / 1_000 },
      ...(rejudgement_max === undefined ? {} : { rejudgement_max }),
      limits: by.map((one) => limitOf(question, one)),
      ...paramsBy(question),
      ...(tapped ? { parameter: parameter ?? '' } : {}),
      ...tapParams(tap_filters ?? []),
      ...matchParams(filters, given, filterValue),
    },
  };
}

function limitOf({ limit, limits }: BreakdownsQuestion, by: Breakdown): number {
  return by === 'hour_of_week' ? hourOfWeekNames.length : (limits?.[by] ?? limit);
}

function valueBy(by: Breakdown, range_by: RangeBy): string {
  if (by === 'hour_of_week') return hourOfWeekExpression('rollup.quarter_hour');
  if (isPeriod(by)) return periodExpression(timeColumn({ range_by }));
  return `rollup.${by in COLUMNS ? COLUMNS[by as keyof typeof COLUMNS] : by}`;
}

/** The clocks that `by` goes by. */
function paramsBy({ by, range, now_ms }: BreakdownsQuestion): Query['query_params'] {
  const period = by.find(isPeriod);
  return {
    ...(by.includes('hour_of_week') && hourOfWeekParams(range, Math.max(range.to_ms, now_ms))),
    ...(period && periodParams(period, range)),
  };
}

const conditionOf = (name: BreakdownFilter, text: string): string =>
  name === 'network' ? matches('rollup.asn', name, text, 'UInt32') : matches(`rollup.${name}`, name, text);

/** Ids may be `none`: those of variants are the sender's. */
function filterValue(name: BreakdownFilter, given: string): string | number {
  const value = given === NO_VALUE && name in COLUMNS ? '' : given;
  if (name !== 'network') return value;
  const asn = value === '' ? 0 : Number(value);
  if (!/^\d*$/.test(value) || asn > ASN_MAX) {
    throw new InvalidReportError(
      `network is a number: write that of its autonomous system, such as 3320, or ${NO_VALUE}.`,
    );
  }
  return asn;
}
