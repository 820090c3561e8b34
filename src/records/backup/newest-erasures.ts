/**
 * The erasures that the newest backup of a place knows, for a restore of an older one: contacts that were erased between
 * the two are erased again, also where no list was given. With ClickHouse or the place away it rejects.
 */
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import { firstNode } from '../../clickhouse/shards.ts';
import type { ListedErasure } from '../../privacy/erasure-list.ts';
import { findBackup } from './manifest.ts';
import type { BackupSource } from './restore-backup.ts';
import { BESIDE, dropBeside, loadTables } from './tables.ts';

/** None when the newest backup is the one that is restored. */
export async function newestErasures(
  clickhouse: ClickHouseClient,
  { store, manifest, identities }: BackupSource,
): Promise<ListedErasure[]> {
  const newest = await findBackup(store, undefined);
  const entries = newest.tables.filter(({ table }) => table === 'erasures');
  if (newest.name === manifest.name || newest.installation !== manifest.installation) return [];
  try {
    await loadTables(clickhouse, entries, store, identities, () => {});
    const result = await firstNode(clickhouse).client.query({
      query: `SELECT account_id, erasure_id, contact_fingerprint,
          toInt64(toUnixTimestamp64Milli(requested_at)) AS requested_at_ms,
          toInt64(toUnixTimestamp64Milli(finished_at)) AS finished_at_ms
        FROM ${BESIDE}.erasures FINAL`,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
    return await result.json<ListedErasure>();
  } finally {
    await dropBeside(clickhouse).catch(() => {});
  }
}
