/** Lines over time, drawn by uPlot, with the same numbers as a table for screen readers. Loaded when first shown. */
import { type JSX, useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { count, time, timeZone } from '../format.ts';
import { t } from '../strings/strings.ts';
import { THEME_EVENT } from '../theme.ts';
import { Scroll } from './scroll.tsx';

export interface Line {
  name: string;
  values: readonly number[];
  /** The custom property of the style sheet that has the line's colour. */
  color: string;
}

const HEIGHT = 240;
/** More points would hide the line. */
const POINTS_SHOWN_BELOW = 40;

export function Chart({
  label,
  times_ms,
  lines,
}: {
  label: string;
  times_ms: readonly number[];
  lines: readonly Line[];
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const colours = useColours();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    let plot: uPlot | undefined;
    let gone = false;
    const size = (): { width: number; height: number } => ({ width: box.clientWidth, height: HEIGHT });
    const watching = new ResizeObserver(() => plot?.setSize(size()));
    void import('./plot.ts').then(({ plot: draw }) => {
      if (gone) return;
      plot = draw(
        { ...optionsOf(box, lines), ...size() },
        [times_ms.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])],
        box,
      );
      watching.observe(box);
    });
    return () => {
      gone = true;
      watching.disconnect();
      plot?.destroy();
    };
  }, [times_ms, lines, colours]);
  return (
    <figure className="chart">
      <figcaption>{label}</figcaption>
      <div ref={place} aria-hidden="true" style={{ minHeight: HEIGHT }} />
      <details>
        <summary>{t.chart.as_table}</summary>
        <Scroll label={label}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.chart.time}</th>
                {lines.map(({ name }) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times_ms.map((at, i) => (
                <tr key={at}>
                  <th scope="row">{time(at, 'short')}</th>
                  {lines.map(({ name, values }) => (
                    <td key={name} className="number">
                      {count(values[i] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </figure>
  );
}

/** Changes whenever what is drawn has to be drawn again in other colours. */
function useColours(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = (): void => setChanges((before) => before + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', changed);
    window.addEventListener(THEME_EVENT, changed);
    return () => {
      system.removeEventListener('change', changed);
      window.removeEventListener(THEME_EVENT, changed);
    };
  }, []);
  return changes;
}

/** A canvas knows no custom properties: an element of the page resolves them. */
function colourIn(box: HTMLElement, property: string): string {
  box.style.color = `var(${property})`;
  const colour = getComputedStyle(box).color;
  box.style.color = '';
  return colour;
}

/** Lines are told apart without colour, too. */
const DASHES: number[][] = [[], [8, 4], [2, 4], [10, 3, 2, 3]];

function optionsOf(box: HTMLElement, lines: readonly Line[]): Omit<uPlot.Options, 'width' | 'height'> {
  const line_colour = colourIn(box, '--line');
  const axis = {
    stroke: colourIn(box, '--muted'),
    grid: { stroke: line_colour, width: 1 },
    ticks: { stroke: line_colour },
  };
  return {
    tzDate: (seconds) =>
      new Date(new Date(seconds * 1_000).toLocaleString('en-US', { timeZone: timeZone() })),
    series: [
      { label: t.chart.time },
      ...lines.map((line, i) => ({
        label: line.name,
        stroke: colourIn(box, line.color),
        width: 2,
        dash: DASHES[i % DASHES.length] ?? [],
        points: { show: line.values.length < POINTS_SHOWN_BELOW },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : count(value)),
      })),
    ],
    axes: [axis, { ...axis, size: 56, values: (_plot, ticks) => ticks.map((tick) => count(tick)) }],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    legend: { live: true },
  };
}
