-- An inserted part is synced, a merged one is not: what it was merged from has to stay until the kernel has written
-- it, half a minute by default, or a power cut takes what was confirmed. A ClickHouse server keeps it for 8 minutes,
-- the embedded engine not at all. Safe to repeat.

ALTER TABLE trackly.clicks MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.sends MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.conversions MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.verdicts MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.judgements MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.records MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.ledger MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.rollup_links MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.rollup_quarter_hours MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.rollup_networks MODIFY SETTING old_parts_lifetime = 120;
ALTER TABLE trackly.rollup_bot_reasons MODIFY SETTING old_parts_lifetime = 120;
