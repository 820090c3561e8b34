/** The columns of every report, in the form that tables show. */
import type { AnswerOf } from '../api.ts';
import { count, money, percent } from '../format.ts';
import { t } from '../strings/strings.ts';
import type { Column } from './table.tsx';

/** The measures in a row of every report. */
export type Measures = Omit<AnswerOf<'/v2/reports/hours'>['rows'][number], 'hour' | 'unfinished'>;
type NamesOf<T> = { [Name in keyof Measures]: Measures[Name] extends T ? Name : never }[keyof Measures];
const counted = (name: NamesOf<number>, title: string): Column<Measures> => ({
  name,
  title,
  number: true,
  show: (row) => count(row[name]),
});

/** Null in a range of events that it would not answer. */
const rate = (name: NamesOf<number | null>, title: string): Column<Measures> => ({
  name,
  title,
  number: true,
  show: (row) => percent(row[name]),
});

const amount = (name: NamesOf<string | null>, title: string): Column<Measures> => ({
  name,
  title,
  number: true,
  show: (row) => money(row[name], row.currency),
});

export const MEASURES: readonly Column<Measures>[] = [
  counted('sent', t.measures.sent),
  counted('delivered', t.measures.delivered),
  rate('delivery_rate', t.measures.delivery_rate),
  counted('failed', t.measures.failed),
  counted('opt_outs', t.measures.opt_outs),
  counted('clicks_unique', t.measures.clicks_unique),
  rate('click_rate', t.measures.click_rate),
  rate('click_rate_delivered', t.measures.click_rate_delivered),
  counted('clicks_total', t.measures.clicks_total),
  counted('clicks_bot', t.measures.clicks_bot),
  { name: 'currency', title: t.measures.currency, show: (row) => row.currency || '–' },
  counted('conversions', t.shared.conversions),
  rate('cvr', t.measures.cvr),
  rate('message_cvr', t.measures.message_cvr),
  amount('revenue', t.shared.revenue),
  amount('epc', t.measures.epc),
  amount('rpm', t.measures.rpm),
];
