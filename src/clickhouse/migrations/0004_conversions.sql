-- Conversions: a ledger of lines, the money columns of the two rollups, and report views with money.
--
-- Every change of what a conversion is worth is booked: sign 1 adds a line, sign -1 takes the same line
-- back (a refund came first, a click arrived late). sum(sign * x) is what holds now; nothing is updated.
-- Each statement may run again.

CREATE TABLE IF NOT EXISTS trackly.conversions (
  account_id LowCardinality(String) COMMENT 'Account',
  offer_id LowCardinality(String) COMMENT 'Offer; empty where the id that was reported is of none',
  transaction String COMMENT 'What counts once: txn:<txn_id>, or whom it is about where no txn_id was given. Refunds share it with their sale',
  conversion_id String COMMENT 'Id of the report, as it was answered',
  event LowCardinality(String) COMMENT 'sale, rebill, lead, install, signup, refund or chargeback',
  txn_id String COMMENT 'Transaction id of the network; empty without one',
  way LowCardinality(String) COMMENT 'How it came in: conv, offer, coupon, pixel or api',
  reported String COMMENT 'The ids as they were reported',
  amount Decimal(38, 6) COMMENT 'Amount as it was reported, not negative; 0 where none was given',
  converted_at DateTime64(3, 'UTC') COMMENT 'When it happened, as the network says, UTC',
  received_at DateTime64(3, 'UTC') COMMENT 'When it was received, UTC',
  sign Int8 COMMENT '1: this line holds from here on; -1: it no longer does. Always sum(sign * …)',
  status LowCardinality(String) COMMENT 'attributed, unattributed, duplicate or replaced',
  reason String COMMENT 'Why it is not attributed; duplicate_of:<id>; replaced_by:<id>; limited: less was left than the refund names',
  click_id String COMMENT 'First click that it is credited to; empty for coupons and where there is none',
  credited_at DateTime64(3, 'UTC') COMMENT 'Time of that click (of the message, for a coupon with a contact), UTC: the time that reports by click time use',
  link_id String COMMENT 'Link that it is credited to',
  link_key LowCardinality(String) COMMENT 'Place of that link in its creative',
  message_id String COMMENT 'Message that it is credited to',
  contact_id String COMMENT 'Contact that it is credited to',
  creative_id LowCardinality(String) COMMENT 'Creative that it is credited to',
  campaign_id LowCardinality(String) COMMENT 'Campaign that it is credited to',
  variant_id LowCardinality(String) COMMENT 'Arm of the A/B test that it is credited to',
  conversions UInt8 COMMENT '1 for an attributed event that counts as a conversion; refunds and chargebacks do not',
  currency LowCardinality(String) COMMENT 'Currency of the amounts; empty where nothing says',
  sales Decimal(38, 6) COMMENT 'Revenue that it adds',
  refunds Decimal(38, 6) COMMENT 'Revenue that it takes back',
  payout Decimal(38, 6) COMMENT 'Payout that it adds; negative for a refund of a revshare offer',
  facts String COMMENT 'The report as it was received, JSON: what its lines are computed from' CODEC(ZSTD(3)),
  line String COMMENT 'The line, JSON: the columns from status to payout' CODEC(ZSTD(3)),
  batch String COMMENT 'Token of the batch that booked the line',
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the line was booked, UTC',
  INDEX by_conversion_id conversion_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_click_id click_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (account_id, transaction, offer_id, conversion_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024,
  fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Ledger of conversions: every line that was booked or taken back, for ever. report_conversions has what holds now.';

ALTER TABLE trackly.clicks
  ADD COLUMN IF NOT EXISTS payout Decimal(38, 6) COMMENT 'Payout of a first click on a cpc offer; 0 for all others',
  ADD COLUMN IF NOT EXISTS currency LowCardinality(String) COMMENT 'Currency of payout; empty without one';

-- Rows of sends and clicks keep money_by '' and currency ''. Each sum of money is there twice, under the
-- time of its click and under its own: never add the two.

ALTER TABLE trackly.rollup_quarter_hours
  ADD COLUMN IF NOT EXISTS money_by LowCardinality(String) COMMENT 'Empty: sends and clicks. click: money at the time of its click. conversion: the same money at the time of the conversion',
  ADD COLUMN IF NOT EXISTS currency LowCardinality(String) COMMENT 'Currency of the money; empty on rows of sends and clicks',
  ADD COLUMN IF NOT EXISTS conversions Int64 COMMENT 'Conversions; refunds and chargebacks are none',
  ADD COLUMN IF NOT EXISTS sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  ADD COLUMN IF NOT EXISTS refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks',
  ADD COLUMN IF NOT EXISTS payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  MODIFY ORDER BY (account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, money_by, currency);

ALTER TABLE trackly.rollup_links
  ADD COLUMN IF NOT EXISTS money_by LowCardinality(String) COMMENT 'Empty: sends and clicks. click: money at the time of its click. conversion: the same money at the time of the conversion',
  ADD COLUMN IF NOT EXISTS currency LowCardinality(String) COMMENT 'Currency of the money; empty on rows of sends and clicks',
  ADD COLUMN IF NOT EXISTS conversions Int64 COMMENT 'Conversions; refunds and chargebacks are none',
  ADD COLUMN IF NOT EXISTS sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  ADD COLUMN IF NOT EXISTS refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks',
  ADD COLUMN IF NOT EXISTS payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  MODIFY ORDER BY (account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, money_by, currency);

-- A first click on a cpc offer carries its payout. Views of their own: a view whose query is altered takes
-- the batch that is on its way a second time after the next restart.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.click_payouts_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  click.account_id AS account_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  click.creative_id AS creative_id,
  click.offer_id AS offer_id,
  money_by,
  click.currency AS currency,
  sum(click.payout) AS payout
FROM trackly.clicks AS click
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE click.payout != 0
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.click_payouts_to_links TO trackly.rollup_links AS
SELECT
  click.account_id AS account_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.message_id AS message_id,
  click.link_id AS link_id,
  click.link_key AS link_key,
  click.offer_id AS offer_id,
  click.creative_id AS creative_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  money_by,
  click.currency AS currency,
  sum(click.payout) AS payout
FROM trackly.clicks AS click
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE click.payout != 0
GROUP BY account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.conversions_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  ledger.account_id AS account_id,
  toStartOfFifteenMinutes(if(money_by = 'click', ledger.credited_at, ledger.converted_at)) AS quarter_hour,
  ledger.campaign_id AS campaign_id,
  ledger.variant_id AS variant_id,
  ledger.creative_id AS creative_id,
  ledger.offer_id AS offer_id,
  money_by,
  ledger.currency AS currency,
  sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
  sum(ledger.sign * ledger.sales) AS sales,
  sum(ledger.sign * ledger.refunds) AS refunds,
  sum(ledger.sign * ledger.payout) AS payout
FROM trackly.conversions AS ledger
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE ledger.status = 'attributed'
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.conversions_to_links TO trackly.rollup_links AS
SELECT
  ledger.account_id AS account_id,
  toStartOfFifteenMinutes(if(money_by = 'click', ledger.credited_at, ledger.converted_at)) AS quarter_hour,
  ledger.message_id AS message_id,
  ledger.link_id AS link_id,
  ledger.link_key AS link_key,
  ledger.offer_id AS offer_id,
  ledger.creative_id AS creative_id,
  ledger.campaign_id AS campaign_id,
  ledger.variant_id AS variant_id,
  money_by,
  ledger.currency AS currency,
  sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
  sum(ledger.sign * ledger.sales) AS sales,
  sum(ledger.sign * ledger.refunds) AS refunds,
  sum(ledger.sign * ledger.payout) AS payout
FROM trackly.conversions AS ledger
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE ledger.status = 'attributed'
GROUP BY account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, money_by, currency;

CREATE VIEW IF NOT EXISTS trackly.report_conversions (
  account_id LowCardinality(String) COMMENT 'Account',
  conversion_id String COMMENT 'Id of the report; a refund of several sales has a row for each',
  event LowCardinality(String) COMMENT 'sale, rebill, lead, install, signup, refund or chargeback',
  offer_id LowCardinality(String) COMMENT 'Offer; empty where the id that was reported is of none',
  txn_id String COMMENT 'Transaction id of the network; empty without one',
  way LowCardinality(String) COMMENT 'How it came in: conv, offer, coupon, pixel or api',
  reported String COMMENT 'The ids as they were reported',
  amount Decimal(38, 6) COMMENT 'Amount as it was reported',
  converted_at DateTime64(3, 'UTC') COMMENT 'When it happened, as the network says, UTC',
  received_at DateTime64(3, 'UTC') COMMENT 'When it was received, UTC',
  status LowCardinality(String) COMMENT 'attributed, unattributed, duplicate or replaced',
  reason String COMMENT 'Why it is not attributed; empty where it is',
  click_id String COMMENT 'First click that it is credited to',
  credited_at DateTime64(3, 'UTC') COMMENT 'Time of that click, UTC',
  link_id String COMMENT 'Link that it is credited to',
  message_id String COMMENT 'Message that it is credited to',
  contact_id String COMMENT 'Contact that it is credited to',
  creative_id LowCardinality(String) COMMENT 'Creative that it is credited to',
  campaign_id LowCardinality(String) COMMENT 'Campaign that it is credited to',
  variant_id LowCardinality(String) COMMENT 'Arm of the A/B test that it is credited to',
  conversions Int64 COMMENT '1 where it counts as a conversion',
  currency LowCardinality(String) COMMENT 'Currency of the amounts',
  revenue Decimal(38, 6) COMMENT 'What it adds to revenue; negative for a refund',
  payout Decimal(38, 6) COMMENT 'What it adds to payout'
)
AS SELECT
  ledger.account_id AS account_id,
  ledger.conversion_id AS conversion_id,
  any(ledger.event) AS event,
  ledger.offer_id AS offer_id,
  any(ledger.txn_id) AS txn_id,
  any(ledger.way) AS way,
  any(ledger.reported) AS reported,
  any(ledger.amount) AS amount,
  any(ledger.converted_at) AS converted_at,
  any(ledger.received_at) AS received_at,
  any(ledger.status) AS status,
  any(ledger.reason) AS reason,
  any(ledger.click_id) AS click_id,
  any(ledger.credited_at) AS credited_at,
  any(ledger.link_id) AS link_id,
  any(ledger.message_id) AS message_id,
  any(ledger.contact_id) AS contact_id,
  any(ledger.creative_id) AS creative_id,
  any(ledger.campaign_id) AS campaign_id,
  any(ledger.variant_id) AS variant_id,
  sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
  any(ledger.currency) AS currency,
  sum(ledger.sign * (ledger.sales - ledger.refunds)) AS revenue,
  sum(ledger.sign * ledger.payout) AS payout
FROM trackly.conversions AS ledger
GROUP BY ledger.account_id, ledger.transaction, ledger.offer_id, ledger.conversion_id, ledger.line
HAVING sum(ledger.sign) > 0
COMMENT 'Each conversion as it stands now, with what it is credited to, or why it is not.';

-- The report views again, with money: one row for each thing and currency. Counts of sends and clicks are
-- the thing's own and stand on each of its rows; amounts of two currencies are never added. A thing
-- without money has one row with an empty currency. Money counts at the time of its click.

CREATE OR REPLACE VIEW trackly.report_messages (
  account_id LowCardinality(String) COMMENT 'Account',
  message_id String COMMENT 'The message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  message_id,
  campaign_id,
  variant_id,
  creative_id,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    message_id,
    max(one_campaign_id) AS campaign_id,
    max(one_variant_id) AS variant_id,
    max(one_creative_id) AS creative_id,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      rollup.message_id AS message_id,
      max(rollup.campaign_id) AS one_campaign_id,
      max(rollup.variant_id) AS one_variant_id,
      max(rollup.creative_id) AS one_creative_id,
      rollup.currency AS currency,
      sum(rollup.messages_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_links AS rollup
    WHERE rollup.money_by != 'conversion' AND rollup.message_id != ''
    GROUP BY account_id, message_id, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, message_id
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each message, all time: sent, clicks, first clicks and money. A message has one contact, so clicks_unique is 0 or 1. A row for each currency.';

CREATE OR REPLACE VIEW trackly.report_offers (
  account_id LowCardinality(String) COMMENT 'Account',
  offer_id LowCardinality(String) COMMENT 'The offer',
  sent UInt64 COMMENT 'Messages sent with at least one link to the offer',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on the offer within each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  offer_id,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    offer_id,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      rollup.offer_id AS offer_id,
      rollup.currency AS currency,
      sum(rollup.offers_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_offer_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_quarter_hours AS rollup
    WHERE rollup.money_by != 'conversion' AND rollup.offer_id != ''
    GROUP BY account_id, offer_id, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, offer_id
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each offer, all time: messages that carried it, clicks on its links, first clicks by contact, message and offer, and money. A row for each currency.';

CREATE OR REPLACE VIEW trackly.report_creatives (
  account_id LowCardinality(String) COMMENT 'Account',
  creative_id LowCardinality(String) COMMENT 'The creative',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  creative_id,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    creative_id,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      rollup.creative_id AS creative_id,
      rollup.currency AS currency,
      sum(rollup.messages_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_quarter_hours AS rollup
    WHERE rollup.money_by != 'conversion' AND rollup.creative_id != ''
    GROUP BY account_id, creative_id, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, creative_id
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each creative, all time: messages sent with it, their clicks, first clicks and money. A row for each currency.';

CREATE OR REPLACE VIEW trackly.report_campaigns (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'The campaign',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  campaign_id,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    campaign_id,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      rollup.campaign_id AS campaign_id,
      rollup.currency AS currency,
      sum(rollup.messages_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_quarter_hours AS rollup
    WHERE rollup.money_by != 'conversion' AND rollup.campaign_id != ''
    GROUP BY account_id, campaign_id, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, campaign_id
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each campaign, all time: messages sent for it, their clicks, first clicks and money. A row for each currency.';

CREATE OR REPLACE VIEW trackly.report_variants (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'Campaign that the variant is an arm of',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  campaign_id,
  variant_id,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    campaign_id,
    variant_id,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      rollup.campaign_id AS campaign_id,
      rollup.variant_id AS variant_id,
      rollup.currency AS currency,
      sum(rollup.messages_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_quarter_hours AS rollup
    WHERE rollup.money_by != 'conversion' AND rollup.variant_id != ''
    GROUP BY account_id, campaign_id, variant_id, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, campaign_id, variant_id
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each arm of each campaign''s A/B test, all time: messages sent, their clicks, first clicks and money. A row for each currency.';

CREATE OR REPLACE VIEW trackly.report_links (
  account_id LowCardinality(String) COMMENT 'Account',
  link_id String COMMENT 'The link, 7 characters',
  link_key LowCardinality(String) COMMENT 'Place of the link in its creative: link1, link2 …; empty outside a creative',
  message_id String COMMENT 'Message that carried the link; empty for a link outside a message',
  offer_id LowCardinality(String) COMMENT 'Offer of the link; empty for a link with an address of its own',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent UInt64 COMMENT '1 for a link that was sent in a message, 0 for one made outside',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT '1 where the earliest human click of the contact on the offer within the message was on this link',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  link_id,
  link_key,
  message_id,
  offer_id,
  creative_id,
  campaign_id,
  variant_id,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    link_id,
    max(one_link_key) AS link_key,
    max(one_message_id) AS message_id,
    max(one_offer_id) AS offer_id,
    max(one_creative_id) AS creative_id,
    max(one_campaign_id) AS campaign_id,
    max(one_variant_id) AS variant_id,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      rollup.link_id AS link_id,
      max(rollup.link_key) AS one_link_key,
      max(rollup.message_id) AS one_message_id,
      max(rollup.offer_id) AS one_offer_id,
      max(rollup.creative_id) AS one_creative_id,
      max(rollup.campaign_id) AS one_campaign_id,
      max(rollup.variant_id) AS one_variant_id,
      rollup.currency AS currency,
      sum(rollup.links_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_offer_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_links AS rollup
    WHERE rollup.money_by != 'conversion' AND rollup.link_id != ''
    GROUP BY account_id, link_id, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, link_id
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each link, all time. clicks_unique is the first click of the contact on the link''s offer, where it was on this link. A row for each currency.';

CREATE OR REPLACE VIEW trackly.report_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  hour DateTime('UTC') COMMENT 'Start of the hour, UTC',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without any',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are none',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'What is paid for conversions and, on cpc offers, first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue taken back by refunds and chargebacks'
)
AS SELECT
  account_id,
  hour,
  sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  money.1 AS currency,
  money.2 AS conversions,
  money.3 - money.4 AS revenue,
  money.5 AS payout,
  if(clicks_unique = 0, toDecimal128(0, 6), revenue / clicks_unique) AS epc,
  if(clicks_unique = 0, 0, conversions / clicks_unique) AS cvr,
  if(sent = 0, toDecimal128(0, 6), revenue * 1000 / sent) AS rpm,
  money.3 AS sales,
  money.4 AS refunds
FROM (
  SELECT
    account_id,
    hour,
    sum(part.sent) AS sent,
    sum(part.clicks_total) AS clicks_total,
    sum(part.clicks_human) AS clicks_human,
    sum(part.clicks_bot) AS clicks_bot,
    sum(part.clicks_unique) AS clicks_unique,
    groupArrayIf(
      (part.currency, part.conversions, part.sales, part.refunds, part.payout),
      part.conversions != 0 OR part.sales != 0 OR part.refunds != 0 OR part.payout != 0
    ) AS moneys
  FROM (
    SELECT
      rollup.account_id AS account_id,
      toStartOfHour(rollup.quarter_hour) AS hour,
      rollup.currency AS currency,
      sum(rollup.messages_sent) AS sent,
      sum(rollup.clicks_total) AS clicks_total,
      sum(rollup.clicks_human) AS clicks_human,
      sum(rollup.clicks_bot) AS clicks_bot,
      sum(rollup.first_clicks) AS clicks_unique,
      sum(rollup.conversions) AS conversions,
      sum(rollup.sales) AS sales,
      sum(rollup.refunds) AS refunds,
      sum(rollup.payout) AS payout
    FROM trackly.rollup_quarter_hours AS rollup
    WHERE rollup.money_by != 'conversion'
    GROUP BY account_id, hour, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, hour
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each UTC hour with sends or clicks: messages sent in it (by sent_at), clicks in it, first clicks among them, and what those earned. A row for each currency.';
