/** How the lines of a chart are drawn: colours, dashes, axes and legend, for uPlot. */
import type uPlot from 'uplot';
import { axisTime, count, time, timeZone } from '../format.ts';
import { t } from '../strings/strings.ts';

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** The custom property of the style sheet that has the line's colour. */
  color: string;
  /** Formats a value; as a count if it is missing. */
  show?: (value: number) => string;
  /** Of another range, drawn beside it: the times of its values. */
  times_ms?: readonly number[];
}

/** More points would hide the line. */
const POINTS_SHOWN_BELOW = 40;

/** A canvas knows no custom properties: an element of the page resolves them. */
export function colourIn(box: HTMLElement, property: string): string {
  box.style.color = `var(${property})`;
  const colour = getComputedStyle(box).color;
  box.style.color = '';
  return colour;
}

/** A line, or the part of it whose periods are not whole. */
export interface Stroke extends Pick<Line, 'name' | 'values' | 'color'> {
  dash: readonly number[];
  width: number;
  show: (value: number) => string;
}

/** Lines are told apart without colour, too. */
const DASHES: readonly (readonly number[])[] = [[], [10, 3, 2, 3], [14, 4], [10, 3, 2, 3, 2, 3]];
const COMPARED_DASH = [2, 4];
const PARTIAL_DASH = [5, 5];

/** What is not whole is drawn dashed, from the point before to the point after it, under a name of its own. */
export function strokesOf(line: Line, i: number, partial: readonly boolean[]): Stroke[] {
  const { name, values, color, show = count, times_ms } = line;
  if (times_ms !== undefined) return [{ name, values, color, show, dash: COMPARED_DASH, width: 2 }];
  const whole = { name, color, show, dash: DASHES[i % DASHES.length] ?? [], width: 2 };
  if (!partial.includes(true)) return [{ ...whole, values }];
  const is_part = (at: number): boolean => partial[at] === true;
  return [
    { ...whole, values: values.map((value, at) => (is_part(at) ? null : value)) },
    {
      ...{ ...whole, name: `${name} (${t.timeline.unfinished})`, dash: PARTIAL_DASH },
      values: values.map((value, at) => (is_part(at - 1) || is_part(at) || is_part(at + 1) ? value : null)),
    },
  ];
}

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

export function optionsOf(
  box: HTMLElement,
  strokes: readonly Stroke[],
  times_ms: readonly number[],
): Omit<uPlot.Options, 'width' | 'height'> {
  const line_colour = colourIn(box, '--line');
  const axis = {
    stroke: colourIn(box, '--muted'),
    grid: { stroke: line_colour, width: 1 },
    ticks: { stroke: line_colour },
  };
  const show = strokes[0]?.show ?? count;
  return {
    tzDate: (seconds) =>
      new Date(new Date(seconds * 1_000).toLocaleString('en-US', { timeZone: timeZone() })),
    series: [
      {
        label: t.chart.time,
        value: (_plot, at: number | null) => (at === null ? '' : time(at * 1_000, 'short')),
      },
      ...strokes.map((stroke) => ({
        label: stroke.name,
        stroke: colourIn(box, stroke.color),
        width: stroke.width,
        dash: [...stroke.dash],
        points: { show: stroke.values.length < POINTS_SHOWN_BELOW },
        value: (_plot: uPlot, value: number | null) => (value === null ? '' : stroke.show(value)),
      })),
    ],
    axes: [
      {
        ...axis,
        incrs: stepsFrom(times_ms),
        values: (_plot, ticks, _axis, _space, step) =>
          ticks.map((tick) => axisTime(tick * 1_000, step >= DAY_S)),
      },
      { ...axis, size: 64, values: (_plot, ticks) => ticks.map((tick) => show(tick)) },
    ],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    legend: { live: true },
  };
}
