/**
 * The journey of a frozen batch of records: read the range · find the erased contacts · insert under the batch's token · trim the range. For
 * each key, the later row of the log is the newer version. Safe to run again; with Redis or ClickHouse down it
 * rejects and is retried.
 */
import { decodeLink, encodeLink, type Link, linkKey } from '../../src/links/link.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { decodeOptOut, encodeOptOut, isOptOutKey, type OptOut } from '../../src/optouts/opt-out.ts';
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
    const found = kept.map(({ value }) => personalOf(value));
    const personal = found.filter((one) => one !== undefined);
    const keepings = await keepingsOf(context.accounts, personal);
    const logged_at = new Map(
      kept.flatMap(({ logged }, i) => (found[i] ? [[found[i], logged.logged_at_ms]] : [])),
    );
    const erased = await context.erased.among(personal, (one) => logged_at.get(one) ?? 0);
    const rows = kept.map((row, i): RecordLine => {
      const { logged_at_ms } = row.logged;
      const one = found[i];
      const pseudonym = one && erased.of(one, logged_at_ms);
      return {
        ...row,
        value: one && pseudonym ? withoutContact(row.value, one, pseudonym) : row.value,
        contact_id: pseudonym ?? one?.contact_id ?? '',
        ends_at_s: endOf(keepings, one, logged_at_ms),
      };
    });
    await insertRows(context, batch, { table: 'records', columns: COLUMNS, rows, origins: kept });
  }
  await finish(context.redis, batch);
}

/** The link or opt-out that a record holds; undefined for other records, and for one that was removed. */
function personalOf({ key, value }: StoredRecord): Link | OptOut | undefined {
  if (value === null) return undefined;
  if (isOptOutKey(key)) return decodeOptOut(value);
  return key.startsWith(linkKey('')) ? decodeLink(key.slice(linkKey('').length), value) : undefined;
}

const isLink = (one: Link | OptOut): one is Link => 'link_id' in one;

const withoutContact = (record: StoredRecord, one: Link | OptOut, pseudonym: string): StoredRecord => ({
  ...record,
  value: isLink(one)
    ? encodeLink({ ...one, ...eraseLink(one, pseudonym) })
    : encodeOptOut({ ...one, contact_id: pseudonym }),
});

/**
 * A link expires with the account's raw sends, but for one of an import that names nobody. Other records never do, an
 * opt-out neither: it has to hold.
 */
function endOf(keepings: Keepings, one: Link | OptOut | undefined, made_at_ms: number): number {
  if (one === undefined || !isLink(one)) return NEVER_S;
  if (one.is_imported && one.message_id === '' && one.contact_id === '') return NEVER_S;
  return expiryOf(made_at_ms, (keepings.get(one.account_id) as Keeping).sends_s);
}
