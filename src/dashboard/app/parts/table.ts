/** A table of rows that the API sorts and pages: headers are buttons, and the URL has the choice. */
import { type ComponentChildren, h, type JSX } from 'preact';
import { go, type Place, withQuery } from '../location.ts';

export interface Column<T> {
  /** The API's name of the column for sorting; '' if it cannot be sorted. */
  name: string;
  title: string;
  number?: boolean;
  show: (row: T) => ComponentChildren;
}

export function Table<T>({
  caption,
  columns,
  rows,
  place,
  sort,
  stacked,
}: {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  /** The location that keeps the sorting; without it the table cannot be sorted. */
  place?: Place;
  sort?: string;
  /** Of few columns, with things to do in them: on a phone a row's cells stand below each other. */
  stacked?: boolean;
}): JSX.Element {
  return h(
    'div',
    { class: stacked ? 'scroll stacked' : 'scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'hidden' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map(({ name, title, number }) =>
            h(Header, { key: title, name, title, number, place, sort }),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row, i) =>
          h(
            'tr',
            { key: i },
            columns.map(({ title, number, show }, at) =>
              h(
                at === 0 ? 'th' : 'td',
                {
                  key: title,
                  scope: at === 0 ? 'row' : undefined,
                  class: number ? 'number' : '',
                  'data-title': stacked ? title : undefined,
                },
                show(row),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

interface HeaderProps {
  name: string;
  title: string;
  number: boolean | undefined;
  place: Place | undefined;
  sort: string | undefined;
}

/** The header of a column: a button that sorts by it, if that is possible. */
function Header({ name, title, number, place, sort = '' }: HeaderProps): JSX.Element {
  const order = name === '' ? undefined : orderOf(name, sort);
  return h(
    'th',
    { scope: 'col', class: number ? 'number' : '', 'aria-sort': order },
    place === undefined || name === ''
      ? title
      : h(
          'button',
          {
            type: 'button',
            class: 'sort',
            onClick: () => go(withQuery(place, { sort: order === 'descending' ? name : `-${name}` }), true),
          },
          title,
          h('span', { 'aria-hidden': 'true' }, order === undefined ? '' : ARROWS[order]),
        ),
  );
}

const ARROWS = { ascending: ' ↑', descending: ' ↓' } as const;

function orderOf(name: string, sort: string): keyof typeof ARROWS | undefined {
  if (sort === `-${name}`) return 'descending';
  return sort === name ? 'ascending' : undefined;
}

export function Pages({
  place,
  page,
  per_page,
  total,
}: {
  place: Place;
  page: number;
  per_page: number;
  /** Number of rows; Infinity if there are too many to count. */
  total: number;
}): JSX.Element | null {
  const last = Math.max(1, Math.ceil(total / per_page));
  if (last === 1) return null;
  const step = (to: number, name: string): JSX.Element =>
    h(
      'button',
      {
        type: 'button',
        disabled: to < 1 || to > last,
        onClick: () => go(withQuery(place, { page: String(to) })),
      },
      name,
    );
  return h(
    'nav',
    { class: 'pages', 'aria-label': 'Pages of the table' },
    step(page - 1, 'Previous'),
    h('span', {}, Number.isFinite(last) ? `Page ${page} of ${last}` : `Page ${page}`),
    step(page + 1, 'Next'),
  );
}
