/**
 * The views that are documented for analysts' own SQL: the one list that the read-only port, GET /v2/schema and the
 * tests of the schema go by. What is not named here, no analyst may read. Each has a column account_id.
 */
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
  'report_sends',
  'report_verdicts',
  'report_rejudgements',
  'report_quarter_hours',
  'report_networks',
  'report_bot_reasons',
] as const;

/** The tables behind them. An account sees its own rows in each, by the column account_id. */
export const TABLES_BEHIND = [
  'clicks',
  'sends',
  'conversions',
  'verdicts',
  'rejudgements',
  'rollup_quarter_hours',
  'rollup_links',
  'rollup_variants',
  'rollup_networks',
  'rollup_bot_reasons',
] as const;
