-- What providers and senders say became of messages, one row for each event. Equal events become one row in a merge;
-- until then, and for repeats with another time, reading computes the state from all rows of a message.

-- Partitioned by received_at: `at` is the provider's, and one insert must not touch many partitions.
CREATE TABLE IF NOT EXISTS trackly.message_events (
  {columns:message_events}
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (account_id, message_id, state, at, code, provider)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Every event of a message: cancelled, failed, sent, delivered, undelivered, opted out; until it expires.';

CREATE VIEW IF NOT EXISTS trackly.report_deliveries (
  {columns:report_deliveries}
)
AS SELECT
  {select:report_deliveries}
FROM trackly.sends AS send
LEFT ANY JOIN (
  SELECT
  {select:message_states}
  FROM trackly.message_events AS event
  GROUP BY event.account_id, event.message_id
) AS told ON told.account_id = send.account_id AND told.message_id = send.message_id
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'campaign'
) AS campaign ON campaign.owner = send.account_id AND campaign.item_id = send.campaign_id
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'creative'
) AS creative ON creative.owner = send.account_id AND creative.item_id = send.creative_id
COMMENT 'Every message and what became of it, one row each, until it expires: the highest rank of its events holds, and of two with the same rank the later one.';
