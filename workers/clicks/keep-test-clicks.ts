/**
 * Keeps the clicks of tests of a group: judges each by its request alone, and inserts them into trackly.test_clicks under
 * the group's token, once. They claim no first click, earn nothing, wake no conversion and are no evidence of their
 * address. Safe to repeat: ClickHouse keeps the rows of the first insert. Rejects when Redis or ClickHouse is down; the
 * group is retried.
 */
import { NO_ACTIVITY } from '../../src/bots/evidence.ts';
import { nativeColumns } from '../../src/clickhouse/columns.ts';
import { TEST_TABLES } from '../../src/clickhouse/test-rows.ts';
import type { ClickRow } from '../../src/clicks/click.ts';
import { CLICK_FIELDS, type CountedClick } from '../../src/clicks/click-fields.ts';
import { NOT_FIRST } from '../../src/clicks/first-click.ts';
import type { Group } from '../../src/log/groups.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { insertGrouped } from '../batch/insert-rows.ts';
import { type Keeping, keepingsOf, testExpiryOf } from '../batch/keeping.ts';
import type { BatchRows } from '../batch/read-rows.ts';
import type { WorkerContext } from '../worker-context.ts';
import { judgeAlone } from './judge-alone.ts';
import { accountsOf, NO_ACCOUNT } from './judged-with.ts';

const COLUMNS = nativeColumns(erasableColumns<CountedClick>(CLICK_FIELDS));

export async function keepTestClicks(
  context: WorkerContext,
  group: Group,
  batches: readonly BatchRows<ClickRow>[],
): Promise<void> {
  const tests = batches.flatMap(({ rows, dead }) =>
    rows.flatMap(({ value, ...origin }) =>
      value.kind === 'click' && value.click.is_test && !dead.has(origin.index)
        ? [{ click: value.click, origin }]
        : [],
    ),
  );
  if (tests.length === 0) return;
  const clicks = tests.map(({ click }) => click);
  const [erased, accounts, keepings] = await Promise.all([
    context.erased.among(clicks, ({ clicked_at_ms }) => clicked_at_ms),
    accountsOf(context, clicks),
    keepingsOf(context.accounts, clicks),
  ]);
  const rows = tests.map(({ click, origin: { batch, logged } }): CountedClick => {
    const { clicks_s, ip_storage } = keepings.get(click.account_id) as Keeping;
    return {
      click,
      judged: {
        ...judgeAlone(context, click, accounts.get(click.account_id) ?? NO_ACCOUNT),
        activity: NO_ACTIVITY,
        address_rule: '',
      },
      agent: context.agents.of(click.user_agent),
      visitor: '',
      ip_storage,
      first: NOT_FIRST,
      logged,
      batch: batch.token,
      expires_at_s: testExpiryOf(click.clicked_at_ms, clicks_s),
      pseudonym: erased.of(click, click.clicked_at_ms),
    };
  });
  const origins = tests.map(({ origin }) => origin);
  await insertGrouped(context, group, { table: TEST_TABLES.clicks, columns: COLUMNS, rows, origins });
}
