/**
 * Questions that analysts ask, with the SQL that answers them. Each runs unchanged, through every interface of
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
const FROM_DATE = parameter('from_date', 'String', 'First day, in tz', '2026-10-01');
const TO_DATE = parameter('to_date', 'String', 'Last day, in tz', '2026-10-31');
const TZ = parameter('tz', 'String', 'Time zone of days and hours', 'Europe/Berlin');
const CAMPAIGN = parameter('campaign_id', 'String', 'The campaign; empty for all', '');

const DEFAULT_RANGE_MS = 30 * 24 * 3_600_000;

/**
 * What the read-only port takes for a parameter that a statement does not bring: the caller's account and time zone, the
 * last 30 days, all campaigns. `time_zone` is the account's. Pure.
 */
export function parameterDefaults(
  account_id: string,
  time_zone: string | undefined,
  now_ms: number,
): Record<string, string> {
  const tz = time_zone || 'UTC';
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: tz });
  const time = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 19).replace('T', ' ');
  return {
    account_id,
    from: time(now_ms - DEFAULT_RANGE_MS),
    to: time(now_ms + 1_000),
    from_date: date.format(now_ms - DEFAULT_RANGE_MS),
    to_date: date.format(now_ms),
    tz,
    campaign_id: '',
  };
}

const CAMPAIGN_ID = column('campaign_id', 'The campaign');
const CAMPAIGN_NAME = column('campaign_name', 'Its name');
const BY_CURRENCY = 'a map from currency to amount';
const SENT = column('sent', 'Messages sent');
const UNIQUE = column('clicks_unique', 'First human clicks: one for each contact and message');
const RATE = column('click_rate', 'clicks_unique / sent, from 0 to 1');

export const QUESTIONS: readonly Question[] = [
  {
    title: 'Which campaigns earn most?',
    sql: `SELECT campaign_id, campaign_name, sent, clicks_unique, click_rate, conversions, message_cvr, revenue, rpm
FROM trackly.report_campaigns_in(from={from_date:String}, to={to_date:String}, tz={tz:String}, range_by='sent')
WHERE account_id = {account_id:String}
ORDER BY arraySum(mapValues(revenue)) DESC, campaign_id`,
    parameters: [FROM_DATE, TO_DATE, TZ],
    columns: [
      CAMPAIGN_ID,
      CAMPAIGN_NAME,
      column('sent', 'Messages sent in the range; all that came of them until now is in the other columns'),
      UNIQUE,
      RATE,
      column('conversions', 'Conversions'),
      column('message_cvr', 'conversions / sent'),
      column('revenue', `sales - refunds, ${BY_CURRENCY}; with several currencies the order is a rough one`),
      column('rpm', `Revenue per 1,000 messages sent, ${BY_CURRENCY}`),
    ],
  },
  {
    title: 'Which arm of an A/B test wins, and by more than chance?',
    sql: `SELECT campaign_id, variant_id, sent, clicks_unique, click_rate,
  1.96 * sqrt(click_rate * (1 - click_rate) / sent) AS margin
FROM trackly.report_variants
WHERE account_id = {account_id:String} AND {campaign_id:String} IN ('', campaign_id) AND sent > 0
ORDER BY campaign_id, click_rate DESC`,
    parameters: [CAMPAIGN],
    columns: [
      CAMPAIGN_ID,
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
    sql: `SELECT day, sent, clicks_total, clicks_bot, clicks_unique, conversions, revenue
FROM trackly.report_days_in(from={from_date:String}, to={to_date:String}, tz={tz:String}, range_by='event')
WHERE account_id = {account_id:String}
ORDER BY day`,
    parameters: [FROM_DATE, TO_DATE, TZ],
    columns: [
      column('day', 'The day'),
      column('sent', 'Messages sent on it'),
      column('clicks_total', 'Clicks on it, of people and bots'),
      column('clicks_bot', 'Clicks of bots'),
      UNIQUE,
      column('conversions', 'Conversions of clicks of this day'),
      column('revenue', `Revenue of clicks of this day, ${BY_CURRENCY}`),
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
    sql: `SELECT reason, clicks_bot
FROM (
  SELECT sumMap(clicks_by_reason) AS reasons
  FROM trackly.report_bot_reasons
  WHERE account_id = {account_id:String} AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
)
ARRAY JOIN mapKeys(reasons) AS reason, mapValues(reasons) AS clicks_bot
ORDER BY clicks_bot DESC, reason`,
    parameters: [FROM, TO],
    columns: [
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
    title: 'Which devices tap?',
    sql: `SELECT device, os, browser, in_app, sum(r.clicks_human) AS clicks_human, sum(first_clicks) AS clicks_unique,
  clicks_human / sum(clicks_human) OVER () AS share
FROM trackly.report_breakdowns AS r
WHERE account_id = {account_id:String} AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
  AND {campaign_id:String} IN ('', campaign_id)
GROUP BY device, os, browser, in_app
HAVING clicks_human != 0
ORDER BY clicks_human DESC, device, os, browser, in_app`,
    parameters: [FROM, TO, CAMPAIGN],
    columns: [
      column('device', 'phone, tablet, desktop or other'),
      column('os', 'System of the device'),
      column('browser', 'Browser'),
      column('in_app', 'App that showed the page itself; empty in a browser'),
      column('clicks_human', 'Clicks of people'),
      UNIQUE,
      column('share', 'Of all clicks of people, from 0 to 1'),
    ],
  },
  {
    title: 'What did each offer earn, day by day?',
    sql: `SELECT toDate(quarter_hour, {tz:String}) AS day, offer_id, sum(r.conversions) AS conversions,
  sumMap(r.revenue) AS revenue, sumMap(r.payout) AS payout
FROM trackly.report_quarter_hours AS r
WHERE account_id = {account_id:String} AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY day, offer_id
HAVING conversions != 0 OR notEmpty(revenue) OR notEmpty(payout)
ORDER BY day, offer_id`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('day', 'Day of the click that earned it; in report_converted_quarter_hours, of the conversion'),
      column('offer_id', 'The offer'),
      column('conversions', 'Conversions, without refunds and chargebacks'),
      column('revenue', `sales - refunds, ${BY_CURRENCY}`),
      column('payout', `Payout for conversions and first clicks, ${BY_CURRENCY}`),
    ],
  },
  {
    title: 'Which conversions are credited to nothing, and why?',
    sql: `SELECT reason, event, count() AS reports, sumMap(c.amount) AS amount
FROM trackly.report_conversions AS c
WHERE account_id = {account_id:String} AND status = 'unattributed'
  AND received_at >= {from:DateTime} AND received_at < {to:DateTime}
GROUP BY reason, event
ORDER BY reports DESC, reason`,
    parameters: [FROM, TO],
    columns: [
      column('reason', 'Why it is not credited: no_click, bot_click, outside_window …'),
      column('event', 'sale, lead, refund …'),
      column('reports', 'Number of reported conversions'),
      column('amount', `Sum of the reported amounts, ${BY_CURRENCY}`),
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
  {
    title: 'Which campaigns are tapped at which hour?',
    sql: `SELECT toHour(quarter_hour, {tz:String}) AS hour, campaign_id, any(named.name) AS campaign_name,
  sum(r.clicks_human) AS clicks_human, sum(first_clicks) AS clicks_unique
FROM trackly.report_quarter_hours AS r
LEFT ANY JOIN (SELECT id, name FROM trackly.report_catalog WHERE kind = 'campaign' AND account_id = {account_id:String})
  AS named ON named.id = r.campaign_id
WHERE account_id = {account_id:String} AND campaign_id != ''
  AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY hour, campaign_id
HAVING clicks_human != 0
ORDER BY hour, campaign_id`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('hour', 'Hour of the day of the click, 0 to 23'),
      CAMPAIGN_ID,
      CAMPAIGN_NAME,
      column('clicks_human', 'Clicks of people'),
      UNIQUE,
    ],
  },
  {
    title: 'On which day was money earned by a click, and on which was it reported?',
    sql: `SELECT toDate(credited_at, {tz:String}) AS click_day, toDate(converted_at, {tz:String}) AS conversion_day,
  sum(c.conversions) AS conversions, sumMap(c.revenue) AS revenue
FROM trackly.report_conversions AS c
WHERE account_id = {account_id:String} AND status = 'attributed'
  AND credited_at >= {from:DateTime} AND credited_at < {to:DateTime}
GROUP BY click_day, conversion_day
ORDER BY click_day, conversion_day`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('click_day', 'Day of the click that earned it'),
      column('conversion_day', 'Day on which it happened, by the report'),
      column('conversions', 'Conversions, without refunds and chargebacks'),
      column('revenue', `sales - refunds, ${BY_CURRENCY}; a refund is on the day on which it happened`),
    ],
  },
  {
    title: 'How many contacts of each week click, counted from their first message?',
    sql: `SELECT toMonday(toDate(first_sent_at, {tz:String})) AS week, uniqExact(contact_id) AS contacts,
  uniqExactIf(contact_id, clicker != '' AND clicked_at < first_sent_at + INTERVAL 7 DAY) AS clicked_in_7_days,
  uniqExactIf(contact_id, clicker != '' AND clicked_at < first_sent_at + INTERVAL 30 DAY) AS clicked_in_30_days,
  max(first_sent_at) + INTERVAL 30 DAY < now() AS is_ripe
FROM (
  SELECT contact_id, min(s.sent_at) AS first_sent_at
  FROM trackly.report_sends AS s
  WHERE account_id = {account_id:String} AND contact_id != ''
  GROUP BY contact_id
  HAVING first_sent_at >= {from:DateTime} AND first_sent_at < {to:DateTime}
) AS contact
LEFT JOIN (
  SELECT contact_id AS clicker, clicked_at FROM trackly.report_clicks
  WHERE account_id = {account_id:String} AND is_first = 1
) AS click ON click.clicker = contact.contact_id
GROUP BY week
ORDER BY week`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('week', 'Monday of the week of their first message that is still kept'),
      column('contacts', 'Contacts whose first message was sent in it'),
      column('clicked_in_7_days', 'Of these, contacts with a first click within 7 days after it'),
      column('clicked_in_30_days', 'Of these, contacts with a first click within 30 days after it'),
      column('is_ripe', '1 once the 30 days of all of them are over; before, the numbers still rise'),
    ],
  },
  {
    title: 'What does each week of messages earn in 7, 14, 30 and 60 days after it was first sent to?',
    sql: `SELECT toMonday(toDate(first_sent_at, {tz:String})) AS week, uniqExact(contact_id) AS contacts,
  sumMapIf(revenue, converted_at < first_sent_at + INTERVAL 7 DAY) AS revenue_7_days,
  sumMapIf(revenue, converted_at < first_sent_at + INTERVAL 14 DAY) AS revenue_14_days,
  sumMapIf(revenue, converted_at < first_sent_at + INTERVAL 30 DAY) AS revenue_30_days,
  sumMapIf(revenue, converted_at < first_sent_at + INTERVAL 60 DAY) AS revenue_60_days,
  ${[7, 14, 30, 60].map((days) => `max(first_sent_at) + INTERVAL ${days} DAY < now() AS is_ripe_${days}_days`).join(',\n  ')}
FROM (
  SELECT contact_id, min(s.sent_at) AS first_sent_at
  FROM trackly.report_sends AS s
  WHERE account_id = {account_id:String} AND contact_id != ''
  GROUP BY contact_id
  HAVING first_sent_at >= {from:DateTime} AND first_sent_at < {to:DateTime}
) AS contact
LEFT JOIN (
  SELECT contact_id AS buyer, converted_at, revenue FROM trackly.report_conversions
  WHERE account_id = {account_id:String} AND status = 'attributed'
) AS sale ON sale.buyer = contact.contact_id
GROUP BY week
ORDER BY week`,
    parameters: [FROM, TO, TZ],
    columns: [
      column('week', 'Monday of the week of their first message that is still kept'),
      column('contacts', 'Contacts whose first message was sent in it'),
      ...[7, 14, 30, 60].map((days) =>
        column(
          `revenue_${days}_days`,
          `What they earned within ${days} days after it, ${BY_CURRENCY}; it still rises while is_ripe_${days}_days is 0`,
        ),
      ),
      ...[7, 14, 30, 60].map((days) =>
        column(`is_ripe_${days}_days`, `1 once the ${days} days of all of them are over`),
      ),
    ],
  },
  {
    title: 'Which networks send bots?',
    sql: `SELECT asn, any(r.network) AS network, sum(r.clicks_bot) AS clicks_bot, sum(r.clicks_human) AS clicks_human,
  clicks_bot / (clicks_bot + clicks_human) AS bot_share
FROM trackly.report_networks AS r
WHERE account_id = {account_id:String} AND quarter_hour >= {from:DateTime} AND quarter_hour < {to:DateTime}
GROUP BY asn
HAVING clicks_bot > 0
ORDER BY clicks_bot DESC, asn
LIMIT 100`,
    parameters: [FROM, TO],
    columns: [
      column('asn', 'Number of the network; 0 where it is unknown'),
      column('network', 'Organisation that runs it'),
      column('clicks_bot', 'Clicks of bots'),
      column('clicks_human', 'Clicks of people'),
      column('bot_share', 'clicks_bot / (clicks_bot + clicks_human), from 0 to 1'),
    ],
  },
];
