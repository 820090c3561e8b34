/** What people outside the console call the columns of a report, in English. Pure. */
import type { Measure } from '../reports/measures.ts';

export const COLUMN_TITLES: Readonly<Record<Measure, string>> = {
  sent: 'Sent',
  clicks_total: 'All clicks',
  clicks_human: 'Clicks of people',
  clicks_bot: 'Clicks of bots',
  clicks_unique: 'Unique clicks',
  click_rate: 'Click rate',
  currency: 'Currency',
  conversions: 'Conversions',
  revenue: 'Revenue',
  payout: 'Payout',
  epc: 'Revenue per click',
  cvr: 'Conversions per click',
  message_cvr: 'Conversions per message',
  rpm: 'Revenue per 1,000 messages',
  sales: 'Sales',
  refunds: 'Refunds',
  delivered: 'Delivered',
  failed: 'Failed',
  opt_outs: 'Opt-outs',
  delivery_rate: 'Delivery rate',
  click_rate_delivered: 'Click rate of delivered',
  view_conversions: 'View-through conversions',
  view_revenue: 'View-through revenue',
};
