/**
 * What the human clicks of a campaign, offer or creative are made of: bars by device, system, browser, app, country and
 * network, and a heat map of the hours of the week. A bar filters all of them; the address has the filters, so Back
 * undoes one.
 */
import type { JSX } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, likely } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { languageOf, localeOf, t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { Chip } from './chip.tsx';
import { type ReportRange, reportRangeOf } from './range.tsx';
import { Scroll } from './scroll.tsx';
import { Answered, Empty } from './states.tsx';

const DIMENSIONS = ['device', 'os', 'browser', 'in_app', 'country', 'network'] as const;
type Dimension = (typeof DIMENSIONS)[number];
type Report = AnswerOf<'/v2/reports/breakdown'>;
type Row = Report['rows'][number];

const BARS_SHOWN = 8;
/** How the API filters by an empty value. */
const NONE = 'none';

export interface Entity {
  /** Such as `campaign_id`. */
  id_name: string;
  id: string;
}

type Asked = ReportRange & Record<string, string>;

/** Of the catalog: shown as chips by the page. */
const ENTITIES = ['campaign_id', 'offer_id', 'creative_id', 'domain'] as const;

export function Breakdown({
  place,
  id_name,
  id,
  chips = true,
}: Entity & {
  place: Place;
  /** Whether the filters are shown here; else the page shows them. */
  chips?: boolean;
}): JSX.Element {
  const { query } = place;
  const filters = DIMENSIONS.flatMap((name): [Dimension, string][] =>
    query[name] ? [[name, query[name]]] : [],
  );
  const entities = ENTITIES.flatMap((name) => (query[name] ? [[name, query[name]]] : []));
  const asked: Asked = {
    ...{ ...reportRangeOf(place), ...Object.fromEntries(entities), ...Object.fromEntries(filters) },
    [id_name]: id,
  };
  return (
    <section aria-labelledby="breakdown">
      <h2 id="breakdown">{t.breakdown.title}</h2>
      <p className="muted">{t.breakdown.note}</p>
      {chips && filters.length > 0 && (
        <div className="tools">
          {filters.map(([name, value]) => (
            <Chip
              key={name}
              place={place}
              name={name}
              text={`${t.breakdown.by[name]}: ${labelOf(name, { value: value === NONE ? '' : value, name: null })}`}
            />
          ))}
        </div>
      )}
      <div className="breakdown">
        {DIMENSIONS.map((by) => (
          <Bars key={by} by={by} place={place} asked={asked} />
        ))}
      </div>
      <Hours asked={asked} />
    </section>
  );
}

function Bars({ by, place, asked }: { by: Dimension; place: Place; asked: Asked }): JSX.Element {
  const answer = useAnswer('/v2/reports/breakdown', { ...asked, by, limit: BARS_SHOWN });
  const title = `by-${by}`;
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{t.breakdown.by[by]}</h3>
      <Answered
        answer={answer}
        show={({ rows, total_rows }) =>
          rows.length === 0 ? (
            <Empty>{t.breakdown.no_clicks}</Empty>
          ) : (
            <div>
              <ul className="bars">
                {rows.map((row) => (
                  <Bar key={row.value} by={by} row={row} place={place} />
                ))}
              </ul>
              {total_rows > rows.length && (
                <p className="note">{t.breakdown.more(count(total_rows - rows.length))}</p>
              )}
              <a
                className="note"
                href={addressOf('/v2/reports/breakdown', { ...asked, by, format: 'csv' })}
                download={`${by}.csv`}
              >
                {t.shared.download_csv}
                <span className="hidden">{`: ${t.breakdown.by[by]}`}</span>
              </a>
            </div>
          )
        }
      />
    </section>
  );
}

function Bar({ by, row, place }: { by: Dimension; row: Row; place: Place }): JSX.Element {
  const filter = row.value === '' || (by === 'network' && row.value === '0') ? NONE : row.value;
  const chosen = place.query[by] === filter;
  return (
    <li>
      <button
        type="button"
        className="bar"
        aria-pressed={chosen}
        onClick={() => go(withQuery(place, { [by]: chosen ? '' : filter }))}
      >
        <span className="fill" style={{ width: `${row.share * 100}%` }} aria-hidden="true" />
        <span>{labelOf(by, row)}</span>
        <span className="number">{`${count(row.clicks_human)} · ${likely(row.share)}`}</span>
      </button>
    </li>
  );
}

const regions = new Intl.DisplayNames(localeOf(languageOf()), { type: 'region', fallback: 'code' });

export function labelOf(by: Dimension, { value, name }: Pick<Row, 'value' | 'name'>): string {
  if (value === '' || (by === 'network' && value === '0')) return t.breakdown.none[by] ?? t.breakdown.unknown;
  if (by === 'network') return name ?? `AS${value}`;
  if (by === 'device') return t.breakdown.devices[value] ?? value;
  if (value === 'other') return by === 'in_app' ? t.breakdown.other_app : t.breakdown.other;
  return by === 'country' ? regionOf(value) : value;
}

/** The address may have anything. */
function regionOf(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** Of the colour behind the largest number; more would take the contrast of the number. */
const HEAT_PERCENT_MAX = 45;
/** 2024-01-01 was a Monday. */
const weekdays = Array.from({ length: 7 }, (_, day) =>
  new Intl.DateTimeFormat(localeOf(languageOf()), { weekday: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, day + 1),
  ),
);
const two = (value: number): string => String(value).padStart(2, '0');

function Hours({ asked }: { asked: Asked }): JSX.Element {
  const answer = useAnswer('/v2/reports/breakdown', { ...asked, by: 'hour_of_week' });
  const caption = `${t.breakdown.hours} (${asked.tz})`;
  return (
    <div>
      <h3>{caption}</h3>
      <Answered
        answer={answer}
        show={({ rows }) => {
          const most = rows.reduce((max, row) => Math.max(max, row.clicks_human), 0);
          if (most === 0) return <Empty>{t.breakdown.no_clicks}</Empty>;
          return (
            <Scroll label={caption}>
              <table className="heat">
                <caption className="hidden">{caption}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t.breakdown.weekday}</th>
                    {HOURS.map((hour) => (
                      <th key={hour} scope="col" className="number">
                        {two(hour)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {weekdays.map((day, i) => (
                    <tr key={day}>
                      <th scope="row">{day}</th>
                      {HOURS.map((hour) => (
                        <Heat key={hour} clicks={rows[i * 24 + hour]?.clicks_human ?? 0} most={most} />
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          );
        }}
      />
    </div>
  );
}

function Heat({ clicks, most }: { clicks: number; most: number }): JSX.Element {
  const heat = Math.round((clicks / most) * HEAT_PERCENT_MAX);
  return (
    <td
      className="number"
      style={{ backgroundColor: `color-mix(in srgb, var(--main) ${heat}%, transparent)` }}
    >
      {count(clicks)}
    </td>
  );
}
