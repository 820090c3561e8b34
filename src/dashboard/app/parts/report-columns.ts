/** The columns that every report has, as the tables show them. */
import { count, money, percent } from '../format.ts';
import type { Row } from '../types.ts';
import type { Column } from './table.ts';

const number = (name: string, title: string, show: (value: number) => string): Column<Row> => ({
  name,
  title,
  number: true,
  show: (row) => show(Number(row[name])),
});
const amount = (name: string, title: string): Column<Row> => ({
  name,
  title,
  number: true,
  show: (row) => money(row[name], String(row.currency ?? '')),
});

export const MEASURES: readonly Column<Row>[] = [
  number('sent', 'Sent', count),
  number('clicks_unique', 'Unique clicks', count),
  number('click_rate', 'Click rate', percent),
  number('clicks_total', 'All clicks', count),
  number('clicks_bot', 'Bots', count),
  { name: 'currency', title: 'Currency', show: (row) => String(row.currency || '–') },
  number('conversions', 'Conversions', count),
  number('cvr', 'Conversion rate', percent),
  amount('revenue', 'Revenue'),
  amount('epc', 'Per click'),
];
