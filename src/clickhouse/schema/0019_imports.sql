-- Imports of history. Rows are staged first, as the API reads them, one insert for each block of the file under a token
-- of its own; a worker then moves them into their tables, some hash ranges of row_key at a time, each under a token. What
-- an import brought carries its import_id in every table, the rollups too, so that an undo deletes these rows, and
-- every sum is again what it was.

CREATE TABLE IF NOT EXISTS trackly.import_clicks (
  {columns:import_clicks}
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (account_id, import_id, cityHash64(row_key), line_no)
TTL toDateTime(inserted_at) + INTERVAL 7 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Clicks of imports that are being read or applied. In no count.';

CREATE TABLE IF NOT EXISTS trackly.import_sends (
  {columns:import_sends}
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (account_id, import_id, cityHash64(row_key), line_no)
TTL toDateTime(inserted_at) + INTERVAL 7 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Sends of imports that are being read or applied. In no count.';

CREATE TABLE IF NOT EXISTS trackly.import_conversions (
  {columns:import_conversions}
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (account_id, import_id, cityHash64(row_key), line_no)
TTL toDateTime(inserted_at) + INTERVAL 7 DAY DELETE
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Conversions of imports that are being read or applied. In no count.';

-- Kept as long as the import counts: a file that is imported again, or overlaps another one, adds nothing twice, also
-- after the raw rows have expired. kind is clicks, sends or conversions, and first or first_for_offer for the first click
-- of a contact.
CREATE TABLE IF NOT EXISTS trackly.import_marks (
  account_id LowCardinality(String) COMMENT 'Account',
  kind LowCardinality(String) COMMENT 'clicks, sends or conversions: a row; first or first_for_offer: a first click',
  row_hash UInt64 COMMENT 'Hash of the row that has it',
  mark FixedString(16) COMMENT 'Hash of what there is one of: the row, or contact and message of a first click',
  line_no UInt32 COMMENT 'Line of the file',
  import_id LowCardinality(String) COMMENT 'Import that brought it'
)
ENGINE = MergeTree
ORDER BY (account_id, kind, row_hash, import_id, line_no)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'What was imported, by hashes, so that nothing is imported twice.';
