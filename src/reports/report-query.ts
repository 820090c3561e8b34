/**
 * Writes a report's SQL. Names come from definitions.ts only; every value goes beside the text as a query
 * parameter. Pure.
 */
import { type Filter, type Level, levelOf, MEASURE_NAMES, type Report } from './definitions.ts';
import type { Range } from './report-range.ts';

export interface ReportQuestion {
  report: Report;
  account_id: string;
  range: Range;
  filters: Partial<Record<Filter, string>>;
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
  const ids = report.ids.map((id) => `${idExpression(id)} AS ${id}`);
  const beside = report.beside.map((column) => `max(rollup.${column}) AS ${column}`);
  const order = [
    `${sort.column} ${sort.descending ? 'DESC' : 'ASC'}`,
    ...report.ids.filter((id) => id !== sort.column),
  ];
  return {
    query: [
      `SELECT ${[...ids, ...beside, ...measures(question)].join(', ')}`,
      source(question),
      `GROUP BY ${report.ids.join(', ')}`,
      `ORDER BY ${order.join(', ')}`,
      'LIMIT {limit:UInt64} OFFSET {offset:UInt64}',
    ].join('\n'),
    query_params: { ...params(question), limit, offset },
  };
}

/** One row: the measures over everything, and `total_rows`. */
export function totalsQuery(question: ReportQuestion): Query {
  const ids = question.report.ids.map(idExpression).join(', ');
  return {
    query: `SELECT uniqExact(${ids}) AS total_rows, ${measures(question).join(', ')}\n${source(question)}`,
    query_params: params(question),
  };
}

function idExpression(id: string): string {
  return id === 'hour' ? 'toUnixTimestamp(toStartOfHour(rollup.quarter_hour, {tz:String}))' : `rollup.${id}`;
}

function measures(question: ReportQuestion): string[] {
  const level = levelOf(question.report, given(question));
  const expressions: Record<(typeof MEASURE_NAMES)[number], string> = {
    sent: `sum(rollup.${SENT[level]})`,
    clicks_total: 'sum(rollup.clicks_total)',
    clicks_human: 'sum(rollup.clicks_human)',
    clicks_bot: 'sum(rollup.clicks_bot)',
    clicks_unique: `sum(rollup.${UNIQUE[level]})`,
    click_rate: 'if(sent = 0, 0, round(clicks_unique / sent, 6))',
    conversions: 'toUInt64(0)',
    revenue: 'toDecimal128(0, 6)',
    payout: 'toDecimal128(0, 6)',
    epc: 'toDecimal128(0, 6)',
    cvr: 'toFloat64(0)',
    rpm: 'toDecimal128(0, 6)',
  };
  return MEASURE_NAMES.map((name) => `${expressions[name]} AS ${name}`);
}

function source(question: ReportQuestion): string {
  const { report } = question;
  const conditions = [
    'rollup.account_id = {account_id:String}',
    'rollup.quarter_hour >= toDateTime({from_s:UInt32})',
    'rollup.quarter_hour < toDateTime({to_s:UInt32})',
    ...given(question).map((filter) => `rollup.${filter} = {${filter}:String}`),
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
    ...Object.fromEntries(given(question).map((filter) => [filter, question.filters[filter]])),
  };
}
