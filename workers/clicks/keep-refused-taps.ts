/**
 * Keeps the refused taps of a group: judges each by its request alone, and inserts them into trackly.refused_taps under
 * the group's token; those on links of tests into trackly.test_refused_taps. They claim no first click and wake no
 * conversion. Safe to repeat: ClickHouse keeps the rows of the first insert. Rejects when Redis or ClickHouse is down;
 * the group is retried.
 */
import { nativeColumns } from '../../src/clickhouse/columns.ts';
import { TEST_TABLES } from '../../src/clickhouse/test-rows.ts';
import type { ClickRow } from '../../src/clicks/click.ts';
import { type KeptRefusal, REFUSED_FIELDS } from '../../src/clicks/refused-fields.ts';
import type { Group } from '../../src/log/groups.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { insertGrouped } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, keepingsOf, testExpiryOf } from '../batch/keeping.ts';
import type { BatchRow, BatchRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';
import { judgeAlone } from './judge-alone.ts';
import { accountsOf, NO_ACCOUNT } from './judged-with.ts';

const COLUMNS = nativeColumns(erasableColumns<KeptRefusal>(REFUSED_FIELDS));

export async function keepRefusedTaps(
  context: WorkerContext,
  group: Group,
  batches: readonly BatchRows<ClickRow>[],
): Promise<void> {
  const refused = batches.flatMap(({ rows, dead }) =>
    rows.flatMap(({ value, ...origin }) =>
      value.kind === 'refused' && !dead.has(origin.index) ? [{ ...value, origin }] : [],
    ),
  );
  if (refused.length === 0) return;
  for (const [is_test, part] of Map.groupBy(refused, ({ click }) => click.is_test)) {
    await insertRefused(context, group, is_test, part);
  }
}

type Read = Extract<ClickRow, { kind: 'refused' }> & { origin: Omit<BatchRow<ClickRow>, 'value'> };

async function insertRefused(
  context: WorkerContext,
  group: Group,
  is_test: boolean,
  refused: readonly Read[],
): Promise<void> {
  const taps = refused.map(({ click }) => click);
  const [erased, accounts, keepings] = await Promise.all([
    context.erased.among(taps, ({ clicked_at_ms }) => clicked_at_ms),
    accountsOf(context, taps),
    keepingsOf(context.accounts, taps),
  ]);
  const expiry = is_test ? testExpiryOf : expiryOf;
  const rows = refused.map(({ refusal, click, origin: { batch, logged } }): KeptRefusal => {
    const { clicks_s, ip_storage } = keepings.get(click.account_id) as Keeping;
    return {
      refusal,
      click,
      judged: judgeAlone(context, click, accounts.get(click.account_id) ?? NO_ACCOUNT),
      ip_storage,
      logged,
      batch: batch.token,
      expires_at_s: expiry(click.clicked_at_ms, clicks_s),
      pseudonym: erased.of(click, click.clicked_at_ms),
    };
  });
  const table = is_test ? TEST_TABLES.refused_taps : 'refused_taps';
  const origins = refused.map(({ origin }) => origin);
  await insertGrouped(context, group, { table, columns: COLUMNS, rows, origins });
}
