/**
 * The journey of a frozen batch of records: read the range · insert under the batch's token · trim the range. Of
 * one key the later row of the log is the newer version. Safe to run again.
 */
import { decodeLink, linkKey } from '../../src/links/link.ts';
import { type Batch, finish } from '../../src/platform/stream-log.ts';
import { decodeRecord, type StoredRecord } from '../../src/records/record.ts';
import { type BatchRow, readRows } from '../batch-rows.ts';
import { insertRows } from '../insert-rows.ts';
import { expiryOf } from '../row-expiry.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLUMNS = ['key', 'value', 'version', 'made_at', 'expires_at'] as const;
/** Versions within a millisecond: more than a batch has rows. */
const VERSIONS_PER_MS = 100_000;
/** The last second of a DateTime. */
const NEVER_S = 2 ** 32 - 1;

export async function processRecordBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeRecord);
  const kept = read.rows.filter(({ index }) => !read.dead.has(index));
  if (kept.length > 0) {
    const rows = await Promise.all(kept.map((row) => rowOf(context, row)));
    await insertRows(context, batch, 'records', COLUMNS, rows, kept);
  }
  await finish(context.redis, batch, Date.now());
}

async function rowOf(
  context: WorkerContext,
  { index, logged, value }: BatchRow<StoredRecord>,
): Promise<unknown[]> {
  // As text: it exceeds what a number of JavaScript holds exactly.
  const version = String(BigInt(logged.logged_at_ms) * BigInt(VERSIONS_PER_MS) + BigInt(index));
  const made_at_s = Math.floor(logged.logged_at_ms / 1_000);
  return [value.key, value.value ?? '', version, made_at_s, await endOf(context, value, logged.logged_at_ms)];
}

/** A link holds personal data: it goes with the raw rows. */
async function endOf(
  context: WorkerContext,
  { key, value }: StoredRecord,
  made_at_ms: number,
): Promise<number> {
  if (!key.startsWith(linkKey('')) || value === null) return NEVER_S;
  const { account_id } = decodeLink(key.slice(linkKey('').length), value);
  return expiryOf(context.accounts, account_id, made_at_ms);
}
