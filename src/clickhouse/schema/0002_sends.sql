-- Raw sends: every message that was created, one row each, with its links and the values that the sender gave.

-- Partitioned by logged_at: a sender may give any sent_at, and one insert must not touch many partitions.
CREATE TABLE IF NOT EXISTS trackly.sends (
  {columns:sends},
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_ids TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(logged_at)
ORDER BY (account_id, message_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every message that was created, one row each, until it expires. Reports read the rollups, which are kept.';
