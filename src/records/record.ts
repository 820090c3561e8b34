/**
 * A record: one string that Redis holds under a key and that must outlive Redis: accounts, offers, creatives,
 * campaigns, keys, links. Every write is also appended to the log of records, which a worker moves to ClickHouse. From
 * there records are read after they have left Redis, and restored when Redis has lost its data. The links of messages
 * reach ClickHouse through the log of sends. A row of the log is one JSON array.
 */

/** Name of the log; its streams are `records:{p0}` … */
export const RECORDS_LOG = 'records';

export interface StoredRecord {
  /** Its key in Redis. */
  key: string;
  /** null if it was removed. */
  value: string | null;
}

/** One row of the log, without a line break. */
export function encodeRecord({ key, value }: StoredRecord): string {
  return JSON.stringify([key, value]);
}

/** Decodes what encodeRecord wrote. Throws on any other text. */
export function decodeRecord(row: string): StoredRecord {
  const parts = JSON.parse(row) as unknown;
  if (!Array.isArray(parts) || parts.length !== 2) throw new Error('malformed record row');
  const [key, value] = parts as [unknown, unknown];
  if (
    typeof key !== 'string' ||
    key === '' ||
    (typeof value !== 'string' && value !== null) ||
    value === ''
  ) {
    throw new Error('malformed record row');
  }
  return { key, value };
}
