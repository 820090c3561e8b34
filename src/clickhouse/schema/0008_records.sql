-- The records that must outlive Redis: the catalog and the links, each under its key in Redis. Links of messages are
-- copied here from the sends. Only the newest version of a key is read.

-- The granule is small, because a lookup needs few rows.
CREATE TABLE IF NOT EXISTS trackly.records (
  key String COMMENT 'Key in Redis: link:…, account:…, optout:… and so on',
  value String COMMENT 'The value in Redis; empty if the record was removed' CODEC(ZSTD(3)),
  version UInt64 COMMENT 'Higher with every change; 0 for a link as it was created with its message',
  made_at DateTime('UTC') COMMENT 'When the record was created or last changed, UTC',
  contact_id String COMMENT 'Contact of a link or of an opt-out; empty for other records, and for a link without a contact',
  expires_at DateTime('UTC') COMMENT 'When the row is deleted: a link together with its message''s raw row, other records never',
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
ORDER BY key
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 1024, fsync_after_insert = 1,
  fsync_part_directory = 1, old_parts_lifetime = 120
COMMENT 'Copies of Redis records, newest version by key. Used by the system itself: by npm run restore, and for links that have left Redis.';

-- The value is what encodeLink (src/links/link.ts) writes.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sends_to_records TO trackly.records AS
SELECT
  concat('link:', link_ids[position]) AS key,
  concat('[', arrayStringConcat([
    toJSONString(toString(account_id)),
    toJSONString(message_id),
    toJSONString(contact_id),
    toJSONString(toString(offer_ids[position])),
    toJSONString(toString(creative_id)),
    toJSONString(toString(campaign_id)),
    toJSONString(toString(variant_id)),
    toJSONString(toString(link_keys[position])),
    toString(toUnixTimestamp64Milli(sent_at)),
    '""',
    toJSONString(fields),
    toString(toUnixTimestamp64Milli(link_expires_at)),
    '0',
    toJSONString(toString(domain))
  ], ','), ']') AS value,
  0 AS version,
  logged_at AS made_at,
  contact_id,
  expires_at
FROM trackly.sends
ARRAY JOIN arrayEnumerate(link_ids) AS position
WHERE import_id = '';
