/**
 * What the human clicks of the account, or of a campaign, offer or creative are made of: bars by device, system, browser,
 * app, network, domain, what was sent, and a parameter of the links; a map of countries; and the hours of the week. A bar
 * filters all of them; the address has the filters, so Back undoes one.
 */
import { type JSX, lazy, Suspense } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { has, toggled, wantedBy } from '../filter-text.ts';
import { count, likely } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import type { DefinedKind } from '../pages/kinds.ts';
import { regionOf } from '../regions.ts';
import { t } from '../strings/strings.ts';
import { type Answer, useAnswer } from '../use-answer.ts';
import { Bars } from './bars.tsx';
import { Below } from './below.tsx';
import { Chip, Chips } from './chip.tsx';
import { Heat, HOURS, WEEKDAYS } from './heat.tsx';
import { NothingHere } from './nothing-here.tsx';
import { type ReportRange, reportRangeOf } from './range.tsx';
import { Answered, Empty } from './states.tsx';

const OF_ITEMS = ['campaign_id', 'variant_id', 'offer_id', 'creative_id'] as const;
const DIMENSIONS = ['device', 'os', 'browser', 'in_app', 'network', 'domain', ...OF_ITEMS] as const;
/** All that may be filtered by, in the order of the chips. */
const FILTERS = [...DIMENSIONS, 'country'] as const;
type Dimension = (typeof FILTERS)[number];
const KINDS: Partial<Record<Dimension, DefinedKind>> = {
  campaign_id: 'campaigns',
  offer_id: 'offers',
  creative_id: 'creatives',
};

type Reports = AnswerOf<'/v2/reports/breakdowns'>;
type Report = Reports['breakdowns'][number];
type Row = Report['rows'][number];
export type BreakdownMeasure = 'clicks_human' | 'clicks_unique';

const BARS_SHOWN = 8;
/** More than there are. */
const COUNTRIES_SHOWN = 300;
/** How the API filters by an empty value. */
const NONE = 'none';
/** How the API filters by a parameter that a tap brought. */
const TAP = 'query.';
const PARAMETER_DEFAULT = 'utm_source';

export interface Entity {
  /** Such as `campaign_id`. */
  id_name: string;
  id: string;
}

export interface BreakdownProps extends Partial<Entity> {
  place: Place;
  measure?: BreakdownMeasure;
  /** Filters that the page shows in its own way. */
  shown_elsewhere?: readonly string[];
  /** Whether the reader may send a first message. */
  may_start?: boolean;
}

/** Names of all filters of clicks that the address may have, in the order of the chips. */
export const filtersOf = ({ query }: Place): string[] => [
  ...FILTERS,
  ...Object.keys(query).filter((name) => name.startsWith(TAP)),
];

type Asked = ReportRange & Record<string, string>;
interface Part {
  place: Place;
  asked: Asked;
}

/** The breakdowns of a page come in one answer. */
interface Answers {
  answers: Answer<Reports>;
}

/** One of them; undefined while the answer is still that of another page. */
const oneOf = (answers: Answer<Reports>, by: Report['by']): Answer<Report> => ({
  ...answers,
  value: answers.value?.breakdowns.find((one) => one.by === by),
});

const measureOf = (asked: Asked): BreakdownMeasure =>
  asked['measure'] === 'clicks_unique' ? 'clicks_unique' : 'clicks_human';

export function Breakdown({
  place,
  id_name,
  id,
  measure = 'clicks_human',
  shown_elsewhere = [],
  may_start = false,
}: BreakdownProps): JSX.Element {
  const { query } = place;
  const names = filtersOf(place);
  const filters = names.flatMap((name): [string, string][] => (query[name] ? [[name, query[name]]] : []));
  const asked: Asked = {
    ...reportRangeOf(place),
    ...Object.fromEntries(filters),
    ...(measure === 'clicks_unique' && { measure }),
    ...(id_name !== undefined && id !== undefined && { [id_name]: id }),
  };
  const chips = filters.filter(([name]) => name !== id_name && !shown_elsewhere.includes(name));
  const dimensions = DIMENSIONS.filter(
    (by) => by !== id_name && (by !== 'variant_id' || asked['campaign_id']),
  );
  const answers = useAnswer('/v2/reports/breakdowns', {
    ...asked,
    by: ['country', ...dimensions, 'hour_of_week'].join(),
    limit: BARS_SHOWN,
  });
  const part = { place, asked, answers };
  return (
    <section aria-labelledby="breakdown">
      <h2 id="breakdown">{t.breakdown.title}</h2>
      <p className="muted">{t.breakdown.note}</p>
      {chips.length > 0 && (
        <div className="tools">
          {chips.map(([name, value]) => (
            <FilterChip key={name} place={place} name={name} value={value} />
          ))}
        </div>
      )}
      {answers.value !== undefined && isNothing(answers.value) ? (
        <Answered
          answer={answers}
          show={() => (
            <NothingHere
              place={place}
              text={t.breakdown.no_clicks}
              filters={names.filter((name) => name !== id_name)}
              may_start={may_start}
            />
          )}
        />
      ) : (
        <>
          <Countries {...part} />
          <div className="breakdown">
            {dimensions.map((by) => (
              <Dimension key={by} by={by} {...part} />
            ))}
            <Below>
              <Parameter place={place} asked={asked} />
            </Below>
          </div>
          <Hours asked={asked} answers={answers} />
        </>
      )}
    </section>
  );
}

const isNothing = ({ breakdowns }: Reports): boolean =>
  breakdowns.every(({ rows }) => rows.every((row) => row.clicks_human === 0));

function FilterChip({ place, name, value }: { place: Place; name: string; value: string }): JSX.Element {
  const by = FILTERS.find((one) => one === name);
  if (by === undefined)
    return <Chip place={place} name={name} text={`${name.slice(TAP.length)} = ${value}`} />;
  const show = (one: string): string => labelOf(by, { value: one === NONE ? '' : one, name: null });
  return <Chips place={place} name={by} label={t.breakdown.by[by]} kind={KINDS[by]} show={show} />;
}

function Dimension({ by, place, asked, answers }: Part & Answers & { by: Dimension }): JSX.Element {
  const title = `by-${by}`;
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{t.breakdown.by[by]}</h3>
      <Answered
        answer={oneOf(answers, by)}
        show={(report) => <Values by={by} place={place} asked={asked} report={report} />}
      />
    </section>
  );
}

function Values({ by, place, asked, report }: Part & { by: Dimension; report: Report }): JSX.Element {
  const { rows, total_rows } = report;
  if (rows.length === 0) return <Empty>{t.breakdown.no_clicks}</Empty>;
  return (
    <div>
      <Bars items={rows.map((row) => barOf(by, row, place, asked))} />
      {total_rows > rows.length && (
        <p className="note">{t.breakdown.more(count(total_rows - rows.length))}</p>
      )}
      <File asked={{ ...asked, by }} name={by} of={t.breakdown.by[by]} />
    </div>
  );
}

const File = ({ asked, name, of }: { asked: Asked; name: string; of: string }): JSX.Element => (
  <a
    className="note"
    href={addressOf('/v2/reports/breakdown', { ...asked, format: 'csv' })}
    download={`${name}.csv`}
  >
    {t.shared.download_csv}
    <span className="hidden">{`: ${of}`}</span>
  </a>
);

const textOf = (row: Row, asked: Asked): string => `${count(row[measureOf(asked)])} · ${likely(row.share)}`;

function barOf(by: Dimension, row: Row, place: Place, asked: Asked) {
  const empty = row.value === '' || (by === 'network' && row.value === '0');
  const filter = empty ? NONE : row.value;
  const chosen = has(place.query[by], filter);
  const is_item = (OF_ITEMS as readonly string[]).includes(by);
  return {
    key: row.value,
    label: labelOf(by, row),
    ...(by === 'network' && row.name !== null && { note: `AS${row.value}` }),
    share: row.share,
    text: textOf(row, asked),
    chosen,
    // Ids of variants may be "none".
    pick:
      empty && is_item
        ? undefined
        : (out: boolean) => go(withQuery(place, { [by]: toggled(place.query[by], filter, out) })),
  };
}

export function labelOf(by: Dimension, { value, name }: Pick<Row, 'value' | 'name'>): string {
  if (value === '' || (by === 'network' && value === '0')) return t.breakdown.none[by] ?? t.breakdown.unknown;
  if (by === 'network') return name ?? `AS${value}`;
  if (by === 'device') return t.breakdown.devices[value] ?? value;
  if (KINDS[by] !== undefined) return name || value;
  if (value === 'other' && by !== 'variant_id')
    return by === 'in_app' ? t.breakdown.other_app : t.breakdown.other;
  return by === 'country' ? regionOf(value) : value;
}

const WorldMap = lazy(async () => ({ default: (await import('./world-map.tsx')).WorldMap }));

function Countries({ place, asked, answers }: Part & Answers): JSX.Element {
  const answer = oneOf(answers, 'country');
  // A filter on one country leaves the others on the map.
  const others = useAnswer(asked['country'] === undefined ? undefined : '/v2/reports/breakdown', {
    ...asked,
    country: undefined,
    by: 'country',
    limit: COUNTRIES_SHOWN,
  } as never);
  const on_map = asked['country'] === undefined ? answer.value : others.value;
  const { not, values } = wantedBy(place.query['country']);
  return (
    <section aria-labelledby="by-country">
      <h3 id="by-country">{t.breakdown.by.country}</h3>
      <div className="countries">
        <Suspense fallback={<div className="map" />}>
          <WorldMap
            countries={
              new Map(
                (on_map?.rows ?? []).map((row) => [
                  row.value,
                  { value: row[measureOf(asked)], label: `${regionOf(row.value)}: ${textOf(row, asked)}` },
                ]),
              )
            }
            chosen={not ? [] : values}
            pick={(code) => go(withQuery(place, { country: toggled(place.query['country'], code, false) }))}
          />
        </Suspense>
        <div className="all-countries">
          <Answered
            answer={answer}
            show={(report) => <Values by="country" place={place} asked={asked} report={report} />}
          />
        </div>
      </div>
    </section>
  );
}

function Parameter({ place, asked }: Part): JSX.Element {
  const parameter = place.query['parameter'] ?? PARAMETER_DEFAULT;
  const answer = useAnswer('/v2/reports/breakdown', {
    ...asked,
    by: 'parameter',
    parameter,
    limit: BARS_SHOWN,
  });
  const filter = TAP + parameter;
  return (
    <section aria-labelledby="by-parameter">
      <h3 id="by-parameter">{t.breakdown.parameter}</h3>
      <form
        className="tools"
        onSubmit={(event) => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get('parameter') ?? '').trim();
          go(withQuery(place, { parameter: name === PARAMETER_DEFAULT ? '' : name }));
        }}
      >
        <input
          name="parameter"
          key={parameter}
          defaultValue={parameter}
          aria-label={t.breakdown.parameter_name}
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">{t.breakdown.show}</button>
      </form>
      <Answered
        answer={answer}
        show={({ rows, total_rows }) =>
          rows.length === 0 ? (
            <Empty>{t.breakdown.no_clicks}</Empty>
          ) : (
            <div>
              <Bars
                items={rows.map((row) => ({
                  key: row.value,
                  label: row.value === '' ? t.breakdown.without : row.value,
                  share: row.share,
                  text: textOf(row, asked),
                  chosen: place.query[filter] === row.value,
                  pick:
                    row.value === ''
                      ? undefined
                      : () =>
                          go(
                            withQuery(place, {
                              [filter]: place.query[filter] === row.value ? '' : row.value,
                            }),
                          ),
                }))}
              />
              {total_rows > rows.length && (
                <p className="note">{t.breakdown.more(count(total_rows - rows.length))}</p>
              )}
              <File
                asked={{ ...asked, by: 'parameter', parameter }}
                name={parameter}
                of={t.breakdown.parameter}
              />
            </div>
          )
        }
      />
    </section>
  );
}

function Hours({ asked, answers }: Answers & { asked: Asked }): JSX.Element {
  const caption = `${t.breakdown.hours} (${asked.tz})`;
  return (
    <div>
      <h3>{caption}</h3>
      <Answered
        answer={oneOf(answers, 'hour_of_week')}
        show={({ rows }) =>
          rows.every((row) => row.clicks_human === 0) ? (
            <Empty>{t.breakdown.no_clicks}</Empty>
          ) : (
            <Heat
              caption={caption}
              heads={[t.breakdown.weekday]}
              columns={HOURS}
              scale={count}
              rows={WEEKDAYS.map((name, day) => ({
                name,
                cells: HOURS.map((_, hour) => {
                  const value = rows[day * HOURS.length + hour]?.[measureOf(asked)] ?? 0;
                  return { value, text: count(value) };
                }),
              }))}
            />
          )
        }
      />
    </div>
  );
}
