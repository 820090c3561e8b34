/**
 * The SQL that creates the user of the read-only port on an external ClickHouse server, with the same rights as on the
 * embedded server: both are generated from access.ts. Pure. The SQL may be run again, and must be run again after an
 * update that adds a table.
 */
import { createHash } from 'node:crypto';
import type { ClusterTables } from '../clickhouse/cluster-ddl.ts';
import { reportViewStatements } from '../clickhouse/report-view-statements.ts';
import {
  ANALYST_READS,
  ANALYST_USER,
  CHANGEABLE,
  FILTERED_IN_SHARD,
  FILTERED_READS,
  FIXED,
  LIMITS,
  READ_IN_SHARD,
  READER_READS,
  READER_USER,
  ROW_FILTER,
  readAsReader,
  readFiltered,
  UNREADABLE_HEADERS,
} from './access.ts';
import { REPORT_VIEWS } from './report-views.ts';

const HEAD = `-- The user of ANALYST_PORT on a ClickHouse server of your own: one account's rows in each statement, read only.
-- Run it once Trackly Links has made its tables, as a user who may manage access:
--   npm run -s analyst-sql | clickhouse-client --multiquery
-- Run it again after an update. On a cluster add ON CLUSTER to every statement.
--
-- The server's configuration must have, as the one that ClickHouse ships has for the first two:
--   <access_control_improvements>
--     <settings_constraints_replace_previous>true</settings_constraints_replace_previous>
--     <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
--   </access_control_improvements>
--   <get_client_http_header_forbidden_headers>${UNREADABLE_HEADERS.join(',')}</get_client_http_header_forbidden_headers>
-- and no room for a query cache, whose keys do not know of the account:
--   <query_cache><max_size_in_bytes>0</max_size_in_bytes><max_entries>0</max_entries></query_cache>`;

/**
 * `password` is the analysts' password; the SQL contains only its SHA-256. `tables`: the server is a node of a cluster, which
 * reads its own shard directly, and the others by views that filter.
 */
export function analystSql(password: string, tables?: ClusterTables): string {
  const on_cluster = tables !== undefined;
  const read = [...READER_READS, ...(on_cluster ? READ_IN_SHARD : [])];
  const filtered = [...FILTERED_READS, ...(on_cluster ? FILTERED_IN_SHARD : [])];
  const hash = createHash('sha256').update(password).digest('hex');
  const settings = [
    ...Object.entries(FIXED).map(([name, value]) => `${name} = ${value}`),
    ...Object.entries(LIMITS).map(
      ([name, most]) => `${name} = ${most} MIN 1 MAX ${most} CHANGEABLE_IN_READONLY`,
    ),
    ...CHANGEABLE.map((name) => `${name} CHANGEABLE_IN_READONLY`),
  ];
  const profile = `SETTINGS PROFILE '${ANALYST_USER}'`;
  const statements = [
    `CREATE SETTINGS PROFILE OR REPLACE ${ANALYST_USER} SETTINGS\n  ${settings.join(',\n  ')}`,
    `CREATE USER OR REPLACE ${ANALYST_USER} IDENTIFIED WITH sha256_hash BY '${hash}' ${profile}`,
    `CREATE USER OR REPLACE ${READER_USER} HOST NONE ${profile}`,
    ...ANALYST_READS.map((name) => `GRANT SELECT ON ${name} TO ${ANALYST_USER}`),
    ...read.map((table) => `GRANT SELECT ON ${table} TO ${READER_USER}`),
    ...filtered.flatMap((table) => [
      // All other users still see every row, whatever the value of users_without_row_policies_can_read_rows.
      `CREATE ROW POLICY OR REPLACE trackly_others ON ${table} USING 1 TO ALL EXCEPT ${READER_USER}`,
      `CREATE ROW POLICY OR REPLACE ${READER_USER} ON ${table} USING ${ROW_FILTER} TO ${READER_USER}`,
    ]),
    ...(tables === undefined
      ? REPORT_VIEWS.map(readAsReader)
      : [...reportViewStatements(tables).values()].map(readFiltered)),
  ];
  return `${HEAD}\n\n${statements.map((statement) => `${statement};\n`).join('')}`;
}
