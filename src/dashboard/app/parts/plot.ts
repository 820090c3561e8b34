/** uPlot and its sheet, and the picture of a chart: a chunk of its own, because it is as large as all the rest of a page. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Stroke } from './chart-options.ts';
import { type Drawing, optionsOf } from './plot-options.ts';

/** Draws into a box; the caller destroys what it gets. */
export const plot = (
  box: HTMLElement,
  strokes: readonly Stroke[],
  times_ms: readonly number[],
  rest: Omit<uPlot.Options, keyof Drawing>,
): uPlot =>
  new uPlot(
    { ...optionsOf(box, strokes, times_ms), ...rest },
    [
      times_ms.map((at) => at / 1_000),
      // Another range may have more or fewer periods.
      ...strokes.map(({ values }) => times_ms.map((_, i) => values[i] ?? null)),
    ],
    box,
  );

export interface Picture {
  /** Above the chart: what it is of, the range, the time zone. */
  title: string;
  notes: readonly string[];
  /** Below it. */
  legend: readonly { name: string; colour: string; dash: readonly number[] }[];
  back: string;
  text: string;
  muted: string;
}

const FONT = 'system-ui, sans-serif';
const EDGE = 16;
const LINE_HEIGHT = 20;
const SAMPLE_WIDTH = 28;
const TITLE_HEIGHT = 24;

/** A PNG of a drawn chart, with what it takes to read it elsewhere, at the resolution of the screen. */
export async function pictureOf(drawn: uPlot, picture: Picture): Promise<Blob> {
  const scale = devicePixelRatio;
  const chart = drawn.ctx.canvas;
  const width = chart.width / scale + 2 * EDGE;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  const head = EDGE + TITLE_HEIGHT + picture.notes.length * LINE_HEIGHT;
  const foot = picture.legend.length * LINE_HEIGHT + EDGE;
  canvas.width = width * scale;
  canvas.height = (head + chart.height / scale + foot) * scale;
  context.scale(scale, scale);
  context.fillStyle = picture.back;
  context.fillRect(0, 0, width, canvas.height / scale);
  context.textBaseline = 'top';
  write(picture.title, `600 16px ${FONT}`, picture.text, EDGE);
  picture.notes.forEach((note, i) => {
    write(note, `13px ${FONT}`, picture.muted, EDGE + TITLE_HEIGHT + i * LINE_HEIGHT);
  });
  context.drawImage(chart, EDGE, head, chart.width / scale, chart.height / scale);
  picture.legend.forEach(({ name, colour, dash }, i) => {
    const top = head + chart.height / scale + i * LINE_HEIGHT;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(EDGE, top + LINE_HEIGHT / 2);
    context.lineTo(EDGE + SAMPLE_WIDTH, top + LINE_HEIGHT / 2);
    context.stroke();
    write(name, `13px ${FONT}`, picture.text, top + 3, EDGE + SAMPLE_WIDTH + 8);
  });
  function write(text: string, font: string, colour: string, top: number, left = EDGE): void {
    if (context === null) return;
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, left, top, width - left - EDGE);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png');
  });
}
