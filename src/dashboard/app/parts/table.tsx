/** A table of rows that the API sorts and pages: headers are buttons, and the URL has the choice. */
import type { JSX, ReactNode } from 'react';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { DownloadRows } from './download.tsx';
import { Scroll } from './scroll.tsx';

export interface Column<T> {
  /** The API's name of the column for sorting; '' if it cannot be sorted. */
  name: string;
  title: string;
  number?: boolean;
  show: (row: T) => ReactNode;
}

interface TableProps<T> {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  /** The location that keeps the sorting; without it the table cannot be sorted. */
  place?: Place;
  sort?: string;
  /** Of few columns, with things to do in them: on a phone a row's cells stand below each other. */
  stacked?: boolean;
  /** What tells a row from the others. Required where rows hold state, such as a dialog, typed text or the focus. */
  id?: (row: T) => string;
  /** Of a table that the API has no file of: the name of the one that the browser makes, without its ending. */
  file?: string;
  /** More rows below, under a line that says what they are. */
  below?: { title: string; rows: readonly T[] };
}

export function Table<T extends object>(props: TableProps<T>): JSX.Element {
  const { caption, columns, rows, place, sort, stacked, file, below } = props;
  return (
    <>
      <Scroll label={caption} stacked={stacked === true}>
        <table>
          <caption className="hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ name, title, number }) => (
                <Header key={title} name={name} title={title} number={number} place={place} sort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>{rowsOf(props, rows)}</tbody>
          {below && (
            <tbody>
              <tr>
                <th scope="rowgroup" colSpan={columns.length}>
                  {below.title}
                </th>
              </tr>
              {rowsOf(props, below.rows)}
            </tbody>
          )}
        </table>
      </Scroll>
      {file !== undefined && rows.length > 0 && <DownloadRows rows={rows} name={file} of={caption} />}
    </>
  );
}

const rowsOf = <T,>({ columns, stacked, id }: TableProps<T>, rows: readonly T[]): JSX.Element[] =>
  rows.map((row, i) => (
    <tr key={id === undefined ? i : id(row)}>
      {columns.map(({ title, number, show }, at) => {
        const Cell = at === 0 ? 'th' : 'td';
        return (
          <Cell
            key={title}
            scope={at === 0 ? 'row' : undefined}
            className={number ? 'number' : undefined}
            data-title={stacked ? title : undefined}
          >
            {show(row)}
          </Cell>
        );
      })}
    </tr>
  ));

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
  return (
    <th scope="col" className={number ? 'number' : undefined} aria-sort={order}>
      {place === undefined || name === '' ? (
        title
      ) : (
        <button
          type="button"
          className="sort"
          onClick={() => go(withQuery(place, { sort: order === 'descending' ? name : `-${name}` }), true)}
        >
          {title}
          <span aria-hidden="true">{order === undefined ? '' : ARROWS[order]}</span>
        </button>
      )}
    </th>
  );
}

const ARROWS = { ascending: '\u00a0↑', descending: '\u00a0↓' } as const;

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
  const step = (to: number, name: string): JSX.Element => (
    <button
      type="button"
      disabled={to < 1 || to > last}
      onClick={() => go(withQuery(place, { page: String(to) }))}
    >
      {name}
    </button>
  );
  return (
    <nav className="pages" aria-label={t.table.pages}>
      {step(page - 1, t.table.previous)}
      <span>{Number.isFinite(last) ? t.table.page_of(page, last) : t.table.page(page)}</span>
      {step(page + 1, t.table.next)}
    </nav>
  );
}
