/** A table of rows that the API sorts and pages: headers are buttons, the address holds what was chosen. */
import { type ComponentChildren, h, type JSX } from 'preact';
import { go, type Place, withQuery } from '../location.ts';

export interface Column<T> {
  /** As the API sorts by it; '' can't be sorted by. */
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
}: {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  /** Where sorting is kept; without it nothing can be sorted. */
  place?: Place;
  sort?: string;
}): JSX.Element {
  const descending = sort?.startsWith('-') ?? false;
  const sorted = sort?.replace(/^-/, '');
  const header = ({ name, title, number }: Column<T>): JSX.Element => {
    const is_sorted = name !== '' && sorted === name;
    const next = is_sorted && descending ? name : `-${name}`;
    return h(
      'th',
      {
        key: title,
        scope: 'col',
        class: number ? 'number' : '',
        'aria-sort': is_sorted ? (descending ? 'descending' : 'ascending') : undefined,
      },
      place === undefined || name === ''
        ? title
        : h(
            'button',
            { type: 'button', class: 'sort', onClick: () => go(withQuery(place, { sort: next }), true) },
            title,
            h('span', { 'aria-hidden': 'true' }, is_sorted ? (descending ? ' ↓' : ' ↑') : ''),
          ),
    );
  };
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'hidden' }, caption),
      h('thead', {}, h('tr', {}, columns.map(header))),
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
                { key: title, scope: at === 0 ? 'row' : undefined, class: number ? 'number' : '' },
                show(row),
              ),
            ),
          ),
        ),
      ),
    ),
  );
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
  /** Rows; Infinity where they are too many to be counted. */
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
