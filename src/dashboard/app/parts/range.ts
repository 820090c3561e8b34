/** The time range of a page, kept in the URL. */
import { h, type JSX } from 'preact';
import { day, timeZone } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';

const PRESETS: [name: string, days: number][] = [
  ['Today', 0],
  ['7 days', 6],
  ['30 days', 29],
  ['90 days', 89],
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

export function RangePicker({ place }: { place: Place }): JSX.Element {
  const range = rangeOf(place);
  const set = (from: string, to: string): void => go(withQuery(place, { from, to }));
  const input = (name: 'from' | 'to', title: string): JSX.Element =>
    h(
      'label',
      {},
      title,
      h('input', {
        type: 'date',
        value: range[name],
        max: name === 'from' ? range.to : undefined,
        min: name === 'to' ? range.from : undefined,
        onChange: (event: Event) => {
          const { value } = event.target as HTMLInputElement;
          if (value !== '') set(name === 'from' ? value : range.from, name === 'to' ? value : range.to);
        },
      }),
    );
  return h(
    'div',
    { class: 'range', role: 'group', 'aria-label': `Range of time, ${range.tz}` },
    PRESETS.map(([name, days]) =>
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-pressed': range.to === day() && range.from === day(days),
          onClick: () => set(day(days), day()),
        },
        name,
      ),
    ),
    input('from', 'From '),
    input('to', 'to '),
    h('span', { class: 'muted' }, range.tz),
  );
}
