-- What the user of clickhouse-user.sql needs besides on every node of a cluster (CLICKHOUSE_CLUSTER); the last four with
-- CLICKHOUSE_REPLICATED. These rights are those of src/clickhouse/grants.ts; a test compares the two.
GRANT REMOTE ON *.* TO trackly;
GRANT TABLE ENGINE ON Distributed TO trackly;
GRANT SELECT ON system.clusters TO trackly;
GRANT TABLE ENGINE ON ReplicatedMergeTree TO trackly;
GRANT TABLE ENGINE ON ReplicatedSummingMergeTree TO trackly;
GRANT TABLE ENGINE ON ReplicatedReplacingMergeTree TO trackly;
GRANT SYSTEM SYNC REPLICA ON trackly_shard.* TO trackly;
