-- Report views, for analysts' own SQL. They cover all time and have the same columns everywhere. GET /v2/reports/…
-- returns the same numbers for a range, a time zone and filters. Clicks and money count at the time of the click;
-- `sent` counts at the message's sent_at. Rows without an id are left out: messages without a campaign are not in
-- report_campaigns.
--
-- Each view has one row for each item and currency, because amounts of two currencies are never added. Each row of an
-- item repeats its counts of sends and clicks. An item without money has one row with an empty currency.
--
-- report_clicks and report_conversions have one row for each click and conversion, in its current state.
--
-- {columns:…} and {select:…} are replaced by the columns of a view and by what it selects: the columns of its
-- table that are marked as reported, see src/clickhouse/report-columns.ts.

CREATE VIEW IF NOT EXISTS trackly.report_messages (
  account_id LowCardinality(String) COMMENT 'Account',
  message_id String COMMENT 'The message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
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

CREATE VIEW IF NOT EXISTS trackly.report_offers (
  account_id LowCardinality(String) COMMENT 'Account',
  offer_id LowCardinality(String) COMMENT 'The offer',
  offer_name String COMMENT 'Name of the offer; empty before it has reached ClickHouse, a second after its creation',
  sent UInt64 COMMENT 'Messages sent with at least one link to the offer',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on the offer within each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
)
AS SELECT
  item.account_id AS account_id,
  offer_id,
  ifNull(named.name, '') AS offer_name,
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
) AS item
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'offer'
) AS named ON named.owner = item.account_id AND named.item_id = item.offer_id
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each offer, all time: messages that carried it, clicks on its links, first clicks by contact, message and offer, and money. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_creatives (
  account_id LowCardinality(String) COMMENT 'Account',
  creative_id LowCardinality(String) COMMENT 'The creative',
  creative_name String COMMENT 'Name of the creative; empty before it has reached ClickHouse, a second after its creation',
  body String COMMENT 'Text of the creative, with its placeholders',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
)
AS SELECT
  item.account_id AS account_id,
  creative_id,
  ifNull(named.name, '') AS creative_name,
  ifNull(named.text, '') AS body,
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
) AS item
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name, body AS text FROM trackly.catalog FINAL WHERE kind = 'creative'
) AS named ON named.owner = item.account_id AND named.item_id = item.creative_id
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each creative, all time: messages sent with it, their clicks, first clicks and money. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_campaigns (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'The campaign',
  campaign_name String COMMENT 'Name of the campaign; empty before it has reached ClickHouse, a second after its creation',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
)
AS SELECT
  item.account_id AS account_id,
  campaign_id,
  ifNull(named.name, '') AS campaign_name,
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
) AS item
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'campaign'
) AS named ON named.owner = item.account_id AND named.item_id = item.campaign_id
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each campaign, all time: messages sent for it, their clicks, first clicks and money. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_variants (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'Campaign that the variant is an arm of',
  campaign_name String COMMENT 'Name of the campaign; empty before it has reached ClickHouse, a second after its creation',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
)
AS SELECT
  item.account_id AS account_id,
  campaign_id,
  ifNull(named.name, '') AS campaign_name,
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
) AS item
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'campaign'
) AS named ON named.owner = item.account_id AND named.item_id = item.campaign_id
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each arm of each campaign''s A/B test, all time: messages sent, their clicks, first clicks and money. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_domains (
  account_id LowCardinality(String) COMMENT 'Account',
  domain LowCardinality(String) COMMENT 'The tracking domain',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
)
AS SELECT
  account_id,
  domain,
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
    domain,
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
      rollup.domain AS domain,
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
    WHERE rollup.money_by != 'conversion' AND rollup.domain != ''
    GROUP BY account_id, domain, rollup.money_by, rollup.currency
  ) AS part
  GROUP BY account_id, domain
)
LEFT ARRAY JOIN moneys AS money
COMMENT 'Each tracking domain, all time: messages sent with links on it, clicks on it, first clicks and money. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_links (
  account_id LowCardinality(String) COMMENT 'Account',
  link_id String COMMENT 'The link, 7 characters',
  link_key LowCardinality(String) COMMENT 'Key of the link in its creative: link1, link2 …; empty outside a creative',
  message_id String COMMENT 'Message that carried the link; empty for a link outside a message',
  offer_id LowCardinality(String) COMMENT 'Offer of the link; empty for a link with its own address',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent UInt64 COMMENT '1 for a link that was sent in a message, 0 for a link outside a message',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT '1 if the earliest human click of the contact on the offer within the message was on this link',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
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
COMMENT 'Each link, all time. clicks_unique is 1 if the contact''s first click on the offer was on this link. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  hour DateTime('UTC') COMMENT 'Start of the hour, UTC',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; never counted in clicks_unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  currency LowCardinality(String) COMMENT 'Currency of the money in this row; empty without money',
  conversions Int64 COMMENT 'Conversions in this currency; refunds and chargebacks are not counted',
  revenue Decimal(38, 6) COMMENT 'sales - refunds',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks'
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
COMMENT 'Each UTC hour with sends or clicks: messages sent in it (by sent_at), clicks in it, first clicks among them, and the money that these earned. A row for each currency.';

CREATE VIEW IF NOT EXISTS trackly.report_clicks (
  {columns:report_clicks}
)
AS SELECT
  {select:report_clicks}
FROM trackly.clicks AS click
LEFT ANY JOIN (
  SELECT * FROM trackly.verdicts WHERE sign = 1 ORDER BY change DESC LIMIT 1 BY account_id, click_id
) AS line ON line.account_id = click.account_id AND line.click_id = click.click_id
COMMENT 'Each click with its current verdict. Filter by account_id and clicked_at in WHERE: then only these clicks and their verdicts are read.';

CREATE VIEW IF NOT EXISTS trackly.report_conversions (
  {columns:report_conversions}
)
AS SELECT
  {select:report_conversions}
FROM trackly.conversions AS ledger
GROUP BY ledger.account_id, ledger.transaction, ledger.offer_id, ledger.conversion_id, ledger.line
HAVING sum(ledger.sign) > 0
COMMENT 'Each conversion as it stands now, with what it is credited to, or the reason why it is not credited.';

-- The data behind the views above, for questions that these do not answer.

CREATE VIEW IF NOT EXISTS trackly.report_sends (
  {columns:report_sends}
)
AS SELECT
  {select:report_sends}
FROM trackly.sends
COMMENT 'Every message that was created, one row each, until it expires.';

CREATE VIEW IF NOT EXISTS trackly.report_verdicts (
  {columns:report_verdicts}
)
AS SELECT
  {select:report_verdicts}
FROM trackly.verdicts
COMMENT 'Verdicts that changed after the click was counted: one line reverses the old verdict, one books the new one. report_clicks has the current verdict.';

CREATE VIEW IF NOT EXISTS trackly.report_rejudgements (
  account_id LowCardinality(String) COMMENT 'Account whose clicks were rejudged',
  rejudgement UInt32 COMMENT 'Number of the rejudgement; later ones have higher numbers',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that was applied',
  from_at DateTime('UTC') COMMENT 'Start of the range of clicked_at, included, UTC',
  to_at DateTime('UTC') COMMENT 'End of the range, not included, UTC',
  clicks UInt64 COMMENT 'Clicks that were judged',
  changed UInt64 COMMENT 'Clicks that changed (verdict, score, reasons, network, country or first click), including clicks on the same messages outside the range',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was finished, UTC'
)
AS SELECT
  account_id,
  rejudgement,
  rules_version,
  from_at,
  to_at,
  clicks,
  changed,
  finished_at
FROM trackly.rejudgements
COMMENT 'Every rejudgement, with its range of clicks and the version of the rules.';

CREATE VIEW IF NOT EXISTS trackly.report_quarter_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at (sends), clicked_at (clicks) or the time that money_by names (money)',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  domain LowCardinality(String) COMMENT 'Tracking domain: of the message (sends), tapped (clicks), of the link that earned (money)',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer; empty on rows that count messages, and for links without an offer',
  money_by LowCardinality(String) COMMENT 'Empty: sends and clicks. click: money at the time of its click. conversion: the same money at the time of the conversion',
  currency LowCardinality(String) COMMENT 'Currency of the money; empty on rows of sends and clicks',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  messages_sent UInt64 COMMENT 'Messages, counted on the rows with an empty offer_id',
  offers_sent UInt64 COMMENT 'Messages with at least one link to the offer',
  links_sent UInt64 COMMENT 'Links of messages, counted on the rows of their offers; a link without an offer on the row with an empty offer_id',
  clicks_total UInt64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message',
  conversions Int64 COMMENT 'Conversions; refunds and chargebacks are not counted',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks'
)
AS SELECT
  account_id,
  quarter_hour,
  campaign_id,
  variant_id,
  domain,
  creative_id,
  offer_id,
  money_by,
  currency,
  rejudgement,
  messages_sent,
  offers_sent,
  links_sent,
  clicks_total,
  clicks_human,
  clicks_bot,
  first_clicks,
  first_offer_clicks,
  conversions,
  sales,
  refunds,
  payout
FROM trackly.rollup_quarter_hours
COMMENT 'Sends, clicks and money by quarter of an hour, campaign, variant, domain, creative and offer. Always use sum(): several rows may have the same key.';

CREATE VIEW IF NOT EXISTS trackly.report_networks (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 if unknown',
  network String COMMENT 'Organisation that runs the network; empty if unknown',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty if unknown',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that the clicks were first judged under; empty on rows of later rejudgements',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  clicks_total Int64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  suspicious_first_clicks Int64 COMMENT 'First clicks that were suspicious: 80 points or more, but not judged bot'
)
AS SELECT
  account_id,
  quarter_hour,
  campaign_id,
  asn,
  ifNull(named.network, '') AS network,
  country,
  rules_version,
  rejudgement,
  clicks_total,
  clicks_human,
  clicks_bot,
  first_clicks,
  suspicious_first_clicks
FROM trackly.rollup_networks
LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = asn
COMMENT 'Clicks by quarter of an hour, campaign, network and country. Always use sum(): several rows may have the same key.';

CREATE VIEW IF NOT EXISTS trackly.report_bot_reasons (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  kind LowCardinality(String) COMMENT 'Kind of the reason: user_agent, network …',
  reason LowCardinality(String) COMMENT 'kind:detail; empty on the rows that count each click once for the kind',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  clicks_bot Int64 COMMENT 'Clicks judged bot with this reason'
)
AS SELECT
  account_id,
  quarter_hour,
  campaign_id,
  kind,
  reason,
  rejudgement,
  clicks_bot
FROM trackly.rollup_bot_reasons
COMMENT 'Bot clicks by quarter of an hour, campaign and reason; a click counts under each of its reasons. Always use sum(): several rows may have the same key.';

CREATE VIEW IF NOT EXISTS trackly.report_catalog (
  account_id LowCardinality(String) COMMENT 'Account',
  kind LowCardinality(String) COMMENT 'offer, creative or campaign',
  id String COMMENT 'Its id: offer_id, creative_id or campaign_id of the other views',
  name String COMMENT 'Its name',
  body String COMMENT 'Text of a creative, with its placeholders; empty for others',
  status LowCardinality(String) COMMENT 'active, paused or archived; empty where it has none',
  changed_at DateTime('UTC') COMMENT 'When it was created or last changed, UTC'
)
AS SELECT
  account_id,
  kind,
  id,
  name,
  body,
  status,
  changed_at
FROM trackly.catalog FINAL
COMMENT 'Names of offers, creatives and campaigns, as they are now, for joins with the other views.';
