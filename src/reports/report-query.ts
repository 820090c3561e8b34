/**
 * Writes a report's SQL. Names come from definitions.ts only; every value goes beside the text as a query
 * parameter. Pure.
 */
import {
  type Filter,
  type Level,
  levelOf,
  MEASURE_NAMES,
  type MoneyTime,
  type Report,
} from './definitions.ts';
import type { Range } from './report-range.ts';

export interface ReportQuestion {
  report: Report;
  account_id: string;
  range: Range;
  filters: Partial<Record<Filter, string>>;
  /** Money of conversions and clicks in the range, by this time of theirs. */
  money_by: MoneyTime;
  /** A column of the report; `descending` for the largest first. Rows that tie are in the order of ids. */
  sort: { column: string; descending: boolean };
}

export interface Query {
  query: string;
  query_params: Record<string, unknown>;
}

const SENT: Record<Level, string> = { message: 'messages_sent', offer: 'offers_sent', link: 'links_sent' };
const UNIQUE: Record<Level, string> = {
  message: 'first_clicks',
  offer: 'first_offer_clicks',
  link: 'first_offer_clicks',
};

/** Rows of one report, in order, from `offset` on, at most `limit`. */
export function rowsQuery(question: ReportQuestion, limit: number, offset: number): Query {
  const { report, sort } = question;
  const order = [
    `${sort.column} ${sort.descending ? 'DESC' : 'ASC'}`,
    ...[...report.ids, 'currency'].filter((id) => id !== sort.column),
  ];
  return {
    query: [
      `SELECT ${[...report.ids, ...report.beside, ...measures()].join(', ')}`,
      `FROM (\n${things(question)}\n)`,
      'LEFT ARRAY JOIN moneys AS money',
      `ORDER BY ${order.join(', ')}`,
      'LIMIT {limit:UInt64} OFFSET {offset:UInt64}',
    ].join('\n'),
    query_params: { ...params(question), limit, offset },
  };
}

/** One row: the counts over everything, and `total_rows`. */
export function totalsQuery(question: ReportQuestion): Query {
  return {
    query: [
      `SELECT sum(greatest(1, length(moneys))) AS total_rows, ${COUNTS.map((name) => `sum(thing.${name}) AS ${name}`).join(', ')}`,
      `FROM (\n${things(question)}\n) AS thing`,
    ].join('\n'),
    query_params: params(question),
  };
}

/** The sums of money over everything, a row for each currency. */
export function moneyTotalsQuery(question: ReportQuestion): Query {
  return {
    query: [
      `SELECT rollup.currency AS currency, ${MONEYS.map((name) => `sum(rollup.${name}) AS ${name}`).join(', ')}`,
      source(question),
      'AND rollup.money_by = {money_by:String}',
      'GROUP BY currency',
      `HAVING ${MONEYS.map((name) => `${name} != 0`).join(' OR ')}`,
      'ORDER BY currency',
    ].join('\n'),
    query_params: params(question),
  };
}

/** What is summed by currency. */
const MONEYS = ['conversions', 'sales', 'refunds', 'payout'] as const;
const COUNTS = ['sent', 'clicks_total', 'clicks_human', 'clicks_bot', 'clicks_unique'] as const;

/** A row for each thing, with its sums of money in an array. */
function things(question: ReportQuestion): string {
  const { report } = question;
  const beside = report.beside.map((column) => `max(part.one_${column}) AS ${column}`);
  const counts = COUNTS.map((name) => `sum(part.${name}) AS ${name}`);
  const money = `(${['currency', ...MONEYS].map((name) => `part.${name}`).join(', ')})`;
  const some = MONEYS.map((name) => `part.${name} != 0`).join(' OR ');
  return [
    `SELECT ${[...report.ids, ...beside, ...counts].join(', ')}, groupArrayIf(${money}, ${some}) AS moneys`,
    `FROM (\n${parts(question)}\n) AS part`,
    `GROUP BY ${report.ids.join(', ')}`,
    ...(question.filters.currency === undefined ? [] : ['HAVING notEmpty(moneys)']),
  ].join('\n');
}

/** A row for each thing's counts, and one for each of its currencies. */
function parts(question: ReportQuestion): string {
  const { report } = question;
  const level = levelOf(report, given(question));
  const columns = [
    ...report.ids.map((id) => `${idExpression(id)} AS ${id}`),
    ...report.beside.map((column) => `max(rollup.${column}) AS one_${column}`),
    'rollup.currency AS currency',
    `sum(rollup.${SENT[level]}) AS sent`,
    'sum(rollup.clicks_total) AS clicks_total',
    'sum(rollup.clicks_human) AS clicks_human',
    'sum(rollup.clicks_bot) AS clicks_bot',
    `sum(rollup.${UNIQUE[level]}) AS clicks_unique`,
    ...MONEYS.map((name) => `sum(rollup.${name}) AS ${name}`),
  ];
  return [
    `SELECT ${columns.join(', ')}`,
    source(question),
    "AND rollup.money_by IN ('', {money_by:String})",
    `GROUP BY ${[...report.ids, 'rollup.money_by', 'rollup.currency'].join(', ')}`,
  ].join('\n');
}

function idExpression(id: string): string {
  return id === 'hour' ? 'toUnixTimestamp(toStartOfHour(rollup.quarter_hour, {tz:String}))' : `rollup.${id}`;
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

function source(question: ReportQuestion): string {
  const { report } = question;
  const conditions = [
    'rollup.account_id = {account_id:String}',
    'rollup.quarter_hour >= toDateTime({from_s:UInt32})',
    'rollup.quarter_hour < toDateTime({to_s:UInt32})',
    ...given(question).map((filter) =>
      filter === 'currency'
        ? "(rollup.money_by = '' OR rollup.currency = {currency:String})"
        : `rollup.${filter} = {${filter}:String}`,
    ),
  ];
  const last = report.ids.at(-1);
  if (last !== 'hour') conditions.push(`rollup.${last} != ''`);
  return `FROM trackly.${report.rollup} AS rollup\nWHERE ${conditions.join(' AND ')}`;
}

/** The filters that are set; walks the report's own list, so that a stray key never becomes a name in SQL. */
function given(question: ReportQuestion): Filter[] {
  return question.report.filters.filter((filter) => question.filters[filter] !== undefined);
}

function params(question: ReportQuestion): Record<string, unknown> {
  const { range } = question;
  return {
    account_id: question.account_id,
    from_s: range.from_ms / 1_000,
    to_s: range.to_ms / 1_000,
    tz: range.tz,
    money_by: question.money_by,
    ...Object.fromEntries(given(question).map((filter) => [filter, question.filters[filter]])),
  };
}
