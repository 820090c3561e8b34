/**
 * The list of the views for analysts' own SQL, used by the read-only port, GET /v2/schema and the tests of the schema.
 * Analysts may read only these views. Each has a column account_id.
 */
export const DATABASE = 'trackly';

/** Views with the parameters from, to, tz and range_by. */
export const RANGE_VIEWS = [
  'report_campaigns_in',
  'report_variants_in',
  'report_domains_in',
  'report_creatives_in',
  'report_offers_in',
  'report_messages_in',
  'report_links_in',
  'report_hours_in',
  'report_days_in',
] as const;

export const REPORT_VIEWS = [
  'report_campaigns',
  'report_variants',
  'report_domains',
  'report_creatives',
  'report_offers',
  'report_messages',
  'report_links',
  'report_hours',
  ...RANGE_VIEWS,
  'report_clicks',
  'report_refused',
  'report_conversions',
  'report_sends',
  'report_deliveries',
  'report_verdicts',
  'report_rejudgements',
  'report_quarter_hours',
  'report_converted_quarter_hours',
  'report_networks',
  'report_breakdowns',
  'report_bot_reasons',
  'report_catalog',
] as const;

/** The tables that the views read and that have rows of accounts: an account sees only its own, by account_id. */
export const TABLES_BEHIND = [
  'clicks',
  'refused_taps',
  'sends',
  'message_events',
  'conversions',
  'verdicts',
  'rejudgements',
  'rollup_quarter_hours',
  'rollup_links',
  'rollup_variants',
  'rollup_networks',
  'rollup_breakdowns',
  'rollup_bots',
  'catalog',
] as const;

/** The tables that the views read and that have no rows of accounts. */
export const OPEN_TABLES_BEHIND = ['networks'] as const;
