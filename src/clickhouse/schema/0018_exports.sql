-- The files of exports. A file is noted before it is written, as begun, and again when it is whole; of two rows of one
-- file that with the higher version holds. So an erasure finds every file that may name a contact.

CREATE TABLE IF NOT EXISTS trackly.export_files (
  account_id LowCardinality(String) COMMENT 'Account whose rows it has',
  export_id String COMMENT 'The export',
  name String COMMENT 'Its name below the folder of the export',
  place String COMMENT 'Where that folder is: exports, or s3://bucket/prefix',
  dataset LowCardinality(String) COMMENT 'clicks, sends, deliveries, conversions, verdicts, contacts, or manifest',
  window_by LowCardinality(String) COMMENT 'The time that its window is of: event, sent or stored',
  from_at DateTime64(3, 'UTC') COMMENT 'Start of its window, included, UTC',
  to_at DateTime64(3, 'UTC') COMMENT 'End of its window, not included, UTC',
  rows UInt64 COMMENT 'Rows; 0 until it is whole',
  bytes UInt64 COMMENT 'Bytes; 0 until it is whole',
  sha256 String COMMENT 'SHA-256 of the file, in hex; empty until it is whole',
  version UInt8 COMMENT '1: it was begun. 2: it is whole',
  noted_at DateTime64(3, 'UTC') COMMENT 'When that was noted, UTC'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, export_id, name)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every file that an export has written or begun.';
