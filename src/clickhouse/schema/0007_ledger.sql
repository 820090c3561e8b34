-- The click ledger: what was answered, logged, read, kept and inserted, minute by minute, so that anyone can check that
-- no click is missing and none was counted twice.

CREATE TABLE IF NOT EXISTS trackly.ledger (
  minute DateTime('UTC') COMMENT 'Minute in which the rows were logged, by the clock of Redis, UTC',
  log LowCardinality(String) COMMENT 'The log: clicks',
  process LowCardinality(String) COMMENT 'Redirect process that answered',
  batch String COMMENT 'Batch that the rows went through; empty where the redirect process counted',
  answered UInt64 COMMENT 'Taps that were answered as clicks',
  aborted UInt64 COMMENT 'Clicks that were logged, and whose recipient had hung up',
  lost UInt64 COMMENT 'Of the answered ones, those that neither Redis nor the spool could hold (WHEN_FULL=redirect)',
  logged UInt64 COMMENT 'Rows that Redis took',
  read UInt64 COMMENT 'Rows that a worker read',
  kept UInt64 COMMENT 'Of those read, rows that were to be inserted',
  dead_lettered UInt64 COMMENT 'Of those read, rows that were set aside as dead letters',
  inserted UInt64 COMMENT 'Rows that arrived in the table'
)
ENGINE = SummingMergeTree
ORDER BY (minute, log, process, batch)
TTL minute + INTERVAL 32 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'What became of every answer, by minute, process and batch. Always sum(): rows merge later.';

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
