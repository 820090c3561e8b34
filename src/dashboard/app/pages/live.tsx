/**
 * Clicks and conversions as they reach the reports, filtered by the URL: how many a second, the last half hour by minute and
 * country, and the rows themselves, of very many a part.
 */
import { type ChangeEvent, type JSX, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { count, money, tenth, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Bars } from '../parts/bars.tsx';
import { becameOf } from '../parts/became.ts';
import { Cards } from '../parts/cards.tsx';
import { FirstOf } from '../parts/first-of.tsx';
import { Picker } from '../parts/picker.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { regionOf } from '../regions.ts';
import { t } from '../strings/strings.ts';
import { type Answer, useAnswer } from '../use-answer.ts';
import { type Live, type LiveClick, type LiveConversion, type LiveMinute, useLive } from '../use-live.ts';
import { idOf } from './kinds.ts';

const COUNTRIES_SHOWN_MAX = 12;

/** What was there already. */
const BEFORE_MS = 24 * 3_600_000;
const BEFORE_SHOWN = 20;

const CHOSEN = ['campaigns', 'offers'] as const;
/** Nothing but their ids tells them from each other. */
const TYPED = ['message_id', 'contact_id'] as const;
/** Of conversions, too. */
const OF_BOTH = ['campaign_id', 'offer_id', ...TYPED] as const;
const traced = (id: string): JSX.Element => <a href={`/trace?id=${encodeURIComponent(id)}`}>{id}</a>;
/** What a click of the stream and one of the list have in common. */
type Click = Pick<
  LiveClick,
  'id' | 'clicked_at' | 'contact_id' | 'link_id' | 'country' | 'verdict' | 'bot_reasons'
> & { is_first: number | boolean };

const CLICK_COLUMNS: Column<Click>[] = [
  { name: '', title: t.live.time, show: (row) => time(row.clicked_at) },
  { name: '', title: t.live.click, show: (row) => traced(row.id) },
  { name: '', title: t.live.contact, show: (row) => row.contact_id },
  { name: '', title: t.live.link, show: (row) => traced(row.link_id) },
  { name: '', title: t.live.country, show: (row) => (row.country && regionOf(row.country)) || '–' },
  {
    name: '',
    title: t.live.verdict,
    show: (row) => (
      <span className={row.verdict === 'bot' ? 'tag bot' : 'tag'}>
        {row.verdict === 'bot' ? t.live.bot : t.live.human}
        {row.is_first ? t.live.first : ''}
      </span>
    ),
  },
  {
    name: '',
    title: t.live.reasons,
    show: (row) => row.bot_reasons.map((reason) => t.bots.reasons[reason]?.[0] ?? reason).join(', ') || '–',
  },
];

type Conversion = Pick<
  LiveConversion,
  'conversion_id' | 'received_at' | 'event' | 'status' | 'reason' | 'revenue' | 'currency'
>;

const CONVERSION_COLUMNS: Column<Conversion>[] = [
  { name: '', title: t.live.received, show: (row) => time(row.received_at) },
  { name: '', title: t.live.conversion, show: (row) => traced(row.conversion_id) },
  { name: '', title: t.live.event, show: (row) => row.event },
  { name: '', title: t.live.status, show: becameOf },
  { name: '', title: t.shared.revenue, number: true, show: (row) => money(row.revenue, row.currency) },
];

export function LivePage(): JSX.Element {
  const place = usePlace();
  const [paused, setPaused] = useState(false);
  const { query } = place;
  const given = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, query[name] ?? '']));
  const [of_both, of_clicks] = [given(OF_BOTH), given(['verdict', 'country'])];
  const live = useLive({ ...of_both, ...of_clicks }, paused);
  const { clicks, conversions, minutes, activity, held, since } = live;
  const before = useBefore(since, of_both, of_clicks);
  return (
    <div>
      <Title text={t.pages.live}>
        <span className={live.connected ? 'live on' : 'live'} />
      </Title>
      <p className="muted">{live.connected ? t.live.connected : t.live.connecting}</p>
      <Figures live={live} />
      <Filters place={place} />
      <Minutes minutes={minutes} />
      <Countries place={place} countries={activity?.countries ?? []} />
      <h2>{t.live.clicks}</h2>
      <div className="tools">
        <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? t.live.go_on : t.live.pause}
        </button>
        <span className="muted">
          {paused
            ? t.live.paused(held)
            : (activity?.one_of ?? 1) > 1
              ? t.live.sample(count(activity?.one_of ?? 1))
              : t.live.every}
        </span>
      </div>
      <Tail
        caption={t.live.clicks_caption}
        columns={CLICK_COLUMNS}
        rows={clicks}
        since={since}
        before={before.clicks}
        id={({ id }) => id}
        words={[t.live.no_click, t.live.no_new_click]}
      />
      <h2>{t.shared.conversions}</h2>
      <Tail
        caption={t.live.conversions_caption}
        columns={CONVERSION_COLUMNS}
        rows={conversions}
        since={since}
        before={before.conversions}
        id={({ conversion_id }) => conversion_id}
        words={[t.live.no_conversion, t.live.no_new_conversion]}
      />
    </div>
  );
}

/** The newest of what was there when the stream began, by the same filters; undefined until it is known. */
function useBefore(
  since: string | undefined,
  of_both: Record<string, string>,
  of_clicks: Record<string, string>,
): { clicks: Before<Click>; conversions: Before<Conversion> } {
  const to = since ?? '';
  const range = { from: new Date((Date.parse(to) || 0) - BEFORE_MS).toISOString(), to };
  const clicks = useAnswer(since === undefined ? undefined : '/v2/clicks', {
    ...{ ...range, ...of_both, ...of_clicks },
    limit: BEFORE_SHOWN,
  });
  const conversions = useAnswer(since === undefined ? undefined : '/v2/conversions', {
    ...{ ...range, ...of_both },
    ...{ sort: '-received_at', per_page: BEFORE_SHOWN },
  });
  return {
    clicks: { ...clicks, rows: clicks.value?.clicks.map(({ click_id: id, ...click }) => ({ ...click, id })) },
    conversions: {
      ...conversions,
      // Its range ends with a quarter of an hour.
      rows: conversions.value?.rows.filter(({ received_at }) => Date.parse(received_at) < Date.parse(to)),
    },
  };
}

interface Before<T> extends Pick<Answer<unknown>, 'error' | 'loading' | 'again'> {
  rows: readonly T[] | undefined;
}

/** What came in, and below a line what was there before; what the stream has told stands above that line only. */
function Tail<T extends object>({
  caption,
  columns,
  rows,
  since = '',
  before,
  id,
  words: [none, none_new],
}: {
  caption: string;
  columns: Column<T>[];
  rows: readonly (T & { inserted_ms: number })[];
  /** When the stream began: it tells of a few seconds before, too. */
  since: string | undefined;
  before: Before<T>;
  id: (row: T) => string;
  /** Where there is nothing at all, and nothing new. */
  words: readonly [none: string, none_new: string];
}): JSX.Element {
  const told = new Set(rows.map(id));
  const isBefore = ({ inserted_ms }: { inserted_ms: number }): boolean => inserted_ms < Date.parse(since);
  const fresh = rows.filter((row) => !isBefore(row));
  const known = before.loading ? undefined : before.rows;
  if (fresh.length === 0 && known === undefined && before.error === undefined) return <Loading />;
  const all: T[] = [...fresh, ...rows.filter(isBefore), ...(known ?? []).filter((row) => !told.has(id(row)))];
  const title = fresh.length === 0 ? none_new : t.live.before;
  return (
    <>
      {before.error && <Failed error={before.error} again={before.again} />}
      {all.length > 0 ? (
        <FirstOf
          rows={all}
          item={ROW}
          show={(shown) => (
            <Table
              {...{ caption, columns, id }}
              rows={shown.slice(0, fresh.length)}
              {...(shown.length > fresh.length && { below: { title, rows: shown.slice(fresh.length) } })}
              stacked
            />
          )}
        />
      ) : (
        before.error === undefined && <Empty>{none}</Empty>
      )}
    </>
  );
}

/** Not the line above what was there before. */
const ROW = 'tbody > tr:has([scope="row"])';

function Figures({ live: { activity, minutes, counters } }: { live: Live }): JSX.Element {
  const human = minutes.reduce((sum, one) => sum + one.human, 0);
  const bot = minutes.reduce((sum, one) => sum + one.bot, 0);
  const known = activity !== undefined;
  return (
    <Cards
      label={t.pages.live}
      cards={[
        {
          name: t.live.rate,
          value: known ? tenth(activity.per_second) : '–',
          note: t.live.rate_note,
        },
        {
          name: t.live.half_hour,
          value: known ? count(human + bot) : '–',
          note: t.live.bots_of(count(bot)),
        },
        {
          name: t.live.today,
          value: counters === undefined ? '–' : count(counters.clicks_unique),
        },
      ]}
    />
  );
}

/** People below, bots above them; the table has the same numbers. */
function Minutes({ minutes }: { minutes: readonly LiveMinute[] }): JSX.Element {
  const most = Math.max(1, ...minutes.map(({ human, bot }) => human + bot));
  return (
    <figure className="chart">
      <figcaption>{t.live.minutes}</figcaption>
      <div className="minutes" aria-hidden="true">
        {minutes.map(({ minute, human, bot }) => (
          <span key={minute} title={`${time(minute, 'short')}: ${count(human)} + ${count(bot)}`}>
            <i className="bots" style={{ height: `${(bot / most) * 100}%` }} />
            <i style={{ height: `${(human / most) * 100}%` }} />
          </span>
        ))}
      </div>
      <p className="legend note" aria-hidden="true">
        <i className="key" /> {t.live.humans} <i className="key bots" /> {t.live.bots}
      </p>
      <details>
        <summary>{t.chart.as_table}</summary>
        <Table caption={t.live.minutes} columns={MINUTE_COLUMNS} rows={minutes.toReversed()} />
      </details>
    </figure>
  );
}

const MINUTE_COLUMNS: Column<LiveMinute>[] = [
  { name: '', title: t.live.time, show: ({ minute }) => time(minute, 'short') },
  { name: '', title: t.live.humans, number: true, show: ({ human }) => count(human) },
  { name: '', title: t.live.bots, number: true, show: ({ bot }) => count(bot) },
];

const WorldMap = lazy(async () => ({ default: (await import('../parts/world-map.tsx')).WorldMap }));

/** One of them filters the page; Back undoes it. */
function Countries({
  place,
  countries,
}: {
  place: Place;
  countries: NonNullable<Live['activity']>['countries'];
}): JSX.Element | null {
  const chosen = place.query['country'] ?? '';
  const most = Math.max(1, ...countries.map(({ clicks }) => clicks));
  if (countries.length === 0 && chosen === '') return null;
  return (
    <>
      <h2>{t.live.countries}</h2>
      <div className="countries">
        <Suspense fallback={<div className="map" />}>
          <WorldMap
            countries={
              new Map(
                countries.map(({ country, clicks }) => [
                  country,
                  { value: clicks, label: `${regionOf(country)}: ${count(clicks)}` },
                ]),
              )
            }
            chosen={[chosen]}
            pick={(country) => go(withQuery(place, { country: country === chosen ? '' : country }))}
          />
        </Suspense>
        <Bars
          items={countries.slice(0, COUNTRIES_SHOWN_MAX).map(({ country, clicks }) => ({
            key: country,
            label: country === '' ? t.live.unknown : regionOf(country),
            share: clicks / most,
            text: count(clicks),
            chosen: country !== '' && country === chosen,
            pick:
              country === ''
                ? undefined
                : () => go(withQuery(place, { country: country === chosen ? '' : country })),
          }))}
        />
      </div>
      {chosen !== '' && (
        <div className="actions">
          <button type="button" onClick={() => go(withQuery(place, { country: '' }))}>
            {t.live.all_countries}
          </button>
        </div>
      )}
    </>
  );
}

function Filters({ place }: { place: Place }): JSX.Element {
  const set = (name: string) => (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
    go(withQuery(place, { [name]: event.target.value.trim() }), true);
  return (
    <fieldset className="filters">
      <legend className="hidden">{t.live.filters}</legend>
      <label>
        {t.live.verdict}
        <select value={place.query['verdict'] ?? ''} onChange={set('verdict')}>
          <option value="">{t.live.all}</option>
          <option value="human">{t.live.human}</option>
          <option value="bot">{t.live.bot}</option>
        </select>
      </label>
      {CHOSEN.map((kind) => (
        <Picker
          key={kind}
          kind={kind}
          label={t.kinds[kind]}
          value={place.query[idOf(kind)] ?? ''}
          none={t.live.all}
          chosen={(id) => setFilter(place, idOf(kind), id)}
        />
      ))}
      {TYPED.map((name) => (
        <LateInput
          key={name}
          label={t.live[name]}
          value={place.query[name] ?? ''}
          set={(value) => setFilter(place, name, value)}
        />
      ))}
    </fieldset>
  );
}

const setFilter = (place: Place, name: string, value: string): void =>
  go(withQuery(place, { [name]: value }), true);

/** Each filter is a stream of its own: it is asked for when the reader has typed it, not at each letter. */
function LateInput({
  label,
  value,
  set,
}: {
  label: string;
  value: string;
  set: (value: string) => void;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current !== null && input.current !== document.activeElement) input.current.value = value;
  }, [value]);
  const typed = (): void => {
    const text = input.current?.value.trim() ?? '';
    if (text !== value) set(text);
  };
  return (
    <label>
      {label}
      <input
        ref={input}
        defaultValue={value}
        placeholder={t.live.all}
        onBlur={typed}
        onKeyDown={(event) => {
          if (event.key === 'Enter') typed();
        }}
      />
    </label>
  );
}
