/**
 * What the clicks of each day, week or month earned, by the days since: a triangle of shades, with what still rises marked.
 */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, date, likely, money } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Choices, CurrencyChoice } from '../parts/choices.tsx';
import { Heat, type HeatCell, type HeatRow } from '../parts/heat.tsx';
import { ItemFilters, itemFiltersOf } from '../parts/item-filters.tsx';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Report = AnswerOf<'/v2/reports/cohorts'>;
type Row = Report['rows'][number];
const PERIODS = ['week', 'day', 'month'] as const;
const MEASURES = ['revenue', 'conversions', 'epc', 'cvr'] as const;
type Measure = (typeof MEASURES)[number];

interface View {
  measure: Measure;
  cumulative: boolean;
  currency: string;
}

export function CohortsPage(): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const by = PERIODS.find((one) => one === query['by']) ?? 'week';
  const measure = MEASURES.find((one) => one === query['measure']) ?? 'revenue';
  const cumulative = query['cumulative'] === 'yes';
  const answer = useAnswer('/v2/reports/cohorts', {
    ...{ ...rangeOf(place), ...itemFiltersOf(place), by, currency: query['currency'] },
  });
  return (
    <div>
      <Title text={t.pages.cohorts} />
      <p className="muted">
        <Words text={t.cohorts.about} guide={<a href="/guides/cohorts">{t.cohorts.guide}</a>} />
      </p>
      <RangePicker place={place} />
      <ItemFilters place={place} />
      <div className="tools">
        <Choices
          {...{ place, name: 'by', label: t.cohorts.period, chosen: by }}
          choices={PERIODS.map((one) => [one, t.cohorts.periods[one]])}
        />
        <Choices
          {...{ place, name: 'measure', label: t.send_times.measure, chosen: measure }}
          choices={MEASURES.map((one) => [one, t.cohorts.measures[one]])}
        />
        <Cumulative place={place} on={cumulative} />
      </div>
      <Answered
        answer={answer}
        show={(report) =>
          report.rows.length === 0 ? (
            <Empty>{t.cohorts.none}</Empty>
          ) : (
            <div>
              <CurrencyChoice
                {...{ place, currency: report.currency, currencies: report.currencies }}
                label={t.measures.currency}
              />
              <Triangle report={report} view={{ measure, cumulative, currency: report.currency }} />
            </div>
          )
        }
      />
    </div>
  );
}

function Cumulative({ place, on }: { place: Place; on: boolean }): JSX.Element {
  return (
    <label>
      <input
        type="checkbox"
        className="tick"
        checked={on}
        onChange={() => go(withQuery(place, { cumulative: on ? '' : 'yes' }))}
      />
      {` ${t.cohorts.cumulative}`}
    </label>
  );
}

function Triangle({ report, view }: { report: Report; view: View }): JSX.Element {
  const { rows, ages, by } = report;
  const caption = t.cohorts.caption(t.cohorts.measures[view.measure]);
  return (
    <div>
      <Heat
        caption={caption}
        heads={[t.cohorts.periods[by], t.measures.clicks_unique, t.cohorts.all_days]}
        columns={ages.map(({ from, to }) => t.cohorts.age(from, to))}
        scale={(value) => shown(view, value)}
        rows={rows.map((row) => rowOf(row, view))}
      />
      <p className="note">
        <span className="rising sample">{t.cohorts.sample}</span>
        {` ${t.cohorts.rising}`}
      </p>
    </div>
  );
}

function rowOf(row: Row, view: View): HeatRow {
  const sum = { conversions: 0, revenue: 0 };
  let rising = false;
  const cells = row.cells.map((cell): HeatCell => {
    sum.conversions += cell.conversions;
    sum.revenue += Number(cell.revenue);
    if (cell.state === 'ahead') return { value: null, text: '' };
    rising ||= cell.state === 'rising';
    const of = view.cumulative ? sum : { conversions: cell.conversions, revenue: Number(cell.revenue) };
    const value = measured(of, row, view);
    return {
      value,
      text: value === null ? '–' : shown(view, value),
      rising: view.cumulative ? rising : cell.state === 'rising',
    };
  });
  const whole = measured({ conversions: row.conversions, revenue: Number(row.revenue) }, row, view);
  return {
    name: row.partial ? t.cohorts.partial(date(row.cohort)) : date(row.cohort),
    figures: [count(row.clicks_unique), whole === null ? '–' : shown(view, whole)],
    cells,
  };
}

/** null where it would divide by no click. */
function measured(
  { conversions, revenue }: { conversions: number; revenue: number },
  { clicks_unique }: Row,
  { measure }: View,
): number | null {
  if (measure === 'revenue') return revenue;
  if (measure === 'conversions') return conversions;
  if (clicks_unique === 0) return null;
  return (measure === 'epc' ? revenue : conversions) / clicks_unique;
}

function shown({ measure, currency }: View, value: number): string {
  if (measure === 'conversions') return count(value);
  if (measure === 'cvr') return likely(value);
  if (value === 0) return count(0);
  // Sums of floating point numbers: cut to what money has.
  return money(value.toFixed(measure === 'epc' ? 4 : 2), currency);
}
