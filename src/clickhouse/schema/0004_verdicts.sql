-- Verdicts that changed when clicks were judged again, and the runs that judged them. A verdict is booked like money:
-- sign -1 takes back what was counted, sign 1 counts what holds from then on. Clicks are never changed.

CREATE TABLE IF NOT EXISTS trackly.verdicts (
  account_id LowCardinality(String) COMMENT 'Account',
  clicked_at DateTime64(3, 'UTC') COMMENT 'When the link was opened, UTC',
  click_id String COMMENT 'The click',
  change UInt32 COMMENT 'Counts the changes of this click from 1',
  sign Int8 COMMENT '1: this holds from here on; -1: it no longer does. Always sum(sign * …)',
  judgement UInt32 COMMENT 'The judgement (see judgements) that changed it',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that gave the verdict',
  verdict LowCardinality(String) COMMENT 'human or bot',
  score UInt8 COMMENT 'Points for a bot: from 100 on the verdict is bot, from 80 on the click is suspicious',
  bot_reasons Array(LowCardinality(String)) COMMENT 'Signs of a bot, kind:detail; a human click may have some that were not enough',
  is_first UInt8 COMMENT '1 for the earliest human click of the contact on the message',
  is_first_for_offer UInt8 COMMENT '1 for the earliest human click of the contact on this offer within the message',
  payout Decimal(38, 6) COMMENT 'Payout of a first click on a cpc offer; 0 for all others',
  currency LowCardinality(String) COMMENT 'Currency of payout; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 where it is not known',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty where it is not known',
  link_id String COMMENT 'Link of the click',
  link_key LowCardinality(String) COMMENT 'Key of the link in its creative',
  message_id String COMMENT 'Message of the click',
  offer_id LowCardinality(String) COMMENT 'Offer of the click',
  creative_id LowCardinality(String) COMMENT 'Creative of the click',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the click',
  variant_id LowCardinality(String) COMMENT 'Arm of the A/B test of the click',
  sent_at DateTime64(3, 'UTC') COMMENT 'When the message of the click was sent, UTC',
  batch String COMMENT 'Token of the batch that booked the line',
  judged_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the line was booked, UTC',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted, with its click',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id, change)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Verdicts that changed after the click was counted: the old one taken back, the new one booked. report_clicks has what holds now.';

CREATE TABLE IF NOT EXISTS trackly.judgements (
  account_id LowCardinality(String) COMMENT 'Account whose clicks were judged again',
  judgement UInt32 COMMENT 'Number of the judgement, growing',
  rules_version LowCardinality(String) COMMENT 'Version of the rules that they were judged under',
  from_at DateTime('UTC') COMMENT 'First moment of the range of clicked_at, UTC',
  to_at DateTime('UTC') COMMENT 'End of the range, not included, UTC',
  clicks UInt64 COMMENT 'Clicks that were judged',
  changed UInt64 COMMENT 'Clicks of which something changed: verdict, score, reasons, network, country, or whether they are first; also clicks on the same messages outside the range',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was finished, UTC'
)
ENGINE = MergeTree
ORDER BY (account_id, judgement)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every range of clicks that was judged again, with the rules that it was judged under.';
