/** Columns of reports as they are chosen for readers outside, and shown to them: names, and how each is formatted. */

import { count, money, percent } from '../format.ts';
import type { View } from '../saved-views.ts';
import { t } from '../strings/strings.ts';

export type ColumnName = NonNullable<View['share']>['columns'][number];
export type Cells = Partial<Record<ColumnName, string | number | null>>;

/** Those that can be chosen, in order, with what they are called. */
export const titles = (): Partial<Record<ColumnName, string>> => ({
  sent: t.measures.sent,
  delivered: t.measures.delivered,
  delivery_rate: t.measures.delivery_rate,
  failed: t.measures.failed,
  opt_outs: t.measures.opt_outs,
  clicks_unique: t.measures.clicks_unique,
  click_rate: t.measures.click_rate,
  click_rate_delivered: t.measures.click_rate_delivered,
  clicks_total: t.measures.clicks_total,
  clicks_bot: t.measures.clicks_bot,
  conversions: t.shared.conversions,
  cvr: t.measures.cvr,
  message_cvr: t.measures.message_cvr,
  revenue: t.shared.revenue,
  epc: t.measures.epc,
  rpm: t.measures.rpm,
});

export const titleOf = (column: ColumnName): string =>
  titles()[column] ?? t.views.more_columns[column] ?? column;

/** What is chosen unless somebody chooses. */
export const USUAL: readonly ColumnName[] = ['sent', 'clicks_unique', 'click_rate', 'conversions', 'revenue'];

const RATES = new Set<ColumnName>([
  'click_rate',
  'cvr',
  'message_cvr',
  'delivery_rate',
  'click_rate_delivered',
]);
const MONEY = new Set<ColumnName>(['revenue', 'payout', 'epc', 'rpm', 'sales', 'refunds', 'view_revenue']);

export const isMoney = (column: ColumnName): boolean => MONEY.has(column);
export const isCount = (column: ColumnName): boolean =>
  !MONEY.has(column) && !RATES.has(column) && column !== 'currency';

export function shownCell(column: ColumnName, cells: Cells): string {
  const value = cells[column];
  if (value === null || value === undefined || value === '') return '–';
  if (MONEY.has(column)) return money(value, String(cells.currency ?? ''));
  return RATES.has(column) ? percent(Number(value)) : count(Number(value));
}
