-- The user of CLICKHOUSE_URL on a ClickHouse server of your own (24.10 or later), with what Trackly Links needs and nothing else.
-- These rights are those of src/clickhouse/grants.ts, with which every test runs; a test compares the two. Replace
-- PASSWORD_SHA256 by the SHA-256 of the password, in hex digits, and run it as a user who may manage access.
CREATE USER IF NOT EXISTS trackly IDENTIFIED WITH sha256_hash BY 'PASSWORD_SHA256';
GRANT SELECT, INSERT ON trackly*.* TO trackly;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE ON trackly*.* TO trackly;
GRANT ALTER UPDATE, ALTER DELETE ON trackly*.* TO trackly;
GRANT SYSTEM MERGES ON trackly_backup.* TO trackly;
GRANT TABLE ENGINE ON Null TO trackly;
GRANT TABLE ENGINE ON MergeTree TO trackly;
GRANT TABLE ENGINE ON SummingMergeTree TO trackly;
GRANT TABLE ENGINE ON ReplacingMergeTree TO trackly;
GRANT SELECT ON system.columns TO trackly;
GRANT SELECT ON system.databases TO trackly;
GRANT SELECT ON system.detached_parts TO trackly;
GRANT SELECT ON system.disks TO trackly;
GRANT SELECT ON system.mutations TO trackly;
GRANT SELECT ON system.parts TO trackly;
GRANT SELECT ON system.processes TO trackly;
GRANT SELECT ON system.tables TO trackly;
