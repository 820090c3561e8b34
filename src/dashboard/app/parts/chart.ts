/** Lines over time, drawn by uPlot, with the same numbers as a table for screen readers. Loaded when first shown. */
import { h, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { count, time, timeZone } from '../format.ts';

export interface Line {
  name: string;
  values: readonly number[];
  /** The custom property of the style sheet that has the line's colour. */
  color: string;
}

const HEIGHT = 240;

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
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    let plot: uPlot | undefined;
    let gone = false;
    const size = (): { width: number; height: number } => ({ width: box.clientWidth, height: HEIGHT });
    const watching = new ResizeObserver(() => plot?.setSize(size()));
    void import('uplot').then(({ default: Plot }) => {
      if (gone) return;
      plot = new Plot(
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
  }, [times_ms, lines]);
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, label),
    h('div', { ref: place, 'aria-hidden': 'true', style: `min-height:${HEIGHT}px` }),
    h(
      'details',
      {},
      h('summary', {}, 'As a table'),
      h(
        'div',
        { class: 'scroll' },
        h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'Time'),
              lines.map(({ name }) => h('th', { scope: 'col', class: 'number' }, name)),
            ),
          ),
          h(
            'tbody',
            {},
            times_ms.map((at, i) =>
              h(
                'tr',
                { key: at },
                h('th', { scope: 'row' }, time(at, 'short')),
                lines.map(({ values }) => h('td', { class: 'number' }, count(values[i] ?? 0))),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

function optionsOf(box: HTMLElement, lines: readonly Line[]): Omit<uPlot.Options, 'width' | 'height'> {
  const style = getComputedStyle(box);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line') },
  };
  return {
    tzDate: (seconds) =>
      new Date(new Date(seconds * 1_000).toLocaleString('en-US', { timeZone: timeZone() })),
    series: [
      { label: 'Time' },
      ...lines.map((line) => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        fill: `${color(line.color)}22`,
        points: { show: line.values.length < 40 },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : count(value)),
      })),
    ],
    axes: [axis, { ...axis, size: 56, values: (_plot, ticks) => ticks.map((tick) => count(tick)) }],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    legend: { live: true },
  };
}
