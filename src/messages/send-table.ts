/** Sends as they stand in ClickHouse, read back by name. Pure. */
import { omitColumns, readColumns, type StoredRow } from '../clickhouse/columns.ts';
import { withTests } from '../clickhouse/test-rows.ts';
import type { Send } from './send.ts';
import { SEND_FIELDS } from './send-fields.ts';

const KEPT = omitColumns(SEND_FIELDS, ['batch', 'inserted_at', 'expires_at', 'import_id']);

const SEND_COLUMNS = readColumns(KEPT);

export type SendRow = StoredRow<typeof KEPT> & { is_test: 0 | 1 };

/** Selects SendRow, in JSONEachRow with STORED_SETTINGS: the sends that fit, tests among them. */
export const sendsWhere = (condition: string): string => withTests('sends', SEND_COLUMNS, condition);

export function sendOfRow({ link_keys, link_ids, offer_ids, is_test, ...send }: SendRow): Send {
  return {
    ...send,
    is_test: is_test === 1,
    links: link_ids.map((link_id, i) => ({
      link_key: link_keys[i] ?? '',
      link_id,
      offer_id: offer_ids[i] ?? '',
    })),
  };
}
