/**
 * What the user of CLICKHOUSE_URL may do: all that migrations, roles, reports, erasures, backups and restores need. The embedded
 * server gives its user the same, so every test runs with these rights and no others; deploy/clickhouse-user.sql has them for
 * a server of the operator's. A right that is missing shows as a ServerFault at the start, or as ACCESS_DENIED in a log.
 */

/** Databases beside `trackly` hold a backup's snapshot and an erasure's list for a while: hence the wildcard (24.10). */
const OWN = 'trackly*.*';

export const SYSTEM_GRANTS: readonly string[] = [
  `SELECT, INSERT ON ${OWN}`,
  `CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE ON ${OWN}`,
  // Erasures. A part that could not be loaded holds rows too: it is dropped, which counts as a delete.
  `ALTER UPDATE, ALTER DELETE ON ${OWN}`,
  // A backup's snapshot keeps its parts as they are while they are read.
  'SYSTEM MERGES ON trackly_backup.*',
  // Null: a worker finds the rows that ClickHouse refuses by inserting them into a table that stores nothing.
  ...['Null', 'MergeTree', 'SummingMergeTree', 'ReplacingMergeTree'].map(
    (engine) => `TABLE ENGINE ON ${engine}`,
  ),
  ...['columns', 'databases', 'detached_parts', 'disks', 'mutations', 'parts', 'processes', 'tables'].map(
    (table) => `SELECT ON system.${table}`,
  ),
];

/** What the nodes of a cluster need besides: CLICKHOUSE_CLUSTER. */
export const CLUSTER_GRANTS: readonly string[] = [
  // `Distributed` tables read from, and write to, the other nodes.
  'REMOTE ON *.*',
  'TABLE ENGINE ON Distributed',
  'SELECT ON system.clusters',
];

/** And with CLICKHOUSE_REPLICATED. */
export const REPLICATED_GRANTS: readonly string[] = [
  ...['MergeTree', 'SummingMergeTree', 'ReplacingMergeTree'].map(
    (engine) => `TABLE ENGINE ON Replicated${engine}`,
  ),
  // A replica that comes back has what it missed before it is read.
  'SYSTEM SYNC REPLICA ON trackly_shard.*',
];
