/** The time range of a page, kept in the URL. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { day, timeZone } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';

const PRESETS: [name: string, days: number][] = [
  [t.range.today, 0],
  [t.range.days(7), 6],
  [t.range.days(30), 29],
  [t.range.days(90), 89],
];

const DAYS_DEFAULT = 29;

/** A shorter default for lists of messages and links, because a month may have millions of rows. */
const TODAY_FIRST = new Set(['/messages', '/links']);

export interface Range {
  from: string;
  to: string;
  tz: string;
}

/** Dates in the account's time zone, both included. */
export function rangeOf({ path, query }: Place): Range {
  const from = query['from'] || day(TODAY_FIRST.has(path) ? 0 : DAYS_DEFAULT);
  return { from, to: query['to'] || day(), tz: timeZone() };
}

const RANGE_BY = ['sent', 'event'] as const;

/** The range of a report: of messages sent in it, or of what happened in it. */
export interface ReportRange extends Range {
  range_by: (typeof RANGE_BY)[number];
}

export function reportRangeOf(place: Place): ReportRange {
  return { ...rangeOf(place), range_by: place.query['range_by'] === 'event' ? 'event' : 'sent' };
}

/** The range of equal length that ends on the day before `from`. */
export function periodBefore({ from, to, tz }: Range): Range {
  const day_ms = 24 * 3_600_000;
  const start_ms = Date.parse(`${from}T00:00:00Z`);
  const days = Math.round((Date.parse(`${to}T00:00:00Z`) - start_ms) / day_ms) + 1;
  const dateOf = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10);
  return { from: dateOf(start_ms - days * day_ms), to: dateOf(start_ms - day_ms), tz };
}

/** The period of one point in the chart of a range. */
export function grainOf({ from, to }: Pick<Range, 'from' | 'to'>): 'hour' | 'day' | 'week' {
  const days = (Date.parse(to) - Date.parse(from)) / (24 * 3_600_000) + 1;
  return days <= 3 ? 'hour' : days <= 120 ? 'day' : 'week';
}

export function RangePicker({
  place,
  of_reports = false,
}: {
  place: Place;
  of_reports?: boolean;
}): JSX.Element {
  const range = rangeOf(place);
  const set = (from: string, to: string): void => go(withQuery(place, { from, to }));
  const input = (name: 'from' | 'to', title: string): JSX.Element => (
    <label>
      {title}
      <input
        type="date"
        value={range[name]}
        max={name === 'from' ? range.to : undefined}
        min={name === 'to' ? range.from : undefined}
        onChange={(event) => {
          const { value } = event.target;
          if (value !== '') set(name === 'from' ? value : range.from, name === 'to' ? value : range.to);
        }}
      />
    </label>
  );
  return (
    <fieldset className="range" aria-label={t.range.label(range.tz)}>
      {PRESETS.map(([name, days]) => (
        <button
          key={days}
          type="button"
          className="quiet"
          aria-pressed={range.to === day() && range.from === day(days)}
          onClick={() => set(day(days), day())}
        >
          {name}
        </button>
      ))}
      {input('from', t.range.from)}
      {input('to', t.range.to)}
      <span className="muted">{range.tz}</span>
      {of_reports && <RangeKind place={place} />}
    </fieldset>
  );
}

const KINDS: Record<ReportRange['range_by'], string> = { sent: t.range.sent, event: t.range.event };

function RangeKind({ place }: { place: Place }): JSX.Element {
  return (
    <label>
      {t.range.count}
      <select
        value={reportRangeOf(place).range_by}
        onChange={(event) => {
          const { value } = event.target;
          go(withQuery(place, { range_by: value === 'sent' ? '' : value }));
        }}
      >
        {RANGE_BY.map((kind) => (
          <option value={kind} key={kind}>
            {KINDS[kind]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Says why the numbers of a range still rise, and why rates are missing in a range of events. */
export function Unfinished({
  range: { range_by, unfinished },
}: {
  range: AnswerOf<'/v2/reports/hours'>['range'];
}): JSX.Element {
  const notes = [
    ...(unfinished === 'period' ? [t.range.not_over] : []),
    ...(unfinished !== null && range_by === 'sent' ? [t.range.may_come] : []),
    ...(range_by === 'event' ? [t.range.no_rates] : []),
  ];
  return <p className="muted">{notes.join(' ')}</p>;
}
