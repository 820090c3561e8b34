/** The key of a row of each log, which tells its partition: for rows that are put back on their log. Pure. */
import { AUDIT_LOG, decodeEntry } from '../../access/audit/audit-entry.ts';
import { CLICKS_LOG, keyOfClickRow } from '../../clicks/click.ts';
import { CONVERSIONS_LOG, decodeConversionRow, transactionKey } from '../../conversions/conversion.ts';
import { decodeEventRow, EVENTS_LOG, messageRoute } from '../../messages/message-event.ts';
import { decodeSend, SENDS_LOG } from '../../messages/send.ts';
import { decodeRecord, RECORDS_LOG } from '../../records/record.ts';

const KEYS: Record<string, (row: string) => string> = {
  [CLICKS_LOG]: keyOfClickRow,
  [SENDS_LOG]: (row) => messageRoute(decodeSend(row)),
  [EVENTS_LOG](row) {
    const decoded = decodeEventRow(row);
    return messageRoute(decoded.kind === 'event' ? decoded.event : decoded);
  },
  [CONVERSIONS_LOG](row) {
    const decoded = decodeConversionRow(row);
    return transactionKey(decoded.kind === 'new' ? decoded.conversion : decoded);
  },
  [RECORDS_LOG]: (row) => decodeRecord(row).key,
  [AUDIT_LOG]: (row) => decodeEntry(row).audit_id,
};

/** Throws on a row that can not be read, and on an unknown log. */
export function keyOfRow(log: string, row: string): string {
  const keyOf = KEYS[log];
  if (keyOf === undefined) throw new Error(`there is no log of ${log}`);
  return keyOf(row);
}
