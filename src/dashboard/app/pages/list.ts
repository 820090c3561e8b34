/** The list of campaigns, offers, creatives, messages or links in a range, with search, sorting, pages and a file. */
import { h, type JSX } from 'preact';
import { type AnswerOf, addressOf } from '../api.ts';
import { count, time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { RangePicker, rangeOf } from '../parts/range.ts';
import { MEASURES, type Measures } from '../parts/report-columns.ts';
import { Answered, Empty } from '../parts/states.ts';
import { type Column, Pages, Table } from '../parts/table.ts';
import { useAnswer } from '../use-answer.ts';
import { type EntityKind, idOf, isDefined, titleOf } from './kinds.ts';

type Report = AnswerOf<`/v2/reports/${EntityKind}`>;
type RowOf<Kind extends EntityKind> = AnswerOf<`/v2/reports/${Kind}`>['rows'][number];
/** A row of any of these lists: the measures, and the list's own columns. */
type Row = Measures &
  Partial<RowOf<'campaigns'> & RowOf<'offers'> & RowOf<'creatives'> & RowOf<'messages'> & RowOf<'links'>>;

const PER_PAGE = 50;
const sortDefault = (kind: EntityKind): string => (isDefined(kind) ? '-clicks_unique' : '-last_at');
/** Filters that the URL may have; each is shown as a chip that can be removed. */
const FILTERS = ['campaign_id', 'offer_id', 'creative_id', 'variant_id', 'message_id'] as const;

export function ListPage({ kind }: { kind: EntityKind }): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const sort = query['sort'] ?? sortDefault(kind);
  const filters = Object.fromEntries(FILTERS.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
  const asked = { ...rangeOf(place), ...filters, search: query['search'], sort };
  const answer = useAnswer(`/v2/reports/${kind}`, { ...asked, page: query['page'], per_page: PER_PAGE });
  return h(
    'div',
    {},
    h('h1', {}, titleOf(kind)),
    h(RangePicker, { place }),
    h(
      'div',
      { class: 'tools' },
      h(Search, { place, kind }),
      Object.entries(filters).map(([name, value]) =>
        h(
          'button',
          { key: name, type: 'button', class: 'chip', onClick: () => go(withQuery(place, { [name]: '' })) },
          `${name}: ${value} `,
          h('span', { 'aria-label': 'take this filter away' }, '×'),
        ),
      ),
      h(
        'a',
        {
          class: 'button',
          href: addressOf(`/v2/reports/${kind}`, { ...asked, format: 'csv' }),
          download: `${kind}.csv`,
        },
        'Download CSV',
      ),
    ),
    h(Answered<Report>, {
      answer,
      show: (report) =>
        report.rows.length === 0
          ? h(
              Empty,
              {},
              h(
                'p',
                {},
                query['search']
                  ? `Nothing here matches “${query['search']}”.`
                  : `No ${kind} were sent or clicked in this range.`,
              ),
              h('p', {}, 'Take a longer range, or fewer filters.'),
            )
          : h(
              'div',
              {},
              h(
                'p',
                { class: 'muted' },
                `${report.more_rows ? 'More than ' : ''}${count(report.total_rows)} ${report.total_rows === 1 ? 'row' : 'rows'}`,
              ),
              h(Table<Row>, {
                caption: titleOf(kind),
                columns: columnsOf(kind),
                rows: report.rows,
                place,
                sort,
              }),
              h(Pages, { place, page: report.page, per_page: report.per_page, total: totalOf(report) }),
            ),
    }),
  );
}

/** The number of rows; Infinity for a list that is too long to count, until a page that is not full. */
function totalOf({ rows, page, per_page, total_rows, more_rows }: Report): number {
  if (!more_rows) return total_rows;
  return rows.length < per_page ? page * per_page : Number.POSITIVE_INFINITY;
}

function columnsOf(kind: EntityKind): Column<Row>[] {
  const id = idOf(kind);
  const name: Column<Row> = {
    name: id,
    title: titleOf(kind).replace(/s$/, ''),
    show: (row) => {
      const value = row[id] ?? '';
      if (value === '') return h('span', { class: 'muted' }, '(none)');
      const shown = row.name || value;
      return h('a', { href: `/${kind}/${encodeURIComponent(value)}`, title: value }, shown);
    },
  };
  const beside: Column<Row>[] = isDefined(kind)
    ? []
    : [
        { name: 'campaign_id', title: 'Campaign', show: (row) => row.campaign_id || '–' },
        { name: 'last_at', title: 'Last activity', show: (row) => time(row.last_at, 'short') },
      ];
  return [name, ...beside, ...MEASURES];
}

function Search({ place, kind }: { place: Place; kind: EntityKind }): JSX.Element {
  return h(
    'form',
    {
      role: 'search',
      onSubmit: (event: Event) => {
        event.preventDefault();
        go(
          withQuery(place, {
            search: String(new FormData(event.target as HTMLFormElement).get('search') ?? '').trim(),
          }),
        );
      },
    },
    h('label', { class: 'hidden', for: 'search' }, `Search ${kind}`),
    h('input', {
      id: 'search',
      name: 'search',
      type: 'search',
      placeholder: isDefined(kind) ? 'Search by name or id' : 'Search by id',
      // Not `value`, because an answer that arrives would overwrite the text that is being typed.
      defaultValue: place.query['search'] ?? '',
      key: place.query['search'] ?? '',
    }),
    h('button', { type: 'submit' }, 'Search'),
  );
}
