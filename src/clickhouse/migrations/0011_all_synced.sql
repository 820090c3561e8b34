-- The tables that were not synced yet: after a power cut a batch was in the raw clicks and not in the reports of bots
-- and networks, nor in the ledger, and its token kept it from being taken again. A twentieth of an insert's time. Safe
-- to repeat.

ALTER TABLE trackly.rollup_networks MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE trackly.rollup_bot_reasons MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE trackly.ledger MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE trackly.judgements MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
