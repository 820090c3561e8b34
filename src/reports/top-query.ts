/**
 * SQL that finds the first items of a list of millions in an order other than by time, from the one or two sums that the
 * order needs: all other columns are then read of these items alone. As in report-query.ts, values are query parameters.
 * Pure.
 */
import { compareValues } from './compare-values.ts';
import { LAST_AT } from './definitions.ts';
import {
  type CountName,
  isAnswered,
  MONEY_NAMES,
  MONEYS,
  RATES,
  type Rate,
  type RateName,
} from './measures.ts';
import {
  type Among,
  ANY_ROW,
  amongParams,
  countColumns,
  params,
  type Query,
  type ReportQuestion,
  rateOf,
  someMoney,
  source,
} from './report-query.ts';

interface Top {
  /** The sums over the rows of an item, and what it is ordered by. */
  sums: readonly string[];
  value: string;
  /** The condition on the rows that are read. */
  rows: string;
  /** Only items with a value above 0 are found: those without such rows come after them. */
  positive: boolean;
  /** Rows of the report are items in a currency; the first of an item's decides. */
  by_currency: boolean;
}

const OF_COUNTS = "AND rollup.money_by = ''";
const OF_MONEY = 'AND rollup.money_by = {money_by:String}';

function topOf(question: ReportQuestion): Top | undefined {
  const { column, descending } = question.sort;
  const columns = countColumns(question);
  const sumOf = (name: string): string => `sum(rollup.${columns[name as CountName]}) AS ${name}`;
  const all = { rows: ANY_ROW, positive: false, by_currency: false };
  if (column === question.report.ids[0]) return { ...all, sums: [], value: column };
  if (column in columns) {
    const top = { ...all, sums: [sumOf(column)], value: column };
    const rows = `${OF_COUNTS} AND rollup.${columns[column as CountName]} != 0`;
    return descending ? { ...top, rows, positive: true } : top;
  }
  if (column in RATES) {
    const name = column as RateName;
    const { of, per }: Rate = RATES[name];
    if (!(of in columns) || !isAnswered(name, question.range_by, question.money_by)) return undefined;
    return { ...all, sums: [sumOf(of), sumOf(per)], value: rateOf(name, question) };
  }
  if (column === LAST_AT) return { ...all, sums: ['max(rollup.quarter_hour) AS time'], value: 'time' };
  return descending ? topOfMoney(column) : undefined;
}

function topOfMoney(column: string): Top | undefined {
  if (column !== 'revenue' && !(column in MONEYS)) return undefined;
  return {
    sums: MONEY_NAMES.map((name) => `sum(rollup.${name}) AS ${name}`),
    value: column === 'revenue' ? 'sales - refunds' : column,
    ...{ rows: OF_MONEY, positive: true, by_currency: true },
  };
}

/** A stretch of sent_at, in Unix time: all rows of an item are in one. */
export interface Stretch {
  from_s: number;
  to_s: number;
}

/** An item, and its value in the column that it is ordered by. */
export interface TopItem {
  id: string;
  value: number | string;
}

/**
 * Finds the first `limit` items in the order that is asked for, of a stretch or of all; undefined for an order by what must
 * be read of all items. Where `positive`, items without a value above 0 are not among them, so fewer than `limit` are not
 * the first ones.
 */
export function topQuery(
  question: ReportQuestion,
  limit: number,
): { positive: boolean; queryOf(stretch: Stretch | undefined): Query } | undefined {
  const top = topOf(question);
  if (top === undefined) return undefined;
  const { sums, value, rows, positive, by_currency } = top;
  const id = String(question.report.ids[0]);
  const direction = question.sort.descending ? 'DESC' : 'ASC';
  const grouped = (and_in: string): string =>
    [
      `SELECT ${[`rollup.${id} AS ${id}`, ...(by_currency ? ['rollup.currency AS currency'] : []), ...sums].join(', ')}`,
      `${source(question)} ${rows}${and_in}`,
      `GROUP BY ${id}${by_currency ? `, currency HAVING ${someMoney()}` : ''}`,
    ].join('\n');
  return {
    positive,
    queryOf: (stretch) => ({
      query: [
        `SELECT ${id} AS id, ${by_currency ? `max(${value})` : value} AS value`,
        `FROM (\n${grouped(stretch === undefined ? '' : ` AND ${IN_STRETCH}`)}\n)`,
        ...(positive ? [`WHERE ${value} > 0`] : []),
        ...(by_currency ? [`GROUP BY ${id}`] : []),
        `ORDER BY value ${direction}, id LIMIT {limit:UInt64}`,
      ].join('\n'),
      query_params: {
        ...{ ...params(question), limit },
        ...(stretch && { stretch_from_s: stretch.from_s, stretch_to_s: stretch.to_s }),
      },
    }),
  };
}

const IN_STRETCH =
  'rollup.sent_quarter_hour >= toDateTime({stretch_from_s:UInt32}) AND rollup.sent_quarter_hour < toDateTime({stretch_to_s:UInt32})';

/** The first `limit` of the first ones of stretches, in the order that is asked for. */
export function firstOf(
  found: readonly (readonly TopItem[])[],
  { sort, report }: ReportQuestion,
  limit: number,
): TopItem[] {
  const sign = sort.descending ? -1 : 1;
  const id = String(report.ids[0]);
  return found
    .flat()
    .toSorted((a, b) => sign * compareValues(sort.column, a.value, b.value) || compareValues(id, a.id, b.id))
    .slice(0, limit);
}

/** One row: at which times of sent_at the items have rows, at most `max + 1` of them. */
export function sentTimesQuery(question: ReportQuestion, ids: readonly string[], max: number): Query {
  const among: Among = { ids, sent_from_s: 0 };
  return {
    query: [
      `SELECT groupUniqArray(${max + 1})(toUnixTimestamp(rollup.sent_quarter_hour)) AS sent_at_s`,
      `${source(question, among)} ${ANY_ROW}`,
    ].join('\n'),
    query_params: { ...params(question), ...amongParams(among) },
  };
}
