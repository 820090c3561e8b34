-- What waits in spools while Redis can not be told: an answered click that is in neither Redis nor a table is named here.

CREATE TABLE IF NOT EXISTS trackly.spools (
  owner String COMMENT 'The start of a process that the spool belongs to; its folder has this name',
  process LowCardinality(String) COMMENT 'Redirect process',
  host LowCardinality(String) COMMENT 'Its machine',
  folder String COMMENT 'The folder in which its spool is, on that machine',
  clicks UInt64 COMMENT 'Answered clicks that waited in it',
  bytes UInt64 COMMENT 'Its bytes on the disk',
  at DateTime64(3, 'UTC') COMMENT 'When it was so, by the clock of the process, UTC'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY owner
TTL toDateTime(at) + INTERVAL 90 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Spools as last told while Redis was away. Redis knows better once it was told: see GET /v2/ledger.';
