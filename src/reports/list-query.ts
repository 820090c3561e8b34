/**
 * SQL for the lists of messages and of links, which may have many millions of rows: the newest rows, the number of rows
 * up to a bound, and totals that do not read every row. As in report-query.ts, values are query parameters. Pure.
 */
import { type Filter, REPORTS } from './definitions.ts';
import { matches } from './filter-values.ts';
import { COUNT_NAMES, MONEY_NAMES } from './measures.ts';
import {
  ANY_ROW,
  countColumns,
  given,
  idExpressions,
  params,
  type Query,
  type ReportQuestion,
  someMoney,
  source,
  within,
} from './report-query.ts';

/**
 * The newest `limit` items of a list, each with the time of its message, searched in the last `rows` rows of the rollup in its
 * order. If `scanned` reaches `rows` before `limit` items are found, `rows` was too small.
 */
export function newestQuery(question: ReportQuestion, limit: number, rows: number): Query {
  const { report } = question;
  const columns = ['sent_quarter_hour', ...(report.listed ?? [])];
  const order = (of: string): string => columns.map((column) => `${of}${column} DESC`).join(', ');
  return {
    query: [
      `SELECT ${report.ids.join(', ')}, toUnixTimestamp(sent_quarter_hour) AS sent_s, scanned FROM (SELECT *, count() OVER () AS scanned FROM (`,
      `SELECT ${columns.map((column) => `rollup.${column} AS ${column}`).join(', ')}`,
      source(question),
      ANY_ROW,
      `ORDER BY ${order('rollup.')} LIMIT {rows:UInt64}`,
      `)) ORDER BY ${order('')} LIMIT 1 BY ${report.ids.join(', ')} LIMIT {limit:UInt64}`,
    ].join('\n'),
    query_params: { ...params(question), limit, rows },
  };
}

/** One row: the number of items, `things`; counting stops at `max`. */
export function thingsQuery(question: ReportQuestion, max: number): Query {
  return {
    query: [
      'SELECT count() AS things FROM (',
      `SELECT DISTINCT ${idExpressions(question).join(', ')}`,
      source(question),
      ANY_ROW,
      'LIMIT {max:UInt64})',
    ].join('\n'),
    query_params: { ...params(question), max },
  };
}

/** Whether a list has no filter, or only filters that the rollup of quarter hours supports. */
export function isWhole(question: ReportQuestion): boolean {
  const known: readonly Filter[] = REPORTS.campaigns.filters;
  return (
    question.report.listed !== undefined &&
    question.search === undefined &&
    question.tap_filters === undefined &&
    given(question).every((filter) => filter !== 'currency' && known.includes(filter))
  );
}

/** Written as a comparison, ClickHouse asks for the length of each id, which no index knows, and reads all rows. */
const OF_NO_MESSAGE = "rollup.message_id IN ('')";

/**
 * The counts of a whole list, from the rollup of quarter hours, which has a thousandth of the rows. That rollup
 * includes clicks on links outside messages, so the list of messages subtracts them.
 */
export function wholeTotalsQuery(question: ReportQuestion): Query {
  const columns = countColumns(question);
  const sums = (sign: string): string =>
    COUNT_NAMES.map((name) => `${sign}toInt64(sum(rollup.${columns[name]})) AS ${name}`).join(', ');
  const [of_quarter_hours, of_links] = wholeSources(question);
  const parts = [`SELECT ${sums('')}\n${of_quarter_hours} AND rollup.money_by = ''`];
  if (isOfMessages(question)) {
    parts.push(`SELECT ${sums('-')}\n${of_links} AND ${OF_NO_MESSAGE} AND rollup.money_by = ''`);
  }
  return {
    query: `SELECT ${COUNT_NAMES.map((name) => `sum(part.${name}) AS ${name}`).join(', ')}\nFROM (\n${parts.join('\nUNION ALL\n')}\n) AS part`,
    query_params: params(question),
  };
}

/**
 * How many sends, clicks and conversions a whole list has of messages of each quarter of an hour, and whether some were
 * imported.
 */
export function rowsByTimeQuery(question: ReportQuestion): Query {
  const [of_quarter_hours] = wholeSources(question);
  return {
    query: [
      'SELECT toUnixTimestamp(rollup.sent_quarter_hour) AS sent_s,',
      'toInt64(sum(rollup.links_sent)) + toInt64(sum(rollup.clicks_total)) + sum(rollup.conversions) AS rows,',
      "countIf(rollup.import_id != '') AS imported",
      `${of_quarter_hours} ${ANY_ROW}`,
      'GROUP BY sent_s ORDER BY sent_s',
    ].join('\n'),
    query_params: params(question),
  };
}

/**
 * The money of a list by currency. For a whole list it is the money of the rollup of quarter hours, minus the money
 * that is credited to no message or to no link. The latter comes only from conversions, so it is read from the money
 * ledger, which has fewer rows.
 */
export function wholeMoneyQuery(question: ReportQuestion): Query {
  const sums = (sign: string): string =>
    [
      'rollup.currency AS currency',
      ...MONEY_NAMES.map((name) => `${sign}sum(rollup.${name}) AS ${name}`),
    ].join(', ');
  const tail = 'AND rollup.money_by = {money_by:String} GROUP BY currency';
  const [of_quarter_hours, of_links] = wholeSources(question);
  const of_nothing = isOfMessages(question)
    ? `SELECT ${sums('-')}\n${of_links} AND ${OF_NO_MESSAGE} ${tail}`
    : ofNoLink(question);
  const parts = isWhole(question)
    ? [`SELECT ${sums('')}\n${of_quarter_hours} ${tail}`, of_nothing]
    : [`SELECT ${sums('')}\n${source(question)} ${tail}`];
  return {
    query: [
      `SELECT currency, ${MONEY_NAMES.map((name) => `sum(part.${name}) AS ${name}`).join(', ')}`,
      `FROM (\n${parts.join('\nUNION ALL\n')}\n) AS part`,
      `GROUP BY currency HAVING ${someMoney()} ORDER BY currency`,
    ].join('\n'),
    query_params: params(question),
  };
}

/** The money to subtract for conversions that are credited to no link, such as those by coupon. */
function ofNoLink(question: ReportQuestion): string {
  const { range_by, money_by } = question;
  const time = range_by === 'sent' ? 'sent_at' : money_by === 'click' ? 'credited_at' : 'converted_at';
  return [
    'SELECT ledger.currency AS currency, -sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,',
    ['sales', 'refunds', 'payout'].map((name) => `-sum(ledger.sign * ledger.${name}) AS ${name}`).join(', '),
    // A view always has the link of its message.
    ', toInt64(0) AS view_conversions, toDecimal128(0, 6) AS view_revenue',
    'FROM trackly.conversions AS ledger',
    "WHERE ledger.account_id = {account_id:String} AND ledger.status = 'attributed' AND ledger.link_id = ''",
    `AND ${within(`ledger.${time}`)}`,
    ...given(question).map(
      (filter) => `AND ${matches(`ledger.${filter}`, filter, question.filters[filter] ?? '')}`,
    ),
    'GROUP BY currency',
  ].join('\n');
}

const isOfMessages = ({ report }: ReportQuestion): boolean => report.ids[0] === 'message_id';

/** The question's rows of both rollups, including those without an id. */
function wholeSources(question: ReportQuestion): [of_quarter_hours: string, of_links: string] {
  const report = { ...question.report, ids: [] };
  return [
    source({ ...question, report: { ...report, rollup: 'rollup_quarter_hours' } }),
    source({ ...question, report }),
  ];
}
