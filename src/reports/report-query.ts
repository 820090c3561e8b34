/** Writes a report's SQL. Names come only from definitions.ts; every value is passed as a query parameter. Pure. */
import {
  besideOf,
  type Filter,
  LAST_AT,
  LISTED_TIMES,
  levelOf,
  type Report,
  SENT_AT,
} from './definitions.ts';
import { matches, matchParams } from './filter-values.ts';
import {
  COUNT_NAMES,
  type CountName,
  columnOf,
  isAnswered,
  isMoneyRate,
  MEASURE_NAMES,
  MONEY_NAMES,
  type MoneyTime,
  RATES,
  type RangeBy,
  type RateName,
} from './measures.ts';
import { type Period, periodExpression, periodParams } from './period.ts';
import type { Range } from './report-range.ts';
import { type TapFilters, tapParams, tapSource } from './tap-filter.ts';
import type { Ripeness } from './unfinished.ts';

export interface Search {
  text: string;
  /** Ids of the items whose name contains the text. */
  named: readonly string[];
}

export interface ReportQuestion {
  report: Report;
  account_id: string;
  range: Range;
  filters: Partial<Record<Filter, string>>;
  /** Only what came of taps that brought these parameters. */
  tap_filters?: TapFilters;
  /** Whether the range is of messages or of events. */
  range_by: RangeBy;
  /** The time by which money is in a range of events. */
  money_by: MoneyTime;
  /** Counts verdicts as of this rejudgement; undefined: current verdicts. Money is always current. */
  rejudgement_max?: number | undefined;
  /** Only items with this text in their id or, if the catalog names them, in their name. */
  search?: Search;
  /** The period of a row of the hours report. */
  period?: Period;
  /** Marks the unfinished rows of the hours report; it may be read beside them. */
  ripeness?: Promise<Ripeness>;
  /** A column of the report; `descending` for the largest first. Ties are ordered by ids. */
  sort: { column: string; descending: boolean };
}

export interface Query {
  query: string;
  query_params: Record<string, unknown>;
}

/** `of` is the alias of what they are read from, with its point. */
export const someMoney = (of = ''): string => MONEY_NAMES.map((name) => `${of}${name} != 0`).join(' OR ');

/** The items of a page, and where their rows are: from a time of sent_at on, or at some of them. */
export type Among = { ids: readonly string[] } & ({ sent_from_s: number } | { sent_at_s: readonly number[] });

/** Rows of one report, in order, from `offset` on, at most `limit`; with `among` only these items are read. */
export function rowsQuery(question: ReportQuestion, limit: number, offset: number, among?: Among): Query {
  const { report, sort } = question;
  const direction = sort.descending ? 'DESC' : 'ASC';
  const order =
    report.listed && sort.column === SENT_AT
      ? [...[SENT_AT, ...report.listed].map((column) => `${column} ${direction}`), 'currency']
      : [`${sort.column} ${direction}`, ...[...report.ids, 'currency'].filter((id) => id !== sort.column)];
  const beside = report.beside.map(
    (column) => `if(counted.${column} = '', earned.${column}, counted.${column}) AS ${column}`,
  );
  if (report.listed) {
    beside.push(...LISTED_TIMES.map((time) => `greatest(counted.${time}, earned.${time}) AS ${time}`));
  }
  return {
    query: [
      `SELECT ${[...report.ids, ...besideOf(report), ...measures(question)].join(', ')}`,
      `FROM (\nSELECT ${[...report.ids, ...beside, ...COUNT_NAMES, 'moneys'].join(', ')}`,
      `FROM (\n${counted(question, among)}\n) AS counted`,
      // Few entities earn, so this is the small side of the join.
      `FULL JOIN (\n${earned(question, among)}\n) AS earned USING (${report.ids.join(', ')})\n)`,
      'LEFT ARRAY JOIN moneys AS money',
      `ORDER BY ${order.join(', ')}`,
      'LIMIT {limit:UInt64} OFFSET {offset:UInt64}',
    ].join('\n'),
    query_params: { ...params(question), limit, offset, ...(among && amongParams(among)) },
  };
}

export const amongParams = ({ ids, ...where }: Among): Record<string, unknown> => ({ among: ids, ...where });

/**
 * One row: the counts over all rows and, unless the report is a list, the number of items, `things`. Items are counted
 * by a 64-bit hash; among ten million, two collide with a chance of 3 in a million.
 */
export function totalsQuery(question: ReportQuestion): Query {
  const ids = idExpressions(question).join(', ');
  const things = question.report.listed ? [] : [`uniqExact(cityHash64(${ids})) AS things`];
  return {
    query: [
      `SELECT ${[...things, ...counts(question)].join(', ')}`,
      source(question),
      things.length > 0 ? ANY_ROW : "AND rollup.money_by = ''",
    ].join('\n'),
    query_params: params(question),
  };
}

/**
 * The sums of money over all rows: one row for each currency and one with `every_currency` 1, each with the number of
 * items that earned. No row if nothing was earned.
 */
export function moneyTotalsQuery(question: ReportQuestion): Query {
  const ids = question.report.ids.map((id) => `part.${id}`).join(', ');
  return {
    query: [
      `SELECT currency, grouping(currency) AS every_currency, uniqExact(cityHash64(${ids})) AS earning,`,
      MONEY_NAMES.map((name) => `sum(part.${name}) AS ${name}`).join(', '),
      `FROM (\n${earnedParts(question)}\n) AS part WHERE ${someMoney('part.')}`,
      'GROUP BY GROUPING SETS ((currency), ()) ORDER BY every_currency, currency',
    ].join('\n'),
    query_params: params(question),
  };
}

/** One row for each item that was sent or clicked. */
function counted(question: ReportQuestion, among?: Among): string {
  return [
    `SELECT ${[...columns(question), ...counts(question)].join(', ')}`,
    source(question, among),
    "AND rollup.money_by = ''",
    `GROUP BY ${question.report.ids.join(', ')}`,
  ].join('\n');
}

/** One row for each item that earned, with its sums in an array. */
function earned(question: ReportQuestion, among?: Among): string {
  const { report } = question;
  const money = `(${['currency', ...MONEY_NAMES].map((name) => `part.${name}`).join(', ')})`;
  const beside = besideOf(report).map((column) => `max(part.${column}) AS ${column}`);
  return [
    `SELECT ${[...report.ids, ...beside].join(', ')}, groupArrayIf(${money}, ${someMoney('part.')}) AS moneys`,
    `FROM (\n${earnedParts(question, among)}\n) AS part`,
    `GROUP BY ${report.ids.join(', ')}`,
  ].join('\n');
}

/** One row for each item and each currency in which it earned. */
function earnedParts(question: ReportQuestion, among?: Among): string {
  const sums = MONEY_NAMES.map((name) => `sum(rollup.${name}) AS ${name}`);
  return [
    `SELECT ${[...columns(question), 'rollup.currency AS currency', ...sums].join(', ')}`,
    source(question, among),
    'AND rollup.money_by = {money_by:String}',
    `GROUP BY ${[...question.report.ids, 'currency'].join(', ')}`,
    // A list is read by time, before sums are known, so it keeps items whose money was taken back completely.
    ...(question.report.listed ? [] : [`HAVING ${someMoney()}`]),
  ].join('\n');
}

/** Of a link all rows say the same, but the offer: rules lead its clicks to others, and only its send has its own. */
const besideExpression = (column: string): string =>
  column === 'offer_id'
    ? 'argMax(rollup.offer_id, (rollup.links_sent, rollup.offer_id))'
    : `max(rollup.${column})`;

/** The ids of an item, what is shown with them, and of a list its times. */
export function columns(question: ReportQuestion): string[] {
  const { report } = question;
  const expressions = idExpressions(question);
  return [
    ...report.ids.map((id, i) => `${expressions[i]} AS ${id}`),
    ...report.beside.map((column) => `${besideExpression(column)} AS ${column}`),
    ...(report.listed
      ? [
          `toUnixTimestamp(max(rollup.sent_quarter_hour)) AS ${SENT_AT}`,
          `toUnixTimestamp(max(rollup.quarter_hour)) AS ${LAST_AT}`,
        ]
      : []),
  ];
}

function counts(question: ReportQuestion): string[] {
  return Object.entries(countColumns(question)).map(([name, column]) => `sum(rollup.${column}) AS ${name}`);
}

/** The columns of the rollup that are summed for each count. */
export function countColumns(question: ReportQuestion): Record<CountName, string> {
  const level = levelOf(question.report, given(question));
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, columnOf(name, level)])) as Record<
    CountName,
    string
  >;
}

/** The time of a row of the rollups that the range is of. */
export const timeColumn = ({ range_by }: Pick<ReportQuestion, 'range_by'>): string =>
  range_by === 'sent' ? 'rollup.sent_quarter_hour' : 'rollup.quarter_hour';

export function idExpressions(question: ReportQuestion): string[] {
  return question.report.ids.map((id) =>
    id === 'hour' ? periodExpression(timeColumn(question)) : `rollup.${id}`,
  );
}

function measures(question: ReportQuestion): string[] {
  const money = new Map<string, string>(MONEY_NAMES.map((name, i) => [name, `money.${i + 2}`]));
  return MEASURE_NAMES.map((name) => {
    if (name === 'currency') return 'money.1 AS currency';
    if (name === 'revenue') return 'sales - refunds AS revenue';
    if (name in RATES) return `${rateOf(name as RateName, question)} AS ${name}`;
    return money.has(name) ? `${money.get(name)} AS ${name}` : name;
  });
}

/** A rate over the columns of a row, with 6 decimals; null where it would not divide by what it answers. */
export function rateOf(name: RateName, { range_by, money_by }: ReportQuestion): string {
  if (!isAnswered(name, range_by, money_by)) return 'NULL';
  const { of, per, times = 1 }: (typeof RATES)[RateName] & { times?: number } = RATES[name];
  if (!isMoneyRate(name)) return `if(${per} = 0, 0, round(${of} / ${per}, 6))`;
  return `if(${per} = 0, toDecimal128(0, 6), ${of}${times === 1 ? '' : ` * ${times}`} / ${per})`;
}

export function source(question: ReportQuestion, among?: Among): string {
  const { report } = question;
  const conditions = [...inRange(question), ...given(question).map(asked(question))];
  if (question.rejudgement_max !== undefined)
    conditions.push('rollup.rejudgement <= {rejudgement_max:UInt32}');
  const last = report.ids.at(-1);
  if (question.search !== undefined) {
    conditions.push(
      `(positionCaseInsensitiveUTF8(rollup.${last}, {search:String}) > 0 OR rollup.${last} IN {named:Array(String)})`,
    );
  }
  if (last !== undefined && last !== 'hour') conditions.push(`rollup.${last} != ''`);
  if (among !== undefined) {
    conditions.push(
      `rollup.${last} IN {among:Array(String)}`,
      'sent_from_s' in among
        ? 'rollup.sent_quarter_hour >= toDateTime({sent_from_s:UInt32})'
        : 'rollup.sent_quarter_hour IN {sent_at_s:Array(DateTime)}',
    );
  }
  return `FROM ${tableOf(question)} AS rollup\nWHERE ${conditions.join(' AND ')}`;
}

/** The report's rollup, or what stands for it where only some taps are asked for. */
function tableOf({ report, tap_filters, range_by }: ReportQuestion): string {
  return tap_filters === undefined ? `trackly.${report.rollup}` : tapSource(tap_filters, range_by);
}

/** Rows of sends and clicks, or of money by the requested time. */
export const ANY_ROW = "AND rollup.money_by IN ('', {money_by:String})";

/** The condition that this time is in the range, whose ends are the parameters `from_s` and `to_s`. */
export function within(time: string): string {
  return `${time} >= toDateTime({from_s:UInt32}) AND ${time} < toDateTime({to_s:UInt32})`;
}

const inRange = (question: ReportQuestion): string[] => [
  'rollup.account_id = {account_id:String}',
  within(timeColumn(question)),
];

/** A filter on a currency keeps the items that earned in it, with their sends and clicks. */
function asked(question: ReportQuestion): (filter: Filter) => string {
  const ids = idExpressions(question).join(', ');
  const others = given(question).filter((filter) => filter !== 'currency');
  const wants = (filter: Filter): string =>
    matches(`rollup.${filter}`, filter, question.filters[filter] ?? '');
  return (filter) => {
    if (filter !== 'currency') return wants(filter);
    const among = [
      `SELECT ${ids} FROM ${tableOf(question)} AS rollup`,
      `WHERE ${[...inRange(question), ...others.map(wants)].join(' AND ')}`,
      `AND rollup.money_by = {money_by:String} AND ${wants('currency')}`,
    ].join(' ');
    return `(rollup.money_by = '' OR ${wants('currency')}) AND (${ids}) IN (${among})`;
  };
}

/**
 * The filters that are set. Iterates over the report's own list, so that an unknown key never becomes a name in SQL.
 */
export function given(question: ReportQuestion): Filter[] {
  return question.report.filters.filter((filter) => question.filters[filter] !== undefined);
}

export function params(question: ReportQuestion): Record<string, unknown> {
  const { range, period = 'hour' } = question;
  return {
    account_id: question.account_id,
    from_s: range.from_ms / 1_000,
    to_s: range.to_ms / 1_000,
    ...(question.report.ids.includes('hour') ? periodParams(period, range) : {}),
    // Both rows of an amount have the time of its message.
    money_by: question.range_by === 'sent' ? 'click' : question.money_by,
    ...(question.search === undefined ? {} : { search: question.search.text, named: question.search.named }),
    ...(question.rejudgement_max === undefined ? {} : { rejudgement_max: question.rejudgement_max }),
    ...matchParams(question.filters, given(question)),
    ...tapParams(question.tap_filters ?? []),
  };
}
