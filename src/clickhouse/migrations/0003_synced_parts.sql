-- An insert is confirmed, and its clicks leave the log, once its parts are on the disk: a power cut of the
-- machine that runs ClickHouse loses nothing that was confirmed. Safe to repeat.

ALTER TABLE trackly.clicks MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE trackly.sends MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE trackly.rollup_quarter_hours MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE trackly.rollup_links MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
