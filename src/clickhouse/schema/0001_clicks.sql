-- Raw clicks, one row each. What a click was judged by is stored with it, so that it can be judged again under other
-- rules. Rows are never changed: a verdict that changes later is booked in trackly.verdicts.
--
-- Of every file here:
-- - Each statement may run again. A run that was interrupted is repeated from the file's first statement.
-- - Exactly once. A worker inserts a batch with insert_deduplicate=1, insert_deduplication_token='<token>',
--   deduplicate_blocks_in_dependent_materialized_views=1, async_insert=0. Every table remembers the last 10,000 tokens,
--   the targets of views too: inserting the same batch again changes nothing.
-- - No confirmed insert is lost in a power cut. The parts of an insert are synced (fsync_after_insert,
--   fsync_part_directory). The result of a merge is not, so the parts that were merged stay for two minutes
--   (old_parts_lifetime): the kernel writes a file within half a minute by default. A ClickHouse server keeps them for
--   8 minutes by default, the embedded engine not at all. A table that was not synced could lose a batch whose token
--   another table remembers, and the batch would not be inserted again.
--
-- merge_selector_base: merges took more processor time than inserts, since every row of the two largest tables (this
-- one and rollup_links) was merged once for each factor of 5 in the size of its part. With a factor of 10, merges take
-- less by a tenth of all that a click costs, and a report reads some parts more.

CREATE TABLE IF NOT EXISTS trackly.clicks (
  account_id LowCardinality(String) COMMENT 'Account that the link belongs to',
  click_id String COMMENT 'Unguessable id of the click, 29 characters: its time in ms (8), a random part (14), its link (7)',
  link_id String COMMENT 'The link that was opened, 7 characters',
  link_key LowCardinality(String) COMMENT 'Key of the link in its creative: link1, link2 …; empty outside a creative',
  message_id String COMMENT 'Message that carried the link; empty for a link outside a message',
  contact_id String COMMENT 'Recipient, under the id that the sender gave',
  offer_id LowCardinality(String) COMMENT 'Offer that the link sells; empty for a link with an address of its own',
  creative_id LowCardinality(String) COMMENT 'Creative of the message',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  sent_at DateTime64(3, 'UTC') COMMENT 'When the message was sent, UTC; for a link outside a message, when the link was made',
  clicked_at DateTime64(3, 'UTC') COMMENT 'When the link was opened, UTC',
  method LowCardinality(String) COMMENT 'HTTP method: GET, HEAD, or POST for Continue on a preview page',
  ip IPv6 COMMENT 'Client address; IPv4 is written as ::ffff:1.2.3.4',
  user_agent String COMMENT 'User agent, cut at 512 characters',
  headers Map(LowCardinality(String), String) COMMENT 'Request headers that bot detection reads, names in lower case, values cut at 200 characters',
  answered LowCardinality(String) DEFAULT 'redirect' COMMENT 'redirect; interstitial: the offer''s page before it; preview: a page with Continue; continue: that was pressed; blocked: the page of a blocked country',
  contact_country LowCardinality(String) COMMENT 'Country of the contact, from the message''s field country; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 where it is not known',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty where it is not known',
  address_recipients UInt16 COMMENT 'Recipients whose links the address opened in the minute that ends with this click; 0: not counted',
  address_links UInt16 COMMENT 'Links that it opened in that minute; 0: not counted',
  address_agents UInt16 COMMENT 'User agents that it used in that minute; 0: not counted',
  since_other_link_ms Int32 DEFAULT -1 COMMENT 'Time since the address opened another link of the same message, at most a minute, ms; -1: it opened none',
  verdict LowCardinality(String) COMMENT 'human or bot, as it was judged when it came; report_clicks has what holds now',
  score UInt8 COMMENT 'Points for a bot: from 100 on the verdict is bot, from 80 on the click is suspicious',
  bot_reasons Array(LowCardinality(String)) COMMENT 'Signs of a bot, kind:detail; a human click may have some that were not enough',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that gave the verdict',
  is_first UInt8 COMMENT '1 for the earliest human click of the contact on the message',
  is_first_for_offer UInt8 COMMENT '1 for the earliest human click of the contact on this offer within the message',
  payout Decimal(38, 6) COMMENT 'Payout of a first click on a cpc offer; 0 for all others',
  currency LowCardinality(String) COMMENT 'Currency of payout; empty without one',
  process LowCardinality(String) DEFAULT '' COMMENT 'Redirect process that answered; empty for rows that the ledger does not follow',
  logged_at DateTime64(3, 'UTC') DEFAULT clicked_at COMMENT 'When Redis held the click, by its clock, UTC',
  batch String COMMENT 'Token of the batch that inserted the row',
  inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted, UTC',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted, from the account''s retention_days',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120, merge_selector_base = 10
COMMENT 'Every click, human or bot, one row each, until it expires. Reports read the rollups, which stay.';
