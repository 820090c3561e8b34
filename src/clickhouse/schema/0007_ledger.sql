-- The click ledger: how many clicks were answered, logged, read, kept and inserted, minute by minute. It lets anyone
-- check that no click is missing and no click was counted twice.

CREATE TABLE IF NOT EXISTS trackly.ledger (
  minute DateTime('UTC') COMMENT 'Minute in which the rows were logged, by the clock of Redis, UTC',
  log LowCardinality(String) COMMENT 'The log: clicks',
  process LowCardinality(String) COMMENT 'Redirect process that answered',
  batch String COMMENT 'Batch that the rows were in; empty on the counts of redirect processes and of Redis',
  answered UInt64 COMMENT 'Taps that were answered as clicks',
  aborted UInt64 COMMENT 'Clicks that were logged, but whose recipient closed the connection before the answer',
  lost UInt64 COMMENT 'Answered taps whose click neither Redis nor the spool could hold (WHEN_FULL=redirect)',
  refused UInt64 COMMENT 'Taps that were refused, or led to a fallback, and whose row Redis took beside the clicks',
  logged UInt64 COMMENT 'Rows that Redis took',
  read UInt64 COMMENT 'Rows that a worker read',
  kept UInt64 COMMENT 'Rows read that were not set aside',
  dead_lettered UInt64 COMMENT 'Rows read that were set aside as dead letters',
  inserted UInt64 COMMENT 'Rows that arrived in their table: clicks, refused_taps, or those of tests',
  tests UInt64 COMMENT 'Rows of tests among those inserted: test_clicks and test_refused_taps'
)
ENGINE = SummingMergeTree
ORDER BY (minute, log, process, batch)
TTL minute + INTERVAL 32 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'The counts of every stage, by minute, process and batch. Always use sum(): rows with the same key merge later.';

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_ledger TO trackly.ledger AS
SELECT
  toStartOfMinute(logged_at) AS minute,
  'clicks' AS log,
  process,
  batch,
  count() AS inserted
FROM trackly.clicks
WHERE process != ''
GROUP BY minute, log, process, batch;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.refused_taps_to_ledger TO trackly.ledger AS
SELECT
  toStartOfMinute(logged_at) AS minute,
  'clicks' AS log,
  process,
  batch,
  count() AS inserted
FROM trackly.refused_taps
WHERE process != ''
GROUP BY minute, log, process, batch;
