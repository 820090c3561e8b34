/**
 * The list of the views for analysts' own SQL, used by the read-only port, GET /v2/schema and the tests of the schema.
 * Analysts may read only these views. Each has a column account_id.
 */
export const DATABASE = 'trackly';

export const REPORT_VIEWS = [
  'report_campaigns',
  'report_variants',
  'report_domains',
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
  'report_catalog',
] as const;

/** The tables that the views read and that have rows of accounts: an account sees only its own, by account_id. */
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
  'catalog',
] as const;

/** The tables that the views read and that have no rows of accounts. */
export const OPEN_TABLES_BEHIND = ['networks'] as const;
