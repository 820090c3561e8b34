/**
 * Ten questions that analysts ask, with the SQL that answers them. Each runs unchanged, through every interface of
 * ClickHouse: `{name:Type}` are ClickHouse's own parameters, `param_name=…` in the URL. On the read-only port
 * account_id is always the caller's own. Each is run, and its answer checked, by test/integration/questions.test.ts.
 */

export interface Question {
  title: string;
  sql: string;
  /** The result's columns, with meaning and unit. */
  columns: { name: string; meaning: string }[];
  /** The parameters beside account_id, with a value that works. */
  parameters: { name: string; type: string; meaning: string; example: string }[];
}

const column = (name: string, meaning: string): Question['columns'][number] => ({ name, meaning });
const parameter = (
  name: string,
  type: string,
  meaning: string,
  example: string,
): Question['parameters'][number] => ({ name, type, meaning, example });

const FROM = parameter('from', 'DateTime', 'First moment, UTC', '2026-10-01 00:00:00');
const TO = parameter('to', 'DateTime', 'End, not included, UTC', '2026-11-01 00:00:00');
const TZ = parameter('tz', 'String', 'Time zone of days and hours', 'Europe/Berlin');
const CAMPAIGN = parameter('campaign_id', 'String', 'The campaign', 'cam_1');

const CAMPAIGN_ID = column('campaign_id', 'The campaign');
const CURRENCY = column('currency', 'Currency of the money in this row; empty without money');
const SENT = column('sent', 'Messages sent');
const UNIQUE = column('clicks_unique', 'First human clicks: one for each contact and message');
const RATE = column('click_rate', 'clicks_unique / sent, from 0 to 1');

export const QUESTIONS: readonly Question[] = [
  {
    title: 'Which campaigns earn most?',
    sql: `SELECT campaign_id, currency, sent, clicks_unique, click_rate, conversions, revenue, rpm
FROM trackly.report_campaigns
WHERE account_id = {account_id:String}
ORDER BY revenue DESC, campaign_id`,
    parameters: [],
    columns: [
      CAMPAIGN_ID,
      CURRENCY,
      SENT,
      UNIQUE,
      RATE,
      column('conversions', 'Conversions in this currency'),
      column('revenue', 'sales - refunds, in the currency'),
      column('rpm', 'Revenue per 1,000 messages sent, in the currency'),
    ],
  },
  {
    title: 'Which arm of an A/B test wins, and by more than chance?',
    sql: `SELECT variant_id, max(v.sent) AS sent, max(v.clicks_unique) AS clicks_unique,
  clicks_unique / sent AS click_rate,
  1.96 * sqrt(click_rate * (1 - click_rate) / sent) AS margin
FROM trackly.report_variants AS v
WHERE account_id = {account_id:String} AND campaign_id = {campaign_id:String} AND v.sent > 0
GROUP BY variant_id
ORDER BY click_rate DESC`,
    parameters: [CAMPAIGN],
    columns: [
      column('variant_id', 'The arm'),
      SENT,
      UNIQUE,
      RATE,
      column(
        'margin',
        'With 95 % confidence the true rate differs by at most this; arms whose ranges overlap may be equal',
      ),
    ],
  },
  {
    title: 'How did each day go, by the days of my time zone?',
    sql: `SELECT toDate(quarter_hour, {tz:String}) AS day, sum(messages_sent) AS sent,
  sum(r.clicks_total) AS clicks_total, sum(r.clicks_bot) AS clicks_bot, sum(first_clicks) AS clicks_unique
FROM trackly.report_quarter_hours AS r
WHERE account_id = {account_id:String} AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY day
ORDER BY day`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('day', 'The day'),
      column('sent', 'Messages sent on it'),
      column('clicks_total', 'Clicks on it, of people and bots'),
      column('clicks_bot', 'Clicks of bots'),
      UNIQUE,
    ],
  },
  {
    title: 'How soon after a message do people click?',
    sql: `SELECT campaign_id, count() AS clicks_unique,
  quantileExact(0.5)(dateDiff('second', sent_at, clicked_at)) AS half_within_s,
  quantileExact(0.9)(dateDiff('second', sent_at, clicked_at)) AS nine_of_ten_within_s
FROM trackly.report_clicks
WHERE account_id = {account_id:String} AND is_first = 1 AND campaign_id != ''
  AND clicked_at >= {from:DateTime} AND clicked_at < {to:DateTime}
GROUP BY campaign_id
ORDER BY campaign_id`,
    parameters: [FROM, TO],
    columns: [
      CAMPAIGN_ID,
      UNIQUE,
      column('half_within_s', 'Half of these clicks came within this many seconds after sent_at'),
      column(
        'nine_of_ten_within_s',
        'Nine of ten of these clicks came within this many seconds after sent_at',
      ),
    ],
  },
  {
    title: 'At which hour should I send?',
    sql: `SELECT toHour(send.sent_at, {tz:String}) AS hour, count() AS sent,
  countIf(first.message_id != '') AS clicks_unique, clicks_unique / sent AS click_rate
FROM trackly.report_sends AS send
LEFT ANY JOIN (
  SELECT message_id FROM trackly.report_clicks WHERE account_id = {account_id:String} AND is_first = 1
) AS first ON first.message_id = send.message_id
WHERE send.account_id = {account_id:String} AND send.sent_at >= {from:DateTime} AND send.sent_at < {to:DateTime}
GROUP BY hour
ORDER BY hour`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('hour', 'Hour of the day in which messages were sent, 0 to 23'),
      SENT,
      column('clicks_unique', 'Of these, messages whose contact clicked'),
      RATE,
    ],
  },
  {
    title: 'Why were clicks judged bots?',
    sql: `SELECT kind, reason, sum(r.clicks_bot) AS clicks_bot
FROM trackly.report_bot_reasons AS r
WHERE account_id = {account_id:String} AND reason != ''
  AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY kind, reason
HAVING clicks_bot != 0
ORDER BY clicks_bot DESC, reason`,
    parameters: [FROM, TO],
    columns: [
      column('kind', 'Kind of the reason: user_agent, network …'),
      column('reason', 'The reason, kind:detail'),
      column('clicks_bot', 'Bot clicks with this reason; a click counts under each of its reasons'),
    ],
  },
  {
    title: 'From which countries do people click?',
    sql: `SELECT country, sum(r.clicks_human) AS clicks_human, sum(first_clicks) AS clicks_unique
FROM trackly.report_networks AS r
WHERE account_id = {account_id:String} AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY country
ORDER BY clicks_human DESC, country`,
    parameters: [FROM, TO],
    columns: [
      column('country', 'Country of the address, ISO 3166; empty if unknown'),
      column('clicks_human', 'Clicks of people'),
      UNIQUE,
    ],
  },
  {
    title: 'What did each offer earn, day by day?',
    sql: `SELECT toDate(quarter_hour, {tz:String}) AS day, offer_id, currency, sum(r.conversions) AS conversions,
  sum(r.sales) AS sales, sum(r.refunds) AS refunds, sales - refunds AS revenue, sum(r.payout) AS payout
FROM trackly.report_quarter_hours AS r
WHERE account_id = {account_id:String} AND money_by = 'click'
  AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY day, offer_id, currency
ORDER BY day, revenue DESC`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('day', "Day of the click that earned it; with money_by = 'conversion', of the conversion"),
      column('offer_id', 'The offer'),
      CURRENCY,
      column('conversions', 'Conversions, without refunds and chargebacks'),
      column('sales', 'Revenue of sales and rebills, in the currency'),
      column('refunds', 'Revenue reversed by refunds and chargebacks, in the currency'),
      column('revenue', 'sales - refunds, in the currency'),
      column('payout', 'Payout for conversions and first clicks, in the currency'),
    ],
  },
  {
    title: 'Which conversions are credited to nothing, and why?',
    sql: `SELECT reason, event, currency, count() AS reports, sum(c.amount) AS amount
FROM trackly.report_conversions AS c
WHERE account_id = {account_id:String} AND status = 'unattributed'
  AND received_at >= {from:DateTime} AND received_at < {to:DateTime}
GROUP BY reason, event, currency
ORDER BY reports DESC, reason`,
    parameters: [FROM, TO],
    columns: [
      column('reason', 'Why it is not credited: no_click, bot_click, outside_window …'),
      column('event', 'sale, lead, refund …'),
      CURRENCY,
      column('reports', 'Number of reported conversions'),
      column('amount', 'Sum of the reported amounts'),
    ],
  },
  {
    title: 'Who clicks most?',
    sql: `SELECT contact_id, sum(is_first) AS clicks_unique, count() AS clicks_human, max(clicked_at) AS last_clicked_at
FROM trackly.report_clicks
WHERE account_id = {account_id:String} AND verdict = 'human' AND contact_id != ''
  AND clicked_at >= {from:DateTime} AND clicked_at < {to:DateTime}
GROUP BY contact_id
ORDER BY clicks_unique DESC, clicks_human DESC, contact_id
LIMIT 100`,
    parameters: [FROM, TO],
    columns: [
      column('contact_id', 'The recipient'),
      column('clicks_unique', 'Messages on which they clicked'),
      column('clicks_human', 'All their clicks'),
      column('last_clicked_at', 'The last one, UTC'),
    ],
  },
];
