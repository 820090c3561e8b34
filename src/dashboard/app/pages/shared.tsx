/**
 * A report that was shared by its address: what the API gives for it, and nothing of the account around it. Nobody signs
 * in here. Where a password is asked for, it is kept in this page only.
 */
import { type JSX, useEffect, useState } from 'react';
import { send } from '../api.ts';
import { count, setTimeZone, timeZone } from '../format.ts';
import { Field, Form } from '../parts/form.tsx';
import { PeriodBars, type Point } from '../parts/period-bars.tsx';
import {
  type Cells,
  type ColumnName,
  isCount,
  isMoney,
  shownCell,
  titleOf,
} from '../parts/sharing-columns.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import '../shared.css';

interface Report {
  title: string;
  /** The brand of who shares it; '' without one. */
  by: string;
  time_zone: string;
  range: { from: string; to: string; tz: string; range_by: 'sent' | 'event'; unfinished: string | null };
  columns: ColumnName[];
  totals: Cells;
  currencies: Cells[];
  rows: (Cells & { name: string })[];
  total_rows: number;
  points: Point[];
  period: string | null;
}

export function SharedPage({ path }: { path: string }): JSX.Element {
  const [report, setReport] = useState<Report>();
  const [asks, setAsks] = useState(false);
  const [error, setError] = useState<Error>();
  const read = async (password?: string): Promise<void> => {
    const answer = await send<Report | { asks_password: true }>('POST', `${path}/report`, {
      ...(password !== undefined && { password }),
    });
    if ('asks_password' in answer) return setAsks(true);
    setTimeZone(answer.time_zone);
    setReport(answer);
  };
  const begin = (): void => {
    setError(undefined);
    read().catch(setError);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once for each address
  useEffect(begin, [path]);
  if (report !== undefined) return <Shown report={report} />;
  if (asks)
    return (
      <main className="alone">
        <Title text={t.views.asks_password} />
        <Form button={t.views.show_report} submit={({ password }) => read(password)}>
          <Field name="password" label={t.views.password} type="password" autofocus />
        </Form>
      </main>
    );
  return (
    <main className="alone">
      {error === undefined ? (
        <Loading />
      ) : (
        <>
          <Title text={t.shared.product} />
          <Failed error={error} again={begin} />
        </>
      )}
    </main>
  );
}

function Shown({ report }: { report: Report }): JSX.Element {
  const { title, by, range, columns, rows, total_rows, points, period } = report;
  const counts = columns.filter(isCount);
  return (
    <main className="shared-report">
      <Title text={title} />
      <p className="muted">
        {datesOf(range)}
        {by !== '' && ` · ${t.views.shared_by(by)}`}
      </p>
      <Totals report={report} />
      <p className="muted">
        {[
          range.range_by === 'sent' ? t.views.of_sent : t.views.of_event,
          ...(range.unfinished === 'period' ? [t.range.not_over] : []),
          ...(range.unfinished === 'conversions' ? [t.range.may_come] : []),
        ].join(' ')}
      </p>
      {points.length > 0 && counts.length > 0 && (
        <PeriodBars points={points} columns={counts} hourly={period === 'hour'} />
      )}
      {points.length === 0 && (
        <>
          {rows.length === 0 && <p className="notice">{t.views.nothing}</p>}
          {rows.length > 0 && <Table caption={title} columns={rowColumns(columns)} rows={rows} />}
          {total_rows > rows.length && (
            <p className="muted">{t.views.rows_of(count(rows.length), count(total_rows))}</p>
          )}
        </>
      )}
      <p className="zone">
        {t.frame.zone(timeZone())}{' '}
        <button type="button" className="quiet no-print" onClick={() => window.print()}>
          {t.views.print}
        </button>
      </p>
    </main>
  );
}

/** `to` is not included: the last day is that of the moment before. */
function datesOf({ from, to }: Report['range']): string {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'medium',
    timeZone: timeZone(),
  });
  return t.views.dates(format.format(Date.parse(from)), format.format(Date.parse(to) - 1));
}

/** Money once for each currency. */
function Totals({ report: { columns, totals, currencies } }: { report: Report }): JSX.Element {
  const figures = columns.flatMap((column): [name: string, value: string][] => {
    if (column === 'currency') return [];
    if (!isMoney(column)) return [[titleOf(column), shownCell(column, totals)]];
    if (currencies.length === 0) return [[titleOf(column), '–']];
    return currencies.map((sums) => [
      currencies.length > 1 ? `${titleOf(column)} ${sums.currency}` : titleOf(column),
      shownCell(column, sums),
    ]);
  });
  return (
    <dl className="totals">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const rowColumns = (columns: readonly ColumnName[]): Column<Report['rows'][number]>[] => [
  { name: '', title: t.make.name, show: (row) => row.name || t.list.no_value },
  ...columns
    .filter((column) => column !== 'currency')
    .map((column) => ({
      name: '',
      title: titleOf(column),
      number: true,
      show: (row: Report['rows'][number]) => shownCell(column, row),
    })),
];
