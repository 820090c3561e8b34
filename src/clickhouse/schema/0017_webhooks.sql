-- Webhooks: events as they were decided with their batch, the messages that they are sent in, and every try to send one.
-- An event has one id for ever, and a message one sequence number: see workers/webhooks.

-- On the shard of its batch, inserted under the batch's token. Rows of one insert have one batch and one inserted_at. A token
-- counts within a partition: an insert that is repeated after midnight is there twice, and its readers take one copy.
CREATE TABLE IF NOT EXISTS trackly.webhook_events (
  {columns:webhook_events}
)
ENGINE = MergeTree
PARTITION BY toDate(inserted_at)
ORDER BY (inserted_at, webhook_id, event_id)
TTL toDateTime(inserted_at) + INTERVAL 30 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'What happened that an account''s webhook asks for, one row an event and webhook, for 30 days.';

-- On the first shard only, one insert a block: of two sequencers that number the same block, one is stored. Its partition is
-- the same at every try, since a token counts within a partition.
CREATE TABLE IF NOT EXISTS trackly.webhook_messages (
  account_id LowCardinality(String) COMMENT 'Account of the webhook',
  webhook_id LowCardinality(String) COMMENT 'The webhook',
  sequence UInt64 COMMENT 'By one higher with each message to this webhook, from 1',
  message_id String COMMENT 'Of one event its id; of a batch an id made of the ids of its events',
  shard UInt16 COMMENT 'Where its events are, from 0',
  event_ids Array(String) COMMENT 'Its events, in order',
  types Array(LowCardinality(String)) COMMENT 'The kinds of its events, each once',
  batches Array(LowCardinality(String)) COMMENT 'The inserts that its events came with',
  happened_at DateTime64(3, 'UTC') COMMENT 'When the first of its events happened, UTC',
  events_from DateTime64(3, 'UTC') COMMENT 'First inserted_at of its events, UTC',
  events_to DateTime64(3, 'UTC') COMMENT 'Last inserted_at of its events, UTC',
  block UInt64 COMMENT 'The insert that numbered it; counts from 1 over all webhooks',
  made_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was numbered, UTC',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_event_ids event_ids TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_batches batches TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_block block TYPE minmax GRANULARITY 1,
  INDEX by_made_at made_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY intDiv(block, 500000)
ORDER BY (webhook_id, sequence)
TTL toDateTime(made_at) + INTERVAL 30 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'What is sent to webhooks, in the order of sequence, for 30 days.';

-- Outlives the messages: a webhook that was silent for a year goes on with the next number. The row without an account has
-- the last block as its sequence.
CREATE TABLE IF NOT EXISTS trackly.webhook_heads (
  account_id LowCardinality(String) COMMENT 'Account of the webhook; empty in the row that counts the blocks',
  webhook_id LowCardinality(String) COMMENT 'The webhook',
  sequence UInt64 COMMENT 'Its last sequence; of the row without an account, the last block'
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY (account_id, webhook_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'The last message of each webhook. Always use max(): rows with the same key are replaced later.';

-- On the first shard. `delivered`, `failed` and `ended` are final; a message may be delivered again by a replay.
CREATE TABLE IF NOT EXISTS trackly.webhook_attempts (
  account_id LowCardinality(String) COMMENT 'Account of the webhook',
  webhook_id LowCardinality(String) COMMENT 'The webhook',
  message_id String COMMENT 'The message that was tried',
  sequence UInt64 COMMENT 'Its sequence',
  n UInt16 COMMENT 'Which try of it this was, from 1',
  at DateTime64(3, 'UTC') COMMENT 'When it was sent, UTC',
  status UInt16 COMMENT 'Status of the answer; 0 where none came',
  duration_ms UInt32 COMMENT 'Until the answer, or until it was given up',
  error String COMMENT 'What was wrong, in words; empty where it was delivered',
  outcome LowCardinality(String) COMMENT 'delivered; again: tried again at next_at; failed: after the last try; ended: the receiver answered 410',
  next_at DateTime64(3, 'UTC') COMMENT 'When it is tried again, UTC; 1970: it is not',
  replay LowCardinality(String) COMMENT 'The replay that sent it; empty for the message''s own tries',
  INDEX by_at at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY (webhook_id, sequence, at)
TTL toDateTime(at) + INTERVAL 30 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every try to send a message to a webhook, one row each, for 30 days.';
