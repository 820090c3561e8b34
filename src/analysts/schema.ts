/**
 * Reads the descriptions of the report views from ClickHouse: names, types and the comments of clickhouse/schema/, with
 * a unit for counts and measures. With ClickHouse down it rejects.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { type DescribedColumn, reportViewOf, viewColumns } from '../clickhouse/report-view-definitions.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { DATABASE, REPORT_VIEWS } from './report-views.ts';

export interface SchemaColumn {
  name: string;
  type: string;
  /** The meaning of the column. */
  comment: string;
  /** Empty for names, ids and texts. */
  unit: string;
}

export interface SchemaView {
  name: string;
  /** What one row is. */
  comment: string;
  columns: SchemaColumn[];
}

export interface Schema {
  database: string;
  views: SchemaView[];
  questions: readonly Question[];
}

export async function readSchema(client: ClickHouseClient): Promise<Schema> {
  const ask = async <Row>(query: string): Promise<Row[]> => {
    const query_params = { database: DATABASE, names: REPORT_VIEWS };
    return (await client.query({ query, query_params, format: 'JSONEachRow' })).json<Row>();
  };
  const place = (name: string): number => (REPORT_VIEWS as readonly string[]).indexOf(name);
  const [views, columns] = await Promise.all([
    ask<{ name: string; comment: string }>(
      'SELECT name, comment FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)}',
    ),
    ask<Omit<SchemaColumn, 'unit'> & { table: string }>(
      'SELECT table, name, type, comment FROM system.columns WHERE database = {database:String} AND table IN {names:Array(String)} ORDER BY table, position',
    ),
  ]);
  const described = views
    .toSorted((a, b) => place(a.name) - place(b.name))
    .map(
      ({ name, comment }): SchemaView => ({
        name,
        comment,
        columns: (columnsInRange(name) ?? columns.filter((column) => column.table === name)).map(
          ({ name: of, type, comment: meaning }) => ({
            name: of,
            type,
            comment: meaning,
            unit: unitOf(of, type),
          }),
        ),
      }),
    );
  return { database: DATABASE, views: described, questions: QUESTIONS };
}

/** The columns of a view with parameters, which ClickHouse knows only when it is called. */
function columnsInRange(name: string): DescribedColumn[] | undefined {
  const view = reportViewOf(name.replace(/^report_/, ''));
  return view?.range ? viewColumns(view) : undefined;
}

/** The unit in which a column is counted or measured. Pure. */
function unitOf(name: string, type: string): string {
  if (type.startsWith('DateTime')) return 'time, UTC';
  if (name.endsWith('_ms')) return 'milliseconds';
  if (type.startsWith('Date')) return 'date';
  if (name === 'epc') return 'amount by currency, per first click';
  if (name === 'rpm') return 'amount by currency, per 1,000 messages';
  if (type.endsWith('Decimal(38, 6))')) return 'amount by currency';
  if (name.startsWith('clicks_by_')) return 'count by name';
  if (/^(click_rate|delivery_rate|click_rate_delivered)$/.test(name) || name.endsWith('_probability'))
    return 'share, from 0 to 1';
  if (name === 'cvr') return 'conversions per first click';
  if (name === 'message_cvr') return 'conversions per message';
  if (name === 'score') return 'points';
  if (name.startsWith('is_')) return '0 or 1';
  if (name === 'sign') return '1 or -1';
  if (
    /^(sent|delivered|failed|opt_outs|\w+_(delivered|failed|opted_out)|clicks|changed|(view_)?conversions|address_\w+|\w+_sent|clicks_\w+|\w*first_\w*clicks)$/.test(
      name,
    )
  )
    return 'count';
  return '';
}
