/** Two campaigns, offers, creatives or domains over the same range: figures side by side, lines over each other. */
import { type JSX, useMemo } from 'react';
import { bucketsOf } from '../compared.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { usePlotSoon } from '../parts/chart.tsx';
import { DifferenceOf } from '../parts/difference.tsx';
import { grainOf, RangePicker, reportRangeOf, Unfinished } from '../parts/range.tsx';
import { SideBySide } from '../parts/side-by-side.tsx';
import { Answered, Empty, Failed, Loading } from '../parts/states.tsx';
import { type Named, Timeline } from '../parts/timeline.tsx';
import { Title } from '../parts/title.tsx';
import { seriesOf, type TimeRow } from '../series.ts';
import { t } from '../strings/strings.ts';
import { useAnswer, useLastAnswered } from '../use-answer.ts';
import '../parts/figures.css';

const IDS = {
  campaigns: 'campaign_id',
  offers: 'offer_id',
  creatives: 'creative_id',
  domains: 'domain',
} as const;
const KINDS = Object.keys(IDS) as (keyof typeof IDS)[];
type Kind = (typeof KINDS)[number];

const ROWS_MAX = 1_000;
/** To choose from; what is chosen is among them in any case. */
const CHOICES_MAX = 200;
const NO_ROWS: readonly TimeRow[] = [];

interface One {
  id: string;
  name: string;
}

export function ComparePage(): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const kind = KINDS.find((one) => one === query['kind']) ?? 'campaigns';
  const [a, b] = apart(useOne(kind, query['a'] ?? ''), useOne(kind, query['b'] ?? ''));
  return (
    <div>
      <Title text={t.versus.title} />
      <RangePicker place={place} of_reports />
      <Choices place={place} kind={kind} a={a} b={b} />
      {a.id === '' || b.id === '' || a.id === b.id ? (
        <Empty>{t.versus.choose}</Empty>
      ) : (
        <Both place={place} kind={kind} a={a} b={b} />
      )}
    </div>
  );
}

/** What the address names, by its name once that is known. */
function useOne(kind: Kind, id: string): One {
  const path = kind === 'domains' || id === '' ? undefined : (`/v2/${kind}/{id}` as const);
  const { value } = useAnswer(path, { id });
  return { id, name: value?.name || id };
}

/** Two of the same name are called by their ids. */
const apart = (a: One, b: One): [One, One] =>
  a.name === b.name
    ? [
        { ...a, name: a.id },
        { ...b, name: b.id },
      ]
    : [a, b];

interface BothProps {
  place: Place;
  kind: Kind;
  a: One;
  b: One;
}

function Choices({ place, kind, a, b }: BothProps): JSX.Element {
  const answer = useAnswer(`/v2/reports/${kind}`, {
    ...reportRangeOf(place),
    sort: '-clicks_unique',
    per_page: CHOICES_MAX,
  });
  const rows = (answer.value?.rows ?? []) as readonly ({ name?: string | null } & Partial<
    Record<(typeof IDS)[Kind], string>
  >)[];
  const listed = new Map(rows.map((row) => [row[IDS[kind]] ?? '', row.name ?? '']));
  for (const { id, name } of [a, b]) if (!listed.has(id)) listed.set(id, name);
  listed.delete('');
  const choice = (name: 'a' | 'b', label: string, chosen: string): JSX.Element => (
    <label>
      {label}
      <select value={chosen} onChange={({ target }) => go(withQuery(place, { [name]: target.value }))}>
        <option value="">{t.versus.none}</option>
        {[...listed].map(([id, title]) => (
          <option key={id} value={id}>
            {title || id}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="tools versus">
      <label>
        {t.versus.kind}
        <select
          value={kind}
          onChange={({ target }) => go(withQuery(place, { kind: target.value, a: '', b: '' }))}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t.pages[one]}
            </option>
          ))}
        </select>
      </label>
      {choice('a', t.versus.first, a.id)}
      {choice('b', t.versus.second, b.id)}
      <button type="button" onClick={() => go(withQuery(place, { a: b.id, b: a.id }))}>
        {t.versus.swap}
      </button>
      {answer.error && <Failed error={answer.error} again={answer.again} />}
    </div>
  );
}

function Both({ place, kind, a, b }: BothProps): JSX.Element {
  usePlotSoon();
  const range = reportRangeOf(place);
  const grain = grainOf(place, range);
  const asked = { ...range, by: grain, per_page: ROWS_MAX, sort: 'hour' };
  const first = useAnswer('/v2/reports/hours', { ...asked, [IDS[kind]]: a.id });
  const second = useAnswer('/v2/reports/hours', { ...asked, [IDS[kind]]: b.id });
  const { from, to, tz } = range;
  const [rows_a, rows_b] = [first.value?.rows, second.value?.rows];
  const named = useMemo((): Named[] => {
    const buckets = bucketsOf(grain, { from, to }, tz, Date.now());
    return [
      { name: a.name, series: seriesOf(rows_a ?? NO_ROWS, buckets) },
      { name: b.name, series: seriesOf(rows_b ?? NO_ROWS, buckets) },
    ];
  }, [rows_a, rows_b, a.name, b.name, grain, from, to, tz]);
  const lines = useLastAnswered(named, { loading: first.loading || second.loading });
  const other = second.loading ? undefined : second.value;
  return (
    <>
      <Answered
        answer={first}
        show={(report) => (
          <div>
            {second.error && <Failed error={second.error} again={second.again} />}
            {other === undefined ? (
              second.error === undefined && <Loading />
            ) : (
              <>
                <Unfinished range={report.range} />
                <SideBySide names={[a.name, b.name]} a={report.totals} b={other.totals} />
                <Timeline
                  place={place}
                  range={range}
                  named={lines}
                  campaign_id={kind === 'campaigns' ? `${a.id},${b.id}` : undefined}
                />
              </>
            )}
          </div>
        )}
      />
      <DifferenceOf place={place} id_name={IDS[kind]} a={a} b={b} />
    </>
  );
}
