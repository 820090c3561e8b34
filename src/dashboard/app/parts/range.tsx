/** The time range of a page, kept in the URL. */
import { type JSX, useState } from 'react';
import type { Grain } from '../../../reports/grains.ts';
import { type AnswerOf, addressOf } from '../api.ts';
import {
  COMPARISONS,
  type Comparison,
  comparedFrom,
  comparedRange,
  grainFor,
  grainsFor,
  isComparison,
  isDate,
} from '../compared.ts';
import { clockName, datesName, day, timeZone } from '../format.ts';
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

/** Dates in the account's time zone, both included; what the address has and is no date counts as not given. */
export function rangeOf({ path, query }: Place): Range {
  const given = (name: 'from' | 'to', otherwise: string): string =>
    isDate(query[name]) ? query[name] : otherwise;
  const to = given('to', day());
  const from = given('from', day(TODAY_FIRST.has(path) ? 0 : DAYS_DEFAULT));
  return { from, to, tz: timeZone() };
}

const RANGE_BY = ['sent', 'event'] as const;

/** The range of a report: of messages sent in it, or of what happened in it. */
export interface ReportRange extends Range {
  range_by: (typeof RANGE_BY)[number];
}

export function reportRangeOf(place: Place): ReportRange {
  return { ...rangeOf(place), range_by: place.query['range_by'] === 'event' ? 'event' : 'sent' };
}

/** The page that compares one thing with another, over the same range. */
export function compareWith({ query: { from, to, range_by } }: Place, kind: string, id: string): string {
  return addressOf('/compare', { kind, a: id, from, to, range_by });
}

const COMPARISON_DEFAULT = 'before';

const comparisonOf = ({ query }: Place): Comparison =>
  isComparison(query['compare']) ? query['compare'] : COMPARISON_DEFAULT;

/** What a range is compared with, as the address says; undefined where with nothing. */
export interface Compared {
  range: ReportRange;
  /** Its dates, in words. */
  name: string;
}

export function comparedOf(place: Place, range: ReportRange): Compared | undefined {
  const from = comparedFrom(comparisonOf(place), range, place.query['compare_from'] ?? '');
  if (from === undefined) return undefined;
  const dates = comparedRange(from, range, Date.now(), range.tz);
  const name = datesName({ from: dates.from, to: dates.to.slice(0, 10) });
  const time = dates.to.slice(11);
  return {
    range: { ...range, ...dates },
    name: time === '' ? name : t.comparing.until(name, clockName(time)),
  };
}

/** The period of one point in the chart of a range: what the address says, or what suits it. */
export function grainOf({ query }: Place, range: Pick<Range, 'from' | 'to'>): Grain {
  return grainsFor(range).find((grain) => grain === query['grain']) ?? grainFor(range);
}

export function RangePicker({
  place,
  of_reports = false,
  compares = false,
}: {
  place: Place;
  of_reports?: boolean;
  /** Whether the page shows another range beside it. */
  compares?: boolean;
}): JSX.Element {
  const range = rangeOf(place);
  // On phones the fields take three rows: they open below what they say.
  const [open, setOpen] = useState(false);
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
      <button
        type="button"
        className="quiet"
        aria-expanded={open}
        aria-label={t.range.change(datesName(range))}
        onClick={() => setOpen(!open)}
      >
        {datesName(range)}
      </button>
      <div className="fields">
        {input('from', t.range.from)}
        {input('to', t.range.to)}
        <span className="muted">{range.tz}</span>
        {of_reports && <RangeKind place={place} />}
        {compares && <Compare place={place} />}
      </div>
    </fieldset>
  );
}

/** Which range stands beside it. */
function Compare({ place }: { place: Place }): JSX.Element {
  const kind = comparisonOf(place);
  const range = rangeOf(place);
  const before = comparedFrom('before', range, '') ?? range.from;
  return (
    <>
      <label>
        {t.comparing.with}
        <select
          value={kind}
          onChange={(event) => {
            const { value } = event.target;
            const compare_from = value === 'own' ? before : '';
            go(withQuery(place, { compare: value === COMPARISON_DEFAULT ? '' : value, compare_from }));
          }}
        >
          {COMPARISONS.map((one) => (
            <option value={one} key={one}>
              {t.comparing.kinds[one]}
            </option>
          ))}
        </select>
      </label>
      {kind === 'own' && (
        <label>
          {t.comparing.from}
          <input
            type="date"
            value={place.query['compare_from'] ?? ''}
            max={day()}
            onChange={(event) => {
              if (event.target.value !== '') go(withQuery(place, { compare_from: event.target.value }));
            }}
          />
        </label>
      )}
    </>
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
