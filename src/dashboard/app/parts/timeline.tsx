/** Sends, unique clicks, bots and conversions over time, from the rows of the report by period. */
import { type JSX, useMemo } from 'react';
import type { AnswerOf } from '../api.ts';
import { t } from '../strings/strings.ts';
import { Chart, type Line } from './chart.tsx';
import { grainOf, type Range } from './range.tsx';

type Row = AnswerOf<'/v2/reports/hours'>['rows'][number];
const COUNTED = ['sent', 'clicks_unique', 'clicks_total', 'clicks_bot', 'conversions'] as const;
type Counted = (typeof COUNTED)[number];
const LINES: [name: string, column: Counted, color: string][] = [
  [t.chart.unique, 'clicks_unique', '--c1'],
  [t.chart.all, 'clicks_total', '--c2'],
  [t.chart.bots, 'clicks_bot', '--c3'],
  [t.shared.conversions, 'conversions', '--c4'],
];

const NO_ROWS: readonly Row[] = [];
const DAY_MS = 24 * 3_600_000;
const STEP_MS = { hour: 3_600_000, day: DAY_MS, week: 7 * DAY_MS } as const;

export interface Series {
  times_ms: number[];
  values: Record<Counted, number[]>;
}

/** What happened in each period of the range. */
export function useSeries(rows: readonly Row[] | undefined, { from, to }: Range): Series {
  return useMemo(
    () =>
      seriesOf(rows ?? NO_ROWS, Date.parse(from), Date.parse(to) + DAY_MS, STEP_MS[grainOf({ from, to })]),
    [rows, from, to],
  );
}

export function Timeline({ series }: { series: Series }): JSX.Element {
  const { times_ms, values } = series;
  const lines = useMemo(
    () => LINES.map(([name, column, color]): Line => ({ name, color, values: values[column] })),
    [values],
  );
  return <Chart label={t.chart.label} times_ms={times_ms} lines={lines} />;
}

/**
 * One point for each period, 0 if nothing happened. A period with several currencies has one row for each, with the
 * same counts.
 */
function seriesOf(rows: readonly Row[], from_ms: number, to_ms: number, step_ms: number): Series {
  const periods = new Map<number, Partial<Record<Counted, number>>>();
  for (const row of rows) {
    const at = Date.parse(row.hour);
    const before = periods.get(at);
    const point = before ?? {};
    for (const column of COUNTED) {
      const value = row[column];
      point[column] = column === 'conversions' ? (before?.[column] ?? 0) + value : value;
    }
    periods.set(at, point);
  }
  // Aligned with the rows, whose periods start by the account's clocks; missing periods become 0.
  const [first = from_ms] = periods.keys();
  const known = [...periods.keys()];
  const isKnown = (at: number): boolean => known.some((one) => Math.abs(one - at) < step_ms / 2);
  for (
    let at = first - Math.floor((first - from_ms) / step_ms) * step_ms;
    at < Math.min(to_ms, Date.now());
    at += step_ms
  ) {
    if (!isKnown(at)) periods.set(at, {});
  }
  const points = [...periods].sort(([a], [b]) => a - b);
  return {
    times_ms: points.map(([at]) => at),
    values: Object.fromEntries(
      COUNTED.map((column) => [column, points.map(([, point]) => point[column] ?? 0)]),
    ) as Series['values'],
  };
}
