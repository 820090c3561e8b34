/**
 * The tables and views that are documented for analysts' own SQL: the one list that the read-only port, GET
 * /v2/schema and the tests of the schema go by. A new table has to be named here, as one of these.
 */
import type { RowRules } from '../clickhouse/embedded/confined/row-policies.ts';

export const DATABASE = 'trackly';

export const REPORT_VIEWS = [
  'report_campaigns',
  'report_variants',
  'report_creatives',
  'report_offers',
  'report_messages',
  'report_links',
  'report_hours',
  'report_clicks',
  'report_conversions',
] as const;

/** Each with a column account_id, by which an account sees its own rows. */
export const PUBLIC_TABLES = [
  'clicks',
  'sends',
  'conversions',
  'verdicts',
  'judgements',
  'rollup_quarter_hours',
  'rollup_links',
  'rollup_variants',
  'rollup_networks',
  'rollup_bot_reasons',
] as const;

/** For the system itself: hashes of keys, every account's links, and the books of the installation. */
const SYSTEM_TABLES = ['records', 'ledger', 'migrations'];

/** They only fill tables, and would show them whole. */
const MATERIALIZED_VIEWS = [
  'clicks_to_quarter_hours',
  'clicks_to_links',
  'clicks_to_variants',
  'clicks_to_networks',
  'clicks_to_bot_reasons',
  'clicks_to_ledger',
  'click_payouts_to_quarter_hours',
  'click_payouts_to_links',
  'sends_to_quarter_hours',
  'sends_to_links',
  'sent_links_to_quarter_hours',
  'sends_to_records',
  'conversions_to_quarter_hours',
  'conversions_to_links',
  'verdicts_to_quarter_hours',
  'verdicts_to_links',
  'verdicts_to_variants',
  'verdicts_to_networks',
  'verdicts_to_bot_reasons',
  'verdict_payouts_to_quarter_hours',
  'verdict_payouts_to_links',
];

export const ROW_RULES: RowRules = {
  database: DATABASE,
  own: PUBLIC_TABLES,
  views: REPORT_VIEWS,
  hidden: [...SYSTEM_TABLES, ...MATERIALIZED_VIEWS],
};
