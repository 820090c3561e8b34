/**
 * The figures of a range, of all or of what the filters leave: cards with their change, the funnel, and the chart. With a
 * filter on what was tapped with only the clicks of people are known.
 */
import { type JSX, type ReactNode, useMemo } from 'react';
import type { Totals } from '../../../client/openapi.ts';
import type { AnswerOf } from '../api.ts';
import { bucketsOf } from '../compared.ts';
import { change, count, datesName } from '../format.ts';
import type { Place } from '../location.ts';
import { countsOf, type Series, seriesOf, type TimeRow } from '../series.ts';
import { t } from '../strings/strings.ts';
import { type Answer, useAnswer, useLastAnswered } from '../use-answer.ts';
import { useAnnotationsSoon } from './annotated.ts';
import { type Card, Cards, cardsOf } from './cards.tsx';
import { usePlotSoon } from './chart.tsx';
import { Funnel } from './funnel.tsx';
import { comparedOf, grainOf, type ReportRange, reportRangeOf, Unfinished } from './range.tsx';
import { type Fixed, Slices, slicesOf } from './slices.tsx';
import { Answered } from './states.tsx';
import { type Measure, type Named, Timeline } from './timeline.tsx';

/** A page of rows holds the chart: see DAYS_MAX of compared.ts. */
const ROWS_MAX = 1_000;
const NO_ROWS: readonly TimeRow[] = [];
type Report = AnswerOf<'/v2/reports/hours'>;
type Tapped = AnswerOf<'/v2/reports/breakdown'>;

/** What the range is compared with, by its answer. */
interface Beside<T> {
  now: Answer<T>;
  before: Answer<T>;
}

export interface FiguresProps {
  place: Place;
  /** What the page is of, such as a campaign. */
  fixed?: Fixed;
  /** In place of the figures where nothing was sent or tapped. */
  empty?: ReactNode;
}

export function Figures({ place, fixed = {}, empty }: FiguresProps): JSX.Element {
  usePlotSoon();
  const { taps } = slicesOf(place, fixed);
  const Shown = Object.keys(taps).length > 0 ? OfTaps : OfMessages;
  return (
    <div>
      <Slices place={place} fixed={fixed} />
      <Shown place={place} fixed={fixed} empty={empty} />
    </div>
  );
}

type PartProps = FiguresProps & { fixed: Fixed };

function OfMessages({ place, fixed, empty }: PartProps): JSX.Element {
  const range = reportRangeOf(place);
  const compared = comparedOf(place, range);
  const { entities } = slicesOf(place, fixed);
  useAnnotationsSoon(range);
  const asked = { ...fixed, ...entities, by: grainOf(place, range), per_page: ROWS_MAX, sort: 'hour' };
  const both: Beside<Report> = {
    now: useAnswer('/v2/reports/hours', { ...range, ...asked }),
    before: useAnswer(compared && '/v2/reports/hours', { ...compared?.range, ...asked }),
  };
  const found = compared === undefined ? undefined : settled(both.before)?.totals;
  const before = found === undefined || isNothing(found) ? undefined : found;
  const { named, series } = useNamed(place, range, before && compared, both, rowsOfReport);
  return (
    <Answered
      answer={both.now}
      show={({ totals, range: shown, rows, total_rows }) =>
        empty !== undefined && isNothing(totals) && Object.keys(entities).length === 0 ? (
          empty
        ) : (
          <div>
            <Cards
              label={compared === undefined ? t.entity.in_range : t.overview.against}
              cards={cardsOf(totals, before, trendsOf(series))}
            />
            <Against
              name={compared?.name}
              failed={both.before.error}
              nothing={found !== undefined && before === undefined}
            />
            <Unfinished range={shown} />
            <Timeline
              place={place}
              range={range}
              named={named}
              campaign_id={fixed.campaign_id ?? entities.campaign_id}
            />
            {total_rows > rows.length && <p className="notice warn">{t.timeline.too_many}</p>}
            <Funnel totals={totals} />
          </div>
        )
      }
    />
  );
}

/** Not that of an earlier question. */
const settled = <T,>({ value, loading }: Answer<T>): T | undefined => (loading ? undefined : value);

const rowsOfReport = ({ rows }: Report): readonly TimeRow[] => rows;

const isNothing = ({ sent, clicks_total }: Totals): boolean => sent === 0 && clicks_total === 0;

const trendsOf = (series: Series) => ({
  sent: countsOf(series, 'sent'),
  clicks_unique: countsOf(series, 'clicks_unique'),
  clicks_total: countsOf(series, 'clicks_total'),
  conversions: countsOf(series, 'conversions'),
});

const OF_TAPS: readonly Measure[] = ['clicks_unique', 'clicks_human'];

function OfTaps({ place, fixed }: PartProps): JSX.Element {
  const range = reportRangeOf(place);
  const compared = comparedOf(place, range);
  const { entities, taps } = slicesOf(place, fixed);
  useAnnotationsSoon(range);
  const asked = { ...fixed, ...entities, ...taps, by: grainOf(place, range), limit: ROWS_MAX };
  const both: Beside<Tapped> = {
    now: useAnswer('/v2/reports/breakdown', { ...range, ...asked }),
    before: useAnswer(compared && '/v2/reports/breakdown', { ...compared?.range, ...asked }),
  };
  const found = compared === undefined ? undefined : settled(both.before)?.totals;
  const before = found?.clicks_human === 0 ? undefined : found;
  const { named } = useNamed(place, range, before && compared, both, rowsOfTaps);
  const card = (name: (typeof OF_TAPS)[number] & keyof Tapped['totals'], totals: Tapped['totals']): Card => ({
    name: t.timeline.measures[name],
    value: count(totals[name]),
    ...(before !== undefined && {
      moved: t.comparing.moved(change(totals[name], before[name]), count(before[name])),
    }),
  });
  return (
    <Answered
      answer={both.now}
      show={({ totals }) => (
        <div>
          <p className="muted">{t.slices.taps_only}</p>
          <Cards
            label={compared === undefined ? t.entity.in_range : t.overview.against}
            cards={[card('clicks_unique', totals), card('clicks_human', totals)]}
          />
          <Against
            name={compared?.name}
            failed={both.before.error}
            nothing={found !== undefined && before === undefined}
          />
          <Timeline
            place={place}
            range={range}
            named={named}
            measures={OF_TAPS}
            campaign_id={fixed.campaign_id ?? entities.campaign_id}
          />
        </div>
      )}
    />
  );
}

const rowsOfTaps = ({ rows }: Tapped): readonly TimeRow[] =>
  rows.map(({ value, clicks_human, clicks_unique }) => ({ hour: value, clicks_human, clicks_unique }));

/** With what the range is compared, or why not. */
function Against({
  name,
  failed,
  nothing,
}: {
  name: string | undefined;
  failed: Error | undefined;
  /** Whether nothing happened then. */
  nothing: boolean;
}): JSX.Element | null {
  if (name === undefined) return null;
  if (failed !== undefined) return <p className="notice warn">{t.comparing.failed(failed.message)}</p>;
  return <p className="muted">{nothing ? t.comparing.nothing(name) : t.comparing.against(name)}</p>;
}

const WEEK = 7;
const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / (24 * 3_600_000));

/** The lines of the chart; the same objects while nothing changes. */
function useNamed<T>(
  place: Place,
  range: ReportRange,
  compared: ReturnType<typeof comparedOf>,
  { now, before }: Beside<T>,
  rowsOf: (report: T) => readonly TimeRow[],
): { named: Named[]; series: Series } {
  const grain = grainOf(place, range);
  const { from, to, tz } = range;
  const series = useMemo(
    () =>
      seriesOf(
        now.value === undefined ? NO_ROWS : rowsOf(now.value),
        bucketsOf(grain, { from, to }, tz, Date.now()),
      ),
    [now.value, rowsOf, grain, from, to, tz],
  );
  const [other_from, other_to, name] = [compared?.range.from, compared?.range.to, compared?.name];
  const report = compared === undefined ? undefined : settled(before);
  const named = useMemo((): Named[] => {
    if (other_from === undefined || other_to === undefined || name === undefined || report === undefined)
      return [{ name: '', series }];
    // Weeks and months of the calendar begin elsewhere in the other range.
    if (grain === 'month' || (grain === 'week' && daysBetween(other_from, from) % WEEK !== 0))
      return [{ name: '', series }];
    const dates = { from: other_from, to: other_to };
    const other = seriesOf(rowsOf(report), bucketsOf(grain, dates, tz, Date.now()));
    return [
      { name: datesName({ from, to }), series },
      { name, series: other, before: true },
    ];
  }, [series, report, rowsOf, grain, other_from, other_to, name, from, to, tz]);
  return useLastAnswered({ named, series }, now);
}
