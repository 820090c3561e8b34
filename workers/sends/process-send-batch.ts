/**
 * The journey of a frozen batch of sends: read the range · find the erased contacts · insert under the batch's token · wake the
 * conversions that waited for these messages · trim the range. Safe to run again.
 */
import { insertColumns } from '../../src/clickhouse/columns.ts';
import { contactWaitingKey, wakeWaiting } from '../../src/conversions/waiting.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { decodeSend } from '../../src/messages/send.ts';
import { SEND_FIELDS, type SendLine } from '../../src/messages/send-fields.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, keepingsOf } from '../batch/keeping.ts';
import { readRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLUMNS = insertColumns(erasableColumns<SendLine>(SEND_FIELDS));

export async function processSendBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeSend);
  const kept = read.rows.filter(({ index }) => !read.dead.has(index));
  const sends = kept.map(({ value }) => value);
  if (sends.length > 0) {
    const keepings = await keepingsOf(context.accounts, sends);
    const erased = await context.erased.among(sends, ({ logged_at_ms }) => logged_at_ms);
    const rows = sends.map((send) => ({
      send,
      own_domain: context.own_domain,
      batch: batch.token,
      expires_at_s: expiryOf(send.logged_at_ms, (keepings.get(send.account_id) as Keeping).sends_s),
      pseudonym: erased.of(send, send.logged_at_ms),
    }));
    await insertRows(context, batch, { table: 'sends', columns: COLUMNS, rows, origins: kept });
    const contacts = rows.map(({ send: { account_id, contact_id }, pseudonym }) =>
      contactWaitingKey(account_id, pseudonym ?? contact_id),
    );
    await wakeWaiting(context.redis, [...new Set(contacts)], true);
  }
  await finish(context.redis, batch);
}
