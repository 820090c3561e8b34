-- Verdicts that changed when clicks were judged again, and the runs that judged them. A verdict is booked like money:
-- sign -1 takes back what was counted, sign 1 counts what holds from then on. Clicks are never changed.

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
COMMENT 'Verdicts that changed after the click was counted: the old one taken back, the new one booked. report_clicks has what holds now.';

CREATE TABLE IF NOT EXISTS trackly.rejudgements (
  account_id LowCardinality(String) COMMENT 'Account whose clicks were judged again',
  rejudgement UInt32 COMMENT 'Number of the rejudgement, growing',
  rules_version LowCardinality(String) COMMENT 'Version of the rules that they were judged under',
  from_at DateTime('UTC') COMMENT 'First moment of the range of clicked_at, UTC',
  to_at DateTime('UTC') COMMENT 'End of the range, not included, UTC',
  clicks UInt64 COMMENT 'Clicks that were judged',
  changed UInt64 COMMENT 'Clicks of which something changed: verdict, score, reasons, network, country, or whether they are first; also clicks on the same messages outside the range',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was finished, UTC'
)
ENGINE = MergeTree
ORDER BY (account_id, rejudgement)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every range of clicks that was judged again, with the rules that it was judged under.';
