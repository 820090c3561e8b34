/**
 * The journey of a group of frozen batches of clicks, every step in order; each is safe to run again:
 *   of each batch: read the range · find the erased contacts · tell bots from people · tell visitors apart · claim first
 *   clicks · settle the places below caps · name the devices
 *   of all: insert under the group's token · keep the clicks of tests and the refused taps · count the rows for the click
 *   ledger
 *   of each batch: keep the events for webhooks · name the networks · wake the conversions that waited for these clicks ·
 *   rejudge the requested clicks · trim the range
 * A step that fails rejects the whole group, and what is open of it is retried from the start. A row that cannot be
 * processed becomes a dead letter and does not block the others.
 */
import { nativeColumns } from '../../src/clickhouse/columns.ts';
import { type Click, type ClickRow, decodeClickRow, type RejudgeRequest } from '../../src/clicks/click.ts';
import { CLICK_FIELDS, type CountedClick } from '../../src/clicks/click-fields.ts';
import { wakeForClicks } from '../../src/conversions/waiting.ts';
import type { Batch } from '../../src/log/batches.ts';
import type { Group } from '../../src/log/groups.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { clickEvents } from '../../src/webhooks/events.ts';
import { countBatches } from '../batch/count-batches.ts';
import { finishGroup } from '../batch/finish-group.ts';
import { insertGrouped } from '../batch/insert-rows.ts';
import { expiryOf, type Keeping, type Keepings, keepingsOf } from '../batch/keeping.ts';
import { type BatchRow, type BatchRows, readRows } from '../batch/read-rows.ts';
import { type BatchTrace, traceBatch } from '../batch/trace-batch.ts';
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

export async function processClickBatches(context: WorkerContext, group: Group): Promise<void> {
  const read = await Promise.all(group.map((batch) => readRows(context, batch, decodeClickRow)));
  const counting = await Promise.all(read.map((one) => prepare(context, one)));
  const inserted = await insertGrouped(context, group, {
    table: 'clicks',
    columns: COLUMNS,
    rows: counting.flatMap(({ rows }) => rows),
    origins: counting.flatMap(({ origins }) => origins),
  });
  if (inserted === undefined) return;
  await keepTestClicks(context, inserted, read);
  await keepRefusedTaps(context, inserted, read);
  await countBatches(context, inserted, read);
  await finishGroup(context, inserted, async ({ token }) => {
    const counted = counting.find(({ batch }) => batch.token === token) as Counting;
    if (counted.rows.length > 0) await afterInsert(context, counted);
    if (counted.requests.length > 0) await rejudgeClicks(context, counted.batch, counted.requests);
  });
}

/** The clicks of a batch that are counted, without its dead letters, and what was found out about them. */
interface Counting {
  batch: Batch;
  rows: CountedClick[];
  origins: BatchRow<Click>[];
  keepings: Keepings;
  trace: BatchTrace | undefined;
  requests: RejudgeRequest[];
}

async function prepare(
  context: WorkerContext,
  { batch, rows, dead }: BatchRows<ClickRow>,
): Promise<Counting> {
  const requests = rows.flatMap(({ value }) => (value.kind === 'rejudge' ? [value.request] : []));
  const counting: Counting = {
    ...{ batch, rows: [], origins: [], keepings: new Map(), trace: undefined },
    requests,
  };
  const read = rows.flatMap(({ value, ...row }) =>
    value.kind === 'click' && !value.click.is_test ? [{ ...row, value: value.click }] : [],
  );
  if (read.length === 0) return counting;
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
  if (judged === undefined) return counting;
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
  for (const [i, row] of read.entries()) {
    if (dead.has(row.index)) continue;
    const { value: click, logged } = row;
    const { clicks_s, ip_storage } = keepings.get(click.account_id) as Keeping;
    counting.origins.push(row);
    counting.rows.push({
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
  return { ...counting, keepings, trace };
}

async function afterInsert(
  context: WorkerContext,
  { batch, rows, keepings, trace }: Counting,
): Promise<void> {
  trace?.step('insert');
  await keepEvents(context, batch, {
    name: 'webhooks',
    account_ids: keepings.keys(),
    types: ['click.human', 'click.first', 'click.bot'],
    make: (objects) => clickEvents(rows, objects),
  });
  await nameNetworks(
    context,
    batch,
    rows.map(({ judged }) => judged),
  );
  const of = (verdict: 'human' | 'bot') => rows.filter(({ judged }) => judged.verdict === verdict);
  const claimed = rows.filter(({ first }) => first.is_first_for_offer);
  await wakeForClicks(context.redis, clicksOf(claimed), true);
  // A bot's click credits nothing; it only changes the reason from no_click to bot_click.
  await wakeForClicks(context.redis, clicksOf(of('bot')), false);
  await wakeLastClicks(
    context,
    of('human').map(({ click, pseudonym }) =>
      pseudonym === undefined ? click : { ...click, contact_id: pseudonym },
    ),
  );
  for (const { judged } of rows) context.metrics.judged(judged.verdict);
  const oldest_ms = rows[0]?.click.clicked_at_ms ?? Date.now();
  context.metrics.visible(oldest_ms);
  context.lateness.counted(oldest_ms, Date.now());
}

const clicksOf = (rows: readonly CountedClick[]): Click[] => rows.map(({ click }) => click);
