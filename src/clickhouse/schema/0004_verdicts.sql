-- Verdicts that changed when clicks were rejudged, and the rejudgements. Verdicts are booked like money: sign -1
-- reverses the previous verdict, sign 1 adds the new one. Rows of clicks are never changed.

CREATE TABLE IF NOT EXISTS trackly.verdicts (
  {columns:verdicts},
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id, change)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Verdicts that changed after the click was counted: one line reverses the old verdict, one books the new one. report_clicks has the current verdict.';

CREATE TABLE IF NOT EXISTS trackly.rejudgements (
  account_id LowCardinality(String) COMMENT 'Account whose clicks were rejudged',
  rejudgement UInt32 COMMENT 'Number of the rejudgement; later ones have higher numbers',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that was applied',
  from_at DateTime('UTC') COMMENT 'Start of the range of clicked_at, included, UTC',
  to_at DateTime('UTC') COMMENT 'End of the range, not included, UTC',
  clicks UInt64 COMMENT 'Clicks that were judged',
  changed UInt64 COMMENT 'Clicks that changed (verdict, score, reasons, network, country or first click), including clicks on the same messages outside the range',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was finished, UTC'
)
ENGINE = MergeTree
ORDER BY (account_id, rejudgement)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every rejudgement, with its range of clicks and the version of the rules.';
