/** Writes a report's SQL. Names come only from definitions.ts; every value is passed as a query parameter. Pure. */
import {
  besideOf,
  type Filter,
  LAST_AT,
  type Level,
  levelOf,
  MEASURE_NAMES,
  type MoneyTime,
  type Report,
} from './definitions.ts';
import { type Period, periodExpression, periodParams } from './period.ts';
import type { Range } from './report-range.ts';
import { type TapFilters, tapParams, tapSource } from './tap-filter.ts';

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
  /** The time by which money is in the range. */
  money_by: MoneyTime;
  /** Counts verdicts as of this rejudgement; undefined: current verdicts. Money is always current. */
  rejudgement_max?: number | undefined;
  /** Only items with this text in their id or, if the catalog names them, in their name. */
  search?: Search;
  /** The period of a row of the hours report. */
  period?: Period;
  /** A column of the report; `descending` for the largest first. Ties are ordered by ids. */
  sort: { column: string; descending: boolean };
}

export interface Query {
  query: string;
  query_params: Record<string, unknown>;
}

const SENT: Record<Level, string> = {
  message: 'messages_sent',
  offer: 'offers_sent',
  link: 'links_sent',
};
const UNIQUE: Record<Level, string> = {
  message: 'first_clicks',
  offer: 'first_offer_clicks',
  link: 'first_offer_clicks',
};

/** Columns counted once for an item, and columns summed by currency. */
export const COUNTS = ['sent', 'clicks_total', 'clicks_human', 'clicks_bot', 'clicks_unique'] as const;
export const MONEYS = ['conversions', 'sales', 'refunds', 'payout'] as const;
export const someMoney = (of = ''): string => MONEYS.map((name) => `${of}${name} != 0`).join(' OR ');

/** The items of a page, and a time before all their rows. */
export interface Among {
  ids: readonly string[];
  from_s: number;
}

/** Rows of one report, in order, from `offset` on, at most `limit`; with `among` only these items are read. */
export function rowsQuery(question: ReportQuestion, limit: number, offset: number, among?: Among): Query {
  const { report, sort } = question;
  const direction = sort.descending ? 'DESC' : 'ASC';
  const order =
    report.listed && sort.column === LAST_AT
      ? [...[LAST_AT, ...report.listed].map((column) => `${column} ${direction}`), 'currency']
      : [`${sort.column} ${direction}`, ...[...report.ids, 'currency'].filter((id) => id !== sort.column)];
  const beside = report.beside.map(
    (column) => `if(counted.${column} = '', earned.${column}, counted.${column}) AS ${column}`,
  );
  if (report.listed) beside.push(`greatest(counted.${LAST_AT}, earned.${LAST_AT}) AS ${LAST_AT}`);
  return {
    query: [
      `SELECT ${[...report.ids, ...besideOf(report), ...measures()].join(', ')}`,
      `FROM (\nSELECT ${[...report.ids, ...beside, ...COUNTS, 'moneys'].join(', ')}`,
      `FROM (\n${counted(question, among)}\n) AS counted`,
      // Few entities earn, so this is the small side of the join.
      `FULL JOIN (\n${earned(question, among)}\n) AS earned USING (${report.ids.join(', ')})\n)`,
      'LEFT ARRAY JOIN moneys AS money',
      `ORDER BY ${order.join(', ')}`,
      'LIMIT {limit:UInt64} OFFSET {offset:UInt64}',
    ].join('\n'),
    query_params: {
      ...params(question),
      limit,
      offset,
      ...(among && { among: among.ids, from_s: Math.max(among.from_s, question.range.from_ms / 1_000) }),
    },
  };
}

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
      MONEYS.map((name) => `sum(part.${name}) AS ${name}`).join(', '),
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
  const money = `(${['currency', ...MONEYS].map((name) => `part.${name}`).join(', ')})`;
  const beside = besideOf(report).map((column) => `max(part.${column}) AS ${column}`);
  return [
    `SELECT ${[...report.ids, ...beside].join(', ')}, groupArrayIf(${money}, ${someMoney('part.')}) AS moneys`,
    `FROM (\n${earnedParts(question, among)}\n) AS part`,
    `GROUP BY ${report.ids.join(', ')}`,
  ].join('\n');
}

/** One row for each item and each currency in which it earned. */
function earnedParts(question: ReportQuestion, among?: Among): string {
  const sums = MONEYS.map((name) => `sum(rollup.${name}) AS ${name}`);
  return [
    `SELECT ${[...columns(question), 'rollup.currency AS currency', ...sums].join(', ')}`,
    source(question, among),
    'AND rollup.money_by = {money_by:String}',
    `GROUP BY ${[...question.report.ids, 'currency'].join(', ')}`,
    // A list is read by time, before sums are known, so it keeps items whose money was taken back completely.
    ...(question.report.listed ? [] : [`HAVING ${someMoney()}`]),
  ].join('\n');
}

function columns(question: ReportQuestion): string[] {
  const { report } = question;
  const expressions = idExpressions(question);
  return [
    ...report.ids.map((id, i) => `${expressions[i]} AS ${id}`),
    ...report.beside.map((column) => `max(rollup.${column}) AS ${column}`),
    ...(report.listed ? [`toUnixTimestamp(max(rollup.quarter_hour)) AS ${LAST_AT}`] : []),
  ];
}

function counts(question: ReportQuestion): string[] {
  return Object.entries(countColumns(question)).map(([name, column]) => `sum(rollup.${column}) AS ${name}`);
}

/** The columns of the rollup that are summed for each count. */
export function countColumns(question: ReportQuestion): Record<(typeof COUNTS)[number], string> {
  const level = levelOf(question.report, given(question));
  return {
    sent: SENT[level],
    clicks_total: 'clicks_total',
    clicks_human: 'clicks_human',
    clicks_bot: 'clicks_bot',
    clicks_unique: UNIQUE[level],
  };
}

export function idExpressions({ report }: ReportQuestion): string[] {
  return report.ids.map((id) => (id === 'hour' ? periodExpression('rollup.quarter_hour') : `rollup.${id}`));
}

function measures(): string[] {
  const expressions: Record<(typeof MEASURE_NAMES)[number], string> = {
    sent: 'sent',
    clicks_total: 'clicks_total',
    clicks_human: 'clicks_human',
    clicks_bot: 'clicks_bot',
    clicks_unique: 'clicks_unique',
    click_rate: 'if(sent = 0, 0, round(clicks_unique / sent, 6)) AS click_rate',
    currency: 'money.1 AS currency',
    conversions: 'money.2 AS conversions',
    revenue: 'sales - refunds AS revenue',
    payout: 'money.5 AS payout',
    epc: 'if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc',
    cvr: 'if(clicks_unique = 0, 0, round(conversions / clicks_unique, 6)) AS cvr',
    rpm: 'if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm',
    sales: 'money.3 AS sales',
    refunds: 'money.4 AS refunds',
  };
  return MEASURE_NAMES.map((name) => expressions[name]);
}

export function source(question: ReportQuestion, among?: Among): string {
  const { report } = question;
  const conditions = [...IN_RANGE, ...given(question).map(asked(question))];
  if (question.rejudgement_max !== undefined)
    conditions.push('rollup.rejudgement <= {rejudgement_max:UInt32}');
  const last = report.ids.at(-1);
  if (question.search !== undefined) {
    conditions.push(
      `(positionCaseInsensitiveUTF8(rollup.${last}, {search:String}) > 0 OR rollup.${last} IN {named:Array(String)})`,
    );
  }
  if (last !== undefined && last !== 'hour') conditions.push(`rollup.${last} != ''`);
  if (among !== undefined) conditions.push(`rollup.${last} IN {among:Array(String)}`);
  return `FROM ${tableOf(question)} AS rollup\nWHERE ${conditions.join(' AND ')}`;
}

/** The report's rollup, or what stands for it where only some taps are asked for. */
function tableOf({ report, tap_filters }: ReportQuestion): string {
  return tap_filters === undefined ? `trackly.${report.rollup}` : tapSource(tap_filters);
}

/** Rows of sends and clicks, or of money by the requested time. */
export const ANY_ROW = "AND rollup.money_by IN ('', {money_by:String})";

/** The condition that this time is in the range, whose ends are the parameters `from_s` and `to_s`. */
export function within(time: string): string {
  return `${time} >= toDateTime({from_s:UInt32}) AND ${time} < toDateTime({to_s:UInt32})`;
}

const IN_RANGE = ['rollup.account_id = {account_id:String}', within('rollup.quarter_hour')];

/** A filter on a currency keeps the items that earned in it, with their sends and clicks. */
function asked(question: ReportQuestion): (filter: Filter) => string {
  const ids = idExpressions(question).join(', ');
  const others = given(question).filter((filter) => filter !== 'currency');
  return (filter) => {
    if (filter !== 'currency') return `rollup.${filter} = {${filter}:String}`;
    const among = [
      `SELECT ${ids} FROM ${tableOf(question)} AS rollup`,
      `WHERE ${[...IN_RANGE, ...others.map((name) => `rollup.${name} = {${name}:String}`)].join(' AND ')}`,
      'AND rollup.money_by = {money_by:String} AND rollup.currency = {currency:String}',
    ].join(' ');
    return `(rollup.money_by = '' OR rollup.currency = {currency:String}) AND (${ids}) IN (${among})`;
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
    money_by: question.money_by,
    ...(question.search === undefined ? {} : { search: question.search.text, named: question.search.named }),
    ...(question.rejudgement_max === undefined ? {} : { rejudgement_max: question.rejudgement_max }),
    ...Object.fromEntries(given(question).map((filter) => [filter, question.filters[filter]])),
    ...tapParams(question.tap_filters ?? []),
  };
}
