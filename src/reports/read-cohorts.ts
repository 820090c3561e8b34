/**
 * What came until now of the messages of a campaign, by variant and quarter of an hour of sent_at: what allocation.ts
 * compares. Errors: see ask-clickhouse.ts.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { askRows } from './ask-clickhouse.ts';
import type { Cohort, Metric } from './experiments/allocation.ts';

/** Messages older than this are compared no more: creatives wear out. */
const DAYS_MAX = 90;

export interface CampaignCohorts {
  cohorts: Cohort[];
  /** Mean square of an amount by the square of its mean. */
  revenue_spread: number;
}

export async function readCohorts(
  clickhouse: ClickHouseClient,
  { account_id, campaign_id }: { account_id: string; campaign_id: string },
  metric: Metric,
): Promise<CampaignCohorts> {
  const query_params = { account_id, campaign_id, days: DAYS_MAX };
  if (metric === 'click_rate') {
    return {
      cohorts: await askRows<Cohort>(clickhouse, { query: CLICKED, query_params }),
      revenue_spread: 1,
    };
  }
  const rows = await askRows<Cohort & { squares: number }>(clickhouse, { query: EARNED, query_params });
  const sum = (value: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + value(row), 0);
  const [conversions, revenue, squares] = [
    sum((row) => row.successes),
    sum((row) => row.revenue),
    sum((row) => row.squares),
  ];
  return {
    cohorts: rows,
    revenue_spread: revenue > 0 ? Math.max(1, (squares * conversions) / revenue ** 2) : 1,
  };
}

const SINCE = 'toStartOfFifteenMinutes(now()) - toIntervalDay({days:UInt16})';

const SENT = `SELECT rollup.variant_id AS variant_id, toUnixTimestamp(rollup.quarter_hour) AS quarter_hour_s,
    sum(rollup.messages_sent) AS sent
  FROM trackly.rollup_quarter_hours AS rollup
  WHERE rollup.account_id = {account_id:String} AND rollup.campaign_id = {campaign_id:String}
    AND rollup.quarter_hour >= ${SINCE} AND rollup.messages_sent != 0
  GROUP BY variant_id, quarter_hour_s`;

const CLICKED = `SELECT variant_id, quarter_hour_s, toFloat64(sent.sent) AS sent,
    toFloat64(clicked.successes) AS successes, toFloat64(0) AS revenue
  FROM (${SENT}) AS sent
  LEFT JOIN (
    SELECT rollup.variant_id AS variant_id, toUnixTimestamp(rollup.sent_quarter_hour) AS quarter_hour_s,
      sum(rollup.first_clicks) AS successes
    FROM trackly.rollup_variants AS rollup
    WHERE rollup.account_id = {account_id:String} AND rollup.campaign_id = {campaign_id:String}
      AND rollup.sent_quarter_hour >= ${SINCE}
    GROUP BY variant_id, quarter_hour_s
  ) AS clicked USING (variant_id, quarter_hour_s)`;

/** Money of the currency in which most of the campaign's conversions earned: amounts of two are never added. */
const EARNED = `WITH money AS (
    SELECT ledger.variant_id AS variant_id, ledger.message_id AS message_id, ledger.currency AS currency,
      max(ledger.sent_at) AS message_sent_at, sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
      toFloat64(sum(ledger.sign * (ledger.sales - ledger.refunds))) AS net
    FROM trackly.conversions AS ledger
    WHERE ledger.account_id = {account_id:String} AND ledger.campaign_id = {campaign_id:String}
      AND ledger.credited_at >= ${SINCE} AND ledger.status = 'attributed' AND ledger.message_id != ''
      AND (ledger.conversions, ledger.sales, ledger.refunds) != (0, 0, 0)
    GROUP BY variant_id, message_id, currency
  )
  SELECT variant_id, quarter_hour_s, toFloat64(sent.sent) AS sent, toFloat64(earned.successes) AS successes,
    earned.revenue AS revenue, earned.squares AS squares
  FROM (${SENT}) AS sent
  LEFT JOIN (
    SELECT money.variant_id AS variant_id, toUnixTimestamp(toStartOfFifteenMinutes(money.message_sent_at)) AS quarter_hour_s,
      sum(money.conversions) AS successes, sum(money.net) AS revenue, sum(pow(money.net, 2)) AS squares
    FROM money
    WHERE money.currency = (SELECT currency FROM money GROUP BY currency ORDER BY sum(conversions) DESC, currency LIMIT 1)
    GROUP BY variant_id, quarter_hour_s
  ) AS earned USING (variant_id, quarter_hour_s)`;
