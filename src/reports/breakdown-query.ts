/**
 * Writes the SQL of breakdowns: which there are, by what they may be filtered, and which rollup answers them. Names come
 * only from this file; every value is a query parameter. Pure.
 */
import { partOf, partsOf, TAPPED_WITH } from '../clicks/tapped-with.ts';
import { matches, matchParams } from './filter-values.ts';
import { hourOfWeekExpression, hourOfWeekNames, hourOfWeekParams } from './hour-of-week.ts';
import { columnOf, type RangeBy } from './measures.ts';
import { PERIODS, type Period, periodExpression, periodParams } from './period.ts';
import { type Query, timeColumn, within } from './report-query.ts';
import { InvalidReportError, type Range } from './report-range.ts';
import { type TapFilters, tapParams, tappedBreakdown } from './tap-filter.ts';

/** What rows may be filtered by and broken down to beside ITEMS. */
const OF_TAPS = ['device', 'os', 'browser', 'in_app', 'country', 'network', 'domain'] as const;

/** What was sent, and led to. */
const ITEMS = ['campaign_id', 'variant_id', 'creative_id', 'offer_id'] as const;

export const BREAKDOWNS = [...OF_TAPS, ...ITEMS, 'hour_of_week', ...PERIODS, 'parameter'] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

/** What rows are ordered by, and what `share` is of. */
export const BREAKDOWN_MEASURES = ['clicks_human', 'clicks_unique'] as const;
export type BreakdownMeasure = (typeof BREAKDOWN_MEASURES)[number];

export const BREAKDOWN_FILTERS = [...ITEMS, ...OF_TAPS] as const;
export type BreakdownFilter = (typeof BREAKDOWN_FILTERS)[number];

/** As a filter: the rows with an empty value, such as clicks outside apps. */
export const NO_VALUE = 'none';
const ASN_MAX = 2 ** 32 - 1;

/** Breakdowns that one query answers together: all but `parameter`, which reads other rows, and one period at most. */
export const BREAKDOWNS_TOGETHER = BREAKDOWNS.filter((by) => by !== 'parameter');

/** What the rollup of quarter hours has too, in far fewer rows. */
const OF_QUARTER_HOURS: readonly string[] = [...ITEMS, 'domain', 'hour_of_week', ...PERIODS];
/** What a row of an hour has beside tapped_with or the network. */
const OF_HOURS: readonly string[] = [...ITEMS, 'domain'];
const HOUR_S = 3_600;
const HOUR_MS = 1_000 * HOUR_S;

/** The first whole hour from this time on. */
export const wholeHourFrom = (time_ms: number): number => Math.ceil(time_ms / HOUR_MS) * HOUR_MS;

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
  /** Raw rows of clicks before this time may have been deleted. */
  raw_from_ms: number;
}

export interface BreakdownsQuestion extends ClicksAsked {
  /** Each once, of BREAKDOWNS_TOGETHER. */
  by: readonly Breakdown[];
  /** Other limits than `limit`. */
  limits?: Partial<Record<Breakdown, number>>;
}

export const isPeriod = (by: Breakdown): by is Period => (PERIODS as readonly string[]).includes(by);

const isPart = (by: Breakdown): by is (typeof TAPPED_WITH)[number] =>
  (TAPPED_WITH as readonly string[]).includes(by);
const isOfTaps = (name: BreakdownFilter): boolean => (OF_TAPS as readonly string[]).includes(name);

/** Values that are ordered as numbers. */
const isNumber = (by: Breakdown): boolean => by === 'network' || by === 'hour_of_week' || isPeriod(by);

/**
 * Rows that answer a breakdown, fewest first: of rollup_quarter_hours; of rollup_breakdown_hours, counted by tapped_with or by
 * the network; of rollup_breakdowns.
 */
const ROWS = ['quarter_hours', 'tapped_with', 'network', 'breakdowns'] as const;
type Rows = (typeof ROWS)[number];

function has(rows: Rows, name: Breakdown): boolean {
  if (rows === 'breakdowns') return true;
  if (rows === 'quarter_hours') return OF_QUARTER_HOURS.includes(name);
  return OF_HOURS.includes(name) || (rows === 'network' ? name === 'network' : isPart(name));
}

const rowsOf = (names: readonly Breakdown[]): Rows =>
  ROWS.find((rows) => names.every((name) => has(rows, name))) ?? 'breakdowns';

/** Breakdowns that one statement answers, of the same rows. */
export interface Together {
  by: readonly Breakdown[];
  rows: Rows;
}

/** All of `by`, in as few statements as there are kinds of rows; raw rows, where taps are filtered, are read once. */
export function togetherOf(question: BreakdownsQuestion): Together[] {
  const given = givenOf(question);
  if (question.tap_filters !== undefined) return [{ rows: 'breakdowns', by: question.by }];
  const by_rows = Map.groupBy(question.by, (one) => rowsOf([one, ...given]));
  return [...by_rows].map(([rows, by]) => ({ rows, by }));
}

const givenOf = ({ filters }: Pick<ClicksAsked, 'filters'>): BreakdownFilter[] =>
  BREAKDOWN_FILTERS.filter((name) => filters[name] !== undefined);

/** What rows are grouped by: one key for each breakdown, but one for all that tapped_with has. */
interface Key {
  expression: string;
  is_number: boolean;
  /** The array of (nth, text) of the breakdowns that a value of it stands for, of its text `key`. */
  shown: string;
}

function keysOf(by: readonly Breakdown[], range_by: RangeBy, parameter = 'rollup.parameter'): Key[] {
  const parts = by.flatMap((one, nth) => (isPart(one) ? [{ nth, at: TAPPED_WITH.indexOf(one) + 1 }] : []));
  const keys = by.flatMap((one, nth): Key[] => {
    if (isPart(one)) return [];
    const expression = one === 'parameter' ? parameter : valueBy(one, range_by);
    return [{ expression, is_number: isNumber(one), shown: `[(toUInt8(${nth}), key)]` }];
  });
  if (parts.length === 0) return keys;
  const shown = parts.map(({ nth, at }) => `(toUInt8(${nth}), ${partsOf('key')}[${at}])`);
  return [...keys, { expression: 'rollup.tapped_with', is_number: false, shown: `[${shown.join(', ')}]` }];
}

/** Where rows are, under the alias `rollup`, and which of them count. */
interface Source {
  table: string;
  where: readonly string[];
  /** Raw rows, which have the parts of tapped_with as columns too. */
  is_raw?: true;
  /** What stands for `rollup.parameter`. */
  parameter?: "''";
  /** Whether what is read is to be taken away. */
  sign?: '-';
}

function sourcesOf(question: ClicksAsked, rows: Rows): Source[] {
  const time = timeColumn(question);
  const in_range = [within(time)];
  if (rows === 'quarter_hours')
    return [{ table: 'trackly.rollup_quarter_hours', where: [...in_range, "rollup.money_by = ''"] }];
  const whole = { table: 'trackly.rollup_breakdowns', where: in_range };
  if (rows === 'breakdowns') return [whole];
  const { from_s, to_s, hours_from_s, hours_to_s } = hoursOf(question);
  if (hours_from_s >= hours_to_s) return [whole];
  const hour = question.range_by === 'sent' ? 'rollup.sent_hour' : 'rollup.hour';
  const hours = {
    table: 'trackly.rollup_breakdown_hours',
    where: [
      `rollup.counted_by = '${rows}'`,
      `${hour} >= toDateTime({hours_from_s:UInt32}) AND ${hour} < toDateTime({hours_to_s:UInt32})`,
    ],
  };
  if (from_s === hours_from_s && to_s === hours_to_s) return [hours];
  const before = `${time} < toDateTime({hours_from_s:UInt32})`;
  const after = `${time} >= toDateTime({hours_to_s:UInt32})`;
  return [hours, { ...whole, where: [...in_range, `(${before} OR ${after})`] }];
}

/** The range, and the whole hours in it, as Unix times. */
function hoursOf({ range }: ClicksAsked): Record<'from_s' | 'to_s' | 'hours_from_s' | 'hours_to_s', number> {
  const [from_s, to_s] = [range.from_ms / 1_000, range.to_ms / 1_000];
  return {
    ...{ from_s, to_s },
    hours_from_s: Math.ceil(from_s / HOUR_S) * HOUR_S,
    hours_to_s: Math.floor(to_s / HOUR_S) * HOUR_S,
  };
}

/**
 * Raw rows of what taps brought. Those without `parameter` are not read: they are all clicks, which a rollup has, less those
 * with it.
 */
function rawSources(question: ClicksAsked, parameter: string | undefined): Source[] {
  const { tap_filters, range_by } = question;
  const raw = { table: tappedBreakdown(tap_filters, range_by), where: [], is_raw: true } as const;
  if (tap_filters !== undefined || parameter === undefined) return [raw];
  const all = sourcesOf(question, rowsOf(givenOf(question)));
  return [
    raw,
    { ...raw, parameter: "''", sign: '-' },
    ...all.map((one) => ({ ...one, parameter: "''" }) as const),
  ];
}

/** The expression of the `nth` of some, from 0. */
const nthOf = (expressions: readonly string[], nth: string): string =>
  expressions.length === 1 ? (expressions[0] as string) : `[${expressions.join(', ')}][${nth} + 1]`;

/** The rows of one source that fit the question, under the names of their keys. */
function rowsIn(source: Source, question: BreakdownsQuestion): string {
  const { by, filters, range_by, rejudgement_max } = question;
  const keys = keysOf(by, range_by, source.parameter);
  const counts = ['clicks_human', 'first_clicks', 'first_offer_clicks'];
  const conditions = [
    'rollup.account_id = {account_id:String}',
    ...source.where,
    ...givenOf(question).map((name) => conditionOf(name, filters[name] ?? '', source.is_raw === true)),
    ...(rejudgement_max === undefined ? [] : ['rollup.rejudgement <= {rejudgement_max:UInt32}']),
  ];
  const columns = [
    ...keys.map(({ expression }, i) => `${expression} AS ${keyName(i)}`),
    ...counts.map((name) => `${source.sign ?? ''}rollup.${name} AS ${name}`),
  ];
  return `SELECT ${columns.join(', ')} FROM ${source.table} AS rollup WHERE ${conditions.join(' AND ')}`;
}

const keyName = (i: number): string => `key_${i}`;

/**
 * GROUPING SETS read the rows once and group them once for each key, `set`; of the few groups each breakdown, `nth`, takes
 * its values.
 */
export function breakdownsQuery(
  question: BreakdownsQuestion,
  rows: Rows,
  parameter: string | undefined,
): Query {
  const { by, measure, filters, rejudgement_max, range_by, tap_filters } = question;
  const given = givenOf(question);
  const is_raw = parameter !== undefined || tap_filters !== undefined;
  const sources = is_raw ? rawSources(question, parameter) : sourcesOf(question, rows);
  const keys = keysOf(by, range_by);
  const each = (of: (one: Breakdown, i: number) => string): string => nthOf(by.map(of), 'nth');
  const unique = (one: Breakdown): string =>
    columnOf('clicks_unique', filters.offer_id === undefined && one !== 'offer_id' ? 'message' : 'offer');
  const whole = measure === 'clicks_human' ? 'all_human' : 'all_unique';
  const named = by.includes('network');
  return {
    query: `SELECT nth, text AS value, ${named ? `if(nth = ${by.indexOf('network')}, nullIf(named.network, ''), NULL)` : 'NULL'} AS name,
        clicks_human, clicks_unique, if(${whole} = 0, 0, round(${measure} / ${whole}, 6)) AS share, all_human, all_unique, all_rows
      FROM (
        SELECT nth, text, number, clicks_human, clicks_unique, row_number() OVER (PARTITION BY nth ORDER BY ranked DESC, number, text) AS place,
          sum(clicks_human) OVER (PARTITION BY nth) AS all_human, sum(clicks_unique) OVER (PARTITION BY nth) AS all_unique,
          count() OVER (PARTITION BY nth) AS all_rows
        FROM (
          SELECT one.1 AS nth, one.2 AS text, number, sum(of_key.clicks_human) AS clicks_human,
            ${each((one) => `sum(of_key.${unique(one)})`)} AS clicks_unique,
            ${each((one) => (isPeriod(one) ? 'toInt64(0)' : `toInt64(${measure})`))} AS ranked
          FROM (
            SELECT toUInt8(${keys.map((_, i) => `${i} * (1 - grouping(${keyName(i)}))`).join(' + ')}) AS set,
              ${nthOf(
                keys.map((_, i) => `toString(${keyName(i)})`),
                'set',
              )} AS key,
              ${nthOf(
                keys.map(({ is_number }, i) => (is_number ? `toUInt32(${keyName(i)})` : 'toUInt32(0)')),
                'set',
              )} AS number,
              ${nthOf(
                keys.map(({ shown }) => shown),
                'set',
              )} AS shown,
              sum(taken.clicks_human) AS clicks_human, sum(taken.first_clicks) AS first_clicks,
              sum(taken.first_offer_clicks) AS first_offer_clicks
            FROM (
              ${sources.map((source) => rowsIn(source, question)).join('\n              UNION ALL\n              ')}
            ) AS taken
            GROUP BY GROUPING SETS (${keys.map((_, i) => `(${keyName(i)})`).join(', ')})
          ) AS of_key
          ARRAY JOIN shown AS one
          GROUP BY nth, text, number
          HAVING clicks_human != 0 OR clicks_unique != 0
        )
      ) AS counted
      ${named ? 'LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = counted.number' : ''}
      WHERE place <= {limits:Array(UInt32)}[nth + 1]
      ORDER BY nth, place`,
    query_params: {
      account_id: question.account_id,
      ...hoursOf(question),
      ...(rejudgement_max === undefined ? {} : { rejudgement_max }),
      limits: by.map((one) => limitOf(question, one)),
      ...paramsBy(question),
      ...(is_raw ? { parameter: parameter ?? '' } : {}),
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
  return by === 'network' ? 'rollup.asn' : `rollup.${by}`;
}

/** The clocks that `by` goes by. */
function paramsBy({ by, range, now_ms }: BreakdownsQuestion): Query['query_params'] {
  const period = by.find(isPeriod);
  return {
    ...(by.includes('hour_of_week') && hourOfWeekParams(range, Math.max(range.to_ms, now_ms))),
    ...(period && periodParams(period, range)),
  };
}

function conditionOf(name: BreakdownFilter, text: string, is_raw: boolean): string {
  if (name === 'network') return matches('rollup.asn', name, text, 'UInt32');
  return matches(isPart(name) && !is_raw ? partOf(name, 'rollup.tapped_with') : `rollup.${name}`, name, text);
}

/** Ids may be `none`: those of variants are the sender's. */
function filterValue(name: BreakdownFilter, given: string): string | number {
  const value = given === NO_VALUE && isOfTaps(name) ? '' : given;
  if (name !== 'network') return value;
  const asn = value === '' ? 0 : Number(value);
  if (!/^\d*$/.test(value) || asn > ASN_MAX) {
    throw new InvalidReportError(
      `network is a number: write that of its autonomous system, such as 3320, or ${NO_VALUE}.`,
    );
  }
  return asn;
}
