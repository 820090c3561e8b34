/**
 * The journey of a frozen batch of clicks, every step in order; each is safe to run again:
 *   read the range · find the erased contacts · tell bots from people · tell visitors apart · claim first clicks ·
 *   settle the places below caps · name the devices · insert under the batch's token · keep the events for webhooks · name
 *   the networks · wake the conversions that waited for these clicks · keep the clicks of tests and the refused taps · rejudge the requested clicks ·
 *   count the rows for the click ledger · trim the range
 * A step that fails rejects the whole batch, which is retried from the start. A row that cannot be processed
 * becomes a dead letter and does not block the others.
 */
import { nativeColumns } from '../../src/clickhouse/columns.ts';
import { CLICKS_LOG, type Click, decodeClickRow } from '../../src/clicks/click.ts';
import { CLICK_FIELDS, type CountedClick } from '../../src/clicks/click-fields.ts';
import { wakeForClicks } from '../../src/conversions/waiting.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { clickEvents } from '../../src/webhooks/events.ts';
import { countBatch } from '../batch/count-batch.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, keepingsOf } from '../batch/keeping.ts';
import { type BatchRow, readRows } from '../batch/read-rows.ts';
import { traceBatch } from '../batch/trace-batch.ts';
import { keepEvents } from '../webhooks/keep-events.ts';
import type { WorkerContext } from '../worker-context.ts';
import { claimFirstClicks, type FirstClick } from './claim-first-clicks.ts';
import { clickPayouts } from './click-payouts.ts';
import { countCaps } from './count-caps.ts';
import { type JudgedClick, judgeClicks } from './judge-clicks.ts';
import { keepRefusedTaps } from './keep-refused-taps.ts';
import { keepTestClicks } from './keep-test-clicks.ts';
import { nameNetworks } from './name-networks.ts';
import { rejudgeClicks } from './rejudge-clicks.ts';
import { tellVisitors } from './tell-visitors.ts';
import { wakeLastClicks } from './wake-last-clicks.ts';

const COLUMNS = nativeColumns(erasableColumns<CountedClick>(CLICK_FIELDS));

export async function processClickBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeClickRow);
  const clicks = read.rows.flatMap(({ value, ...row }) =>
    value.kind === 'click' && !value.click.is_test ? [{ ...row, value: value.click }] : [],
  );
  const requests = read.rows.flatMap(({ value }) => (value.kind === 'rejudge' ? [value.request] : []));
  if (clicks.length > 0) await countClicks(context, batch, clicks, read.dead);
  await keepTestClicks(context, batch, read);
  await keepRefusedTaps(context, batch, read);
  if (requests.length > 0) await rejudgeClicks(context, batch, requests);
  await countBatch(context, CLICKS_LOG, read);
  await finish(context.redis, batch);
}

async function countClicks(
  context: WorkerContext,
  batch: Batch,
  read: readonly BatchRow<Click>[],
  dead: ReadonlySet<number>,
): Promise<void> {
  const clicks = read.map(({ value }) => value);
  const trace = traceBatch(
    context.tracer,
    batch.token,
    read.map(({ value, logged }) => ({ trace: value.trace, logged_at_ms: logged.logged_at_ms })),
  );
  const erased = await context.erased.among(clicks, ({ clicked_at_ms }) => clicked_at_ms);
  const pseudonyms = clicks.map((click) => erased.of(click, click.clicked_at_ms));
  const judged = await judgeClicks(context, batch, clicks, pseudonyms);
  // Another worker has finished the batch while this one was stopped.
  if (judged === undefined) return;
  trace?.step('judge clicks');
  const payouts = await clickPayouts(context.offers, clicks);
  const keepings = await keepingsOf(context.accounts, clicks);
  const visitors = await tellVisitors(context.redis, clicks);
  const firsts = await claimFirstClicks(context.redis, batch, {
    clicks,
    visitors,
    verdicts: judged,
    payouts,
    keepings,
  });
  await countCaps(context, clicks, firsts);
  trace?.step('claim first clicks');
  const rows: CountedClick[] = [];
  const origins: BatchRow<Click>[] = [];
  for (const [i, row] of read.entries()) {
    if (dead.has(row.index)) continue;
    const { value: click, logged } = row;
    const { clicks_s, ip_storage } = keepings.get(click.account_id) as Keeping;
    origins.push(row);
    rows.push({
      click,
      judged: judged[i] as JudgedClick,
      agent: context.agents.of(click.user_agent),
      first: firsts[i] as FirstClick,
      visitor: visitors[i] as string,
      ip_storage,
      logged,
      batch: batch.token,
      expires_at_s: expiryOf(click.clicked_at_ms, clicks_s),
      pseudonym: pseudonyms[i],
    });
  }
  await insertRows(context, batch, { table: 'clicks', columns: COLUMNS, rows, origins });
  trace?.step('insert');
  await keepEvents(context, batch, {
    name: 'webhooks',
    account_ids: keepings.keys(),
    types: ['click.human', 'click.first', 'click.bot'],
    make: (objects) => clickEvents(rows, objects),
  });
  await nameNetworks(context, batch, judged);
  const claimed = clicks.filter((_, i) => firsts[i]?.is_first_for_offer);
  const bots = clicks.filter((_, i) => judged[i]?.verdict === 'bot');
  await wakeForClicks(context.redis, claimed, true);
  // A bot's click credits nothing; it only changes the reason from no_click to bot_click.
  await wakeForClicks(context.redis, bots, false);
  const humans = rows.filter(({ judged: { verdict } }) => verdict === 'human');
  await wakeLastClicks(
    context,
    humans.map(({ click, pseudonym }) =>
      pseudonym === undefined ? click : { ...click, contact_id: pseudonym },
    ),
  );
  for (const { verdict } of judged) context.metrics.judged(verdict);
  const oldest_ms = clicks[0]?.clicked_at_ms ?? Date.now();
  context.metrics.visible(oldest_ms);
  context.lateness.counted(oldest_ms, Date.now());
}
