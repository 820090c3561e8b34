/** What the API answers, as far as the page shows it. */

export interface Account {
  account_id: string;
  name: string;
  tracking_domain: string;
  time_zone: string;
}

export interface Money {
  currency: string;
  conversions: number;
  revenue: string;
  payout: string;
  epc: string;
  rpm: string;
}

export interface Totals {
  sent: number;
  clicks_total: number;
  clicks_human: number;
  clicks_bot: number;
  clicks_unique: number;
  click_rate: number;
  currency: string | null;
  conversions: number;
  revenue: string | null;
  payout: string | null;
  epc: string | null;
  cvr: number;
  rpm: string | null;
  currencies: Money[];
}

export type Row = Record<string, string | number | null>;

export interface Report {
  rows: Row[];
  totals: Totals;
  page: number;
  per_page: number;
  total_rows: number;
  more_rows: boolean;
}

/** The ends are null where nothing varies. */
export interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}

export interface Compared extends Interval {
  /** null where nothing was sent or nothing was earned. */
  chance_best: number | null;
  difference: Interval | null;
}

export interface Variant {
  variant_id: string;
  planned_percent: number;
  sent: number;
  clicks_unique: number;
  conversions: number;
  revenue: string | number;
  click_rate: Compared;
  conversion_rate: Compared;
  revenue_per_message: Compared;
}

export interface Experiment {
  control: string;
  currency: string;
  variants: Variant[];
  warnings: { code: string; message: string }[];
  verdict: { best: string | null; chance: number | null; messages_needed: number | null; sentence: string };
}

export interface Click extends Record<string, unknown> {
  click_id: string;
  clicked_at: string;
  link_id: string;
  link_key: string;
  verdict: string;
  bot_reasons: string[];
  is_first: boolean | number;
}

export interface Conversion extends Record<string, unknown> {
  conversion_id: string;
  event: string;
  status: string;
  reason: string;
  revenue: string;
  currency: string;
}
