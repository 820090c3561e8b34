-- Raw clicks, one row each. A row includes everything that its verdict depends on, so that it can be rejudged under
-- other rules. Rows are never changed: a verdict that changes later is booked in trackly.verdicts.
--
-- For every file in this folder:
-- - {columns:…} with the name of a table is replaced by its columns with their types and comments. Those of clicks are
--   defined in src/clicks/click-fields.ts; src/clickhouse/column-sql.ts names the files of sends, conversions and
--   verdicts. {select:…} is replaced by what a view selects. The page /schema and SHOW CREATE TABLE show the result.
-- - Each statement may run again. A run that was interrupted is repeated from the file's first statement.
-- - Exactly once. A worker inserts a batch with insert_deduplicate=1, insert_deduplication_token='<token>',
--   deduplicate_blocks_in_dependent_materialized_views=1, async_insert=0. Every table, including the targets of views,
--   remembers the last 10,000 tokens: inserting the same batch again changes nothing.
-- - No confirmed insert is lost in a power cut. The parts of an insert are synced (fsync_after_insert,
--   fsync_part_directory). The result of a merge is not synced, so the source parts are kept for two
--   minutes (old_parts_lifetime): the kernel writes a file within half a minute by default. By default a ClickHouse
--   server keeps them for 8 minutes, and the embedded engine does not keep them. Without syncing, a table could lose a
--   batch whose token another table remembers, and the batch would not be inserted again.
--
-- merge_selector_base: merges took more processor time than inserts, because every row of the two largest tables (this
-- one and rollup_links) was merged once for each factor of 5 in the size of its part. A factor of 10 saves a tenth of
-- the whole cost of a click; a report reads some more parts.

CREATE TABLE IF NOT EXISTS trackly.clicks (
  {columns:clicks},
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_contact_id contact_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_reason bot_reasons TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_parameter mapKeys(query) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(clicked_at)
ORDER BY (account_id, clicked_at, click_id)
TTL expires_at DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120, merge_selector_base = 10
COMMENT 'Every click, human or bot, one row each, until it expires. Reports read the rollups, which are kept.';
