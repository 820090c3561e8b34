-- The ledger: what was answered, logged, read, kept and inserted, minute by minute, so that anyone can check that
-- nothing is missing.

ALTER TABLE trackly.clicks
  ADD COLUMN IF NOT EXISTS process LowCardinality(String) DEFAULT '' COMMENT 'Redirect process that answered; empty for rows that the ledger does not follow',
  ADD COLUMN IF NOT EXISTS logged_at DateTime64(3, 'UTC') DEFAULT clicked_at COMMENT 'When Redis held the click, by its clock, UTC';

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
  kept UInt64 COMMENT 'Of these, rows that were to be inserted',
  dead_lettered UInt64 COMMENT 'Of these, rows that were set aside as dead letters',
  inserted UInt64 COMMENT 'Rows that arrived in the table'
)
ENGINE = SummingMergeTree
ORDER BY (minute, log, process, batch)
TTL minute + INTERVAL 32 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000
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
