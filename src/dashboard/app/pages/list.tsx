/** The list of campaigns, offers, creatives, messages or links in a range, with search, sorting, pages and a file. */
import { type JSX, lazy, Suspense, useState } from 'react';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Chips } from '../parts/chip.tsx';
import { DownloadCsv } from '../parts/download.tsx';
import { useNames } from '../parts/picker.tsx';
import { RangePicker, reportRangeOf, Unfinished } from '../parts/range.tsx';
import { MEASURES, type Measures } from '../parts/report-columns.ts';
import { ShownColumns, useShown } from '../parts/shown-columns.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Pages, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type DefinedKind, type EntityKind, idOf, isDefined, titleOf } from './kinds.ts';

type Report = AnswerOf<`/v2/reports/${EntityKind}`>;
type RowOf<Kind extends EntityKind> = AnswerOf<`/v2/reports/${Kind}`>['rows'][number];

/** A row of any of these lists: the measures, and the list's own columns. */
type Row = Measures &
  Partial<RowOf<'campaigns'> & RowOf<'offers'> & RowOf<'creatives'> & RowOf<'messages'> & RowOf<'links'>>;
const PER_PAGE = 50;
const sortDefault = (kind: EntityKind): string => (isDefined(kind) ? '-clicks_unique' : '-sent_at');

/** Columns that are shown until others are chosen: of what the catalog defines, and of what was sent. */
const USUAL = {
  defined: [
    ...['sent', 'opt_outs', 'clicks_unique', 'click_rate', 'clicks_bot'],
    ...['conversions', 'cvr', 'revenue', 'epc'],
  ],
  sent: [
    ...['campaign_id', 'sent_at', 'last_at', 'clicks_unique', 'clicks_total', 'clicks_bot'],
    ...['conversions', 'revenue'],
  ],
};

/** Filters that the URL may have; each is shown as a chip that can be removed. */
const FILTERS = ['campaign_id', 'offer_id', 'creative_id', 'variant_id', 'message_id'] as const;
const KIND_OF: Partial<Record<(typeof FILTERS)[number], DefinedKind>> = {
  campaign_id: 'campaigns',
  offer_id: 'offers',
  creative_id: 'creatives',
};

export function ListPage({ kind, may_change }: { kind: EntityKind; may_change: boolean }): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const sort = query['sort'] ?? sortDefault(kind);
  const filters = Object.fromEntries(FILTERS.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
  const asked = { ...reportRangeOf(place), ...filters, search: query['search'], sort };
  const picks = useState<readonly string[]>([]);
  const shown = useShown(kind, USUAL[isDefined(kind) ? 'defined' : 'sent']);
  const answer = useAnswer(`/v2/reports/${kind}`, { ...asked, page: query['page'], per_page: PER_PAGE });
  return (
    <div>
      <Title text={titleOf(kind)} />
      <RangePicker place={place} of_reports />
      <div className="tools">
        <Search place={place} kind={kind} />
        {FILTERS.filter((name) => filters[name] !== undefined).map((name) => (
          <Chips key={name} place={place} name={name} kind={KIND_OF[name]} label={t.list.by[name]} />
        ))}
        {may_change && kind !== 'messages' && (
          <a className="button main" href={`/${kind}/new`}>
            {t.make.titles[kind]}
          </a>
        )}
        <DownloadCsv path={`/v2/reports/${kind}`} asked={asked} name={kind} />
        <ShownColumns columns={[...besideOf(kind), ...MEASURES]} shown={shown} />
        {isDefined(kind) && <Versus place={place} kind={kind} picked={picks[0]} />}
      </div>
      {isDefined(kind) && may_change && picks[0].length > 0 && (
        <Suspense fallback={null}>
          <ChangeSeveral kind={kind} ids={picks[0]} choose={picks[1]} listed={listedOf(kind, answer.value)} />
        </Suspense>
      )}
      <Answered
        answer={answer}
        show={(report) =>
          report.rows.length === 0 ? (
            <Empty>
              <p>{query['search'] ? t.list.no_match(query['search']) : t.list.none[kind]}</p>
              <p>{t.list.longer}</p>
            </Empty>
          ) : (
            <div>
              <p className="muted">
                {t.table.rows(report.total_rows, count(report.total_rows), report.more_rows)}
              </p>
              <Unfinished range={report.range} />
              <Table
                caption={titleOf(kind)}
                columns={columnsOf(kind, picks, repeatedIn(kind, report)).filter(
                  ({ name }) => name === idOf(kind) || shown.names.includes(name),
                )}
                rows={report.rows}
                place={place}
                sort={sort}
              />
              <Pages place={place} page={report.page} per_page={report.per_page} total={totalOf(report)} />
            </div>
          )
        }
      />
    </div>
  );
}

/** The number of rows; Infinity for a list that is too long to count, until a page that is not full. */
function totalOf({ rows, page, per_page, total_rows, more_rows }: Report): number {
  if (!more_rows) return total_rows;
  return rows.length < per_page ? page * per_page : Number.POSITIVE_INFINITY;
}

const ChangeSeveral = lazy(async () => ({
  default: (await import('../parts/change-several.tsx')).ChangeSeveral,
}));

/** The things of the page, by their names. */
const listedOf = (kind: EntityKind, report: Report | undefined): Map<string, string> =>
  new Map(
    ((report?.rows ?? []) as readonly Row[]).flatMap((row): [string, string][] => {
      const id = row[idOf(kind)] ?? '';
      return id === '' ? [] : [[id, row.name || id]];
    }),
  );

/** Two of a list, side by side. */
function Versus({
  place: { query },
  kind,
  picked,
}: {
  place: Place;
  kind: EntityKind;
  picked: readonly string[];
}): JSX.Element {
  const [a, b] = picked;
  if (picked.length > 2) return <span className="muted">{t.versus.too_many}</span>;
  if (a === undefined || b === undefined)
    return <span className="muted">{a === undefined ? t.versus.pick : t.versus.one_more}</span>;
  const { from, to, range_by } = query;
  return (
    <a className="button main" href={addressOf('/compare', { kind, a, b, from, to, range_by })}>
      {t.versus.compare}
    </a>
  );
}

/** Ids of what is chosen. */
type Picks = [picked: readonly string[], pick: (ids: readonly string[]) => void];

function Pick({ id, name, picks: [picked, pick] }: { id: string; name: string; picks: Picks }): JSX.Element {
  return (
    <input
      type="checkbox"
      className="tick"
      aria-label={t.versus.pick_of(name)}
      checked={picked.includes(id)}
      onChange={({ target }) =>
        pick([...picked.filter((one) => one !== id), ...(target.checked ? [id] : [])])
      }
    />
  );
}

/** What has a row for each currency that it earned in. */
function repeatedIn(kind: EntityKind, report: Report): ReadonlySet<string> {
  const ids = (report.rows as readonly Row[]).map((row) => row[idOf(kind)] ?? '');
  return new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
}

function Campaign({ id }: { id: string }): JSX.Element {
  const names = useNames('campaigns');
  return (
    <a className="clip" href={`/campaigns/${encodeURIComponent(id)}`} title={id}>
      {names.get(id) ?? id}
    </a>
  );
}

function columnsOf(kind: EntityKind, picks: Picks, repeated: ReadonlySet<string>): Column<Row>[] {
  const id = idOf(kind);
  const name: Column<Row> = {
    name: id,
    title: t.kinds[kind],
    show: (row) => {
      const value = row[id] ?? '';
      if (value === '') return <span className="muted">{t.list.no_value}</span>;
      const shown = row.name || value;
      return (
        <span className="picked">
          {isDefined(kind) && <Pick id={value} name={shown} picks={picks} />}
          <a href={`/${kind}/${encodeURIComponent(value)}`} title={value}>
            {shown}
          </a>
          {repeated.has(value) && <span className="note">{row.currency}</span>}
        </span>
      );
    },
  };
  return [name, ...besideOf(kind), ...MEASURES];
}

/** What is known of a message or a link beside its measures. */
const besideOf = (kind: EntityKind): Column<Row>[] =>
  isDefined(kind)
    ? []
    : [
        {
          name: 'campaign_id',
          title: t.list.campaign,
          show: ({ campaign_id }) => (campaign_id ? <Campaign id={campaign_id} /> : '–'),
        },
        { name: 'sent_at', title: t.list.sent, show: (row) => time(row.sent_at, 'short') },
        { name: 'last_at', title: t.list.last_activity, show: (row) => time(row.last_at, 'short') },
      ];

function Search({ place, kind }: { place: Place; kind: EntityKind }): JSX.Element {
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(
            withQuery(place, {
              search: String(new FormData(event.currentTarget).get('search') ?? '').trim(),
            }),
          );
        }}
      >
        <label className="hidden" htmlFor="search">
          {t.list.search_of(titleOf(kind))}
        </label>
        <input
          id="search"
          name="search"
          type="search"
          placeholder={isDefined(kind) ? t.list.by_name : t.list.by_id}
          defaultValue={place.query['search'] ?? ''}
          key={place.query['search'] ?? ''}
        />
        <button type="submit">{t.list.search}</button>
      </form>
    </search>
  );
}
