/**
 * The journey of a frozen batch of audit entries: read the range · insert under the batch's token · trim the range.
 * Safe to run again; with Redis or ClickHouse down it rejects and is retried.
 */
import { decodeEntry } from '../../src/access/audit/audit-entry.ts';
import { AUDIT_FIELDS, type AuditEntry, type AuditLine } from '../../src/access/audit/audit-fields.ts';
import { AUDIT_RETENTION_DAYS_DEFAULT, accountKey } from '../../src/catalog/definitions.ts';
import { insertColumns } from '../../src/clickhouse/columns.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { insertRows } from '../batch/insert-rows.ts';
import type { AccountCache } from '../batch/keeping.ts';
import { readRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLUMNS = insertColumns(AUDIT_FIELDS);
const DAY_S = 24 * 3_600;

export async function processAuditBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeEntry);
  const kept = read.rows.filter(({ index }) => !read.dead.has(index));
  if (kept.length > 0) {
    const rows: AuditLine[] = [];
    for (const { value: entry } of kept) {
      rows.push({ entry, batch: batch.token, expires_at_s: await expiryOf(context.accounts, entry) });
    }
    await insertRows(context, batch, { table: 'audit', columns: COLUMNS, rows, origins: kept });
  }
  await finish(context.redis, batch);
}

/** Entries of the installation itself, and of an account that was removed by hand, have the default. */
async function expiryOf(accounts: AccountCache, { account_id, at_ms }: AuditEntry): Promise<number> {
  const account = account_id === '' ? undefined : await accounts.load(accountKey(account_id));
  const days = account?.audit_retention_days ?? AUDIT_RETENTION_DAYS_DEFAULT;
  return Math.floor(at_ms / 1_000) + days * DAY_S;
}
