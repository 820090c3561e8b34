-- Conversions: the money ledger. Every change of a conversion's value is booked: sign 1 adds a line, sign -1 reverses
-- the same line (because a refund came first, or a click arrived late). sum(sign * x) is the current value. No row is
-- updated, except that the erasure of a contact puts a pseudonym in its place; no row expires.

CREATE TABLE IF NOT EXISTS trackly.conversions (
  {columns:conversions},
  INDEX by_conversion_id conversion_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_click_id click_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_upload_id upload_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_subject_contact_id subject_contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (account_id, transaction, offer_id, conversion_id)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024, fsync_after_insert = 1,
  fsync_part_directory = 1, old_parts_lifetime = 120
COMMENT 'The money ledger: every line that was booked (sign 1) or reversed (sign -1), for ever. report_conversions has the current state.';
