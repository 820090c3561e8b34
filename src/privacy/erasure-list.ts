/**
 * The list of erased contacts in ClickHouse, by fingerprint: it outlives Redis, is in every backup, and tells which
 * erasures a restored backup does not know. With ClickHouse down every call rejects; each is safe to repeat.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { fingerprint } from './contact-key.ts';
import type { Erasure } from './erasure.ts';

/** One contact of one erasure. */
export interface ListedErasure {
  account_id: string;
  erasure_id: string;
  contact_fingerprint: string;
  requested_at_ms: number;
  /** 0: not done. */
  finished_at_ms: number;
}

/** The copy of the list in DATA_DIR, one contact a line, which is to be kept beside the backups. */
export const LIST_FILE = 'erasures.ndjson';

/**
 * Lists the contacts of open erasures; `finished_at_ms` 0 while they are not erased. Resolves with what was listed.
 */
export async function listErasures(
  clickhouse: ClickHouseClient,
  contact_key: string,
  erasures: readonly Erasure[],
  finished_at_ms: number,
): Promise<ListedErasure[]> {
  const rows = erasures.flatMap(({ account_id, erasure_id, contact_ids, requested_at }) =>
    contact_ids.map(
      (contact_id): ListedErasure => ({
        account_id,
        erasure_id,
        contact_fingerprint: fingerprint(contact_key, 'erasure', account_id, contact_id),
        requested_at_ms: Date.parse(requested_at),
        finished_at_ms,
      }),
    ),
  );
  await insertListed(clickhouse, rows);
  return rows;
}

/** Adds to the copy; a contact that is added twice counts once. */
export async function appendToFile(data_dir: string, rows: readonly ListedErasure[]): Promise<void> {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await appendFile(join(data_dir, LIST_FILE), lines, { mode: 0o600, flush: true });
}

export async function insertListed(
  clickhouse: ClickHouseClient,
  rows: readonly ListedErasure[],
): Promise<void> {
  if (rows.length === 0) return;
  await clickhouse.insert({
    table: 'trackly.erasures',
    values: rows.map(({ requested_at_ms, finished_at_ms, ...row }) => ({
      ...row,
      requested_at: requested_at_ms,
      finished_at: finished_at_ms,
    })),
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0, wait_end_of_query: 1 },
  });
}

/** The whole list, in groups. */
export async function* readListed(clickhouse: ClickHouseClient): AsyncGenerator<ListedErasure[]> {
  const result = await clickhouse.query({
    query: `SELECT account_id, erasure_id, contact_fingerprint,
        toUnixTimestamp64Milli(requested_at) AS requested_at_ms, toUnixTimestamp64Milli(finished_at) AS finished_at_ms
      FROM trackly.erasures FINAL ORDER BY account_id, erasure_id`,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  for await (const rows of result.stream<ListedErasure>()) yield rows.map((row) => row.json<ListedErasure>());
}
