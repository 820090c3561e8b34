/**
 * The journey of a frozen batch of records: read the range · find the erased contacts · insert under the batch's token · trim the range. For
 * each key, the later row of the log is the newer version. Safe to run again; with Redis or ClickHouse down it
 * rejects and is retried.
 */
import { decodeLink, encodeLink, type Link, linkKey } from '../../src/links/link.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { eraseLink } from '../../src/privacy/erase-rows.ts';
import { decodeRecord, type StoredRecord } from '../../src/records/record.ts';
import { columnsOf, insertRows } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, type Keepings, keepingsOf } from '../batch/keeping.ts';
import { type BatchRow, readRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Versions within a millisecond: more than the rows of a batch (10,000). */
const VERSIONS_PER_MS = 100_000;
/** The latest time that a DateTime can hold. */
const NEVER_S = 2 ** 32 - 1;

interface RecordLine extends BatchRow<StoredRecord> {
  contact_id: string;
  ends_at_s: number;
}

const COLUMNS = columnsOf<RecordLine>({
  key: ({ value }) => value.key,
  value: ({ value }) => value.value ?? '',
  // As text, because it exceeds the integers that a JavaScript number holds exactly.
  version: ({ index, logged }) =>
    String(BigInt(logged.logged_at_ms) * BigInt(VERSIONS_PER_MS) + BigInt(index)),
  made_at: ({ logged }) => Math.floor(logged.logged_at_ms / 1_000),
  contact_id: ({ contact_id }) => contact_id,
  expires_at: ({ ends_at_s }) => ends_at_s,
});

export async function processRecordBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeRecord);
  const kept = read.rows.filter(({ index }) => !read.dead.has(index));
  if (kept.length > 0) {
    const found = kept.map(({ value }) => linkOf(value));
    const links = found.filter((link) => link !== undefined);
    const keepings = await keepingsOf(context.accounts, links);
    const logged_at = new Map(
      kept.flatMap(({ logged }, i) => (found[i] ? [[found[i], logged.logged_at_ms]] : [])),
    );
    const erased = await context.erased.among(links, (link) => logged_at.get(link) ?? 0);
    const rows = kept.map((row, i): RecordLine => {
      const { logged_at_ms } = row.logged;
      const link = found[i];
      const pseudonym = link && erased.of(link, logged_at_ms);
      return {
        ...row,
        value: link && pseudonym ? withoutContact(row.value, link, pseudonym) : row.value,
        contact_id: pseudonym ?? link?.contact_id ?? '',
        ends_at_s: endOf(keepings, link?.account_id, logged_at_ms),
      };
    });
    await insertRows(context, batch, { table: 'records', columns: COLUMNS, rows, origins: kept });
  }
  await finish(context.redis, batch);
}

/** The link that a record holds; undefined for other records, and for a link that was removed. */
function linkOf({ key, value }: StoredRecord): Link | undefined {
  if (!key.startsWith(linkKey('')) || value === null) return undefined;
  return decodeLink(key.slice(linkKey('').length), value);
}

const withoutContact = (record: StoredRecord, link: Link, pseudonym: string): StoredRecord => ({
  ...record,
  value: encodeLink({ ...link, ...eraseLink(link, pseudonym) }),
});

/** A link holds personal data, so it expires with the account's raw sends; other records never expire. */
function endOf(keepings: Keepings, account_id: string | undefined, made_at_ms: number): number {
  if (account_id === undefined) return NEVER_S;
  return expiryOf(made_at_ms, (keepings.get(account_id) as Keeping).sends_s);
}
