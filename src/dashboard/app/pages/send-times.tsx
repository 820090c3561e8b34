/**
 * When messages are sent best: click rate, revenue or number of messages for each hour of the week in which they were
 * sent. One sentence names the best hour where it is more than chance.
 */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, likely, money } from '../format.ts';
import { type Place, usePlace } from '../location.ts';
import { Choices, CurrencyChoice } from '../parts/choices.tsx';
import { Heat, type HeatCell, HOURS, WEEKDAYS } from '../parts/heat.tsx';
import { ItemFilters, itemFiltersOf } from '../parts/item-filters.tsx';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { Words } from '../parts/words.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Report = AnswerOf<'/v2/reports/send-times'>;
type Row = Report['rows'][number];

const MEASURES = ['click_rate', 'rpm', 'sent'] as const;
type Measure = (typeof MEASURES)[number];
const HOURS_LISTED = 5;

export function SendTimesPage(): JSX.Element {
  const place = usePlace();
  const measure = MEASURES.find((one) => one === place.query['measure']) ?? 'click_rate';
  const range = rangeOf(place);
  const answer = useAnswer('/v2/reports/send-times', {
    ...range,
    ...itemFiltersOf(place),
    currency: place.query['currency'],
  });
  return (
    <div>
      <Title text={t.pages.send_times} />
      <p className="muted">
        <Words text={t.send_times.about} guide={<a href="/guides/send-times">{t.send_times.guide}</a>} />
      </p>
      <RangePicker place={place} />
      <ItemFilters place={place} />
      <Choices
        place={place}
        name="measure"
        label={t.send_times.measure}
        chosen={measure}
        choices={MEASURES.map((one) => [one, t.measures[one]])}
      />
      <Answered
        answer={answer}
        show={(report) =>
          report.totals.sent === 0 ? (
            <Empty>{t.send_times.none}</Empty>
          ) : (
            <Week report={report} measure={measure} place={place} />
          )
        }
      />
    </div>
  );
}

function Week({ report, measure, place }: { report: Report; measure: Measure; place: Place }): JSX.Element {
  const { rows, currency, currencies, sent_min, range } = report;
  const caption = t.send_times.caption(t.measures[measure], range.tz);
  return (
    <div>
      <p className="verdict">{sentenceOf(report)}</p>
      {measure === 'rpm' && (
        <CurrencyChoice {...{ place, currency, currencies }} label={t.measures.currency} />
      )}
      <Heat
        caption={caption}
        heads={[t.breakdown.weekday]}
        columns={HOURS}
        scale={(value) => shown(measure, value, currency)}
        rows={WEEKDAYS.map((name, day) => ({
          name,
          cells: HOURS.map((_, hour) => cellOf(rows[day * HOURS.length + hour], measure, currency)),
        }))}
      />
      <p className="note">{t.send_times.few(count(sent_min))}</p>
      <Best report={report} measure={measure} />
      <p className="note">{t.send_times.caution}</p>
    </div>
  );
}

/** Below the figure stands how many messages it is of. */
function cellOf(row: Row | undefined, measure: Measure, currency: string): HeatCell {
  if (row === undefined || row.sent === 0) return { value: null, text: '' };
  if (measure === 'sent') return { value: row.sent, text: count(row.sent) };
  if (row.too_few) return { value: null, text: '', note: t.send_times.too_few, more: count(row.sent) };
  const value = Number(row[measure]);
  return { value, text: shown(measure, value, currency), note: count(row.sent) };
}

function shown(measure: Measure, value: number, currency: string): string {
  if (measure === 'click_rate') return likely(value);
  return measure === 'rpm' ? money(value.toFixed(2), currency) : count(value);
}

/** `Mon 09` as the reader says it. */
function hourName(value: string): string {
  const day = WEEKDAYS[DAYS.indexOf(value.slice(0, 3))] ?? value;
  const hour = Number(value.slice(4));
  return t.send_times.hour(day, String(hour).padStart(2, '0'), String((hour + 1) % 24).padStart(2, '0'));
}
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function sentenceOf({ rows, best, totals }: Report): string {
  const row = rows.find(({ value }) => value === best);
  if (row === undefined) return t.send_times.no_best(likely(totals.click_rate), count(totals.sent));
  return t.send_times.best(
    hourName(row.value),
    likely(row.click_rate),
    likely(totals.click_rate),
    count(row.sent),
    count(row.days),
  );
}

function Best({ report, measure }: { report: Report; measure: Measure }): JSX.Element | null {
  const { currency } = report;
  const first = report.rows
    .filter((row) => !row.too_few)
    .toSorted((a, b) => Number(b[measure]) - Number(a[measure]) || b.sent - a.sent)
    .slice(0, HOURS_LISTED);
  if (first.length === 0) return null;
  const columns: Column<Row>[] = [
    { name: '', title: t.send_times.when, show: (row) => hourName(row.value) },
    { name: '', title: t.measures.sent, number: true, show: (row) => count(row.sent) },
    { name: '', title: t.send_times.days, number: true, show: (row) => count(row.days) },
    {
      name: '',
      title: t.measures.click_rate,
      number: true,
      show: (row) => (
        <span>
          {likely(row.click_rate)}
          <span className="note">
            {t.send_times.reach(likely(row.click_rate_low), likely(row.click_rate_high))}
          </span>
        </span>
      ),
    },
    { name: '', title: t.shared.conversions, number: true, show: (row) => count(row.conversions) },
    { name: '', title: t.measures.rpm, number: true, show: (row) => shown('rpm', Number(row.rpm), currency) },
  ];
  return (
    <>
      <h2>{t.send_times.first(t.measures[measure])}</h2>
      <Table caption={t.send_times.first(t.measures[measure])} columns={columns} rows={first} stacked />
      <p className="note">{t.experiment.brackets}</p>
    </>
  );
}
