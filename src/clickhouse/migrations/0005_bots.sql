-- Bots: what a click is judged by is stored with it, judging again books differences, and reports of bots.
--
-- A verdict that changes is booked like money: sign -1 takes back what was counted, sign 1 counts what holds
-- from then on. Clicks are never changed. Each statement may run again.

ALTER TABLE trackly.clicks
  ADD COLUMN IF NOT EXISTS score UInt8 COMMENT 'Points for a bot: at 100 the click is a bot''s, from 80 on it is suspicious',
  ADD COLUMN IF NOT EXISTS answered LowCardinality(String) DEFAULT 'redirect' COMMENT 'redirect; interstitial: the offer''s page before it; preview: a page with Continue; continue: that was pressed; blocked: the page of a blocked country',
  ADD COLUMN IF NOT EXISTS asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 where it is not known',
  ADD COLUMN IF NOT EXISTS country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty where it is not known',
  ADD COLUMN IF NOT EXISTS contact_country LowCardinality(String) COMMENT 'Country of the contact, from the message''s field country; empty without one',
  ADD COLUMN IF NOT EXISTS address_recipients UInt16 COMMENT 'Recipients whose links the address opened in the minute that ends with this click; 0: not counted',
  ADD COLUMN IF NOT EXISTS address_links UInt16 COMMENT 'Links that it opened in that minute',
  ADD COLUMN IF NOT EXISTS address_agents UInt16 COMMENT 'User agents that it did so with',
  ADD COLUMN IF NOT EXISTS since_other_link_ms Int32 DEFAULT -1 COMMENT 'Since it opened another link of the same message, ms; -1: it did not',
  COMMENT COLUMN bot_reasons 'What speaks for a bot, kind:detail; for a human it was not enough',
  COMMENT COLUMN verdict 'human or bot, as it was judged when it came; report_clicks has what holds now',
  COMMENT COLUMN method 'HTTP method: GET, HEAD, or POST for Continue on a preview page';

CREATE TABLE IF NOT EXISTS trackly.verdicts (
  account_id LowCardinality(String) COMMENT 'Account',
  clicked_at DateTime64(3, 'UTC') COMMENT 'When the link was opened, UTC',
  click_id String COMMENT 'The click',
  change UInt32 COMMENT 'Counts the changes of this click from 1',
  sign Int8 COMMENT '1: this holds from here on; -1: it no longer does. Always sum(sign * …)',
  judgement UInt32 COMMENT 'The judgement (see judgements) that changed it',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that gave the verdict',
  verdict LowCardinality(String) COMMENT 'human or bot',
  score UInt8 COMMENT 'Points for a bot: at 100 the click is a bot''s, from 80 on it is suspicious',
  bot_reasons Array(LowCardinality(String)) COMMENT 'What speaks for a bot, kind:detail; for a human it was not enough',
  is_first UInt8 COMMENT '1 for the earliest human click of the contact on the message',
  is_first_for_offer UInt8 COMMENT '1 for the earliest human click of the contact on this offer within the message',
  payout Decimal(38, 6) COMMENT 'Payout of a first click on a cpc offer; 0 for all others',
  currency LowCardinality(String) COMMENT 'Currency of payout; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166',
  link_id String COMMENT 'Link of the click',
  link_key LowCardinality(String) COMMENT 'Place of the link in its creative',
  message_id String COMMENT 'Message of the click',
  offer_id LowCardinality(String) COMMENT 'Offer of the click',
  creative_id LowCardinality(String) COMMENT 'Creative of the click',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the click',
  variant_id LowCardinality(String) COMMENT 'Arm of the A/B test of the click',
  batch String COMMENT 'Token of the batch that booked the line',
  judged_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the line was booked, UTC',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted, with its click',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id, change)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Verdicts that changed after the click was counted: the old one taken back, the new one booked. report_clicks has what holds now.';

CREATE TABLE IF NOT EXISTS trackly.judgements (
  account_id LowCardinality(String) COMMENT 'Account whose clicks were judged again',
  judgement UInt32 COMMENT 'Number of the judgement, growing',
  rules_version LowCardinality(String) COMMENT 'Version of the rules that they were judged under',
  from_at DateTime('UTC') COMMENT 'First moment of the range of clicked_at, UTC',
  to_at DateTime('UTC') COMMENT 'End of the range, not included, UTC',
  clicks UInt64 COMMENT 'Clicks that were looked at',
  changed UInt64 COMMENT 'Of these, clicks whose verdict, score or reasons changed',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was finished, UTC'
)
ENGINE = MergeTree
ORDER BY (account_id, judgement)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Every range of clicks that was judged again, with the rules that it was judged under.';

-- A difference may be negative. Sums over all rows hold now; those up to a judgement held after it.

ALTER TABLE trackly.rollup_quarter_hours
  MODIFY COLUMN clicks_human Int64 COMMENT 'Clicks judged human',
  MODIFY COLUMN clicks_bot Int64 COMMENT 'Clicks judged bot',
  MODIFY COLUMN first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  MODIFY COLUMN first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message';

ALTER TABLE trackly.rollup_quarter_hours
  ADD COLUMN IF NOT EXISTS judgement UInt32 COMMENT '0: as first counted. Else the judgement that changed verdicts: rows with the difference',
  MODIFY ORDER BY (account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, money_by, currency, judgement);

ALTER TABLE trackly.rollup_links
  MODIFY COLUMN clicks_human Int64 COMMENT 'Clicks judged human',
  MODIFY COLUMN clicks_bot Int64 COMMENT 'Clicks judged bot',
  MODIFY COLUMN first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  MODIFY COLUMN first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message';

ALTER TABLE trackly.rollup_links
  ADD COLUMN IF NOT EXISTS judgement UInt32 COMMENT '0: as first counted. Else the judgement that changed verdicts: rows with the difference',
  MODIFY ORDER BY (account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, money_by, currency, judgement);

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.creative_id AS creative_id,
  line.offer_id AS offer_id,
  line.judgement AS judgement,
  sum(toInt64(line.sign) * (line.verdict = 'human')) AS clicks_human,
  sum(toInt64(line.sign) * (line.verdict = 'bot')) AS clicks_bot,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * line.is_first_for_offer) AS first_offer_clicks
FROM trackly.verdicts AS line
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, judgement;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_links TO trackly.rollup_links AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.message_id AS message_id,
  line.link_id AS link_id,
  line.link_key AS link_key,
  line.offer_id AS offer_id,
  line.creative_id AS creative_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.judgement AS judgement,
  sum(toInt64(line.sign) * (line.verdict = 'human')) AS clicks_human,
  sum(toInt64(line.sign) * (line.verdict = 'bot')) AS clicks_bot,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * line.is_first_for_offer) AS first_offer_clicks
FROM trackly.verdicts AS line
GROUP BY account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, judgement;

-- Payouts of first clicks that moved. Money is what holds now under every version: judgement stays 0.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdict_payouts_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.creative_id AS creative_id,
  line.offer_id AS offer_id,
  money_by,
  line.currency AS currency,
  sum(line.sign * line.payout) AS payout
FROM trackly.verdicts AS line
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE line.payout != 0
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdict_payouts_to_links TO trackly.rollup_links AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.message_id AS message_id,
  line.link_id AS link_id,
  line.link_key AS link_key,
  line.offer_id AS offer_id,
  line.creative_id AS creative_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  money_by,
  line.currency AS currency,
  sum(line.sign * line.payout) AS payout
FROM trackly.verdicts AS line
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE line.payout != 0
GROUP BY account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, money_by, currency;

-- Where clicks came from, and which first clicks were suspicious.
CREATE TABLE IF NOT EXISTS trackly.rollup_networks (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 where it is not known',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty where it is not known',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that the clicks were first judged under; empty on rows of later judgements',
  judgement UInt32 COMMENT '0: as first counted. Else the judgement that changed verdicts: rows with the difference',
  clicks_total Int64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  suspicious_first_clicks Int64 COMMENT 'Of these, suspicious ones: one weak reason for a bot, which was not enough'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, quarter_hour, campaign_id, asn, country, rules_version, judgement)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Clicks by quarter of an hour, campaign, network and country. Always sum(): rows merge later.';

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_networks TO trackly.rollup_networks AS
SELECT
  click.account_id AS account_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  click.asn AS asn,
  click.country AS country,
  click.rules_version AS rules_version,
  toInt64(count()) AS clicks_total,
  toInt64(countIf(click.verdict = 'human')) AS clicks_human,
  toInt64(countIf(click.verdict = 'bot')) AS clicks_bot,
  toInt64(sum(click.is_first)) AS first_clicks,
  toInt64(countIf(click.is_first = 1 AND click.score >= 80)) AS suspicious_first_clicks
FROM trackly.clicks AS click
GROUP BY account_id, quarter_hour, campaign_id, asn, country, rules_version;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_networks TO trackly.rollup_networks AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.asn AS asn,
  line.country AS country,
  line.judgement AS judgement,
  sum(toInt64(line.sign) * (line.verdict = 'human')) AS clicks_human,
  sum(toInt64(line.sign) * (line.verdict = 'bot')) AS clicks_bot,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * (line.is_first = 1 AND line.score >= 80)) AS suspicious_first_clicks
FROM trackly.verdicts AS line
GROUP BY account_id, quarter_hour, campaign_id, asn, country, judgement;

-- Why clicks were judged bots: a row for each reason of a click, and one with an empty reason for each kind.
CREATE TABLE IF NOT EXISTS trackly.rollup_bot_reasons (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  kind LowCardinality(String) COMMENT 'Kind of the reason: user_agent, network …',
  reason LowCardinality(String) COMMENT 'kind:detail; empty on the rows that count a click once for the kind',
  judgement UInt32 COMMENT '0: as first counted. Else the judgement that changed verdicts: rows with the difference',
  clicks_bot Int64 COMMENT 'Clicks judged bot with this reason'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, quarter_hour, campaign_id, kind, reason, judgement)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Bot clicks by quarter of an hour, campaign and reason; a click counts under each of its reasons. Always sum(): rows merge later.';

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_bot_reasons TO trackly.rollup_bot_reasons AS
SELECT
  click.account_id AS account_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  counted.1 AS kind,
  counted.2 AS reason,
  toInt64(count()) AS clicks_bot
FROM trackly.clicks AS click
ARRAY JOIN arrayConcat(
  arrayMap(one -> (splitByChar(':', toString(one))[1], toString(one)), click.bot_reasons),
  arrayDistinct(arrayMap(one -> (splitByChar(':', toString(one))[1], ''), click.bot_reasons))
) AS counted
WHERE click.verdict = 'bot'
GROUP BY account_id, quarter_hour, campaign_id, kind, reason;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_bot_reasons TO trackly.rollup_bot_reasons AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  counted.1 AS kind,
  counted.2 AS reason,
  line.judgement AS judgement,
  sum(toInt64(line.sign)) AS clicks_bot
FROM trackly.verdicts AS line
ARRAY JOIN arrayConcat(
  arrayMap(one -> (splitByChar(':', toString(one))[1], toString(one)), line.bot_reasons),
  arrayDistinct(arrayMap(one -> (splitByChar(':', toString(one))[1], ''), line.bot_reasons))
) AS counted
WHERE line.verdict = 'bot'
GROUP BY account_id, quarter_hour, campaign_id, kind, reason, judgement;

CREATE VIEW IF NOT EXISTS trackly.report_clicks (
  account_id LowCardinality(String) COMMENT 'Account',
  click_id String COMMENT 'The click',
  clicked_at DateTime64(3, 'UTC') COMMENT 'When the link was opened, UTC',
  link_id String COMMENT 'The link that was opened',
  message_id String COMMENT 'Message that carried the link; empty for a link outside a message',
  contact_id String COMMENT 'Recipient',
  offer_id LowCardinality(String) COMMENT 'Offer of the link',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent_at DateTime64(3, 'UTC') COMMENT 'When the message was sent, UTC',
  ip IPv6 COMMENT 'Client address; IPv4 is written as ::ffff:1.2.3.4',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 where it is not known',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty where it is not known',
  user_agent String COMMENT 'User agent',
  answered LowCardinality(String) COMMENT 'redirect, interstitial, preview, continue or blocked',
  verdict LowCardinality(String) COMMENT 'human or bot, as it holds now',
  score UInt8 COMMENT 'Points for a bot: at 100 the click is a bot''s, from 80 on it is suspicious',
  bot_reasons Array(LowCardinality(String)) COMMENT 'What speaks for a bot, kind:detail',
  is_first UInt8 COMMENT '1 for the earliest human click of the contact on the message',
  is_first_for_offer UInt8 COMMENT '1 for the earliest human click of the contact on this offer within the message',
  payout Decimal(38, 6) COMMENT 'Payout of a first click on a cpc offer; 0 for all others',
  currency LowCardinality(String) COMMENT 'Currency of payout'
)
AS SELECT
  click.account_id AS account_id,
  click.click_id AS click_id,
  click.clicked_at AS clicked_at,
  click.link_id AS link_id,
  click.message_id AS message_id,
  click.contact_id AS contact_id,
  click.offer_id AS offer_id,
  click.creative_id AS creative_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  click.sent_at AS sent_at,
  click.ip AS ip,
  click.asn AS asn,
  click.country AS country,
  click.user_agent AS user_agent,
  click.answered AS answered,
  if(line.change = 0, click.verdict, line.verdict) AS verdict,
  if(line.change = 0, click.score, line.score) AS score,
  if(line.change = 0, click.bot_reasons, line.bot_reasons) AS bot_reasons,
  if(line.change = 0, click.is_first, line.is_first) AS is_first,
  if(line.change = 0, click.is_first_for_offer, line.is_first_for_offer) AS is_first_for_offer,
  if(line.change = 0, click.payout, line.payout) AS payout,
  if(line.change = 0, click.currency, line.currency) AS currency
FROM trackly.clicks AS click
LEFT ANY JOIN (
  SELECT * FROM trackly.verdicts WHERE sign = 1 ORDER BY change DESC LIMIT 1 BY account_id, click_id
) AS line ON line.account_id = click.account_id AND line.click_id = click.click_id
COMMENT 'Each click as it is judged now. For one account and a range, say so in WHERE: the clicks and their later verdicts are then read for it alone.';
