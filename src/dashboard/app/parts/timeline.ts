/** Sends, unique clicks, bots and conversions over time, from the rows of the report by period. */
import { h, type JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Row } from '../types.ts';
import { Chart, type Line } from './chart.ts';

const LINES: [name: string, column: string, color: string][] = [
  ['Unique clicks', 'clicks_unique', '--c1'],
  ['All clicks', 'clicks_total', '--c2'],
  ['Bots', 'clicks_bot', '--c3'],
  ['Conversions', 'conversions', '--c4'],
];

export function Timeline({ rows }: { rows: readonly Row[] }): JSX.Element {
  const { times_ms, lines } = useMemo(() => seriesOf(rows), [rows]);
  return h(Chart, { label: 'Clicks and conversions over time', times_ms, lines });
}

/** One point a period: a period with several currencies has a row for each, with the same counts. */
function seriesOf(rows: readonly Row[]): { times_ms: number[]; lines: Line[] } {
  const periods = new Map<number, Record<string, number>>();
  for (const row of rows) {
    const at = Date.parse(String(row.hour));
    const before = periods.get(at);
    const point = before ?? {};
    for (const [, column] of LINES) {
      const value = Number(row[column]);
      point[column] = column === 'conversions' ? (before?.[column] ?? 0) + value : value;
    }
    periods.set(at, point);
  }
  const points = [...periods].sort(([a], [b]) => a - b);
  return {
    times_ms: points.map(([at]) => at),
    lines: LINES.map(([name, column, color]) => ({
      name,
      color,
      values: points.map(([, point]) => point[column] ?? 0),
    })),
  };
}
