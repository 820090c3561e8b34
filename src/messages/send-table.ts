/** Sends as they stand in ClickHouse, read back by name. Pure. */
import { omitColumns, readColumns, type StoredRow } from '../clickhouse/columns.ts';
import type { Send } from './send.ts';
import { SEND_FIELDS } from './send-fields.ts';

const KEPT = omitColumns(SEND_FIELDS, ['batch', 'inserted_at', 'expires_at']);

/** What a query selects to have SendRow, in JSONEachRow with STORED_SETTINGS. */
export const SEND_COLUMNS = readColumns(KEPT);

export type SendRow = StoredRow<typeof KEPT>;

export function sendOfRow({ link_keys, link_ids, offer_ids, ...send }: SendRow): Send {
  return {
    ...send,
    links: link_ids.map((link_id, i) => ({
      link_key: link_keys[i] ?? '',
      link_id,
      offer_id: offer_ids[i] ?? '',
    })),
  };
}
