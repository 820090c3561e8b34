/**
 * The journey of a frozen batch of clicks, every step in order; each is safe to run again:
 *   read the range · detect bots · claim first clicks · insert under the batch's token ·
 *   wake the conversions that waited for these clicks · trim the range
 * A step that fails rejects the whole batch, which is tried again from the start.
 */
import { type Click, decodeClick } from '../../src/clicks/click.ts';
import { waitingKey } from '../../src/clicks/first-click.ts';
import { wakeWaiting } from '../../src/conversions/waiting.ts';
import { type Batch, finish, read } from '../../src/platform/stream-log.ts';
import { judgeClick, RULES_VERSION } from '../bot-signals/judge-click.ts';
import { decodeRows } from '../decode-rows.ts';
import { insertRows } from '../insert-rows.ts';
import { expiryOf } from '../row-expiry.ts';
import type { WorkerContext } from '../worker-context.ts';
import { claimFirstClicks } from './claim-first-clicks.ts';
import { clickPayouts } from './click-payouts.ts';

const COLUMNS = [
  'account_id',
  'click_id',
  'link_id',
  'link_key',
  'message_id',
  'contact_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'clicked_at',
  'method',
  'ip',
  'user_agent',
  'headers',
  'verdict',
  'bot_reasons',
  'rules_version',
  'is_first',
  'is_first_for_offer',
  'payout',
  'currency',
  'batch',
  'expires_at',
] as const;

export async function processClickBatch(context: WorkerContext, batch: Batch): Promise<void> {
  const clicks = await decodeRows(context, batch, await read(context.redis, batch), decodeClick);
  if (clicks.length > 0) {
    const verdicts = clicks.map(judgeClick);
    const payouts = await clickPayouts(context.offers, clicks);
    const firsts = await claimFirstClicks(context.redis, batch.partition, clicks, verdicts, payouts);
    const rows = await Promise.all(
      clicks.map(async (click, i) => [
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
        verdicts[i]?.verdict,
        verdicts[i]?.bot_reasons,
        RULES_VERSION,
        firsts[i]?.is_first ? 1 : 0,
        firsts[i]?.is_first_for_offer ? 1 : 0,
        firsts[i]?.payout,
        firsts[i]?.currency,
        batch.token,
        await expiryOf(context.accounts, click.account_id, click.clicked_at_ms),
      ]),
    );
    await insertRows(context, batch, 'clicks', COLUMNS, rows);
    const waitingFor = (of: Click[]): string[] => [
      ...new Set(of.map((click) => waitingKey(click, batch.partition))),
    ];
    const claimed = clicks.filter((_, i) => firsts[i]?.is_first_for_offer);
    const bots = clicks.filter((_, i) => verdicts[i]?.verdict === 'bot');
    await wakeWaiting(context.redis, waitingFor(claimed), true);
    // These only change the reason.
    await wakeWaiting(context.redis, waitingFor(bots), false);
    for (const { verdict } of verdicts) context.metrics.judged(verdict);
    context.metrics.visible(clicks[0]?.clicked_at_ms ?? Date.now());
  }
  await finish(context.redis, batch, Date.now());
}
