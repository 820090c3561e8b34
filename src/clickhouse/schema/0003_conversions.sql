-- Conversions: the money ledger. Every change of what a conversion is worth is booked: sign 1 adds a line, sign -1
-- takes the same line back (a refund came first, a click arrived late). sum(sign * x) is what holds now; no row is
-- updated, and none expires.

CREATE TABLE IF NOT EXISTS trackly.conversions (
  {columns:conversions},
  INDEX by_conversion_id conversion_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_click_id click_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (account_id, transaction, offer_id, conversion_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024, fsync_after_insert = 1,
  fsync_part_directory = 1, old_parts_lifetime = 120
COMMENT 'Ledger of conversions: every line that was booked or taken back, for ever. report_conversions has what holds now.';
