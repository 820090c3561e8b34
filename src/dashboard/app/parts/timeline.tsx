/**
 * One measure over time, with that of the compared range beside it, aligned by position. The measure and the length of a
 * period are in the address.
 */
import { type JSX, useMemo } from 'react';
import type { Grain } from '../../../reports/grains.ts';
import { grainsFor } from '../compared.ts';
import { datesName, money } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { countsOf, revenuesOf, type Series } from '../series.ts';
import { t } from '../strings/strings.ts';
import { useAnnotated } from './annotated.ts';
import { Chart } from './chart.tsx';
import type { Line } from './chart-options.ts';
import { grainOf, type Range } from './range.tsx';

export const MEASURES = [
  'clicks_unique',
  'clicks_human',
  'clicks_total',
  'clicks_bot',
  'conversions',
  'revenue',
  'sent',
] as const;
export type Measure = (typeof MEASURES)[number];

/** A series: of the range, of what it is compared with, or of another thing. */
export interface Named {
  /** '' for the only one, which is called as its measure. */
  name: string;
  series: Series;
  /** Of another range. */
  before?: boolean;
}

export interface TimelineProps {
  place: Place;
  range: Range;
  /** The first is what the page is of. */
  named: readonly Named[];
  /** What is known of it. */
  measures?: readonly Measure[];
  /** The filter of its campaigns, whose annotations it shows too. */
  campaign_id?: string | undefined;
}

const COLOURS = ['--c1', '--c2', '--c3', '--c4'] as const;
/** Lines of one chart can't be told apart beyond that. */
const CURRENCIES_MAX = COLOURS.length;

export function Timeline(props: TimelineProps): JSX.Element {
  const { place, range, named, measures = MEASURES, campaign_id } = props;
  const annotated = useAnnotated(range, campaign_id);
  const measure = measures.find((one) => one === place.query['measure']) ?? measures[0] ?? 'clicks_unique';
  const grain = grainOf(place, range);
  const points = named[0]?.series.points;
  const times_ms = useMemo(() => points?.map(({ start_ms }) => start_ms) ?? [], [points]);
  const partial = useMemo(() => points?.map((point) => point.partial) ?? [], [points]);
  const lines = useMemo(
    () => [...linesOf(measure, named), ...(measures.includes('sent') ? sentBeside(measure, named) : [])],
    [measure, measures, named],
  );
  return (
    <Chart
      label={t.timeline.over_time(t.timeline.measures[measure])}
      range={datesName(range)}
      times_ms={times_ms}
      partial={partial}
      lines={lines}
      file={`${measure}_${range.from}_${range.to}`}
      annotated={annotated}
    >
      <div className="tools of-chart">
        <label>
          {t.timeline.measure}
          <select
            value={measure}
            onChange={({ target }) =>
              go(withQuery(place, { measure: target.value === measures[0] ? '' : target.value }))
            }
          >
            {measures.map((one) => (
              <option key={one} value={one}>
                {t.timeline.measures[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.timeline.by}
          <select value={grain} onChange={({ target }) => go(withQuery(place, { grain: target.value }))}>
            {grainsFor(range).map((one: Grain) => (
              <option key={one} value={one}>
                {t.timeline.grains[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {measure === 'revenue' && currenciesOf(named).length === 0 && (
        <p className="muted">{t.timeline.no_revenue}</p>
      )}
    </Chart>
  );
}

const currenciesOf = (named: readonly Named[]): string[] =>
  [...new Set(named.flatMap(({ series }) => series.currencies))].sort().slice(0, CURRENCIES_MAX);

/**
 * What was sent, beside what came of it. It is ten to a hundred times as much: on the same scale all else would lie on the
 * ground, and two scales are misread where their lines cross, so it has its own and is drawn only once it is asked for.
 */
function sentBeside(measure: Measure, named: readonly Named[]): Line[] {
  const [first, ...others] = named;
  if (measure === 'sent' || first === undefined || others.some(({ before }) => before !== true)) return [];
  const values = countsOf(first.series, 'sent');
  return values.some((sent) => sent > 0)
    ? [{ name: t.timeline.measures.sent, values, color: '--c3', aside: true }]
    : [];
}

/** One line for each series; of revenue one for each of its currencies, too. */
function linesOf(measure: Measure, named: readonly Named[]): Line[] {
  if (measure !== 'revenue') {
    return named.map((one, i) => lineOf(one, countsOf(one.series, measure), i, t.timeline.measures[measure]));
  }
  const currencies = currenciesOf(named);
  return currencies.flatMap((currency, at) =>
    named.map((one, i) => ({
      ...lineOf(
        one,
        revenuesOf(one.series, currency),
        at * named.length + i,
        t.timeline.measures.revenue,
        currencies.length > 1 ? currency : '',
      ),
      // Each beside that of its own currency.
      ...(one.before &&
        currencies.length > 1 && { color: COLOURS[(at * named.length) % COLOURS.length] ?? '--muted' }),
      show: (value: number) => money(value, currency),
    })),
  );
}

function lineOf(
  { name, series, before }: Named,
  values: readonly number[],
  i: number,
  otherwise: string,
  currency = '',
): Line {
  const color = COLOURS[i % COLOURS.length] ?? COLOURS[0];
  const called = [name || otherwise, currency].filter(Boolean).join(', ');
  if (before !== true) return { name: called, values, color };
  const times_ms = series.points.map(({ start_ms }) => start_ms);
  return { name: called, values, color: '--muted', times_ms };
}
