-- Names for the ids of the reports: of offers, creatives and campaigns, copied from their records, and of networks.

CREATE TABLE IF NOT EXISTS trackly.catalog (
  account_id LowCardinality(String) COMMENT 'Account',
  kind LowCardinality(String) COMMENT 'offer, creative or campaign',
  id String COMMENT 'Its id: offer_id, creative_id or campaign_id',
  name String COMMENT 'Its name',
  body String COMMENT 'Text of a creative, with its placeholders; empty for others',
  status LowCardinality(String) COMMENT 'active, paused or archived; empty for a creative or campaign that has none',
  click_window_days UInt16 COMMENT 'For how many days after its click a conversion of the offer counts, by the longest of its choices of attribution; 0 for others',
  version UInt64 COMMENT 'Higher with every change; only the newest row is read',
  changed_at DateTime('UTC') COMMENT 'When it was created or last changed, UTC'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (account_id, kind, id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Names of offers, creatives and campaigns.';

-- A key is kind:account_id:id, see entityKey in src/catalog/definitions.ts.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.records_to_catalog TO trackly.catalog AS
SELECT
  splitByChar(':', key)[2] AS account_id,
  splitByChar(':', key)[1] AS kind,
  splitByChar(':', key)[3] AS id,
  JSONExtractString(value, 'name') AS name,
  JSONExtractString(value, 'body') AS body,
  JSONExtractString(value, 'status') AS status,
  toUInt16(arrayMax(arrayPushFront(
    arrayMap(choice -> JSONExtractUInt(choice, 'window_days'), JSONExtractArrayRaw(value, 'attribution')),
    JSONExtractUInt(value, 'click_window_days')
  ))) AS click_window_days,
  version,
  made_at AS changed_at
FROM trackly.records
WHERE match(key, '^(offer|creative|campaign):[^:]+:[^:]+$') AND value != '';

CREATE TABLE IF NOT EXISTS trackly.networks (
  asn UInt32 COMMENT 'Autonomous system',
  network String COMMENT 'Organisation that runs it'
)
ENGINE = ReplacingMergeTree
ORDER BY asn
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 120
COMMENT 'Names of the networks from which clicks came.';
