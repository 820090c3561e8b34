-- Raw clicks and sends, and the two rollups that the reports read.
--
-- Exactly once: a worker inserts a batch under its own token, with
--   insert_deduplicate=1, insert_deduplication_token='<token>',
--   deduplicate_blocks_in_dependent_materialized_views=1, async_insert=0
-- and every table here, rollups too, remembers the last 10,000 tokens. The same batch again changes nothing.
-- Each statement may run again: an interrupted migration is repeated from its first statement.

CREATE TABLE IF NOT EXISTS trackly.clicks (
  account_id LowCardinality(String) COMMENT 'Account that the link belongs to',
  click_id String COMMENT 'Unguessable id of the click, 22 characters; the first 8 hold its time in ms',
  link_id String COMMENT 'The link that was opened, 7 characters',
  link_key LowCardinality(String) COMMENT 'Place of the link in its creative: link1, link2 …; empty outside a creative',
  message_id String COMMENT 'Message that carried the link; empty for a link outside a message',
  contact_id String COMMENT 'Recipient, under the id that the sender gave',
  offer_id LowCardinality(String) COMMENT 'Offer that the link sells; empty for a link with an address of its own',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent_at DateTime64(3, 'UTC') COMMENT 'When the message was sent, UTC',
  clicked_at DateTime64(3, 'UTC') COMMENT 'When the link was opened, UTC',
  method LowCardinality(String) COMMENT 'HTTP method: GET or HEAD',
  ip IPv6 COMMENT 'Client address; IPv4 is written as ::ffff:1.2.3.4',
  user_agent String COMMENT 'User agent, cut at 512 characters',
  headers Map(LowCardinality(String), String) COMMENT 'Request headers that bot detection reads, names in lower case',
  verdict LowCardinality(String) COMMENT 'human or bot',
  bot_reasons Array(LowCardinality(String)) COMMENT 'Why the click was judged a bot; empty for a human',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that gave the verdict',
  is_first UInt8 COMMENT '1 for the earliest human click of the contact on the message',
  is_first_for_offer UInt8 COMMENT '1 for the earliest human click of the contact on this offer within the message',
  batch String COMMENT 'Token of the batch that inserted the row',
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted, UTC',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted, from the account''s retention_days',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Every click, human or bot, one row each, until it expires. Reports read the rollups, which stay.';

-- Partitioned by logged_at: a sender may give any sent_at, and one insert must not touch many partitions.
CREATE TABLE IF NOT EXISTS trackly.sends (
  account_id LowCardinality(String) COMMENT 'Account that sent the message',
  message_id String COMMENT 'The message',
  contact_id String COMMENT 'Recipient, under the id that the sender gave',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent_at DateTime64(3, 'UTC') COMMENT 'When the message was sent, as the sender says, UTC',
  logged_at DateTime64(3, 'UTC') COMMENT 'When the message was created here, UTC',
  link_keys Array(LowCardinality(String)) COMMENT 'Keys of its links: link1, link2 …',
  link_ids Array(String) COMMENT 'Its links, in the order of link_keys',
  offer_ids Array(LowCardinality(String)) COMMENT 'Offers of its links, in the order of link_keys',
  batch String COMMENT 'Token of the batch that inserted the row',
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted, UTC',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted, from the account''s retention_days',
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_ids TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(logged_at)
ORDER BY (account_id, message_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Every message that was created, one row each, until it expires. Reports read the rollups, which stay.';

-- A quarter of an hour, so that the hours and days of every time zone can be made of it.
CREATE TABLE IF NOT EXISTS trackly.rollup_quarter_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of sent_at (sends) or clicked_at (clicks), UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer; empty on rows that count messages, and for links without an offer',
  messages_sent UInt64 COMMENT 'Messages; on the rows without an offer',
  offers_sent UInt64 COMMENT 'Messages with at least one link to the offer',
  clicks_total UInt64 COMMENT 'All clicks',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot',
  first_clicks UInt64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks UInt64 COMMENT 'First human clicks of a contact on an offer within a message'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Sends and clicks by quarter of an hour, campaign, variant, creative and offer. Always sum(): rows merge later.';

-- The time leads the key because every report has a range. The last five columns follow from link_id (or
-- message_id); they are in the sorting key because SummingMergeTree keeps any value of what is not.
CREATE TABLE IF NOT EXISTS trackly.rollup_links (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of sent_at (sends) or clicked_at (clicks), UTC',
  message_id String COMMENT 'Message; empty for a link outside a message',
  link_id String COMMENT 'Link; empty on the rows that count messages',
  link_key LowCardinality(String) COMMENT 'Place of the link in its creative: link1, link2 …',
  offer_id LowCardinality(String) COMMENT 'Offer of the link; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative of the message; empty without one',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  messages_sent UInt64 COMMENT 'Messages; on the rows without a link',
  offers_sent UInt64 COMMENT 'Messages by offer: 1 on the first link to an offer within the message',
  links_sent UInt64 COMMENT 'Links',
  clicks_total UInt64 COMMENT 'All clicks',
  clicks_human UInt64 COMMENT 'Clicks judged human',
  clicks_bot UInt64 COMMENT 'Clicks judged bot',
  first_clicks UInt64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks UInt64 COMMENT 'First human clicks of a contact on an offer within a message',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = SummingMergeTree
PRIMARY KEY (account_id, quarter_hour, message_id)
ORDER BY (account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Sends and clicks by quarter of an hour, message and link, without the contact. Always sum(): rows merge later.';

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  account_id,
  toStartOfFifteenMinutes(clicked_at) AS quarter_hour,
  campaign_id,
  variant_id,
  creative_id,
  offer_id,
  count() AS clicks_total,
  countIf(verdict = 'human') AS clicks_human,
  countIf(verdict = 'bot') AS clicks_bot,
  sum(is_first) AS first_clicks,
  sum(is_first_for_offer) AS first_offer_clicks
FROM trackly.clicks
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_links TO trackly.rollup_links AS
SELECT
  account_id,
  toStartOfFifteenMinutes(clicked_at) AS quarter_hour,
  message_id,
  link_id,
  link_key,
  offer_id,
  creative_id,
  campaign_id,
  variant_id,
  count() AS clicks_total,
  countIf(verdict = 'human') AS clicks_human,
  countIf(verdict = 'bot') AS clicks_bot,
  sum(is_first) AS first_clicks,
  sum(is_first_for_offer) AS first_offer_clicks
FROM trackly.clicks
GROUP BY account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id;

-- One row that counts the message, with offer_id '', and one for each distinct offer of its links.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sends_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  account_id,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  campaign_id,
  variant_id,
  creative_id,
  counted_offer_id AS offer_id,
  countIf(counted_offer_id = '') AS messages_sent,
  countIf(counted_offer_id != '') AS offers_sent
FROM trackly.sends
ARRAY JOIN arrayDistinct(arrayPushFront(offer_ids, '')) AS counted_offer_id
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, counted_offer_id;

-- One row that counts the message, with link_id '' (position 0), and one for each of its links.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sends_to_links TO trackly.rollup_links AS
SELECT
  account_id,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  message_id,
  link_ids[position] AS link_id,
  link_keys[position] AS link_key,
  offer_ids[position] AS offer_id,
  creative_id,
  campaign_id,
  variant_id,
  countIf(position = 0) AS messages_sent,
  countIf(position > 0 AND offer_ids[position] != '' AND indexOf(offer_ids, offer_ids[position]) = position) AS offers_sent,
  countIf(position > 0) AS links_sent
FROM trackly.sends
ARRAY JOIN range(length(link_ids) + 1) AS position
GROUP BY account_id, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id;
