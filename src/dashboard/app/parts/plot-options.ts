/** How the lines of a chart are drawn by uPlot: axes, points, and columns for what stands alone. */
import type uPlot from 'uplot';
import { axisTime, timeZone } from '../format.ts';
import { colourIn, type Stroke } from './chart-options.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
/** Between the names of an axis of time; the months of the library are of 30 days. */
const STEPS_S = [
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_S),
  ...[1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 365].map((days) => days * DAY_S),
];

/** Between days there is no name; one of them may have an hour more than the next. */
const stepsFrom = (times_ms: readonly number[]): number[] => {
  const [first = 0, second = first] = times_ms;
  return STEPS_S.filter((step) => step * 1_000 >= Math.min(0.9 * (second - first), 30 * DAY_S * 1_000));
};

/** More points would hide the line. */
const POINTS_SHOWN_BELOW = 40;
const LINE_WIDTH = 2;
/** Of the colour of their lines. */
const COLUMN_PER_CENT = 30;
/** The columns of a period, of its width and of that of the chart: one of a few periods is no block. */
const COLUMNS_SHARE_OF_PERIOD = 0.6;
const COLUMNS_SHARE_MAX = 0.05;
const GAP_PX = 2;

const scaleOf = ({ aside }: Stroke): string => (aside ? 'aside' : 'y');

export type Drawing = Omit<uPlot.Options, 'width' | 'height' | 'hooks'>;

export function optionsOf(
  box: HTMLElement,
  strokes: readonly Stroke[],
  times_ms: readonly number[],
): Drawing {
  const line_colour = colourIn(box, '--line');
  const axis = {
    stroke: colourIn(box, '--muted'),
    ticks: { stroke: line_colour },
  };
  const card = colourIn(box, '--card');
  const grid = { stroke: line_colour, width: 1 };
  const main = strokes.find(({ aside }) => !aside);
  const aside = strokes.find((stroke) => stroke.aside);
  /** From 0, or from less: refunds may be more than sales. */
  const range = (_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax => [
    Math.min(0, (min ?? 0) * 1.1),
    Math.max(1, (max ?? 0) * 1.1),
  ];
  return {
    tzDate: (seconds) =>
      new Date(new Date(seconds * 1_000).toLocaleString('en-US', { timeZone: timeZone() })),
    series: [
      {},
      ...strokes.map((stroke) => ({
        scale: scaleOf(stroke),
        stroke: colourIn(box, stroke.color),
        fill: colourIn(box, stroke.color, COLUMN_PER_CENT),
        width: LINE_WIDTH,
        dash: [...stroke.dash],
        paths: pathsOf(stroke),
        points: { fill: card, filter: (plot: uPlot) => pointsOf(stroke, plot.data[0].length) },
      })),
    ],
    axes: [
      {
        ...{ ...axis, grid },
        size: 36,
        incrs: stepsFrom(times_ms),
        values: (_plot, ticks, _axis, _space, step) =>
          ticks.map((tick) => axisTime(tick * 1_000, step >= DAY_S)),
      },
      ...[main ?? aside, main && aside].flatMap((of, i): uPlot.Axis[] =>
        of === undefined
          ? []
          : [
              {
                ...{ ...axis, grid: i === 0 ? grid : { show: false } },
                ...{ scale: scaleOf(of), side: of.aside ? 1 : 3, size: 64 },
                values: (_plot, ticks) => ticks.map((tick) => of.show(tick)),
              },
            ],
      ),
    ],
    scales: { x: { range: withRoom }, y: { range }, aside: { range } },
    legend: { show: false },
  };
}

/** Of the first and of the last period there is a whole column. */
function withRoom({ data: [times] }: uPlot, min: number, max: number): uPlot.Range.MinMax {
  const room = Math.min((max - min) * (COLUMNS_SHARE_MAX / 2), periodOf(times) / 2) || 1;
  return [min - room, max + room];
}

/** The mean length of a period, in seconds. */
const periodOf = (times: uPlot.TypedArray | readonly number[]): number =>
  ((times.at(-1) ?? 0) - (times[0] ?? 0)) / Math.max(1, times.length - 1);

/** Where there was something, on a line. */
function pointsOf({ values, owns, isColumn }: Stroke, periods: number): number[] {
  if (periods >= POINTS_SHOWN_BELOW) return [];
  return values.flatMap((value, i) => (value && i < periods && owns(i) && !isColumn(i) ? [i] : []));
}

/** Where things are on the canvas. */
interface Places {
  left: (period: number) => number;
  top: (value: number) => number;
  /** Of all columns of a period. */
  width: number;
}

/** The line passes below what stands alone, as if nothing was there; a column shows that. */
const pathsOf =
  (stroke: Stroke): uPlot.Series.PathBuilder =>
  (plot, _index, from, to) => {
    const times = plot.data[0];
    const left = (period: number): number => plot.valToPos(times[period] ?? 0, 'x', true);
    const top = (value: number): number => plot.valToPos(value, scaleOf(stroke), true);
    const last = times.length - 1;
    const period_px = last > 0 ? (left(last) - left(0)) / last : plot.bbox.width;
    const width = Math.min(COLUMNS_SHARE_OF_PERIOD * period_px, COLUMNS_SHARE_MAX * plot.bbox.width);
    const places = { left, top, width };
    const shown = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const columns = columnsOf(stroke, shown, places);
    const line = lineOf(stroke, shown, places);
    line.addPath(columns);
    return { stroke: line, fill: columns, flags: 0 };
  };

function lineOf({ values, isColumn }: Stroke, periods: readonly number[], { left, top }: Places): Path2D {
  const line = new Path2D();
  let is_on = false;
  for (const period of periods) {
    const value = values[period] ?? undefined;
    if (value !== undefined) {
      const at = [left(period), top(isColumn(period) ? 0 : value)] as const;
      if (is_on) line.lineTo(...at);
      else line.moveTo(...at);
    }
    is_on = value !== undefined;
  }
  return line;
}

function columnsOf(stroke: Stroke, periods: readonly number[], { left, top, width }: Places): Path2D {
  const { values, owns, isColumn, place, places } = stroke;
  const columns = new Path2D();
  const gap = places > 1 ? GAP_PX * devicePixelRatio : 0;
  const own_width = Math.max(1, width / places - gap);
  for (const period of periods) {
    if (!isColumn(period) || !owns(period)) continue;
    const middle = left(period) + width * ((place + 0.5) / places - 0.5);
    const y = top(values[period] ?? 0);
    columns.rect(middle - own_width / 2, y, own_width, top(0) - y);
  }
  return columns;
}
