/**
 * One figure in each period of a range, as bars without a library, and all chosen figures as a table. Bars of periods
 * that are not over are pale.
 */
import { type JSX, useState } from 'react';
import { count, time, timeZone } from '../format.ts';
import { periodsOf } from '../series.ts';
import { t } from '../strings/strings.ts';
import { Scroll } from './scroll.tsx';
import { type Cells, type ColumnName, shownCell, titleOf } from './sharing-columns.ts';

export type Point = Cells & { at: string; unfinished: string | null };

const WIDTH = 640;
const HEIGHT = 160;
const dateOf = (at: string): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'medium',
    timeZone: timeZone(),
  }).format(Date.parse(at));

/** Of the width of a period. */
const BAR_SHARE = 0.8;

export function PeriodBars({
  points,
  columns,
  hourly,
}: {
  points: readonly Point[];
  columns: readonly ColumnName[];
  /** A period is an hour, and shown with its time. */
  hourly: boolean;
}): JSX.Element {
  const nameOf = ({ at }: Point): string => (hourly ? time(at, 'short') : dateOf(at));
  const [chosen, setChosen] = useState(columns.includes('clicks_unique') ? 'clicks_unique' : columns[0]);
  const column = chosen as ColumnName;
  const periods = periodsOf(points);
  const values = periods.map((point) => Number(point[column] ?? 0));
  const max = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, periods.length);
  const [first, last] = [periods[0], periods.at(-1)];
  const has_unfinished = periods.some(({ unfinished }) => unfinished === 'period');
  return (
    <figure className="period-bars">
      <figcaption>
        {t.views.over_time}
        {columns.length > 1 && (
          <label>
            {` ${t.views.measure} `}
            <select value={column} onChange={({ target }) => setChosen(target.value as ColumnName)}>
              {columns.map((one) => (
                <option key={one} value={one}>
                  {titleOf(one)}
                </option>
              ))}
            </select>
          </label>
        )}
      </figcaption>
      <p className="note">{`${titleOf(column)}: 0 – ${count(max)}`}</p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {periods.map((period, i) => {
          const { at, unfinished } = period;
          const height = ((values[i] ?? 0) / max) * (HEIGHT - 1);
          return (
            <rect
              key={at}
              className={unfinished === 'period' ? 'open' : undefined}
              x={i * step + (step * (1 - BAR_SHARE)) / 2}
              y={HEIGHT - height}
              width={step * BAR_SHARE}
              height={height}
            >
              <title>{`${nameOf(period)}: ${count(values[i] ?? 0)}`}</title>
            </rect>
          );
        })}
      </svg>
      <p className="note ends">
        <span>{first && nameOf(first)}</span>
        <span>{last && nameOf(last)}</span>
      </p>
      {has_unfinished && <p className="note">{t.views.unfinished_periods}</p>}
      <details>
        <summary>{t.chart.as_table}</summary>
        <Scroll label={t.views.over_time}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.chart.time}</th>
                {columns.map((one) => (
                  <th key={one} scope="col" className="number">
                    {titleOf(one)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {periods.map((point) => (
                <tr key={point.at}>
                  <th scope="row">
                    {nameOf(point)}
                    {point.unfinished === 'period' && (
                      <span className="note">{` ${t.views.unfinished}`}</span>
                    )}
                  </th>
                  {columns.map((one) => (
                    <td key={one} className="number">
                      {shownCell(one, point)}
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
