/**
 * What human clicks are made of: by device, system, browser, app, country, network, domain, hour of the week, period, what
 * was sent, or the value of a parameter that taps brought. From the rollup of these; parameters are in raw clicks alone, for
 * as long as they are kept. Names come only from this file; every value is a query parameter. Errors: see
 * ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import { matches, matchParams } from './filter-values.ts';
import { hourOfWeekExpression, hourOfWeekNames, hourOfWeekParams } from './hour-of-week.ts';
import { columnOf, type RangeBy } from './measures.ts';
import { PERIODS, type Period, periodExpression, periodParams } from './period.ts';
import { type Query, timeColumn, within } from './report-query.ts';
import { formatInZone, InvalidReportError, type Range } from './report-range.ts';
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

export interface BreakdownRow {
  /** A network's number; an hour of the week as `Mon 00`; the start of a period; '' where a click has none. */
  value: string;
  /** Organisation that runs a network; null of all others. Names of the catalog are not here. */
  name: string | null;
  clicks_human: number;
  clicks_unique: number;
  /** Of the measure in the totals. */
  share: number;
}

export interface BreakdownAnswer {
  rows: BreakdownRow[];
  totals: { clicks_human: number; clicks_unique: number };
  /** With those beyond the limit. */
  total_rows: number;
}

type Read = BreakdownRow & { nth: number; all_human: number; all_unique: number; all_rows: number };

const isPeriod = (by: Breakdown): by is Period => (PERIODS as readonly string[]).includes(by);

/** Most of the measure first; hours of the week and periods in their order. Throws InvalidReportError. */
export async function readBreakdown(
  client: ClickHouseClient,
  { by, parameter, ...question }: BreakdownQuestion,
): Promise<BreakdownAnswer> {
  const [answer] = await readAll(client, { ...question, by: [by] }, parameter);
  return answer as BreakdownAnswer;
}

/** One answer for each of `by`, in their order, of one pass over the rows. Throws InvalidReportError. */
export function readBreakdowns(
  client: ClickHouseClient,
  question: BreakdownsQuestion,
): Promise<BreakdownAnswer[]> {
  return readAll(client, question, undefined);
}

async function readAll(
  client: ClickHouseClient,
  question: BreakdownsQuestion,
  parameter: string | undefined,
): Promise<BreakdownAnswer[]> {
  const read = await askRows<Read>(client, breakdownsQuery(question, parameter));
  const by_nth = Map.groupBy(read, ({ nth }) => nth);
  return question.by.map((by, nth) => answerOf(by, by_nth.get(nth) ?? [], question.range.tz));
}

function answerOf(by: Breakdown, read: readonly Read[], tz: string): BreakdownAnswer {
  const rows = read.map(
    ({ nth: _nth, all_human: _human, all_unique: _unique, all_rows: _rows, ...row }) => row,
  );
  const totals = { clicks_human: read[0]?.all_human ?? 0, clicks_unique: read[0]?.all_unique ?? 0 };
  if (by === 'hour_of_week') {
    return { rows: wholeWeek(rows), totals, total_rows: hourOfWeekNames.length };
  }
  const total_rows = read[0]?.all_rows ?? 0;
  if (!isPeriod(by)) return { rows, totals, total_rows };
  const startOf = (row: BreakdownRow): string => formatInZone(Number(row.value) * 1_000, tz);
  return { rows: rows.map((row) => ({ ...row, value: startOf(row) })), totals, total_rows };
}

function wholeWeek(rows: readonly BreakdownRow[]): BreakdownRow[] {
  const found = new Map(rows.map((row) => [Number(row.value), row]));
  const none = { name: null, clicks_human: 0, clicks_unique: 0, share: 0 };
  return hourOfWeekNames.map((value, i) => ({ ...none, ...found.get(i), value }));
}

/** Values that are ordered as numbers. */
const isNumber = (by: Breakdown): boolean => by === 'network' || by === 'hour_of_week' || isPeriod(by);

/**
 * GROUPING SETS read the rows once and group them once for each breakdown, `nth`; its value stands in the column of the
 * same number.
 */
function breakdownsQuery(question: BreakdownsQuestion, parameter: string | undefined): Query {
  const { by, measure, filters, rejudgement_max, range, range_by, tap_filters } = question;
  const given = BREAKDOWN_FILTERS.filter((name) => filters[name] !== undefined);
  const conditions = [
    'rollup.account_id = {account_id:String}',
    within(timeColumn(question)),
    ...given.map((name) => conditionOf(name, filters[name] ?? '')),
    ...(rejudgement_max === undefined ? [] : ['rollup.rejudgement <= {rejudgement_max:UInt32}']),
  ];
  const tapped = parameter !== undefined || tap_filters !== undefined;
  const source = tapped ? tappedBreakdown(tap_filters ?? [], range_by) : 'trackly.rollup_breakdowns';
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
