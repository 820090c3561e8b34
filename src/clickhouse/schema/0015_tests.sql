-- Tests: messages and links made with `test: true` or by a test key. Each table has the columns of the one that it stands
-- beside, and is read by nothing but the stories of single messages, links, clicks and contacts. No view leads from here
-- to a rollup, so no report, audience, experiment or sum can count a test. See src/clickhouse/test-rows.ts.

CREATE TABLE IF NOT EXISTS trackly.test_sends (
  {columns:test_sends},
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(logged_at)
ORDER BY (account_id, message_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every message that was made as a test, one row each, for at most 30 days. In no count.';

CREATE TABLE IF NOT EXISTS trackly.test_clicks (
  {columns:test_clicks},
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every click on a link of a test, one row each, for at most 30 days: judged by its request alone, never a first click. In no count.';

CREATE TABLE IF NOT EXISTS trackly.test_refused_taps (
  {columns:test_refused_taps},
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(tapped_at)
ORDER BY (account_id, tapped_at, tap_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every tap on a link of a test that did not reach its destination, one row each, for at most 30 days. In no count.';

-- The click ledger counts every row of the click log: those of tests as inserted, and as tests.

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.test_clicks_to_ledger TO trackly.ledger AS
SELECT
  toStartOfMinute(logged_at) AS minute,
  'clicks' AS log,
  process,
  batch,
  count() AS inserted,
  count() AS tests
FROM trackly.test_clicks
WHERE process != ''
GROUP BY minute, log, process, batch;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.test_refused_taps_to_ledger TO trackly.ledger AS
SELECT
  toStartOfMinute(logged_at) AS minute,
  'clicks' AS log,
  process,
  batch,
  count() AS inserted,
  count() AS tests
FROM trackly.test_refused_taps
WHERE process != ''
GROUP BY minute, log, process, batch;

-- Links of tests open as long as their rows are kept, also if Redis has lost its data; 1 at the end marks a test.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.test_sends_to_records TO trackly.records AS
SELECT
  concat('link:', link_ids[position]) AS key,
  concat('[', arrayStringConcat([
    toJSONString(toString(account_id)),
    toJSONString(message_id),
    toJSONString(contact_id),
    toJSONString(toString(offer_ids[position])),
    toJSONString(toString(creative_id)),
    toJSONString(toString(campaign_id)),
    toJSONString(toString(variant_id)),
    toJSONString(toString(link_keys[position])),
    toString(toUnixTimestamp64Milli(sent_at)),
    '""',
    toJSONString(fields),
    toString(toUnixTimestamp64Milli(link_expires_at)),
    '0',
    toJSONString(toString(domain)),
    '0',
    '0',
    '1'
  ], ','), ']') AS value,
  0 AS version,
  logged_at AS made_at,
  contact_id,
  expires_at
FROM trackly.test_sends
ARRAY JOIN arrayEnumerate(link_ids) AS position;
