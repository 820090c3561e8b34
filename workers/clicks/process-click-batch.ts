/**
 * The journey of a frozen batch of clicks, every step in order; each is safe to run again:
 *   read the range · tell bots from people · claim first clicks · insert under the batch's token ·
 *   wake the conversions that waited for these clicks · look again at what is to be judged again ·
 *   count it all for the ledger · trim the range
 * A step that fails rejects the whole batch, which is tried again from the start. A row that can't be processed
 * is a dead letter; the rest goes on.
 */
import type { TypedColumns } from '../../src/clickhouse/native-rows.ts';
import { CLICKS_LOG, type Click, decodeClickRow } from '../../src/clicks/click.ts';
import { waitingKey } from '../../src/clicks/first-click.ts';
import { wakeWaiting } from '../../src/conversions/waiting.ts';
import { type Batch, finish } from '../../src/log/batches.ts';
import { countBatch } from '../batch/count-batch.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { type BatchRow, readRows } from '../batch/read-rows.ts';
import { expiryOf, retentionsOf } from '../batch/row-expiry.ts';
import type { WorkerContext } from '../worker-context.ts';
import { claimFirstClicks, type FirstClick } from './claim-first-clicks.ts';
import { clickPayouts } from './click-payouts.ts';
import { type JudgedClick, judgeClicks } from './judge-clicks.ts';
import { lookAgain } from './look-again.ts';

/** `ip` and `payout` go as text, which ClickHouse reads and may refuse. */
const COLUMNS: TypedColumns = {
  account_id: 'LowCardinality(String)',
  click_id: 'String',
  link_id: 'String',
  link_key: 'LowCardinality(String)',
  message_id: 'String',
  contact_id: 'String',
  offer_id: 'LowCardinality(String)',
  creative_id: 'LowCardinality(String)',
  campaign_id: 'LowCardinality(String)',
  variant_id: 'LowCardinality(String)',
  sent_at: "DateTime64(3, 'UTC')",
  clicked_at: "DateTime64(3, 'UTC')",
  method: 'LowCardinality(String)',
  ip: 'String',
  user_agent: 'String',
  headers: 'Map(LowCardinality(String), String)',
  answered: 'LowCardinality(String)',
  contact_country: 'LowCardinality(String)',
  asn: 'UInt32',
  country: 'LowCardinality(String)',
  address_recipients: 'UInt16',
  address_links: 'UInt16',
  address_agents: 'UInt16',
  since_other_link_ms: 'Int32',
  verdict: 'LowCardinality(String)',
  score: 'UInt8',
  bot_reasons: 'Array(LowCardinality(String))',
  rules_version: 'LowCardinality(String)',
  is_first: 'UInt8',
  is_first_for_offer: 'UInt8',
  payout: 'String',
  currency: 'LowCardinality(String)',
  batch: 'LowCardinality(String)',
  expires_at: "DateTime('UTC')",
  process: 'LowCardinality(String)',
  logged_at: "DateTime64(3, 'UTC')",
};
/** Of a UInt16. */
const COUNT_MAX = 65_535;

export async function processClickBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const read = await readRows(context, batch, decodeClickRow);
  const clicks = read.rows.flatMap(({ value, ...row }) =>
    value.kind === 'click' ? [{ ...row, value: value.click }] : [],
  );
  const again = read.rows.flatMap(({ value }) => (value.kind === 'again' ? [value.again] : []));
  if (clicks.length > 0) await countClicks(context, batch, clicks, read.dead);
  if (again.length > 0) await lookAgain(context, batch, again);
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
  const judged = await judgeClicks(context, batch, clicks);
  // Another worker was faster while this one stood still.
  if (judged === undefined) return;
  const payouts = await clickPayouts(context.offers, clicks);
  const retentions = await retentionsOf(context.accounts, clicks);
  const firsts = await claimFirstClicks(context.redis, batch, clicks, judged, payouts, retentions);
  const rows: unknown[][] = [];
  const kept: BatchRow<Click>[] = [];
  for (const [i, row] of read.entries()) {
    if (dead.has(row.index)) continue;
    const click = row.value;
    const { place, activity, verdict, score, bot_reasons, rules_version } = judged[i] as JudgedClick;
    const first = firsts[i] as FirstClick;
    kept.push(row);
    rows.push([
      click.account_id,
      click.click_id,
      click.link_id,
      click.link_key,
      click.message_id,
      click.contact_id,
      click.offer_id,
      click.creative_id,
      click.campaign_id,
      click.variant_id,
      click.sent_at_ms,
      click.clicked_at_ms,
      click.method,
      click.ip.includes(':') ? click.ip : `::ffff:${click.ip}`,
      click.user_agent,
      click.headers,
      click.answered,
      click.contact_country,
      place.asn,
      place.country,
      Math.min(activity.recipients, COUNT_MAX),
      Math.min(activity.links, COUNT_MAX),
      Math.min(activity.agents, COUNT_MAX),
      activity.since_other_link_ms,
      verdict,
      score,
      bot_reasons,
      rules_version,
      first.is_first ? 1 : 0,
      first.is_first_for_offer ? 1 : 0,
      first.payout,
      first.currency,
      batch.token,
      expiryOf(retentions, click.account_id, click.clicked_at_ms),
      row.logged.process,
      row.logged.logged_at_ms,
    ]);
  }
  await insertRows(context, batch, 'clicks', COLUMNS, rows, kept);
  const waitingFor = (of: Click[]): string[] => [
    ...new Set(of.map((click) => waitingKey(click, batch.partition))),
  ];
  const claimed = clicks.filter((_, i) => firsts[i]?.is_first_for_offer);
  const bots = clicks.filter((_, i) => judged[i]?.verdict === 'bot');
  await wakeWaiting(context.redis, waitingFor(claimed), true);
  // These only change the reason.
  await wakeWaiting(context.redis, waitingFor(bots), false);
  for (const { verdict } of judged) context.metrics.judged(verdict);
  context.metrics.visible(clicks[0]?.clicked_at_ms ?? Date.now());
}
