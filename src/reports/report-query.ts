/**
 * Writes a report's SQL. Names come from definitions.ts only; every value goes beside the text as a query
 * parameter. Pure.
 */
import {
  type Filter,
  LAST_AT,
  type Level,
  levelOf,
  MEASURE_NAMES,
  type MoneyTime,
  REPORTS,
  type Report,
} from './definitions.ts';
import { type Period, periodExpression } from './period.ts';
import type { Range } from './report-range.ts';

export interface Search {
  text: string;
  /** Ids of the things whose name has it. */
  named: readonly string[];
}

export interface ReportQuestion {
  report: Report;
  account_id: string;
  range: Range;
  filters: Partial<Record<Filter, string>>;
  /** Money of conversions and clicks in the range, by this time of theirs. */
  money_by: MoneyTime;
  /** Counts verdicts as they were after this judgement; undefined: as they are. Money is as it is. */
  judgement_max?: number | undefined;
  /** Only things with this in their id, or, where the catalog names them, in their name. */
  search?: Search;
  /** What a row of the hours report covers. */
  period?: Period;
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

/** What is counted once for a thing, and what is summed by currency. */
const COUNTS = ['sent', 'clicks_total', 'clicks_human', 'clicks_bot', 'clicks_unique'] as const;
const MONEYS = ['conversions', 'sales', 'refunds', 'payout'] as const;
const someMoney = (of = ''): string => MONEYS.map((name) => `${of}${name} != 0`).join(' OR ');

/** Things that are known to be a page's, and a time before which there is nothing of them. */
export interface Among {
  ids: readonly string[];
  from_s: number;
}

/** Rows of one report, in order, from `offset` on, at most `limit`; `among` spares it the others. */
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
  const columns = [...report.ids, ...report.beside];
  if (report.listed) {
    beside.push(`greatest(counted.${LAST_AT}, earned.${LAST_AT}) AS ${LAST_AT}`);
    columns.push(LAST_AT);
  }
  return {
    query: [
      `SELECT ${[...columns, ...measures()].join(', ')}`,
      `FROM (\nSELECT ${[...report.ids, ...beside, ...COUNTS, 'moneys'].join(', ')}`,
      `FROM (\n${counted(question, among)}\n) AS counted`,
      // Few things earn: the small side of the join.
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
 * The newest `limit` things of a list, each with its message. They are among the last `rows` rows of the rollup,
 * which are read in its order and no further, unless `scanned` reaches that number before there are `limit`.
 */
export function newestQuery(question: ReportQuestion, limit: number, rows: number): Query {
  const { report } = question;
  const columns = ['quarter_hour', ...(report.listed ?? [])];
  const order = (of: string): string => columns.map((column) => `${of}${column} DESC`).join(', ');
  return {
    query: [
      `SELECT ${report.ids.join(', ')}, message_id, scanned FROM (SELECT *, count() OVER () AS scanned FROM (`,
      `SELECT ${columns.map((column) => `rollup.${column} AS ${column}`).join(', ')}`,
      source(question),
      ANY_ROW,
      `ORDER BY ${order('rollup.')} LIMIT {rows:UInt64}`,
      `)) ORDER BY ${order('')} LIMIT 1 BY ${report.ids.join(', ')} LIMIT {limit:UInt64}`,
    ].join('\n'),
    query_params: { ...params(question), limit, rows },
  };
}

/** One row: how many `things` there are; after `max` it stops. */
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

/**
 * One row: the counts over everything, and how many `things` there are where the report is no list. By a hash of 64
 * bits: of ten million things two are the same with a chance of 3 in a million.
 */
export function totalsQuery(question: ReportQuestion): Query {
  if (isWhole(question)) return wholeTotalsQuery(question);
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
 * The sums of money over everything, a row for each currency and, unless things are `uncounted`, one with
 * `every_currency` 1: with how many things earned in it. No row where nothing earned.
 */
export function moneyTotalsQuery(question: ReportQuestion, uncounted: boolean): Query {
  if (uncounted) return wholeMoneyQuery(question);
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

/** Whether a list is of all things, or of those that the rollup of quarter hours can tell apart. */
function isWhole(question: ReportQuestion): boolean {
  const known: readonly Filter[] = REPORTS.campaigns.filters;
  return (
    question.report.listed !== undefined &&
    question.search === undefined &&
    given(question).every((filter) => filter !== 'currency' && known.includes(filter))
  );
}

/**
 * The counts of a whole list from the rollup of quarter hours, which has a thousandth of the rows. It counts clicks on
 * links without a message, too, which are no message's; and it does not count links, so that these are added.
 */
function wholeTotalsQuery(question: ReportQuestion): Query {
  const columns = countColumns(question);
  const sums = (names: readonly string[], sign = ''): string =>
    COUNTS.map(
      (name) => `${sign}toInt64(${names.includes(name) ? `sum(rollup.${columns[name]})` : 0}) AS ${name}`,
    ).join(', ');
  const [of_quarter_hours, of_links] = wholeSources(question);
  const parts =
    columns.sent === SENT.link
      ? [
          `SELECT ${sums(COUNTS.slice(1))}\n${of_quarter_hours} AND rollup.money_by = ''`,
          `SELECT ${sums(['sent'])}\n${of_links}`,
        ]
      : [
          `SELECT ${sums(COUNTS)}\n${of_quarter_hours} AND rollup.money_by = ''`,
          `SELECT ${sums(COUNTS, '-')}\n${of_links} AND rollup.message_id = '' AND rollup.money_by = ''`,
        ];
  return {
    query: `SELECT ${COUNTS.map((name) => `sum(part.${name}) AS ${name}`).join(', ')}\nFROM (\n${parts.join('\nUNION ALL\n')}\n) AS part`,
    query_params: params(question),
  };
}

/**
 * The money of a list by currency, of whatever thing. Of a whole list it is that of the rollup of quarter hours, but
 * for what is credited to no message, or to no link: the latter is conversions only, and the ledger has fewer of them.
 */
function wholeMoneyQuery(question: ReportQuestion): Query {
  const sums = (sign: string): string =>
    ['rollup.currency AS currency', ...MONEYS.map((name) => `${sign}sum(rollup.${name}) AS ${name}`)].join(
      ', ',
    );
  const tail = 'AND rollup.money_by = {money_by:String} GROUP BY currency';
  const [of_quarter_hours, of_links] = wholeSources(question);
  const of_nothing =
    question.report.ids[0] === 'message_id'
      ? `SELECT ${sums('-')}\n${of_links} AND rollup.message_id = '' ${tail}`
      : ofNoLink(question);
  const parts = isWhole(question)
    ? [`SELECT ${sums('')}\n${of_quarter_hours} ${tail}`, of_nothing]
    : [`SELECT ${sums('')}\n${source(question)} ${tail}`];
  return {
    query: [
      `SELECT currency, ${MONEYS.map((name) => `sum(part.${name}) AS ${name}`).join(', ')}`,
      `FROM (\n${parts.join('\nUNION ALL\n')}\n) AS part`,
      `GROUP BY currency HAVING ${someMoney()} ORDER BY currency`,
    ].join('\n'),
    query_params: params(question),
  };
}

/** What is taken away for conversions that are credited to no link, such as those by coupon. */
function ofNoLink(question: ReportQuestion): string {
  const time = question.money_by === 'click' ? 'credited_at' : 'converted_at';
  return [
    'SELECT ledger.currency AS currency, -sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,',
    ['sales', 'refunds', 'payout'].map((name) => `-sum(ledger.sign * ledger.${name}) AS ${name}`).join(', '),
    'FROM trackly.conversions AS ledger',
    "WHERE ledger.account_id = {account_id:String} AND ledger.status = 'attributed' AND ledger.link_id = ''",
    `AND ledger.${time} >= toDateTime({from_s:UInt32}) AND ledger.${time} < toDateTime({to_s:UInt32})`,
    ...given(question).map((filter) => `AND ledger.${filter} = {${filter}:String}`),
    'GROUP BY currency',
  ].join('\n');
}

/** The question's rows of both rollups, of things with an id or without. */
function wholeSources(question: ReportQuestion): [of_quarter_hours: string, of_links: string] {
  const report = { ...question.report, ids: [] };
  return [
    source({ ...question, report: { ...report, rollup: 'rollup_quarter_hours' } }),
    source({ ...question, report }),
  ];
}

/** A row for each thing that was sent or clicked. */
function counted(question: ReportQuestion, among?: Among): string {
  return [
    `SELECT ${[...columns(question), ...counts(question)].join(', ')}`,
    source(question, among),
    "AND rollup.money_by = ''",
    `GROUP BY ${question.report.ids.join(', ')}`,
  ].join('\n');
}

/** A row for each thing that earned, with its sums in an array. */
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

/** A row for each thing and currency that it earned in. */
function earnedParts(question: ReportQuestion, among?: Among): string {
  const sums = MONEYS.map((name) => `sum(rollup.${name}) AS ${name}`);
  return [
    `SELECT ${[...columns(question), 'rollup.currency AS currency', ...sums].join(', ')}`,
    source(question, among),
    'AND rollup.money_by = {money_by:String}',
    `GROUP BY ${[...question.report.ids, 'currency'].join(', ')}`,
    // A list is read by time, before sums are known: what earned and lost it again has its row there.
    ...(question.report.listed ? [] : [`HAVING ${someMoney()}`]),
  ].join('\n');
}

/** What stands beside a thing's ids, of all its rows the largest. */
const besideOf = (report: Report): string[] => [...report.beside, ...(report.listed ? [LAST_AT] : [])];

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

/** The columns of the rollup that are summed up for each count. */
function countColumns(question: ReportQuestion): Record<(typeof COUNTS)[number], string> {
  const level = levelOf(question.report, given(question));
  return {
    sent: SENT[level],
    clicks_total: 'clicks_total',
    clicks_human: 'clicks_human',
    clicks_bot: 'clicks_bot',
    clicks_unique: UNIQUE[level],
  };
}

function idExpressions({ report, period = 'hour' }: ReportQuestion): string[] {
  return report.ids.map((id) => (id === 'hour' ? periodExpression(period) : `rollup.${id}`));
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

function source(question: ReportQuestion, among?: Among): string {
  const { report } = question;
  const conditions = [...IN_RANGE, ...given(question).map(asked(question))];
  if (question.judgement_max !== undefined) conditions.push('rollup.judgement <= {judgement_max:UInt32}');
  const last = report.ids.at(-1);
  if (question.search !== undefined) {
    conditions.push(
      `(positionCaseInsensitiveUTF8(rollup.${last}, {search:String}) > 0 OR rollup.${last} IN {named:Array(String)})`,
    );
  }
  if (last !== undefined && last !== 'hour') conditions.push(`rollup.${last} != ''`);
  if (among !== undefined) conditions.push(`rollup.${last} IN {among:Array(String)}`);
  return `FROM trackly.${report.rollup} AS rollup\nWHERE ${conditions.join(' AND ')}`;
}

/** Of sends and clicks, or of money by the time that is asked for. */
const ANY_ROW = "AND rollup.money_by IN ('', {money_by:String})";

const IN_RANGE = [
  'rollup.account_id = {account_id:String}',
  'rollup.quarter_hour >= toDateTime({from_s:UInt32})',
  'rollup.quarter_hour < toDateTime({to_s:UInt32})',
];

/** A currency keeps the things that earned in it, with what was sent and clicked of them. */
function asked(question: ReportQuestion): (filter: Filter) => string {
  const { report } = question;
  const ids = idExpressions(question).join(', ');
  const others = given(question).filter((filter) => filter !== 'currency');
  return (filter) => {
    if (filter !== 'currency') return `rollup.${filter} = {${filter}:String}`;
    const among = [
      `SELECT ${ids} FROM trackly.${report.rollup} AS rollup`,
      `WHERE ${[...IN_RANGE, ...others.map((name) => `rollup.${name} = {${name}:String}`)].join(' AND ')}`,
      'AND rollup.money_by = {money_by:String} AND rollup.currency = {currency:String}',
    ].join(' ');
    return `(rollup.money_by = '' OR rollup.currency = {currency:String}) AND (${ids}) IN (${among})`;
  };
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
    ...(question.search === undefined ? {} : { search: question.search.text, named: question.search.named }),
    ...(question.judgement_max === undefined ? {} : { judgement_max: question.judgement_max }),
    ...Object.fromEntries(given(question).map((filter) => [filter, question.filters[filter]])),
  };
}
