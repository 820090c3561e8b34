/** A table whose cells are shaded by quantiles, with the legend of the shades. The numbers stand in the cells. */
import type { CSSProperties, JSX } from 'react';
import { depthOf, shadesOf } from '../shades.ts';
import { languageOf, localeOf, t } from '../strings/strings.ts';
import { Scroll } from './scroll.tsx';

/** Of the colour behind a number; more would take its contrast. */
const HEAT_PERCENT_MAX = 45;

export interface HeatCell {
  /** null: the cell is empty, and no part of the scale. */
  value: number | null;
  text: string;
  /** Below it, smaller, and below that. */
  note?: string;
  more?: string;
  /** Its number still rises. */
  rising?: boolean;
}

export interface HeatRow {
  name: string;
  /** Figures before the shaded cells. */
  figures?: readonly string[];
  cells: readonly HeatCell[];
}

export interface HeatProps {
  caption: string;
  /** Head of the column of names, then of the figures. */
  heads: readonly string[];
  /** Heads of the shaded cells. */
  columns: readonly string[];
  rows: readonly HeatRow[];
  /** A value of the scale as text. */
  scale: (value: number) => string;
}

export function Heat({ caption, heads, columns, rows, scale }: HeatProps): JSX.Element {
  const shades = shadesOf(rows.flatMap((row) => row.cells.map(({ value }) => value ?? 0)));
  return (
    <div>
      <Scroll label={caption}>
        <table className="heat">
          <caption className="hidden">{caption}</caption>
          <thead>
            <tr>
              {heads.map((head, i) => (
                <th key={head} scope="col" className={i === 0 ? undefined : 'number'}>
                  {head}
                </th>
              ))}
              {columns.map((column) => (
                <th key={column} scope="col" className="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, figures = [], cells }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {figures.map((figure, i) => (
                  <td key={heads[i + 1]} className="number">
                    {figure}
                  </td>
                ))}
                {cells.map((cell, i) => (
                  <Cell key={columns[i]} cell={cell} shades={shades} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <Legend shades={shades} scale={scale} />
    </div>
  );
}

function Cell({ cell, shades }: { cell: HeatCell; shades: readonly number[] }): JSX.Element {
  const { value, text, note, more, rising } = cell;
  return (
    <td className={rising ? 'number rising' : 'number'} style={shadeOf(depthOf(value ?? 0, shades))}>
      {text}
      {rising && <span className="hidden">{` ${t.heat.rising}`}</span>}
      {note !== undefined && <span className="note">{note}</span>}
      {more !== undefined && <span className="note">{more}</span>}
    </td>
  );
}

interface LegendProps {
  shades: readonly number[];
  scale: HeatProps['scale'];
  /** The colour of a depth; default: that of the cells of a table. */
  colour?: (depth: number) => CSSProperties;
}

export function Legend({ shades, scale, colour = shadeOf }: LegendProps): JSX.Element | null {
  if (shades.length < 2) return null;
  return (
    <ul className="legend" aria-label={t.heat.legend}>
      {shades.map((least) => (
        <li key={least}>
          <span className="swatch" style={colour(depthOf(least, shades))} aria-hidden="true" />
          {t.heat.from(scale(least))}
        </li>
      ))}
    </ul>
  );
}

const shadeOf = (depth: number): CSSProperties => ({
  backgroundColor: `color-mix(in srgb, var(--main) ${Math.round(depth * HEAT_PERCENT_MAX)}%, transparent)`,
});

export const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
/** From Monday on; 2024-01-01 was one. */
export const WEEKDAYS = Array.from({ length: 7 }, (_, day) =>
  new Intl.DateTimeFormat(localeOf(languageOf()), { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, day + 1),
  ),
);
