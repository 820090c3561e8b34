/** Records in ClickHouse: the newest version of a key is the current one. With ClickHouse down every call rejects. */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { ArchiveSource } from './archive.ts';

/** The newest values of `keys`, without removed and expired ones. Safe to repeat. */
export async function readRecords(
  clickhouse: ClickHouseClient,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const result = await clickhouse.query({
    query: `SELECT key, argMax(value, version) AS newest FROM trackly.records
      WHERE key IN {keys:Array(String)} AND expires_at > now() GROUP BY key HAVING newest != ''`,
    query_params: { keys },
    format: 'JSONCompactEachRow',
  });
  return new Map(await result.json<[string, string]>());
}

/** The source of records whose keys begin with `prefix`; '' means all. */
export function recordSource(prefix: string, leaves: boolean, bring_back_s: number): ArchiveSource {
  return { prefix, leaves, bring_back_s, read: readRecords };
}
