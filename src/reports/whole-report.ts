/**
 * A report with few rows, or a list of one message or link: one flat statement sums the rollup by item and currency, and
 * rows, rates and their order are made here. ClickHouse plans such a statement in a third of the time that it takes for the
 * one that joins counts and money (report-query.ts), which is half of the time of a report; both give the same rows. Pure.
 */
import { formatDecimal } from '../platform/decimal.ts';
import { compareValues, micros } from './compare-values.ts';
import { LISTED_TIMES, type Report, type ReportRow, SENT_AT } from './definitions.ts';
import {
  AMOUNT_NAMES,
  COUNT_NAMES,
  isAnswered,
  MEASURE_NAMES,
  MONEY_NAMES,
  MONEY_RATE_NAMES,
  PLAIN_RATE_NAMES,
  RATES,
  type Rate,
} from './measures.ts';
import {
  ANY_ROW,
  columns,
  countColumns,
  params,
  type Query,
  type ReportQuestion,
  source,
} from './report-query.ts';

/** Whether it is no list of possibly millions, but of one message, with its links, or of one link. */
export const isShort = ({ report, filters }: ReportQuestion): boolean =>
  !report.listed || Boolean(filters.message_id) || Boolean(filters.link_id);

/** Sums of one item: its counts, or what it earned in one currency. Counts are 0 in the latter, amounts in the former. */
export type Sums = Columns & { of_money: 0 | 1; currency: string };
type Columns = Record<string, string | number>;

/** At most `limit` sums, in no order. */
export function sumsQuery(question: ReportQuestion, limit: number): Query {
  const { ids } = question.report;
  const sums = [
    ...Object.entries(countColumns(question)).map(([name, column]) => `sum(rollup.${column}) AS ${name}`),
    ...MONEY_NAMES.map((name) => `sum(rollup.${name}) AS ${name}`),
  ];
  const keys = ["rollup.money_by != '' AS of_money", 'rollup.currency AS currency'];
  return {
    query: [
      `SELECT ${[...columns(question), ...keys, ...sums].join(', ')}`,
      `${source(question)} ${ANY_ROW}`,
      `GROUP BY ${[...ids, 'of_money', 'currency'].join(', ')} LIMIT {limit:UInt64}`,
    ].join('\n'),
    query_params: { ...params(question), limit },
  };
}

/** The rows of rowsQuery in their order: one for each currency in which an item earned, or one without. */
export function rowsOf(question: ReportQuestion, sums: readonly Sums[]): ReportRow[] {
  const { ids } = question.report;
  const items = Map.groupBy(sums, (one) => JSON.stringify(ids.map((id) => one[id])));
  const rows = [...items.values()].flatMap((of_item) => rowsOfItem(question, of_item));
  return rows.sort(inOrder(question));
}

function rowsOfItem(question: ReportQuestion, of_item: readonly Sums[]): ReportRow[] {
  const counts = of_item.find(({ of_money }) => of_money === 0);
  const moneys = of_item.filter(
    (one) => one.of_money === 1 && MONEY_NAMES.some((name) => Number(one[name]) !== 0),
  );
  // Money that was taken back completely makes no row, but in a list, which is read by time before sums are known.
  if (counts === undefined && moneys.length === 0 && !question.report.listed) return [];
  const item = columnsOf(question.report, counts, of_item);
  const shown = moneys.length === 0 ? [undefined] : moneys;
  return shown.map((money) => rowOf(question, item, counts, money));
}

/** The ids of an item and what is shown with them: as its sends and clicks have it, or else as its money has it. */
function columnsOf(report: Report, counts: Sums | undefined, of_item: readonly Sums[]): Columns {
  const most = (column: string): string | number =>
    of_item.map((one) => one[column] ?? '').reduce((a, b) => (compareValues(column, a, b) < 0 ? b : a), '');
  return Object.fromEntries([
    ...report.ids.map((id) => [id, of_item[0]?.[id]]),
    ...report.beside.map((column) => [column, counts?.[column] || most(column)]),
    ...(report.listed ? LISTED_TIMES : []).map((time) => [
      time,
      Math.max(...of_item.map((one) => Number(one[time]))),
    ]),
  ]);
}

function rowOf(
  { range_by, money_by }: ReportQuestion,
  item: Columns,
  counts: Sums | undefined,
  money: Sums | undefined,
): ReportRow {
  const count = (name: string): number => Number(counts?.[name] ?? 0);
  const amounts = new Map(AMOUNT_NAMES.map((name) => [name, micros(String(money?.[name] ?? '0'))]));
  const revenue = (amounts.get('sales') ?? 0n) - (amounts.get('refunds') ?? 0n);
  const conversions = Number(money?.['conversions'] ?? 0);
  const values = new Map<string, string | number | null>([
    ...COUNT_NAMES.map((name): [string, number] => [name, count(name)]),
    ['currency', money?.currency ?? ''],
    ['conversions', conversions],
    ['view_conversions', Number(money?.['view_conversions'] ?? 0)],
    ['revenue', formatDecimal(revenue)],
    ...[...amounts].map(([name, amount]): [string, string] => [name, formatDecimal(amount)]),
    ...PLAIN_RATE_NAMES.map((name): [string, number | null] => {
      const { of, per }: Rate = RATES[name];
      const part = of === 'conversions' ? conversions : count(of);
      return [name, isAnswered(name, range_by, money_by) ? quotient(part, count(per)) : null];
    }),
    ...MONEY_RATE_NAMES.map((name): [string, string | null] => {
      const { per, times = 1 }: Rate = RATES[name];
      const whole = count(per);
      const value = whole === 0 ? 0n : (revenue * BigInt(times)) / BigInt(whole);
      return [name, isAnswered(name, range_by, money_by) ? formatDecimal(value) : null];
    }),
  ]);
  return {
    ...item,
    ...Object.fromEntries(MEASURE_NAMES.map((name) => [name, values.get(name)])),
  } as ReportRow;
}

/** As ClickHouse rounds: to the nearest sixth decimal, of two the even one. */
function quotient(part: number, whole: number): number {
  if (whole === 0) return 0;
  const scaled = (part / whole) * 1e6;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (up ? below + 1 : below) / 1e6;
}

/** By the column that is asked for; ties by ids, then by currency. A list by time is in the order of its rollup. */
function inOrder({ report, sort }: ReportQuestion): (a: ReportRow, b: ReportRow) => number {
  const by_time = report.listed !== undefined && sort.column === SENT_AT;
  const asked: string[] = by_time ? [SENT_AT, ...(report.listed ?? [])] : [sort.column];
  const ties = [...(by_time ? [] : report.ids), 'currency'].filter((name) => name !== sort.column);
  const compared = (a: ReportRow, b: ReportRow, columns: readonly string[]): number =>
    columns.reduce((order, name) => order || compareValues(name, a[name] ?? null, b[name] ?? null), 0);
  const direction = sort.descending ? -1 : 1;
  return (a, b) => direction * compared(a, b, asked) || compared(a, b, ties);
}
