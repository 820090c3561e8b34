/**
 * Judges clicks again that are counted already. For one contact's clicks on one message at a time: those in
 * the judgement's range get a verdict under the rules that hold now, and who was first is decided again over
 * all of them. What differs from what is counted is booked, claims move to their new owners, and conversions
 * that were credited to a click that is not first any more are looked at again.
 *
 * It is a row of the clicks' own log, so no click of the same message is counted meanwhile. What is decided
 * first is kept with the batch; where nothing differs nothing is booked, so any row may come twice.
 */

import type { JudgedAccount } from '../../src/bots/judge.ts';
import type { LookAgain } from '../../src/clicks/click.ts';
import { claimsOf, encodeClaim, NO_PAYOUT, RELEASED, waitingKey } from '../../src/clicks/first-click.ts';
import { lookAgainAtCredits } from '../../src/conversions/credited.ts';
import { wakeWaiting } from '../../src/conversions/waiting.ts';
import type { Batch } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { isSame, judgeStored } from '../rejudge/standing.ts';
import { readClicksOf, type Standing, type StoredClick } from '../rejudge/stored-clicks.ts';
import type { WorkerContext } from '../worker-context.ts';
import { isEarlier, moveClaims } from './claim-first-clicks.ts';
import { clickPayouts } from './click-payouts.ts';
import { accountsOf } from './judge-clicks.ts';

const DECISION = 'again';

const COLUMNS = [
  'account_id',
  'clicked_at',
  'click_id',
  'change',
  'sign',
  'judgement',
  'rules_version',
  'verdict',
  'score',
  'bot_reasons',
  'is_first',
  'is_first_for_offer',
  'payout',
  'currency',
  'asn',
  'country',
  'link_id',
  'link_key',
  'message_id',
  'offer_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'sent_at',
  'batch',
  'expires_at',
] as const;

/** What a batch of second looks does; kept before anything of it is done. */
interface Decision {
  rows: unknown[][];
  claims: [claim: string, value: string][];
  /** Conversions that wait for a first click which is there now, or whose reason may have changed. */
  found: string[];
  lost: string[];
  /** Clicks that were first for their offer and are not any more, by account. */
  no_longer_first: [account_id: string, click_ids: string[]][];
}

/** Safe to repeat. */
export async function lookAgain(
  context: WorkerContext,
  batch: Batch,
  again: readonly LookAgain[],
): Promise<void> {
  const { redis, clickhouse } = context;
  const kept =
    (await decide(redis, batch, '', DECISION)) ??
    (await decide(redis, batch, JSON.stringify(await decideAgain(context, batch, again)), DECISION));
  if (kept === undefined) return;
  const decision = JSON.parse(kept) as Decision;
  if (decision.rows.length > 0) {
    const own_token: Batch = { ...batch, token: `${batch.token}-${DECISION}` };
    await insertRows(context, own_token, 'verdicts', COLUMNS, decision.rows);
  }
  await moveClaims(redis, batch, decision.claims);
  await wakeWaiting(redis, decision.found, true);
  await wakeWaiting(redis, decision.lost, false);
  for (const [account_id, click_ids] of decision.no_longer_first) {
    await lookAgainAtCredits(redis, clickhouse, account_id, click_ids);
  }
}

async function decideAgain(
  context: WorkerContext,
  batch: Batch,
  again: readonly LookAgain[],
): Promise<Decision> {
  const decision: Decision = { rows: [], claims: [], found: [], lost: [], no_longer_first: [] };
  const accounts = await accountsOf(context, again);
  for (const [account_id, of_account] of Map.groupBy(again, (one) => one.account_id)) {
    const asked = new Map(of_account.map((one) => [subjectOf(one), one]));
    const clicks = await readClicksOf(context.clickhouse, account_id, [...asked.values()]);
    const account = accounts.get(account_id) ?? {};
    const no_longer_first: string[] = [];
    for (const [subject, its_clicks] of Map.groupBy(clicks, subjectOf)) {
      const one = asked.get(subject);
      if (one === undefined) continue;
      await decideSubject(context, batch, one, account, its_clicks, decision, no_longer_first);
    }
    if (no_longer_first.length > 0) decision.no_longer_first.push([account_id, no_longer_first]);
  }
  return decision;
}

/** One contact on one message, or on one link outside a message. */
function subjectOf({
  message_id,
  link_id,
  contact_id,
}: Pick<LookAgain, 'message_id' | 'link_id' | 'contact_id'>): string {
  return JSON.stringify([message_id, message_id === '' ? link_id : '', contact_id]);
}

async function decideSubject(
  context: WorkerContext,
  batch: Batch,
  again: LookAgain,
  account: JudgedAccount,
  clicks: readonly StoredClick[],
  decision: Decision,
  no_longer_first: string[],
): Promise<void> {
  const in_order = clicks.toSorted(byCounting);
  const judged = in_order.map((click) => judgeAgain(context, account, click, again));
  const first = in_order.findIndex((_, i) => judged[i]?.verdict === 'human');
  for (const [i, standing] of judged.entries()) standing.is_first = i === first ? 1 : 0;
  for (const [, of_offer] of Map.groupBy(in_order.keys(), (i) => in_order[i]?.offer_id)) {
    const winner = of_offer.find((i) => judged[i]?.verdict === 'human');
    const before = of_offer.find((i) => in_order[i]?.standing.is_first_for_offer === 1);
    for (const i of of_offer) {
      const standing = judged[i] as Standing;
      standing.is_first_for_offer = i === winner ? 1 : 0;
      if (i !== winner) Object.assign(standing, NO_PAYOUT);
    }
    if (winner === before) continue;
    const [any] = of_offer;
    const subject = in_order[winner ?? any ?? 0] as StoredClick;
    const key = waitingKey(subject, batch.partition);
    if (before !== undefined) no_longer_first.push((in_order[before] as StoredClick).click_id);
    let value = RELEASED;
    if (winner !== undefined) {
      // What the first click on the offer was paid, the click that now is first is paid; else today's price.
      const was = before === undefined ? undefined : (in_order[before] as StoredClick).standing;
      const [today = NO_PAYOUT] = was === undefined ? await clickPayouts(context.offers, [subject]) : [];
      const { payout, currency } = was ?? today;
      Object.assign(judged[winner] as Standing, { payout, currency });
      value = encodeClaim(subject.click_id, { payout, currency });
      decision.found.push(key);
    } else decision.lost.push(key);
    decision.claims.push([claimsOf(subject).offer, value]);
  }
  const first_before = in_order.findIndex((click) => click.standing.is_first === 1);
  if (first !== first_before) {
    const subject = in_order[Math.max(first, 0)] as StoredClick;
    decision.claims.push([claimsOf(subject).message, first < 0 ? RELEASED : subject.click_id]);
  }
  for (const [i, click] of in_order.entries()) {
    const standing = judged[i] as Standing;
    if (isSame(click.standing, standing)) continue;
    const change = click.standing.change + 1;
    decision.rows.push(
      rowOf(click, click.standing, change, -1, again.judgement, batch.token),
      rowOf(click, standing, change, 1, again.judgement, batch.token),
    );
  }
}

/** The verdict under the rules that hold now, in the judgement's range; outside of it the one that it has. */
function judgeAgain(
  context: WorkerContext,
  account: JudgedAccount,
  click: StoredClick,
  { from_ms, to_ms }: LookAgain,
): Standing {
  if (click.clicked_at_ms < from_ms || click.clicked_at_ms >= to_ms) return { ...click.standing };
  return judgeStored(context, account, click);
}

/** The order in which they were counted: by batch, then by time. First clicks were decided in it. */
function byCounting(one: StoredClick, other: StoredClick): number {
  const [a_ms, a_n] = batchTime(one.batch);
  const [b_ms, b_n] = batchTime(other.batch);
  return a_ms - b_ms || a_n - b_n || (isEarlier(one, other) ? -1 : 1);
}

/** Of the first entry of the batch's range, which its token names. */
function batchTime(token: string): [ms: number, sequence: number] {
  const [, ms = '0', sequence = '0'] = /^clicks-\d+-(\d+)-(\d+)-/.exec(token) ?? [];
  return [Number(ms), Number(sequence)];
}

function rowOf(
  click: StoredClick,
  standing: Standing,
  change: number,
  sign: 1 | -1,
  judgement: number,
  token: string,
): unknown[] {
  return [
    click.account_id,
    click.clicked_at_ms,
    click.click_id,
    change,
    sign,
    judgement,
    standing.rules_version,
    standing.verdict,
    standing.score,
    standing.bot_reasons,
    standing.is_first,
    standing.is_first_for_offer,
    standing.payout,
    standing.currency,
    standing.asn,
    standing.country,
    click.link_id,
    click.link_key,
    click.message_id,
    click.offer_id,
    click.creative_id,
    click.campaign_id,
    click.variant_id,
    click.sent_at_ms,
    token,
    click.expires_at_s,
  ];
}
