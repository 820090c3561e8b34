/**
 * The journey of a frozen batch of sends: read the range · insert under the batch's token · wake the
 * conversions that waited for these messages · trim the range. Safe to run again.
 */
import { contactWaitingKey, wakeWaiting } from '../../src/conversions/waiting.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { decodeSend, type Send } from '../../src/messages/send.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { readRows } from '../batch/read-rows.ts';
import { expiryOf, retentionsOf } from '../batch/row-expiry.ts';
import type { WorkerContext } from '../worker-context.ts';

export const SEND_COLUMNS_INSERTED = [
  'account_id',
  'message_id',
  'contact_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'logged_at',
  'link_keys',
  'link_ids',
  'offer_ids',
  'fields',
  'link_expires_at',
  'batch',
  'expires_at',
] as const;

export async function processSendBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeSend);
  const kept = read.rows.filter(({ index }) => !read.dead.has(index));
  const sends = kept.map(({ value }) => value);
  if (sends.length > 0) {
    const retentions = await retentionsOf(context.accounts, sends);
    const rows = sends.map((send) =>
      sendRow(send, batch.token, expiryOf(retentions, send.account_id, send.logged_at_ms)),
    );
    await insertRows(context, batch, 'sends', SEND_COLUMNS_INSERTED, rows, kept);
    const contacts = sends.map(({ account_id, contact_id }) => contactWaitingKey(account_id, contact_id));
    await wakeWaiting(context.redis, [...new Set(contacts)], true);
  }
  await finish(context.redis, batch);
}

/** In the order of SEND_COLUMNS_INSERTED. */
export function sendRow(send: Send, batch: string, expires_at_s: number): unknown[] {
  return [
    send.account_id,
    send.message_id,
    send.contact_id,
    send.creative_id,
    send.campaign_id,
    send.variant_id,
    send.sent_at_ms,
    send.logged_at_ms,
    send.links.map((link) => link.link_key),
    send.links.map((link) => link.link_id),
    send.links.map((link) => link.offer_id),
    send.fields,
    send.link_expires_at_ms,
    batch,
    expires_at_s,
  ];
}
