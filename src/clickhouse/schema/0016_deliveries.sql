-- What became of messages, as reports count it: for each message the event that gives its state, and its first opt-out, if
-- there are such. A line that no longer holds is reversed: sign -1 repeats it. No event is counted, so that late and
-- repeated ones change nothing. Lines have what the rollups need of the message, and nothing of its contact.

-- Sorted by the time at which the message was created, because a worker asks for the lines of some messages of a few hours.
CREATE TABLE IF NOT EXISTS trackly.deliveries (
  {columns:deliveries},
  INDEX by_state state TYPE set(8) GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(logged_at)
ORDER BY (account_id, toStartOfHour(logged_at), message_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024, fsync_after_insert = 1,
  fsync_part_directory = 1, old_parts_lifetime = 120
COMMENT 'What became of messages: lines that were booked (sign 1) or reversed (sign -1). Reports read the rollups.';

-- A cancelled message was not sent. Its line takes it out of what was sent, at its sent_at; other lines count at their
-- own time.

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.deliveries_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(if(line.state = 'cancelled', line.sent_at, line.at)) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  line.creative_id AS creative_id,
  counted_offer_id AS offer_id,
  -sumIf(toInt64(line.sign), counted_offer_id = '' AND line.state = 'cancelled') AS messages_sent,
  sumIf(toInt64(line.sign), counted_offer_id = '' AND line.state = 'delivered') AS messages_delivered,
  sumIf(toInt64(line.sign), counted_offer_id = '' AND line.state IN ('failed', 'undelivered')) AS messages_failed,
  sumIf(toInt64(line.sign), counted_offer_id = '' AND line.state = 'opted_out') AS messages_opted_out,
  -sumIf(toInt64(line.sign), counted_offer_id != '' AND line.state = 'cancelled') AS offers_sent,
  sumIf(toInt64(line.sign), counted_offer_id != '' AND line.state = 'delivered') AS offers_delivered,
  sumIf(toInt64(line.sign), counted_offer_id != '' AND line.state IN ('failed', 'undelivered')) AS offers_failed,
  sumIf(toInt64(line.sign), counted_offer_id != '' AND line.state = 'opted_out') AS offers_opted_out
FROM trackly.deliveries AS line
ARRAY JOIN arrayDistinct(arrayPushFront(line.offer_ids, '')) AS counted_offer_id
WHERE line.state != 'sent'
GROUP BY account_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, counted_offer_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.delivered_links_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(if(line.state = 'cancelled', line.sent_at, line.at)) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  line.creative_id AS creative_id,
  offer_id,
  -sumIf(toInt64(line.sign), line.state = 'cancelled') AS links_sent,
  sumIf(toInt64(line.sign), line.state = 'delivered') AS links_delivered,
  sumIf(toInt64(line.sign), line.state IN ('failed', 'undelivered')) AS links_failed,
  sumIf(toInt64(line.sign), line.state = 'opted_out') AS links_opted_out
FROM trackly.deliveries AS line
ARRAY JOIN arrayFilter((offer, link_key) -> link_key != 'optout_link', line.offer_ids, line.link_keys) AS offer_id
WHERE line.state != 'sent'
GROUP BY account_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, offer_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.deliveries_to_links TO trackly.rollup_links AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(if(line.state = 'cancelled', line.sent_at, line.at)) AS quarter_hour,
  line.message_id AS message_id,
  line.link_ids[position] AS link_id,
  line.link_keys[position] AS link_key,
  line.offer_ids[position] AS offer_id,
  line.creative_id AS creative_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  -sumIf(toInt64(line.sign), position = 0 AND line.state = 'cancelled') AS messages_sent,
  sumIf(toInt64(line.sign), position = 0 AND line.state = 'delivered') AS messages_delivered,
  sumIf(toInt64(line.sign), position = 0 AND line.state IN ('failed', 'undelivered')) AS messages_failed,
  sumIf(toInt64(line.sign), position = 0 AND line.state = 'opted_out') AS messages_opted_out,
  -sumIf(toInt64(line.sign), is_of_offer AND line.state = 'cancelled') AS offers_sent,
  sumIf(toInt64(line.sign), is_of_offer AND line.state = 'delivered') AS offers_delivered,
  sumIf(toInt64(line.sign), is_of_offer AND line.state IN ('failed', 'undelivered')) AS offers_failed,
  sumIf(toInt64(line.sign), is_of_offer AND line.state = 'opted_out') AS offers_opted_out,
  -sumIf(toInt64(line.sign), position > 0 AND line.state = 'cancelled') AS links_sent,
  sumIf(toInt64(line.sign), position > 0 AND line.state = 'delivered') AS links_delivered,
  sumIf(toInt64(line.sign), position > 0 AND line.state IN ('failed', 'undelivered')) AS links_failed,
  sumIf(toInt64(line.sign), position > 0 AND line.state = 'opted_out') AS links_opted_out
FROM trackly.deliveries AS line
ARRAY JOIN
  arrayFilter(at -> line.link_keys[at] != 'optout_link', range(length(line.link_ids) + 1)) AS position,
  arrayMap(
    at -> at > 0 AND line.offer_ids[at] != '' AND indexOf(line.offer_ids, line.offer_ids[at]) = at,
    arrayFilter(at -> line.link_keys[at] != 'optout_link', range(length(line.link_ids) + 1))
  ) AS is_of_offer
WHERE line.state != 'sent'
GROUP BY account_id, sent_quarter_hour, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain;

-- Messages by the country of their contact, which clicks and money do not know.

CREATE TABLE IF NOT EXISTS trackly.rollup_countries (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at (sends) or of the event (what became of them)',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  domain LowCardinality(String) COMMENT 'Tracking domain of the message',
  country LowCardinality(String) COMMENT 'Country of the contact, ISO 3166, from the message''s field country; empty without one',
  messages_sent Int64 COMMENT 'Messages, without cancelled ones',
  messages_delivered Int64 COMMENT 'Messages whose state is delivered',
  messages_failed Int64 COMMENT 'Messages whose state is failed or undelivered',
  messages_opted_out Int64 COMMENT 'Messages whose recipient opted out by an event of them'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, sent_quarter_hour, campaign_id, domain, country, quarter_hour, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Messages and what became of them by quarter of an hour, campaign, domain and country of the contact. Always use sum(): rows with the same key merge later.';

-- The country is what contactCountryOf (src/clicks/click.ts) reads.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sends_to_countries TO trackly.rollup_countries AS
SELECT
  account_id,
  import_id,
  toStartOfFifteenMinutes(sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  campaign_id,
  domain,
  extract(upper(trimBoth(fields['country'])), '^[A-Z]{2}$') AS country,
  toInt64(count()) AS messages_sent
FROM trackly.sends
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, campaign_id, domain, country;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.deliveries_to_countries TO trackly.rollup_countries AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(if(line.state = 'cancelled', line.sent_at, line.at)) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.domain AS domain,
  line.country AS country,
  -sumIf(toInt64(line.sign), line.state = 'cancelled') AS messages_sent,
  sumIf(toInt64(line.sign), line.state = 'delivered') AS messages_delivered,
  sumIf(toInt64(line.sign), line.state IN ('failed', 'undelivered')) AS messages_failed,
  sumIf(toInt64(line.sign), line.state = 'opted_out') AS messages_opted_out
FROM trackly.deliveries AS line
WHERE line.state != 'sent'
GROUP BY account_id, sent_quarter_hour, quarter_hour, campaign_id, domain, country;
