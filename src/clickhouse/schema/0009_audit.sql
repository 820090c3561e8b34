-- The audit log: every change that was asked for through the API or a command, one row each. Rows are only added.

CREATE TABLE IF NOT EXISTS trackly.audit (
  {columns:audit},
  INDEX by_subject_id subject_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (account_id, at, audit_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every change, who asked for it and what it changed, until it expires. Holds addresses of people: no view for analysts reads it.';
