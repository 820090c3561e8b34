/**
 * Lines over time, drawn by uPlot, with the same numbers as a table for screen readers, as a file, and as a picture.
 * Loaded when first shown.
 */
import { type JSX, type ReactNode, useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { csvFile, csvOf, save } from '../file.ts';
import { count, time, timeZone } from '../format.ts';

import { t } from '../strings/strings.ts';
import { THEME_EVENT } from '../theme.ts';
import { clockOf } from '../zone-time.ts';
import { colourIn, type Line, optionsOf, strokesOf } from './chart-options.ts';
import { Copy } from './copy.tsx';
import { notify } from './notify.ts';
import { Scroll } from './scroll.tsx';

export interface ChartProps {
  label: string;
  /** The range in words, for a picture. */
  range: string;
  times_ms: readonly number[];
  /** Which periods are not over, or not wholly in the range. */
  partial: readonly boolean[];
  lines: readonly Line[];
  /** Of files, without their ending. */
  file: string;
  /** What chooses the lines. */
  children?: ReactNode;
}

const loadPlot = () => import('./plot.ts');

/** Fetches what draws while the figures are still asked for. */
export function usePlotSoon(): void {
  useEffect(() => void loadPlot().catch(() => {}), []);
}

const HEIGHT = 240;

export function Chart({ label, range, times_ms, partial, lines, file, children }: ChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  /** The newest drawing; what draws is fetched first, so that a press may come before it. */
  const drawing = useRef<Promise<uPlot>>(undefined);
  const colours = useColours();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    let gone = false;
    let drawn: uPlot | undefined;
    const size = (): { width: number; height: number } => ({ width: box.clientWidth, height: HEIGHT });
    const watching = new ResizeObserver(() => drawn?.setSize(size()));
    drawing.current = loadPlot().then(({ plot: draw }) => {
      const strokes = lines.flatMap((line, i) => strokesOf(line, i, partial));
      drawn = draw(
        { ...optionsOf(box, strokes, times_ms), ...size() },
        [
          times_ms.map((at) => at / 1_000),
          // Another range may have more or fewer periods.
          ...strokes.map(({ values }) => times_ms.map((_, i) => values[i] ?? null)),
        ],
        box,
      );
      if (gone) drawn.destroy();
      else watching.observe(box);
      return drawn;
    });
    // Told when a picture is asked for; the table below has the numbers.
    drawing.current.catch(() => {});
    return () => {
      gone = true;
      watching.disconnect();
      drawn?.destroy();
    };
  }, [times_ms, lines, colours]);
  const csv = (): string => csvOf(rowsOf(times_ms, lines));
  const picture = async (): Promise<void> => {
    const box = place.current;
    if (drawing.current === undefined || box === null) return;
    const { pictureOf } = await loadPlot();
    const strokes = lines.flatMap((line, i) => strokesOf(line, i, partial));
    save(
      `${file}.png`,
      await pictureOf(await drawing.current, {
        title: label,
        notes: [range, t.frame.zone(timeZone())],
        legend: strokes.map(({ name, color, dash }) => ({ name, dash, colour: colourIn(box, color) })),
        back: colourIn(box, '--card'),
        text: colourIn(box, '--text'),
        muted: colourIn(box, '--muted'),
      }),
    );
  };
  return (
    <figure className="chart">
      <figcaption>{label}</figcaption>
      {children}
      <div ref={place} aria-hidden="true" style={{ minHeight: HEIGHT }} />
      <div className="actions">
        <button
          type="button"
          onClick={() => void picture().catch(({ message }: Error) => notify({ text: message }))}
        >
          {t.timeline.png}
        </button>
        <button type="button" onClick={() => save(`${file}.csv`, csvFile(csv()))}>
          {t.shared.download_csv}
        </button>
        <Copy text={csv()} what={` ${t.timeline.as_csv}`} />
      </div>
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
                  <th scope="row">
                    {time(at, 'short')}
                    {partial[i] && <span className="note">{` (${t.timeline.unfinished})`}</span>}
                  </th>
                  {lines.map(({ name, values, show = count }) => (
                    <td key={name} className="number">
                      {cellOf(values[i], show)}
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

const cellOf = (value: number | null | undefined, show: (value: number) => string): string =>
  value === null || value === undefined ? '–' : show(value);

/** The times are those of the account's clocks; a line of another range has its own beside it. */
function rowsOf(times_ms: readonly number[], lines: readonly Line[]): (string | number | null)[][] {
  const clock = (at: number | undefined): string =>
    at === undefined ? '' : clockOf(new Date(at).toISOString(), timeZone());
  const head = lines.flatMap(({ name, times_ms: own }) =>
    own === undefined ? [name] : [`${t.chart.time}: ${name}`, name],
  );
  return [
    [`${t.chart.time} (${timeZone()})`, ...head],
    ...times_ms.map((at, i) => [
      clock(at),
      ...lines.flatMap(({ values, times_ms: own }) =>
        own === undefined ? [values[i] ?? null] : [clock(own[i]), values[i] ?? null],
      ),
    ]),
  ];
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
