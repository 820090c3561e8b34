-- Raw sends: every message that was created, one row each, with its links and the values that the sender gave.

-- Partitioned by logged_at: a sender may give any sent_at, and one insert must not touch many partitions.
CREATE TABLE IF NOT EXISTS trackly.sends (
  account_id LowCardinality(String) COMMENT 'Account that sent the message',
  message_id String COMMENT 'The message',
  contact_id String COMMENT 'Recipient, under the id that the sender gave',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent_at DateTime64(3, 'UTC') COMMENT 'When the message was sent, as the sender says, UTC',
  logged_at DateTime64(3, 'UTC') COMMENT 'When the message was created here, UTC',
  link_keys Array(LowCardinality(String)) COMMENT 'Keys of its links: link1, link2 …',
  link_ids Array(String) COMMENT 'Its links, in the order of link_keys',
  offer_ids Array(LowCardinality(String)) COMMENT 'Offers of its links, in the order of link_keys',
  fields Map(LowCardinality(String), String) COMMENT 'The values that the sender gave for the text and the destination',
  link_expires_at DateTime64(3, 'UTC') COMMENT 'When its links end, UTC; 1970: never',
  batch String COMMENT 'Token of the batch that inserted the row',
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted, UTC',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted, from the account''s retention_days',
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_ids TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(logged_at)
ORDER BY (account_id, message_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every message that was created, one row each, until it expires. Reports read the rollups, which stay.';
