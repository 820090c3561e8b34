/**
 * The figures of a range over time: one point for each of its periods, 0 where nothing happened. Pure.
 */
import type { Bucket } from './compared.ts';

/** Counts of a row; rows of a breakdown have only some. */
export const COUNTS = [
  'sent',
  'clicks_total',
  'clicks_human',
  'clicks_unique',
  'clicks_bot',
  'conversions',
] as const;
export type Count = (typeof COUNTS)[number];

/** A row of a report by period. One with several currencies has a row for each, with the same counts of clicks. */
export interface TimeRow extends Partial<Record<Count, number>> {
  hour: string;
  currency?: string;
  revenue?: string;
}

export interface Point extends Bucket {
  rows: readonly TimeRow[];
}

export interface Series {
  points: readonly Point[];
  /** In which money came, in their order. */
  currencies: readonly string[];
}

const HALF_HOUR_MS = 30 * 60_000;

/** Each row stands at the period that begins when it does, by clocks that change by less than an hour, too. */
export function seriesOf(rows: readonly TimeRow[], buckets: readonly Bucket[]): Series {
  const by_start = Map.groupBy(rows, ({ hour }) => Math.round(Date.parse(hour) / HALF_HOUR_MS));
  return {
    points: buckets.map((bucket) => ({
      ...bucket,
      rows: by_start.get(Math.round(bucket.start_ms / HALF_HOUR_MS)) ?? [],
    })),
    currencies: [
      ...new Set(rows.filter(({ revenue }) => Number(revenue ?? 0) !== 0).map((row) => row.currency ?? '')),
    ].sort(),
  };
}

/** Conversions have a currency each; all other counts are in every row of a period. */
export function countAt({ rows }: Point, name: Count): number {
  if (name === 'conversions') return rows.reduce((sum, row) => sum + (row.conversions ?? 0), 0);
  return rows[0]?.[name] ?? 0;
}

/** Counts that are of one currency each. */
const BY_CURRENCY = ['conversions', 'view_conversions'] as const;
type ByCurrency = Partial<Record<(typeof BY_CURRENCY)[number], string | number | null>>;

/** One point for each period, of which a report may have one for each currency; what is not counted stays away. */
export function periodsOf<P extends ByCurrency & { at: string }>(points: readonly P[]): P[] {
  return [...Map.groupBy(points, ({ at }) => at).values()].map((of) => {
    const counted = BY_CURRENCY.filter((name) => of.some((point) => point[name] !== undefined));
    const sums = counted.map((name) => [name, of.reduce((sum, point) => sum + Number(point[name] ?? 0), 0)]);
    return { ...(of[0] as P), ...Object.fromEntries(sums) };
  });
}

export const countsOf = ({ points }: Series, name: Count): number[] =>
  points.map((point) => countAt(point, name));

/** A number for drawing; tables and files have the text. */
export const revenuesOf = ({ points }: Series, currency: string): number[] =>
  points.map(({ rows }) => Number(rows.find((row) => row.currency === currency)?.revenue ?? 0));

/** Whether something was in a period, and nothing in the one before and in the one after. */
export const isAlone = (values: readonly (number | null | undefined)[], i: number): boolean =>
  Boolean(values[i]) && !values[i - 1] && !values[i + 1];
