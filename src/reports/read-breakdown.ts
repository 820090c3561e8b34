/**
 * What human clicks are made of: by device, system, browser, app, country, network, domain, hour of the week, period, what
 * was sent, or the value of a parameter that taps brought. From the rollup of these; parameters are in raw clicks alone, for
 * as long as they are kept. Names come only from this file; every value is a query parameter. Errors: see
 * ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
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

export interface BreakdownQuestion {
  account_id: string;
  by: Breakdown;
  measure: BreakdownMeasure;
  /** Its name, with by=parameter. */
  parameter?: string | undefined;
  range: Range;
  range_by: RangeBy;
  filters: Partial<Record<BreakdownFilter, string>>;
  tap_filters?: TapFilters;
  /** Counts verdicts as of this rejudgement; undefined: current verdicts. */
  rejudgement_max?: number | undefined;
  /** Maximum number of rows; all hours of a week are always there. */
  limit: number;
  now_ms: number;
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

type Read = BreakdownRow & { all_human: number; all_unique: number; all_rows: number };

const isPeriod = (by: Breakdown): by is Period => (PERIODS as readonly string[]).includes(by);

/** Most of the measure first; hours of the week and periods in their order. Throws InvalidReportError. */
export async function readBreakdown(
  client: ClickHouseClient,
  question: BreakdownQuestion,
): Promise<BreakdownAnswer> {
  const read = await askRows<Read>(client, breakdownQuery(question));
  const rows = read.map(({ all_human: _human, all_unique: _unique, all_rows: _rows, ...row }) => row);
  const totals = { clicks_human: read[0]?.all_human ?? 0, clicks_unique: read[0]?.all_unique ?? 0 };
  if (question.by === 'hour_of_week') {
    return { rows: wholeWeek(rows), totals, total_rows: hourOfWeekNames.length };
  }
  const total_rows = read[0]?.all_rows ?? 0;
  if (!isPeriod(question.by)) return { rows, totals, total_rows };
  const startOf = (row: BreakdownRow): string => formatInZone(Number(row.value) * 1_000, question.range.tz);
  return { rows: rows.map((row) => ({ ...row, value: startOf(row) })), totals, total_rows };
}

function wholeWeek(rows: readonly BreakdownRow[]): BreakdownRow[] {
  const found = new Map(rows.map((row) => [Number(row.value), row]));
  const none = { name: null, clicks_human: 0, clicks_unique: 0, share: 0 };
  return hourOfWeekNames.map((value, i) => ({ ...none, ...found.get(i), value }));
}

function breakdownQuery(question: BreakdownQuestion): Query {
  const { by, measure, filters, rejudgement_max, range, range_by, tap_filters, limit } = question;
  const given = BREAKDOWN_FILTERS.filter((name) => filters[name] !== undefined);
  const level = filters.offer_id === undefined && by !== 'offer_id' ? 'message' : 'offer';
  const conditions = [
    'rollup.account_id = {account_id:String}',
    within(timeColumn(question)),
    ...given.map(conditionOf),
    ...(rejudgement_max === undefined ? [] : ['rollup.rejudgement <= {rejudgement_max:UInt32}']),
  ];
  const tapped = by === 'parameter' || tap_filters !== undefined;
  const source = tapped ? tappedBreakdown(tap_filters ?? [], range_by) : 'trackly.rollup_breakdowns';
  const named = by === 'network';
  const whole = measure === 'clicks_human' ? 'all_human' : 'all_unique';
  return {
    query: `SELECT toString(counted.value) AS value, ${named ? "nullIf(named.network, '')" : 'NULL'} AS name,
        clicks_human, clicks_unique, if(${whole} = 0, 0, round(${measure} / ${whole}, 6)) AS share,
        sum(clicks_human) OVER () AS all_human, sum(clicks_unique) OVER () AS all_unique, count() OVER () AS all_rows
      FROM (
        SELECT ${valueBy(question)} AS value, sum(rollup.clicks_human) AS clicks_human,
          sum(rollup.${columnOf('clicks_unique', level)}) AS clicks_unique
        FROM ${source} AS rollup WHERE ${conditions.join(' AND ')}
        GROUP BY value HAVING clicks_human != 0 OR clicks_unique != 0
      ) AS counted
      ${named ? 'LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = counted.value' : ''}
      ORDER BY ${isPeriod(by) ? '' : `${measure} DESC, `}counted.value LIMIT {limit:UInt32}`,
    query_params: {
      account_id: question.account_id,
      ...{ from_s: range.from_ms / 1_000, to_s: range.to_ms / 1_000 },
      limit: by === 'hour_of_week' ? hourOfWeekNames.length : limit,
      ...(rejudgement_max === undefined ? {} : { rejudgement_max }),
      ...paramsBy(question),
      ...(tapped ? { parameter: question.parameter ?? '' } : {}),
      ...tapParams(tap_filters ?? []),
      ...Object.fromEntries(given.map((name) => [name, filterValue(name, filters[name] ?? '')])),
    },
  };
}

function valueBy({ by, range_by }: BreakdownQuestion): string {
  if (by === 'hour_of_week') return hourOfWeekExpression('rollup.quarter_hour');
  if (isPeriod(by)) return periodExpression(timeColumn({ range_by }));
  return `rollup.${by in COLUMNS ? COLUMNS[by as keyof typeof COLUMNS] : by}`;
}

/** The clocks that `by` goes by. */
function paramsBy({ by, range, now_ms }: BreakdownQuestion): Query['query_params'] {
  if (by === 'hour_of_week') return hourOfWeekParams(range, Math.max(range.to_ms, now_ms));
  return isPeriod(by) ? periodParams(by, range) : {};
}

function conditionOf(name: BreakdownFilter): string {
  if (name === 'network') return 'rollup.asn = {network:UInt32}';
  return `rollup.${name} = {${name}:String}`;
}

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
