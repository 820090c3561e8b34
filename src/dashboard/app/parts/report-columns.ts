/** The columns of every report, in the form that tables show. */
import type { AnswerOf } from '../api.ts';
import { count, money, percent } from '../format.ts';
import type { Column } from './table.ts';

/** The measures in a row of every report. */
export type Measures = Omit<AnswerOf<'/v2/reports/hours'>['rows'][number], 'hour'>;
type NamesOf<T> = { [Name in keyof Measures]: Measures[Name] extends T ? Name : never }[keyof Measures];

const number = (name: NamesOf<number>, title: string, show: (value: number) => string): Column<Measures> => ({
  name,
  title,
  number: true,
  show: (row) => show(row[name]),
});
const amount = (name: NamesOf<string>, title: string): Column<Measures> => ({
  name,
  title,
  number: true,
  show: (row) => money(row[name], row.currency),
});

export const MEASURES: readonly Column<Measures>[] = [
  number('sent', 'Sent', count),
  number('clicks_unique', 'Unique clicks', count),
  number('click_rate', 'Click rate', percent),
  number('clicks_total', 'All clicks', count),
  number('clicks_bot', 'Bots', count),
  { name: 'currency', title: 'Currency', show: (row) => row.currency || '–' },
  number('conversions', 'Conversions', count),
  number('cvr', 'Conversion rate', percent),
  amount('revenue', 'Revenue'),
  amount('epc', 'Per click'),
];
