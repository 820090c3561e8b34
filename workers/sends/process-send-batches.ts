/**
 * The journey of a group of frozen batches of sends: read the ranges · find the erased contacts · insert under the group's
 * token, tests into a table of their own · wake the conversions and the events that waited for these messages, and opt-outs
 * that came before them · trim the ranges. Safe to run again.
 */
import { nativeColumns } from '../../src/clickhouse/columns.ts';
import { TEST_TABLES } from '../../src/clickhouse/test-rows.ts';
import { contactWaitingKey, wakeWaiting } from '../../src/conversions/waiting.ts';
import type { Group } from '../../src/log/groups.ts';
import { recheckEarly } from '../../src/messages/early-events.ts';
import { decodeSend, type Send } from '../../src/messages/send.ts';
import { SEND_FIELDS, type SendLine } from '../../src/messages/send-fields.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { finishGroup } from '../batch/finish-group.ts';
import { insertGrouped } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, keepingsOf, testExpiryOf } from '../batch/keeping.ts';
import { type BatchRow, readRows } from '../batch/read-rows.ts';
import { optOutEarly } from '../events/list-opt-outs.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLUMNS = nativeColumns(erasableColumns<SendLine>(SEND_FIELDS));

export async function processSendBatches(context: WorkerContext, group: Group): Promise<void> {
  const read = await Promise.all(group.map((batch) => readRows(context, batch, decodeSend)));
  const kept = read.flatMap(({ rows, dead }) => rows.filter(({ index }) => !dead.has(index)));
  const tests = kept.filter(({ value }) => value.is_test);
  const counted = kept.filter(({ value }) => !value.is_test);
  const { lines, inserted } = await insertSends(context, group, 'sends', counted);
  if (inserted === undefined) return;
  if (tests.length > 0) await insertSends(context, inserted, TEST_TABLES.sends, tests);
  if (lines.length > 0) {
    const contacts = lines.map(({ send: { account_id, contact_id }, pseudonym }) =>
      contactWaitingKey(account_id, pseudonym ?? contact_id),
    );
    await wakeWaiting(context.redis, [...new Set(contacts)], true);
    await recheckEarly(
      context.redis,
      lines.map(({ send }) => send),
    );
  }
  await optOutEarly(
    context,
    kept.map(({ value }) => value),
  );
  await finishGroup(context, inserted);
}

async function insertSends(
  context: WorkerContext,
  group: Group,
  table: 'sends' | typeof TEST_TABLES.sends,
  origins: readonly BatchRow<Send>[],
): Promise<{ lines: SendLine[]; inserted: Group | undefined }> {
  const sends = origins.map(({ value }) => value);
  const keepings = await keepingsOf(context.accounts, sends);
  const erased = await context.erased.among(sends, ({ logged_at_ms }) => logged_at_ms);
  const expiry = table === 'sends' ? expiryOf : testExpiryOf;
  const lines = origins.map(({ batch, value: send }) => ({
    send,
    own_domain: context.own_domain,
    batch: batch.token,
    expires_at_s: expiry(send.logged_at_ms, (keepings.get(send.account_id) as Keeping).sends_s),
    pseudonym: erased.of(send, send.logged_at_ms),
  }));
  const inserted = await insertGrouped(context, group, { table, columns: COLUMNS, rows: lines, origins });
  return { lines, inserted };
}
