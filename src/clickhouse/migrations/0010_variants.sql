-- A/B tests and the totals of links without a look at each message: first clicks by variant, by the time of the click
-- and of its message; and how many links were sent.
--
-- What was counted before is filled in, each as one block under a token, so that each statement may run again. What
-- a worker of an earlier version inserts meanwhile is missing there: stop those first.

ALTER TABLE trackly.verdicts
  ADD COLUMN IF NOT EXISTS sent_at DateTime64(3, 'UTC') COMMENT 'When the message of the click was sent, UTC; 1970 in lines booked before there was this column';

ALTER TABLE trackly.conversions
  ADD COLUMN IF NOT EXISTS sent_at DateTime64(3, 'UTC') DEFAULT if(click_id = '', credited_at, fromUnixTimestamp64Milli(JSONExtractInt(facts, 'subject', 'sent_at_ms'), 'UTC')) COMMENT 'When the message that it is credited to was sent, UTC; 1970 for a refund that names no click';

-- Else each question would read the facts of every line that was booked before.
ALTER TABLE trackly.conversions MATERIALIZE COLUMN sent_at;

ALTER TABLE trackly.rollup_quarter_hours
  ADD COLUMN IF NOT EXISTS links_sent UInt64 COMMENT 'Links of messages; on the rows of their offers, without an offer on the one without';

CREATE TABLE IF NOT EXISTS trackly.rollup_variants (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'Campaign that the variant is an arm of',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of sent_at, UTC',
  judgement UInt32 COMMENT '0: as first counted. Else the judgement that changed verdicts: rows with the difference',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, judgement)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'First clicks of A/B tests by the quarter of an hour of the click and of its message. Always sum(): rows merge later.';

INSERT INTO trackly.rollup_variants (account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, judgement, first_clicks)
SELECT
  click.account_id AS account_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  0 AS judgement,
  toInt64(count()) AS first_clicks
FROM trackly.clicks AS click
WHERE click.is_first = 1 AND click.variant_id != '' AND click.message_id != ''
GROUP BY account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour
SETTINGS insert_deduplicate = 1, insert_deduplication_token = '0010-clicks', max_insert_threads = 1,
  min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0;

INSERT INTO trackly.rollup_variants (account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, judgement, first_clicks)
SELECT
  click.account_id AS account_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  changed.judgement AS judgement,
  sum(changed.first_clicks) AS first_clicks
FROM trackly.clicks AS click
INNER JOIN (
  SELECT line.account_id AS account_id, line.click_id AS click_id, line.judgement AS judgement,
    sum(toInt64(line.sign) * line.is_first) AS first_clicks
  FROM trackly.verdicts AS line
  WHERE line.variant_id != '' AND line.message_id != ''
  GROUP BY account_id, click_id, judgement
  HAVING first_clicks != 0
) AS changed ON changed.account_id = click.account_id AND changed.click_id = click.click_id
GROUP BY account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, judgement
SETTINGS insert_deduplicate = 1, insert_deduplication_token = '0010-verdicts', max_insert_threads = 1,
  min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0;

INSERT INTO trackly.rollup_quarter_hours (account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id, links_sent)
SELECT
  rollup.account_id AS account_id,
  rollup.quarter_hour AS quarter_hour,
  rollup.campaign_id AS campaign_id,
  rollup.variant_id AS variant_id,
  rollup.creative_id AS creative_id,
  rollup.offer_id AS offer_id,
  sum(rollup.links_sent) AS sent
FROM trackly.rollup_links AS rollup
WHERE rollup.links_sent != 0
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id
SETTINGS insert_deduplicate = 1, insert_deduplication_token = '0010-links', max_insert_threads = 1,
  min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_variants TO trackly.rollup_variants AS
SELECT
  click.account_id AS account_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  toInt64(count()) AS first_clicks
FROM trackly.clicks AS click
WHERE click.is_first = 1 AND click.variant_id != '' AND click.message_id != ''
GROUP BY account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_variants TO trackly.rollup_variants AS
SELECT
  line.account_id AS account_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  line.judgement AS judgement,
  sum(toInt64(line.sign)) AS first_clicks
FROM trackly.verdicts AS line
WHERE line.is_first = 1 AND line.variant_id != '' AND line.message_id != ''
GROUP BY account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, judgement;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sent_links_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  account_id,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  campaign_id,
  variant_id,
  creative_id,
  offer_id,
  count() AS links_sent
FROM trackly.sends
ARRAY JOIN offer_ids AS offer_id
GROUP BY account_id, quarter_hour, campaign_id, variant_id, creative_id, offer_id;
