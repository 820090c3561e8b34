-- Report views: for analysts' own SQL. All time, one row for each account and thing, the same columns
-- everywhere; GET /v2/reports/… gives the same numbers for a range, a time zone and filters.
-- A click counts where and when it happened; `sent` is counted at the message's sent_at.
-- A thing without an id is not in its view: messages without a campaign are not in report_campaigns.
-- Money and conversion columns are 0 until conversions are recorded.

CREATE VIEW IF NOT EXISTS trackly.report_messages (
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
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  rollup.message_id AS message_id,
  max(rollup.campaign_id) AS campaign_id,
  max(rollup.variant_id) AS variant_id,
  max(rollup.creative_id) AS creative_id,
  sum(rollup.messages_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_links AS rollup
WHERE rollup.message_id != ''
GROUP BY account_id, message_id
COMMENT 'Each message, all time: sent, clicks and first clicks. A message has one contact, so clicks_unique is 0 or 1.';

CREATE VIEW IF NOT EXISTS trackly.report_offers (
  account_id LowCardinality(String) COMMENT 'Account',
  offer_id LowCardinality(String) COMMENT 'The offer',
  sent UInt64 COMMENT 'Messages sent with at least one link to the offer',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on the offer within each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  rollup.offer_id AS offer_id,
  sum(rollup.offers_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_offer_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_quarter_hours AS rollup
WHERE rollup.offer_id != ''
GROUP BY account_id, offer_id
COMMENT 'Each offer, all time: messages that carried it, clicks on its links, and first clicks by contact, message and offer.';

CREATE VIEW IF NOT EXISTS trackly.report_creatives (
  account_id LowCardinality(String) COMMENT 'Account',
  creative_id LowCardinality(String) COMMENT 'The creative',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  rollup.creative_id AS creative_id,
  sum(rollup.messages_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_quarter_hours AS rollup
WHERE rollup.creative_id != ''
GROUP BY account_id, creative_id
COMMENT 'Each creative, all time: messages sent with it, their clicks and first clicks.';

CREATE VIEW IF NOT EXISTS trackly.report_campaigns (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'The campaign',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  rollup.campaign_id AS campaign_id,
  sum(rollup.messages_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_quarter_hours AS rollup
WHERE rollup.campaign_id != ''
GROUP BY account_id, campaign_id
COMMENT 'Each campaign, all time: messages sent for it, their clicks and first clicks.';

CREATE VIEW IF NOT EXISTS trackly.report_variants (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'Campaign that the variant is an arm of',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  rollup.campaign_id AS campaign_id,
  rollup.variant_id AS variant_id,
  sum(rollup.messages_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_quarter_hours AS rollup
WHERE rollup.variant_id != ''
GROUP BY account_id, campaign_id, variant_id
COMMENT 'Each arm of each campaign''s A/B test, all time: messages sent, their clicks and first clicks.';

CREATE VIEW IF NOT EXISTS trackly.report_links (
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
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  rollup.link_id AS link_id,
  max(rollup.link_key) AS link_key,
  max(rollup.message_id) AS message_id,
  max(rollup.offer_id) AS offer_id,
  max(rollup.creative_id) AS creative_id,
  max(rollup.campaign_id) AS campaign_id,
  max(rollup.variant_id) AS variant_id,
  sum(rollup.links_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_offer_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_links AS rollup
WHERE rollup.link_id != ''
GROUP BY account_id, link_id
COMMENT 'Each link, all time. clicks_unique is the first click of the contact on the link''s offer, where it was on this link.';

CREATE VIEW IF NOT EXISTS trackly.report_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  hour DateTime('UTC') COMMENT 'Start of the hour, UTC',
  sent UInt64 COMMENT 'Messages sent',
  clicks_total UInt64 COMMENT 'All clicks, human and bot',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot; kept, never unique',
  clicks_unique UInt64 COMMENT 'First clicks: the earliest human click of each contact on each message',
  click_rate Float64 COMMENT 'clicks_unique / sent; 0 when nothing was sent',
  conversions UInt64 COMMENT 'Conversions; 0 until they are recorded',
  revenue Decimal(38, 6) COMMENT 'What advertisers reported; 0 until conversions are recorded',
  payout Decimal(38, 6) COMMENT 'What is paid for the conversions; 0 until they are recorded',
  epc Decimal(38, 6) COMMENT 'Earnings per click: revenue / clicks_unique',
  cvr Float64 COMMENT 'Conversion rate: conversions / clicks_unique',
  rpm Decimal(38, 6) COMMENT 'Revenue per 1,000 sent'
)
AS SELECT
  rollup.account_id AS account_id,
  toStartOfHour(rollup.quarter_hour) AS hour,
  sum(rollup.messages_sent) AS sent,
  sum(rollup.clicks_total) AS clicks_total,
  sum(rollup.clicks_human) AS clicks_human,
  sum(rollup.clicks_bot) AS clicks_bot,
  sum(rollup.first_clicks) AS clicks_unique,
  if(sent = 0, 0, clicks_unique / sent) AS click_rate,
  0 AS conversions,
  0 AS revenue,
  0 AS payout,
  0 AS epc,
  0 AS cvr,
  0 AS rpm
FROM trackly.rollup_quarter_hours AS rollup
GROUP BY account_id, hour
COMMENT 'Each UTC hour with sends or clicks: messages sent in it (by sent_at), clicks in it and first clicks among them.';
