-- Conversions: the money ledger. Every change of what a conversion is worth is booked: sign 1 adds a line, sign -1
-- takes the same line back (a refund came first, a click arrived late). sum(sign * x) is what holds now; no row is
-- updated, and none expires.

CREATE TABLE IF NOT EXISTS trackly.conversions (
  account_id LowCardinality(String) COMMENT 'Account',
  offer_id LowCardinality(String) COMMENT 'Offer; empty where the id that was reported belongs to none',
  transaction String COMMENT 'What counts once: txn:<txn_id>, or whom it is about where no txn_id was given. Refunds share it with their sale',
  conversion_id String COMMENT 'Id of the report, as it was answered',
  event LowCardinality(String) COMMENT 'sale, rebill, lead, install, signup, refund or chargeback',
  txn_id String COMMENT 'Transaction id of the network; empty without one',
  way LowCardinality(String) COMMENT 'How it came in: conv, offer, coupon, pixel or api',
  reported String COMMENT 'The ids as they were reported',
  amount Decimal(38, 6) COMMENT 'Amount as it was reported, not negative; 0 where none was given',
  converted_at DateTime64(3, 'UTC') COMMENT 'When it happened, as the network says, UTC',
  received_at DateTime64(3, 'UTC') COMMENT 'When it was received, UTC',
  sign Int8 COMMENT '1: this line holds from here on; -1: it no longer does. Always sum(sign * …)',
  status LowCardinality(String) COMMENT 'attributed, unattributed, duplicate or replaced',
  reason String COMMENT 'Why it is not attributed; duplicate_of:<id>; replaced_by:<id>; limited: less was left than the refund names',
  click_id String COMMENT 'First click that it is credited to; empty for coupons and where there is none',
  credited_at DateTime64(3, 'UTC') COMMENT 'Time of that click (of the message, for a coupon with a contact), UTC: the time that reports by click time use',
  sent_at DateTime64(3, 'UTC') DEFAULT if(click_id = '', credited_at, fromUnixTimestamp64Milli(JSONExtractInt(facts, 'subject', 'sent_at_ms'), 'UTC')) COMMENT 'When the message that it is credited to was sent, UTC; 1970 for a refund that names no click',
  link_id String COMMENT 'Link that it is credited to',
  link_key LowCardinality(String) COMMENT 'Key of that link in its creative',
  message_id String COMMENT 'Message that it is credited to',
  contact_id String COMMENT 'Contact that it is credited to',
  creative_id LowCardinality(String) COMMENT 'Creative that it is credited to',
  campaign_id LowCardinality(String) COMMENT 'Campaign that it is credited to',
  variant_id LowCardinality(String) COMMENT 'Arm of the A/B test that it is credited to',
  conversions UInt8 COMMENT '1 for an attributed event that counts as a conversion; refunds and chargebacks do not',
  currency LowCardinality(String) COMMENT 'Currency of the amounts; empty where the report and its sale name none',
  sales Decimal(38, 6) COMMENT 'Revenue that it adds',
  refunds Decimal(38, 6) COMMENT 'Revenue that it takes back',
  payout Decimal(38, 6) COMMENT 'Payout that it adds; negative for a refund of a revshare offer',
  facts String COMMENT 'The report as it was received, JSON: what its lines are computed from' CODEC(ZSTD(3)),
  line String COMMENT 'The line, JSON: what identifies it, and the columns from status to payout' CODEC(ZSTD(3)),
  batch String COMMENT 'Token of the batch that booked the line',
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the line was booked, UTC',
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
