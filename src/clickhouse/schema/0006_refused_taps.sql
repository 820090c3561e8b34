-- Taps that named a link and did not reach its destination, one row each: the offer was paused, the link had ended, it
-- does not open on the host that was asked … They come through the click log, in the batches of the clicks, and are in no
-- rollup. A tap that was led to a fallback is a row of clicks too.

CREATE TABLE IF NOT EXISTS trackly.refused_taps (
  {columns:refused_taps},
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(tapped_at)
ORDER BY (account_id, tapped_at, tap_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every tap that named a link and did not reach its destination, one row each, until it expires.';
