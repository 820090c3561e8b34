-- Which contacts were erased, by fingerprint: a restored backup is followed by the erasures that it does not know. A
-- fingerprint is computed with the key in contact.key, so nobody without the key can tell whose it is.

CREATE TABLE IF NOT EXISTS trackly.erasures (
  account_id LowCardinality(String) COMMENT 'Account that asked',
  erasure_id String COMMENT 'The erasure',
  contact_fingerprint String COMMENT 'Keyed fingerprint of the contact''s id',
  requested_at DateTime64(3, 'UTC') COMMENT 'When it was asked for, UTC',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was done, UTC; 1970: it is not done'
)
ENGINE = ReplacingMergeTree(finished_at)
ORDER BY (account_id, erasure_id, contact_fingerprint)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Erased contacts by fingerprint, so that the erasures can follow a restored backup.';
