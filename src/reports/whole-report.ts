/**
 * A report with few rows: one flat statement sums the rollup by item and currency, and rows, rates and their order are made
 * here. ClickHouse plans such a statement in a third of the time that it takes for the one that joins counts and money
 * (report-query.ts), which is half of the time of a report; both give the same rows. Pure.
 */
import { formatDecimal } from '../platform/decimal.ts';
import { compareValues, micros } from './compare-values.ts';
import type { ReportRow } from './definitions.ts';
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
  countColumns,
  idExpressions,
  params,
  type Query,
  type ReportQuestion,
  source,
} from './report-query.ts';

/** Sums of one item: its counts, or what it earned in one currency. Counts are 0 in the latter, amounts in the former. */
export type Sums = Record<string, string | number> & { of_money: 0 | 1; currency: string };

/** At most `limit` sums, in no order. */
export function sumsQuery(question: ReportQuestion, limit: number): Query {
  const { ids } = question.report;
  const expressions = idExpressions(question);
  const sums = [
    ...Object.entries(countColumns(question)).map(([name, column]) => `sum(rollup.${column}) AS ${name}`),
    ...MONEY_NAMES.map((name) => `sum(rollup.${name}) AS ${name}`),
  ];
  const keys = [...ids.map((id, i) => `${expressions[i]} AS ${id}`), "rollup.money_by != '' AS of_money"];
  return {
    query: [
      `SELECT ${[...keys, 'rollup.currency AS currency', ...sums].join(', ')}`,
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
  const [any] = of_item;
  // Money that was taken back completely makes no row.
  if (any === undefined || (counts === undefined && moneys.length === 0)) return [];
  const shown = moneys.length === 0 ? [undefined] : moneys;
  return shown.map((money) => rowOf(question, any, counts, money));
}

function rowOf(
  { report, range_by, money_by }: ReportQuestion,
  item: Sums,
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
  return Object.fromEntries([
    ...report.ids.map((id) => [id, item[id]]),
    ...MEASURE_NAMES.map((name) => [name, values.get(name)]),
  ]) as ReportRow;
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

/** By the column that is asked for; ties by ids, then by currency. */
function inOrder({ report, sort }: ReportQuestion): (a: ReportRow, b: ReportRow) => number {
  const others = [...report.ids, 'currency'].filter((name) => name !== sort.column);
  const direction = sort.descending ? -1 : 1;
  return (a, b) => {
    const first = compareValues(sort.column, a[sort.column] ?? null, b[sort.column] ?? null);
    if (first !== 0) return direction * first;
    for (const name of others) {
      const next = compareValues(name, a[name] ?? null, b[name] ?? null);
      if (next !== 0) return next;
    }
    return 0;
  };
}
