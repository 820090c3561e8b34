/**
 * The list of the views for analysts' own SQL, used by the read-only port, GET /v2/schema and the tests of the schema.
 * Analysts may read only these views. Each has a column account_id.
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

/** The tables that the views read. An account sees only its own rows of each, by the column account_id. */
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
