/**
 * Lines over time, drawn by uPlot, with the same numbers as a table for screen readers, as a file, and as a picture.
 * Loaded when first shown.
 */
import { type JSX, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { csvFile, csvOf, save } from '../file.ts';
import { count, time, timeZone } from '../format.ts';
import { type Mark, marksOf, notedAt } from '../marks.ts';
import { t } from '../strings/strings.ts';
import { THEME_EVENT } from '../theme.ts';
import { clockOf } from '../zone-time.ts';
import type { Annotated } from './annotated.ts';
import { colourIn, type Line, partialSample, type Sample, sampleOf, strokesOf } from './chart-options.ts';
import { Copy } from './copy.tsx';
import { Marks } from './marks.tsx';
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
  /** What was noted in its range. */
  annotated?: Annotated;
  /** What chooses the lines. */
  children?: ReactNode;
}

const loadPlot = () => import('./plot.ts');

/** Fetches what draws while the figures are still asked for. */
export function usePlotSoon(): void {
  useEffect(() => void loadPlot().catch(() => {}), []);
}

const HEIGHT = 240;

export function Chart(props: ChartProps): JSX.Element {
  const { label, range, times_ms, partial, lines, file, annotated, children } = props;
  const notes = annotated?.notes;
  const marks = useMemo(() => marksOf(times_ms, notes ?? []), [times_ms, notes]);
  const [placed, setPlaced] = useState<Placed>({ lefts: [], width: 0 });
  const place = useRef<HTMLDivElement>(null);
  /** The newest drawing; what draws is fetched first, so that a press may come before it. */
  const drawing = useRef<Promise<uPlot>>(undefined);
  const tell = useRef<(period: number | undefined) => void>(undefined);
  const [turned, setTurned] = useState<ReadonlySet<string>>(NONE_TURNED);
  const isShown = ({ name, aside = false }: Line): boolean => turned.has(name) === aside;
  // biome-ignore lint/correctness/useExhaustiveDependencies: which are shown depends on these two
  const shown = useMemo(() => lines.filter(isShown), [lines, turned]);
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
      const strokes = shown.flatMap((line, place) =>
        strokesOf(line, lines.indexOf(line), { place, places: shown.length }, partial),
      );
      const hooks = {
        ...markHooks(marks, colourIn(box, '--muted'), setPlaced),
        setCursor: [({ cursor }: uPlot) => tell.current?.(cursor.idx ?? undefined)],
      };
      drawn = draw(box, strokes, times_ms, { ...size(), hooks });
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
  }, [times_ms, shown, marks, colours]);
  const csv = (): string => csvOf(rowsOf(times_ms, shown, marks));
  const picture = async (): Promise<void> => {
    const box = place.current;
    if (drawing.current === undefined || box === null) return;
    const { pictureOf } = await loadPlot();
    const samples = lines.flatMap((line, i) => (isShown(line) ? [sampleOf(line, i)] : []));
    save(
      `${file}.png`,
      await pictureOf(await drawing.current, {
        title: label,
        notes: [
          range,
          t.frame.zone(timeZone()),
          ...(notes ?? []).map(({ at_ms, text }) => `${time(at_ms, 'short')}: ${text}`),
        ],
        legend: [...samples, ...partialSample(lines, partial)].map(({ name, color, dash }) => ({
          ...{ name, dash },
          colour: colourIn(box, color),
        })),
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
      <div className="plotted">
        <div ref={place} aria-hidden="true" style={{ minHeight: HEIGHT }} />
        <Marks marks={marks} {...placed} />
      </div>
      <Reading tell={tell} times_ms={times_ms} lines={shown} />
      <ul className="lines" aria-label={t.chart.lines}>
        {lines.map((line, i) => (
          <li key={line.name}>
            {lines.length === 1 ? (
              <Key {...sampleOf(line, i)} />
            ) : (
              <label>
                <input
                  type="checkbox"
                  checked={isShown(line)}
                  className="tick"
                  onChange={() => setTurned(toggledIn(turned, line.name))}
                />
                <Key {...sampleOf(line, i)} />
              </label>
            )}
          </li>
        ))}
        {partialSample(lines, partial).map((sample) => (
          <li key="">
            <Key {...sample} />
          </li>
        ))}
      </ul>
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
        {annotated !== undefined && (
          <a className="button" href={annotated.href}>
            {t.pages.annotations}
          </a>
        )}
      </div>
      <details>
        <summary>{t.chart.as_table}</summary>
        <Scroll label={label}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.chart.time}</th>
                {shown.map(({ name }) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
                {marks.length > 0 && <th scope="col">{t.pages.annotations}</th>}
              </tr>
            </thead>
            <tbody>
              {times_ms.map((at, i) => (
                <tr key={at}>
                  <th scope="row">
                    {time(at, 'short')}
                    {partial[i] && <span className="note">{` (${t.timeline.unfinished})`}</span>}
                  </th>
                  {shown.map(({ name, values, show = count }) => (
                    <td key={name} className="number">
                      {cellOf(values[i], show)}
                    </td>
                  ))}
                  {marks.length > 0 && <td>{notedAt(marks, i)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </figure>
  );
}

/** Of the lines, those that are not as they are at first. */
const NONE_TURNED: ReadonlySet<string> = new Set();
const toggledIn = (names: ReadonlySet<string>, name: string): Set<string> =>
  new Set(names.has(name) ? [...names].filter((one) => one !== name) : [...names, name]);

/** A piece of the line and what it is of: dashes tell lines apart on paper, too. */
const Key = ({ name, color, dash }: Sample): JSX.Element => (
  <>
    <svg viewBox="0 0 36 8" aria-hidden="true" style={{ stroke: `var(${color})` }}>
      <line x1="0" y1="4" x2="36" y2="4" strokeDasharray={dash.join(' ')} />
    </svg>
    {name}
  </>
);

/** The numbers of the period that the pointer is at; the table has those of all. */
function Reading({
  tell,
  times_ms,
  lines,
}: Pick<ChartProps, 'times_ms' | 'lines'> & {
  tell: RefObject<((period: number | undefined) => void) | undefined>;
}): JSX.Element {
  const [period, setPeriod] = useState<number>();
  tell.current = setPeriod;
  const at = period === undefined ? undefined : times_ms[period];
  return (
    <p className="reading note" aria-hidden="true">
      {at === undefined || period === undefined
        ? '\u00a0'
        : [
            time(at, 'short'),
            ...lines.map(({ name, values, show = count }) => `${name}: ${cellOf(values[period], show)}`),
          ].join(' · ')}
    </p>
  );
}

const cellOf = (value: number | null | undefined, show: (value: number) => string): string =>
  value === null || value === undefined ? '–' : show(value);

/** Where the marks of a drawing are, in pixels of the page. */
interface Placed {
  lefts: readonly number[];
  width: number;
}

const MARK_DASH = [3, 3];

/** A line for each mark, on the drawing, so that a picture has it too; and where it is, whenever that changes. */
function markHooks(
  marks: readonly Mark[],
  colour: string,
  setPlaced: (change: (before: Placed) => Placed) => void,
): uPlot.Hooks.Arrays {
  const drawLines = (drawn: uPlot): void => {
    const { ctx, bbox, over } = drawn;
    const secondsOf = ({ index }: Mark): number => drawn.data[0][index] ?? 0;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(MARK_DASH.map((length) => length * devicePixelRatio));
    for (const mark of marks) {
      const left = Math.round(drawn.valToPos(secondsOf(mark), 'x', true));
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
    const lefts = marks.map((mark) => Math.round(over.offsetLeft + drawn.valToPos(secondsOf(mark), 'x')));
    const { width } = drawn;
    setPlaced((before) =>
      before.width === width && before.lefts.join() === lefts.join() ? before : { lefts, width },
    );
  };
  return { draw: [drawLines] };
}

/**
 * The times are those of the account's clocks; a line of another range has its own beside it, and what was noted stands in
 * the last column.
 */
function rowsOf(
  times_ms: readonly number[],
  lines: readonly Line[],
  marks: readonly Mark[],
): (string | number | null)[][] {
  const clock = (at: number | undefined): string =>
    at === undefined ? '' : clockOf(new Date(at).toISOString(), timeZone());
  const head = lines.flatMap(({ name, times_ms: own }) =>
    own === undefined ? [name] : [`${t.chart.time}: ${name}`, name],
  );
  const noted = (text: string): string[] => (marks.length === 0 ? [] : [text]);
  return [
    [`${t.chart.time} (${timeZone()})`, ...head, ...noted(t.pages.annotations)],
    ...times_ms.map((at, i) => [
      clock(at),
      ...lines.flatMap(({ values, times_ms: own }) =>
        own === undefined ? [values[i] ?? null] : [clock(own[i]), values[i] ?? null],
      ),
      ...noted(notedAt(marks, i)),
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
