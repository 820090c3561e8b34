/** What a chart has lines of, and how they are told apart: colours, dashes, columns, and the key to them. */
import { count } from '../format.ts';
import { isAlone } from '../series.ts';
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
  /** Of another size than the others, such as what was sent: on a scale at the right, and only once it is asked for. */
  aside?: boolean;
}

/** A canvas knows no custom properties: an element of the page resolves them. */
export function colourIn(box: HTMLElement, property: string, per_cent = 100): string {
  box.style.color = `color-mix(in srgb, var(${property}) ${per_cent}%, transparent)`;
  const colour = getComputedStyle(box).color;
  box.style.color = '';
  return colour;
}

/** A line, or the part of it whose periods are not whole. */
export interface Stroke extends Pick<Line, 'values' | 'color' | 'aside'> {
  dash: readonly number[];
  show: (value: number) => string;
  /** Of its line, and how many lines are drawn: columns of the same period stand beside each other. */
  place: number;
  places: number;
  /** A period that is not wholly its own is only where its line ends. */
  owns: (period: number) => boolean;
  /** Nothing was before or after it: a column, because a line to it would say that it grew. */
  isColumn: (period: number) => boolean;
}

/** Lines are told apart without colour, too. */
const DASHES: readonly (readonly number[])[] = [[], [10, 3, 2, 3], [14, 4], [10, 3, 2, 3, 2, 3]];
const COMPARED_DASH = [2, 4];
const PARTIAL_DASH = [5, 5];
const dashOf = ({ times_ms }: Line, i: number): readonly number[] =>
  times_ms === undefined ? (DASHES[i % DASHES.length] ?? []) : COMPARED_DASH;

/** What is not whole is drawn dashed, from the point before to the point after it. */
export function strokesOf(
  line: Line,
  i: number,
  among: Pick<Stroke, 'place' | 'places'>,
  partial: readonly boolean[],
): Stroke[] {
  const { values, color, show = count, aside = false } = line;
  const isPart = (at: number): boolean => line.times_ms === undefined && partial[at] === true;
  const isColumn = (at: number): boolean => isAlone(values, at);
  const both = { ...among, color, show, aside, isColumn };
  const whole: Stroke = {
    ...{ ...both, dash: dashOf(line, i), owns: (at) => !isPart(at) },
    values: values.map((value, at) => (isPart(at) ? null : value)),
  };
  if (!values.some((_, at) => isPart(at))) return [whole];
  return [
    whole,
    {
      ...{ ...both, dash: PARTIAL_DASH, owns: isPart },
      values: values.map((value, at) => (isPart(at - 1) || isPart(at) || isPart(at + 1) ? value : null)),
    },
  ];
}

/** Of the key: a sample of a line, and its name. */
export interface Sample {
  name: string;
  color: string;
  dash: readonly number[];
}

export const sampleOf = (line: Line, i: number): Sample => ({
  name: line.aside ? t.timeline.aside(line.name) : line.name,
  color: line.color,
  dash: dashOf(line, i),
});

/** None where all periods are whole. */
export const partialSample = (lines: readonly Line[], partial: readonly boolean[]): Sample[] =>
  partial.includes(true)
    ? [{ name: t.timeline.unfinished, color: lines[0]?.color ?? '--muted', dash: PARTIAL_DASH }]
    : [];
